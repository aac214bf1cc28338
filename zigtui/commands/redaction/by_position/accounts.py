"""Passwords next to a user name: ``user:password``, password files, and passwords piped to a prompt."""

import re
from collections.abc import Callable, Iterable, Iterator

from zigtui.commands.redaction.by_position.commands import PROGRAM_HEAD, PROGRAM_TAIL
from zigtui.commands.redaction.judging.prose import is_prose
from zigtui.commands.redaction.judging.values import is_mixed, is_number, is_path, is_random, is_stand_in, is_wordlike
from zigtui.commands.redaction.rules import Rule, Span, any_of, listed, lower, matches_at, pattern_rule

__all__ = ["ACCOUNT_RULES"]

_WORD = r"""(?:"(?P<double>[^"\n]+)"|'(?P<single>[^'\n]+)'|(?P<bare>[^\s"'|;<>]+))"""

_LOGINS = listed(
    "logged login credentials credential creds basic connecting connect connected authenticating authenticated"
    " authenticate auth signing signed user:pass username:password user:password account userpwd"
)
# In lower case
_LOGIN_WORD = any_of(_LOGINS)
_LOGIN = (
    rf"(?<![\w-]){_LOGIN_WORD}(?![a-z])"
    r"(?:[ \t]+(?:in|with|as|using|auth|is|was|to[ \t]\S{1,80}[ \t](?:with|as)|user|account))*"
    r"[ \t]*[:=]?[ \t]*[\"'`(]?(?P<user>[a-z_][\w.@+-]{0,63}):(?P<secret>[^\s:/\"'`,;()]{5,128})(?![\w:])"
)
# A part of every match of `_LOGIN`, which is quicker to find
_PASSWORD_OF_LOGIN = re.compile(r":(?<=[\w.@+-]:)[^\s:/\"'`,;()]{5}")
# host:port:database:user:password
_PGPASS = re.compile(
    r"(?:^|(?<=[\s'\"`|]))(?:[A-Za-z0-9_*][\w.*-]*|\*):(?:\d{4,5}|\*):(?:[A-Za-z_*][\w.-]*|\*):(?:[A-Za-z_*][\w.@-]*):"
    r"(?P<secret>[^\s'\"`|:]{4,})(?=$|[\s'\"`|])"
)
# .netrc, on one line or on several
_NETRC = re.compile(
    r"(?:(?P<machine>\bmachine[ \t]{1,8}\S{1,256}[ \t]{1,8}|\bdefault[ \t]{1,8}(?=login))|^[ \t]{0,16})"
    r"(?:(?:login|account|user)[ \t]{1,8}\S{1,256}[ \t]{1,8}){0,2}"
    r"(?:password|passwd)[ \t]{1,8}"
    r"(?P<secret>(?(machine)|(?=\S{0,256}[0-9]))[^\s\[:=]\S{3,}(?=[ \t]*$|[ \t]+(?:machine|account|macdef)\b)"
    r"|(?=[A-Za-z]{0,256}[0-9])[^\s\[:=]\S{3,}(?=[\"'\\]))",  # in the quotes of a command
    re.IGNORECASE,
)
_LITERAL = re.compile(r"--from-literal[= \t][\"']?[\w.-]{1,100}=[\"']?(?P<secret>[^\s\"']{3,})")
_PROGRAMS = (
    ("curl", "-u -U --user --proxy-user --ftp-account"),
    ("http https xh httpie", "-a --auth"),
    ("skopeo podman buildah", "--creds --src-creds --dest-creds"),
    ("smbclient rpcclient smbmap net", "-U --user"),
    ("ab siege", "-A -P"),
    ("lftp ncftp wget hey oha", "-u -a --user"),
)


def _options(options: str) -> str:
    """A pattern of these options. One of a letter may be the last one of a group, as in ``-su``."""
    patterns = (re.sub("^-([A-Za-z])$", r"-[A-Za-z]{0,6}\1", option) for option in options.split())
    return f"(?:{'|'.join(patterns)})"


