"""Secrets that are told by the word before them: assignments, flags, headers, cookies."""

import math
import re
from collections import Counter

from zigtui.commands.redaction.tokens import mask, token_kind

__all__ = ["assigned_masked", "authorization_masked", "cookie_masked"]

_QUOTE = r"""\\{0,7}["'`]"""

# A quote, a separator or a tag ends a bare value only where something else can begin behind it.
_BARE = r"""(?:[^\s"'`&;,<\\]|["'`](?=[^\s,;:)\]}>"'`])|[&;,](?![\w .-]{0,40}=)(?=\S)|<(?!/)|\\(?!\\{0,6}["'`]))"""
_REST = re.compile(_BARE + "++")

# One of these is in every line that `_ASSIGNED` finds something in.
_WORDS = ("pass", "pw", "secret", "credential", "token", "jwt", "key", "auth", "sig", "otp", "pin")
_ASSIGNED = re.compile(
    r"(?P<word>pass(?:word|wd|w|phrase|code)|pass(?<=[_.-]pass)|(?<![a-z])(?:t?otp|pin)|pwd|pw(?<![a-z]pw)|secret(?:[_-]?(?:access[_-]?)?key)?|credentials?"
    r"|token|jwt|api[ _-]?key|access[_-]?key(?:[_-]?id)?"
    r"|(?:private|sign(?:ing|ature)?|encryption|account|auth|master|licen[sc]e|deploy|service|ssh|session|storage"
    r"|subscription|shared|webhook|consumer|client|admin|app(?:lication)?|bot)[_-]?(?:access[_-]?)?key"
    r"|auth|key(?<=[?&]key)|code(?<=[?&]code)|sig(?<=[?&]sig)|signature)"
    r"(?:[_-]?(?:\d{1,3}|prod(?:uction)?|dev|staging|test|live|old|new|value|string|hash|b64|base64|base|data|hex))?"
    rf"(?P<close>(?:{_QUOTE})?[\])]?)"
    r"(?P<sep>[ \t]{0,8}(?::=|=>|==?|:|,)[ \t]{0,8}|>|[ \t]{1,8}(?:is|was)[ \t:=]{1,8}|[ \t]{1,8})"
    r"(?:[bfru]{1,2}(?=[\"']))?"
    rf"(?:(?P<quote>{_QUOTE})(?P<quoted>.*?)(?:(?<!\\)(?P=quote)|$)"
    rf"|(?P<bare>{_BARE}{{1,256}}))",
    re.DOTALL,
)
"""In lower case: a word, what joins it to a value, and the value, quoted or the beginning of a bare one."""

_HEADER = re.compile(
    rf"(?P<name>authorization(?:{_QUOTE})?[ \t]{{0,8}}[:=,][ \t]{{0,8}}(?:{_QUOTE})?|(?<![\w-])(?=bearer[ \t]))"
    r"(?:(?P<long>(?:digest|hawk|oauth|signature|aws4-hmac-sha256)[ \t].*)"
    r"""|(?:(?P<scheme>[A-Za-z][\w-]{1,20})[ \t]{1,8})?"""
    r"""(?P<value>(?:[^\s"'`<>-]|-(?!(?:[a-z]{1,20}-)?authorization)){6,}))""",
    re.IGNORECASE | re.DOTALL,
)
_COOKIE = re.compile(rf"""(?P<name>cookie(?:{_QUOTE})?:[ \t]{{0,8}})(?P<value>[^\s"'=:]{{1,200}}=[^"'\n]*)""", re.I)

# As in .netrc, in one line or in several
_NETRC = re.compile(
    r"(?P<name>(?:\bmachine[ \t]{1,8}\S{1,256}[ \t]{1,8}|^[ \t]{0,16})"
    r"(?:(?:login|account)[ \t]{1,8}\S{1,256}[ \t]{1,8}){0,2}"
    r"password[ \t]{1,8})(?P<value>(?=\S{0,256}[0-9])[^\s\[]\S{3,}(?=[ \t]*$|[ \t]+(?:machine|account|macdef)\b))",
    re.IGNORECASE,
)
# Hashes have the same form: something must say that it is a key, or number it, as the test nets of Ethereum do.
_HEX_KEY = re.compile(
    r"(?P<name>(?:^[ \t]{0,8}\([0-9]{1,3}\)[ \t]{1,8}"
    r"|(?<!public )(?<!public[_-])(?:key|secret|mnemonic|signer)\b[^\n]{0,40}?)"
    r"(?<![A-Za-z0-9]))0x[0-9A-Fa-f]{64}(?![0-9A-Za-z])",
    re.IGNORECASE,
)

