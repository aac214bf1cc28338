"""The names of secrets: of keys, flags, columns and elements.

The rules for named secrets build their patterns and their prefilters from this table.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import lru_cache
from string import ascii_letters

from zigtui.commands.redaction.rules import any_of, listed

__all__ = [
    "NAME",
    "NAME_TAIL",
    "NAME_WORDS",
    "Family",
    "family_of",
    "is_name",
    "kind_of",
    "matches_from",
    "name_starts",
    "stands_alone",
]


class Family(Enum):
    """The kind of value that a name stands for."""

    PASSWORD = "password"  # chosen by a person; may be a word
    TOKEN = "token"  # made by a program; not a word
    KEY = "key"  # made by a program; not a word
    NUMBER = "number"  # a code of a few digits
    METHOD = "method"  # usually the name of a method; a secret only if it is random


_PASSWORDS = (
    "password passwd passphrase passcode passwrd pwd secret psk pass pw authtok kennwort passwort contrasena senha"
)
_PHRASES = "seed-phrase recovery-phrase mnemonic-phrase mnemonic pass-phrase secret-phrase"
_TOKENS = (
    "token jwt session-id sessionid phpsessid jsessionid sessid credential credentials creds cookie-value bearer"
    " code-verifier secret-id salt bw-session device-code samlresponse samlrequest key-material"
)
_KEYS_OF = (
    "api access secret private sign signing signature encryption encrypt decryption account auth authorization master"
    " license licence deploy service ssh session storage subscription shared webhook consumer client admin app"
    " application bot fernet hmac aes jwt cipher crypto root server ingestion ingest integration instrumentation"
    " project write unseal sas kms hec stream user product recovery wallet signer publish upload push wireguard wifi"
    " network pre-shared"
)
_CODES_OF = (
    "mfa 2fa otp totp verification security backup recovery one-time sms authentication login sign-in confirmation"
    " device pairing two-factor user activation unlock"
)
_NUMBERS = "otp totp pin puk"
_METHODS = "auth sig signature pat secure encrypt"  # "pat" is a personal access token
# Words that may come before ``pass``, ``pw`` or ``psk`` without a separator, as in ``dbpass``
_GLUED = (
    "db my user root admin remote local smtp ftp sftp mysql pg sudo ldap mail redis http https proxy"
    " wifi sql vpn bind login ssh svn require"
)

_FAMILIES = {
    **dict.fromkeys(_METHODS.split(), Family.METHOD),
    **dict.fromkeys(_NUMBERS.split(), Family.NUMBER),
    **{f"{of}-code{end}": Family.NUMBER for of in _CODES_OF.split() for end in ("", "s")},
    **{f"{of}-key": Family.KEY for of in _KEYS_OF.split()},
    "key": Family.KEY,
    **dict.fromkeys(_TOKENS.split(), Family.TOKEN),
    **dict.fromkeys((*_PASSWORDS.split(), *_PHRASES.split()), Family.PASSWORD),
}
# Also parts of other words: "compass", "monkey", "author", "signal", "option". They match only at the start of a word.
_SHORT = frozenset(
    listed(
        "pass pw psk key auth sig signature pat secure otp totp pin puk creds bearer salt secret-key mnemonic encrypt"
    )
)

_WEAK = frozenset(
    ["key", "auth", "sig", "signature", "pat", "secure", "encrypt"]
)  # too weak to name a column or a field

_JOINED = "[ _.-]?"
_SEPARATORS = " _.-"
_BY_PLAIN_NAME = {name.replace("-", ""): family for name, family in _FAMILIES.items()}

_LAST_PARTS = [(name, name.split("-")[-1]) for name in _FAMILIES]
NAME_WORDS = tuple(dict.fromkeys(name.split("-")[0] if part in ("id", "value") else part for name, part in _LAST_PARTS))
"""Every name contains one of these words."""


_SUFFIXES = (
    "prod production dev staging test live old new value string str hash hashed plain plaintext cleartext b64 base64"
    " base data hex enc current default primary secondary sha1 sha2 sha256 sha512 md5 bcrypt"
)
_SUFFIX = (
    rf"(?:(?<=ey)[_-]?ids?|s(?==|[ \t]*=[ \t]*[\"'])|[ ]\d{{1,2}}(?=:)|[_-]?(?:\d{{1,3}}|{any_of(_SUFFIXES.split())}))?"
)

NAME_TAIL = (
    r"(?:(?<=session)(?:[_.-]?id|$)|(?<=bwsession)|(?<=bw[_.-]session)|(?<=cookie)[ _.-]?value"
    rf"|(?<!session)(?<!cookie)(?:[ _.-]?(?:ids?|{any_of(_SUFFIXES.split())})|s)?(?![a-z]))"
)
"""The pattern of what follows one of `NAME_WORDS`: an optional suffix, and then no other letter."""

NAME = f"(?P<word>{any_of(_FAMILIES)})".replace(re.escape("-"), _JOINED) + _SUFFIX
"""The pattern of a name. Its group ``word`` is the part from the table. Any text may come before it.