# Options of commands that read a secret from standard input, and commands that do so anyway
_READS = r"--[\w-]{0,64}passw(?:or)?d-(?:on-)?stdin|--stdin|--with-token|--passphrase-fd|--data-file=-"
_READERS = (
    r"sudo[ \t]+(?:-\w+[ \t]+)*-\w*S\w*"
    r"|(?:passwd|smbpasswd|chpasswd|cryptsetup|kinit|su|gpg2?|vault|wrangler|vercel|gh"
    r"|(?:docker|podman)[ \t]+(?:login|secret)|ssh-add|openssl|ansible-vault|pass|htpasswd"
    r"|vncpasswd|helm|sshpass|bw|op|firebase|flyctl|fly|kubeseal|sops|age|argocd"
    r"|base64)\b"
)
_PIPED = re.compile(
    rf"(?:echo|printf|yes)[ \t]+(?:-[en]+[ \t]+)?(?:['\"]?%s(?:\\n)?['\"]?[ \t]+)?{_WORD}"
    rf"[ \t]*\|[ \t]*(?:\w+=\S*[ \t]+)*(?:(?:sudo|doas)[ \t]+(?:-\w+[ \t]+)*)?"
    rf"(?:{_READERS}|[^\s|;&]++(?:[ \t]++[^\s|;&]++){{0,24}}?[ \t]++(?:{_READS}))"
)
_SUBSTITUTED = re.compile(rf"<\([ \t]*(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?{_WORD.replace('<>', '<>()')}[ \t]*\)")
_TO_FILE = re.compile(
    rf"(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?{_WORD}[ \t]*>{{1,2}}[ \t]*[\"']?[\w./~${{}}-]{{0,200}}?"
    r"(?:passw|secret|token|pgpass|credential|vault|\.key\b)"
)
_HERE_STRING = re.compile(rf"<<<[ \t]*{_WORD}")
_READS_HERE = re.compile(rf"(?:{_READERS}|{_READS})[^|;\n<]{{0,300}}$")
_LONGEST_COMMAND = 600  # characters of a command before a here string


def _groups(pattern: re.Pattern[str], accept: Callable[[str], bool]) -> Callable[[str], Iterator[Span]]:
    return lambda text: _passwords(pattern.finditer(text), accept)


def _passwords(matches: Iterable[re.Match[str]], accept: Callable[[str], bool]) -> Iterator[Span]:
    for found in matches:
        group = next(name for name in ("secret", "double", "single", "bare") if found.groupdict().get(name))
        if accept(found[group]) and not is_stand_in(found[group]):
            yield Span(*found.span(group), "password")


def _is_random(value: str) -> bool:
    return is_mixed(value) or is_random(value) or not (is_wordlike(value) or is_number(value))


def _is_pair(pair: str) -> bool:
    """Whether the password of a ``user:password`` pair is a real value, not the placeholder of a manual."""
    password = re.split("[:%,]", pair, maxsplit=1)[1]
    return password.strip("<>[]{}").lower() not in (
        "password",
        "passwd",
        "pwd",
        "pass",
        "secret",
        "pw",
    ) and not is_stand_in(password or pair)


def _is_typed(value: str) -> bool:
    return len(value) > 3 and not is_prose(value) and not value.startswith(("-", "$"))


def _literals(text: str) -> Iterator[Span]:
    """The values of a secret of Kubernetes, whatever their names are."""
    secret = text.find(" secret ")
    if secret >= 0:
        for found in _LITERAL.finditer(text, secret):
            if not is_stand_in(found["secret"]):
                yield Span(*found.span("secret"), "secret")


def _logins(text: str) -> Iterator[Span]:
    if _PASSWORD_OF_LOGIN.search(text) is None:
        return
    for found in matches_at(_LOGIN_WORD, _LOGIN, lower(text)):
        span = Span(*found.span("secret"), "password")
        value = text[span.start : span.end]
        if _is_random(value) and not is_stand_in(value):
            yield span


def _here_strings(text: str) -> Iterator[Span]:
    """The strings that commands read. It looks back from each, as a search from each word would take quadratic time."""
    for found in _HERE_STRING.finditer(text):
        start = max(0, found.start() - _LONGEST_COMMAND)
        if _READS_HERE.search(text, start, found.start()) is not None:
            yield from _passwords([found], _is_typed)