_NESTED = 64  # so long may a word be that ends a value and tells the next one

_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_SCHEMES = ("bearer", "basic", "token", "apikey", "negotiate", "ntlm", "key")
_CLOSING = ",;)}]"
_PASSWORDS = ("pass", "pw", "secret")
_PROSE = (
    "a an and any are argument as at be been by can cannot can't could did do does empty error expected expired field"
    " flag for from has have if in incorrect input invalid is it missing mismatch must needed not of on only option"
    " optional or parameter prompt protected provided required reset should that the to too unexpected was were will"
    " with wrong you your"
)
_WORDS_OF_PROSE = frozenset(_PROSE.split())
# References, templates, placeholders, and the masks that are there already: no values, quoted or not
_STANDS_FOR_VALUE = re.compile(
    r"\$[A-Za-z_]\w*|\$[{(].*|%\w+%|<[\w .-]*>|\{\{?[\w .-]*\}\}?|@\w+@|%s|\[redacted:.*|\[[A-Za-z ]+\]|[*xX•.…-]{3,}"
    r"|none|null|nil|undefined|true|false",
    re.IGNORECASE | re.DOTALL,
)
_CODE = re.compile(
    r"(?:str|string|bytes|int|integer|number|bool|boolean|object|any|text|char|secretstr|self)\??"
    r"|optional\b.*|\||>|(?:os|env|environ|process|import|self|this|config|settings|secrets|vars|args|ctx|req|request"
    r"|options|opts|props|params|system|std|getpass)(?:\.|\[|::|->)[A-Za-z_].*|[a-z_][a-z_.]*\(.*",
    re.IGNORECASE | re.DOTALL,
)
_PATH = re.compile(r"(?:~|\.{1,2}|[A-Za-z]:)?(?:[/\\][a-z0-9_.-]+)+[/\\]?|[\w.-]{1,80}(?:/[\w.-]{1,80})*\.[a-z]{1,5}")
_NUMBERS = ("otp", "pin")  # words whose values are numbers
_COUNT = re.compile(r"[0-9.,/%]+[a-z]{0,2}")
_SHORT = re.compile(r"(?=\w*[0-9])(?=\w*[A-Za-z])\w{5,}")
_FLAG = re.compile(r"(?:.*/)?[\[(,]*\\*[\"'`]?-")


def authorization_masked(text: str) -> str:
    """The text without what its authorization headers and bearer tokens hold."""
    lowered = text.lower()
    if "authorization" not in lowered and "bearer" not in lowered:
        return text
    return _HEADER.sub(_header_masked, text)


def cookie_masked(text: str) -> str:
    """The text without its cookies."""
    if "ookie" not in text and "OOKIE" not in text:
        return text
    return _COOKIE.sub(lambda match: match["name"] + mask("cookie"), text)


def assigned_masked(text: str) -> str:
    """The text without the secrets that a word before them tells, as in ``password=...`` or ``--token ...``."""
    if "0x" in text:
        text = _HEX_KEY.sub(lambda found: found["name"] + mask("key"), text)
    lowered = text.lower()
    for word in _WORDS:
        if word in lowered:
            break
    else:
        return text
    if "password" in lowered:
        text = _NETRC.sub(lambda found: found["name"] + mask("password"), text)
    return _words_masked(text)


def _words_masked(text: str) -> str:
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text.translate(_ASCII_LOWER)
    parts: list[str] = []
    done = start = 0
    while (match := _ASSIGNED.search(lowered, start)) is not None:
        group = "bare" if match["quote"] is None else "quoted"
        begin, end = match.span(group)
        start = begin  # another word may lie within what is no secret
        if begin < done:
            continue
        if _is_secret(match, text[begin:end], text[max(0, match.start() - 60) : match.end("word")]):
            if group == "bare":
                rest = _REST.match(lowered, end)
                value = text[begin : end if rest is None else rest.end()].rstrip(_CLOSING)
                end = begin + len(value)
            parts += (text[done:begin], mask(_kind(text[begin:end], match["word"])))
            done = start = end
            if group == "bare":  # the end of which may be the word before another value
                start = max(begin, end - _NESTED)
    return "".join((*parts, text[done:]))