It matches text in lower case, because a case-insensitive search would take several times as long.
"""

_NAME_WORD = re.compile(any_of(NAME_WORDS))
# The parts of names before one of `NAME_WORDS`, by their last two letters
_FIRST_PARTS: dict[str, list[str]] = {}
for _name, _last in _LAST_PARTS:
    _first = _name.removesuffix(_last).rstrip("-")
    for _variant in {_first.replace("-", separator) for separator in ("", *_SEPARATORS)} if _first else ():
        if _variant not in _FIRST_PARTS.setdefault(_variant[-2:], []):
            _FIRST_PARTS[_variant[-2:]].append(_variant)
_GLUED_BEFORE = re.compile(f"(?<![A-Za-z])(?:{any_of(_GLUED.split())})$", re.IGNORECASE)
_WHOLE = re.compile(rf"[\w .-]{{0,40}}?{NAME}", re.IGNORECASE | re.ASCII)
# After these words, a name is not the name of a secret: a primary key, for example, is an identifier
_NO_SECRET = frozenset(
    listed(
        "public pub primary foreign cache partition sort routing idempotency object row hot registry lookup index"
        " map dict group unique composite range from hash shard surrogate natural localization localisation"
        " translation message sub known host arrow shortcut any the a this each no missing unknown unexpected"
        " invalid duplicate block dedup event tracking restore build first last second next multi one two lint"
        " test tests compiler optimization optimisation return syntax node"
    )
)
_NO_SECRET_WITH_DIGITS = re.compile("(?<![A-Za-z])i18n$", re.IGNORECASE)


@lru_cache(maxsize=16)  # several rules read the same pieces of a text in turn
def name_starts(lowered: str) -> list[int]:
    """The positions in a text in lower case where `NAME` may match, in ascending order.

    A search for `NAME` takes twice as long, because names begin with almost any letter.
    """
    starts = set()
    start = -1
    while (found := _NAME_WORD.search(lowered, start + 1)) is not None:
        start = found.start()
        starts.add(start)
        end = start - 1 if start and lowered[start - 1] in _SEPARATORS else start
        for first in _FIRST_PARTS.get(lowered[max(0, end - 2) : end], ()):
            if lowered.endswith(first, 0, end):
                starts.add(end - len(first))
    return sorted(starts)


def matches_from(starts: Iterable[int], pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern at these ascending positions that do not overlap."""
    done = 0
    for start in starts:
        if start >= done and (found := pattern.match(text, start)) is not None:
            yield found
            done = found.end()


@lru_cache(maxsize=1_000)
def family_of(word: str) -> Family:
    """The family of a word from the table."""
    return _BY_PLAIN_NAME[re.sub("[ _.-]", "", word.lower())]


def kind_of(word: str) -> str:
    """The kind of secret that the mask shows for a name."""
    plain = word.lower()
    if "key" in plain:
        return "key"
    if plain.startswith(("pass", "pw", "psk")):
        return "password"
    return next((kind for kind in ("token", "secret") if kind in plain), "credential")


def stands_alone(text: str, start: int, word: str) -> bool:
    """Whether the word at this position is the name of a secret, not the end of another word or name."""
    before = text[max(0, start - 24) : start]
    plain = word.lower()
    if plain in ("pass", "key", "pw", "signature", "auth") and _names_no_secret(before):
        return False
    if plain not in _SHORT or not before[-1:].isalpha():
        return True
    if before[-1].islower() and word[0].isupper():  # camelCase
        return True
    return plain in ("pass", "pw", "psk") and _GLUED_BEFORE.search(before) is not None


def _names_no_secret(before: str) -> bool:
    """Whether the text before a name ends with a word and a separator that make it another name."""
    if before[-1:] not in (" ", "_", ".", "-"):
        return False
    before = before[:-1]
    word = before[len(before.rstrip(ascii_letters)) :].lower()
    return word in _NO_SECRET or (word == "n" and _NO_SECRET_WITH_DIGITS.search(before) is not None)


def is_name(text: str) -> bool:
    """Whether the whole text is the name of a secret, as of a column or a key."""
    found = _WHOLE.fullmatch(text.strip()[:80])
    if found is None or found["word"].lower() in _WEAK:
        return False
    return stands_alone(text.strip(), found.start("word"), found["word"])