def _netrc(text: str) -> Iterator[Span]:
    lowered = lower(text)
    if "machine" in lowered or ("login" in lowered and _DEFAULT_LOGIN.search(lowered) is not None):
        yield from _passwords(_NETRC.finditer(text), bool)
    elif lowered.lstrip().startswith(_NETRC_STARTS) and (first := _NETRC.match(text)) is not None:
        yield from _passwords([first], bool)


_DEFAULT_LOGIN = re.compile("default[ \t]{1,8}login")
_NETRC_STARTS = ("login", "account", "user", "password", "passwd")
_NETRC_WORDS = ("password", "passwd")

ACCOUNT_RULES = (
    Rule("login", tuple(_LOGINS), _logins, tail="(?![a-z])", head=r"(?<![\w-])", also=(":",)),
    Rule("password file", (":",), _groups(_PGPASS, bool), tail=r"(?:[0-9]{4,5}|\*):"),
    Rule("netrc", _NETRC_WORDS, _netrc),
    *(
        pattern_rule(
            "credentials",
            programs,
            r"(?:^|(?<=[\s/;|&(`\"'$])){words}(?=[ \t])[^|;\n]{0,1000}?[ \t]"
            rf"{_options(options)}[ =\t]{{0,4}}[\"']?(?P<secret>[^\s:\"'%,)-][^\s:\"'%,]*[:%,](?!//)[^\s\"']*"
            r"(?:(?:[ ][A-Za-z0-9]{4}){3,7}(?=[\"']))?)",
            accept=_is_pair,
            ignore_case=False,
            tail=PROGRAM_TAIL,
            head=PROGRAM_HEAD,
            also="-",
        )
        for programs, options in _PROGRAMS
    ),
    pattern_rule(
        "credentials",
        "--user --username --creds --credentials --userpass -auth --auth --basic-auth",
        r"(?:^|(?<=[\s'\"])){words}[ =\t]{1,4}[\"']?(?P<secret>[\w.@+-]{1,64}:[^\s:/\"'`]{4,128})(?![\w:/])",
        accept=_is_pair,
    ),
    # login: bob / password
    pattern_rule(
        "password",
        "login logins credentials creds account user username",
        r"(?<![\w-]){words}[ \t]?:[ \t]{1,4}[\w.@+-]{1,64}[ \t]/[ \t](?P<secret>[^\s\"'`]{5,128})[.,)]?[ \t]*$",
        accept=_is_random,
        tail=":?$",
        head=r"(?<![\w-])",
        also="/",
    ),
    # user bob password ...
    pattern_rule(
        "password",
        "pass password passwd pw pwd",
        r"\buser(?:name)?[ \t:=]{1,3}[\"']?[\w.@+-]{1,64}[\"']?,?[ \t]+(?:(?:with|and|has)[ \t]+)?{words}[ \t:=]{1,3}"
        r"[\"']?(?P<secret>[^\s\"']{6,128})[\"'.]{0,2}[ \t]*$",
        accept=lambda value: _is_typed(value) and not is_path(value),
        tail="(?:[:=]|$)",
        head=r"(?<![\w-])",
        also="user",
    ),
    pattern_rule(
        "password",
        "pass password passwd",
        r"\blogin[ \t:=]{1,3}[\"']?[\w.@+-]{1,64}[\"']?,?[ \t]+{words}[ \t:=]{1,3}[\"']?(?P<secret>[^\s\"']{6,128})"
        r"[\"'.]{0,2}[ \t]*$",
        accept=lambda value: is_mixed(value) and _is_typed(value) and not is_path(value),
        tail="(?:[:=]|$)",
        head=r"(?<![\w-])",
        also="login",
    ),
    # The Go driver of MySQL
    pattern_rule("password", "@tcp( @unix(", r"[\"'`][\w.-]{1,64}:(?P<secret>[^\s\"'`@]{3,128}){words}"),
    # domain/user:password@host
    pattern_rule(
        "password",
        "/",
        r"(?:^|(?<=[\s'\"]))[\w.-]{1,64}{words}[\w.$-]{1,64}:(?P<secret>[^\s:@/\"']{4,128})@(?!sha\d)[\w.-]{1,253}(?![\w./])",
        accept=_is_random,
        tail=r"[\w.$-]{1,64}:[^\s:@/\"']{4,128}@",
    ),
    # Configurations and commands that set the password of an account
    pattern_rule(
        "password",
        "chpasswd",
        r"{words}[^\n]{0,80}?[\s\"'][a-z_][\w-]{0,31}:(?P<secret>[^\s:\"']{4,})",
        accept=lambda value: not is_prose(value) and not is_stand_in(value),
    ),
    pattern_rule("password", "setuser", r"\b{words}[ \t]+\S{1,64}[ \t][^\n>]{0,200}?>(?P<secret>[^\s>\"']{4,})"),
    pattern_rule(
        "password",
        "neo4j_auth",
        r"{words}[=:][ \t]?[\"']?neo4j/(?P<secret>[^\s\"']{4,})",
        accept=lambda value: not is_stand_in(value),
    ),
    # Configurations: stats auth bob:..., login=bob:..., BasicAuth bob ...
    pattern_rule(
        "password",
        "auth",
        r"\bstats[ \t]+{words}[ \t]+[\w.@-]{1,64}:(?P<secret>[^\s:\"']{3,128})",
        accept=lambda value: not is_stand_in(value),
        tail="$",
        head=r"(?<!\w)",
    ),
    pattern_rule(
        "password",
        "login=",
        r"(?<!\S){words}[\"']?[\w.@-]{1,64}:(?P<secret>[^\s:\"']{3,128})",
        accept=lambda value: not is_stand_in(value) and not is_number(value),
        head=r"(?<!\S)",
    ),
    pattern_rule(
        "password",
        "basicauth",
        r"^[ \t]*{words}[ \t]+[\w.@-]{1,64}[ \t]+[\"']?(?P<secret>[^\s\"']{4,128})[\"']?[ \t]*$",
        accept=_is_typed,
        tail="$",
        head=r"(?<!\S)",
    ),
    pattern_rule(
        "password",
        "]:",
        r"(?:^|(?<=[\s\"'`]))\[[\w.-]{1,253}{words}[0-9]{2,5}[ \t]+[\w.@+-]{1,128}:"
        r"(?P<secret>[^\s\"'`]{4,128})[\"'`]?[ \t]*$",
        tail="[0-9]{2,5}$",
    ),
    pattern_rule(
        "password",
        "xauth eap",
        r":[ \t]*{words}[ \t]+\"(?P<secret>[^\"\n]{4,})\"",
        tail="$",
        head="(?<![a-z])",
    ),
    pattern_rule(
        "password",
        "password secret",
        r"\b(?:enable|username[ \t]\S{1,64}|privilege[ \t]\d{1,2}|line|chap|pap|neighbor[ \t]\S{1,64})"
        r"[ \t]+(?:[\w-]{1,20}[ \t]+){0,3}"
        r"{words}[ \t]+[05-9][ \t]+(?P<secret>\S{4,})",
        tail="$",
        also="enable username privilege line chap pap neighbor",
    ),
    pattern_rule(
        "password",
        "/v",
        r"(?<!\S){words}[ \t]+[\"']?\w{0,32}(?:password|passwd|pwd|secret|token)\w{0,16}[\"']?"
        r"[ \t][^\n]{0,100}?/d[ \t]+[\"']?(?P<secret>[^\s\"']{4,})",
        accept=lambda value: not is_stand_in(value),
        tail="$",
        head=r"(?<!\S)",
    ),
    Rule("pipe", ("echo", "printf", "yes"), _groups(_PIPED, _is_typed), PROGRAM_TAIL, PROGRAM_HEAD),
    pattern_rule(
        "password",
        "send",
        r"""\b{words}[ \t]+(?:--[ \t]+)?["'](?P<secret>[^"'\n]{4,}?)\\[rn]["']""",
        accept=_is_random,
        tail="$",
        head=r"(?<!\w)",
    ),
    Rule("file", ("echo", "printf"), _groups(_TO_FILE, _is_typed), PROGRAM_TAIL, PROGRAM_HEAD),
    Rule("substitution", ("<(echo", "<(printf"), _groups(_SUBSTITUTED, _is_typed), "$"),
    Rule("literal", ("--from-literal",), _literals),
    Rule("here string", ("<<<",), _here_strings),
)