def _header_masked(match: re.Match[str]) -> str:
    if match["long"] is not None:
        return match["name"] + mask("authorization")
    scheme = match["scheme"] or ""
    is_known = match["name"] and scheme.lower() in _SCHEMES
    if not is_known and not _is_random(match["value"]):
        return match[0]
    return f"{match['name']}{scheme}{' ' if scheme else ''}{mask('authorization')}"


def _kind(value: str, word: str) -> str:
    known = token_kind(value)
    if known is not None:
        return known
    if word.startswith(("pass", "pw")):
        return "password"
    for kind in ("key", "token", "secret"):
        if kind in word:
            return kind
    return "credential"


def _is_secret(match: re.Match[str], value: str, before: str) -> bool:
    """Whether the value that `_ASSIGNED` found is a secret, given the word and some of the text before it."""
    size = match.end("word") - match.start("word")
    before, is_shouted = before[:-size], before[-size:].isupper()
    word, separator, is_quoted = match["word"], match["sep"].strip(" \t"), match["quote"] is not None
    if separator == "" and before[-1:] in ("", " ") and not _is_very_random(value):
        if word.startswith("api") and re.fullmatch(r"[\w+/=-]{8,}", value):
            return _is_random(value)
        # most often: such a word in a sentence
        return re.fullmatch("api[_-]?key", word) is not None and _SHORT.fullmatch(value) is not None
    if separator == "," and not (match["close"] and is_quoted):
        return False
    if not is_quoted:
        value = value.rstrip(_CLOSING)
    is_password = word.startswith(_PASSWORDS)
    if not value or _STANDS_FOR_VALUE.fullmatch(value[:300]):
        return False
    if not is_quoted and _CODE.fullmatch(value[:300]):
        return False
    if not is_quoted and separator in ("", ":", "is", "was") and value.lower() in _WORDS_OF_PROSE:
        return False
    if (word == "pwd" or not is_password) and _PATH.fullmatch(value[:300]):
        return False
    if word.endswith(_NUMBERS):
        return separator not in ("", ",") and re.fullmatch("[0-9]{4,10}", value) is not None
    if word == "pass" and not is_quoted and (_COUNT.fullmatch(value) or (_classes(value) < 2 and not is_shouted)):
        return False  # most often: something about tests
    if separator in ("", ","):  # a flag and its value, also as two items of a list; or only the next word
        last = before.split()[-1:] or [""]
        if not before[-1:].isspace() and _FLAG.match(last[0]) is not None:
            return not value.startswith("-")
        return _is_random(value) if separator == "," else _is_very_random(value)
    if separator in ("is", "was"):
        return _is_random(value) or (is_password and len(value) >= 5 and _classes(value) > 1)
    if is_password or _is_random(value):
        return True
    if word == "auth":  # most often: a method
        return False
    return (separator == "=" or (is_shouted and separator == ":")) and _SHORT.fullmatch(value) is not None


def _classes(value: str) -> int:
    return sum(re.search(kind, value) is not None for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))


def _is_random(value: str) -> bool:
    """Whether a value is no word: long enough, and with digits among letters, or of many different characters."""
    if len(value) < 8 or " " in value:
        return False
    return (re.search("[0-9]", value) and re.search("[A-Za-z]", value)) is not None or (
        len(value) >= 16 and _classes(value) >= 2 and _entropy(value) >= 3.5
    )


def _is_very_random(value: str) -> bool:
    """Whether a value that merely follows such a word is one that nobody would write or name something."""
    return (
        re.fullmatch(r"[\w+=-]{16,}", value) is not None
        and len(re.findall("[0-9]", value)) >= 2
        and re.search("[A-Za-z]", value) is not None
        and _entropy(value) >= 3.3
    )


def _entropy(value: str) -> float:
    """Bits per character, after Shannon."""
    sample = value[:1000]
    return -sum(n / len(sample) * math.log2(n / len(sample)) for n in Counter(sample).values())
