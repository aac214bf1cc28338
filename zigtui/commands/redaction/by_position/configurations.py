"""Lines of configurations that hold a password: files of passwords, and settings of servers and network devices."""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.judging.passwords import is_set, is_typed, may_be_chosen, passwords
from zigtui.commands.redaction.judging.prose import is_prose
from zigtui.commands.redaction.judging.values import is_mixed, is_number, is_stand_in
from zigtui.commands.redaction.rules import Rule, Span, any_of, lower, pattern_rule

__all__ = ["CONFIGURATION_RULES"]

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
_DEFAULT_LOGIN = re.compile("default[ \t]{1,8}login")
_NETRC_STARTS = ("login", "account", "user", "password", "passwd")
_NETRC_WORDS = ("password", "passwd")
_MAIL_AND_DATA_PORTS = "21 22 25 80 110 143 389 443 465 587 636 993 995 1080 3128 3306 5432 5672 6379 8080 27017"


def _netrc(text: str) -> Iterator[Span]:
    lowered = lower(text)
    if "machine" in lowered or ("login" in lowered and _DEFAULT_LOGIN.search(lowered) is not None):
        yield from passwords(_NETRC.finditer(text), bool)
    elif lowered.lstrip().startswith(_NETRC_STARTS) and (first := _NETRC.match(text)) is not None:
        yield from passwords([first], bool)


def _pgpass(text: str) -> Iterator[Span]:
    return passwords(_PGPASS.finditer(text), bool)


CONFIGURATION_RULES = (
    Rule("password file", (":",), _pgpass, tail=r"(?:[0-9]{4,5}|\*):"),
    Rule("netrc", _NETRC_WORDS, _netrc),
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
        accept=is_typed,
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
    # smtp.example.org:587 bob:...
    pattern_rule(
        "password",
        ":",
        r"(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}{words}"
        rf"{any_of(_MAIL_AND_DATA_PORTS.split())}[ \t]+[\w.@+-]{{1,128}}:"
        r"(?P<secret>[^\s\"'`:/]{4,128})[\"'`]?[ \t]*$",
        accept=may_be_chosen,
        tail="[0-9]{2,5}$",
        head="(?<=[a-z])",  # the end of a host, not a time
    ),
    # The secrets file of PPP
    pattern_rule(
        "password",
        "*",
        r"^[ \t]*\"?[\w.@\\-]{1,64}\"?[ \t]+{words}[ \t]+\"?(?P<secret>[^\s\"*]{4,128})\"?[ \t]+(?:\*|[\d.]+)",
        accept=may_be_chosen,
        tail="$",
        head=r"(?<!\S)",
    ),
    # The same, in quotes
    pattern_rule(
        "password",
        "*",
        r"^[ \t]*\"[\w.@\\-]{1,64}\"[ \t]+{words}[ \t]+\"(?P<secret>[^\"\n]{4,128})\"[ \t]+(?:\*|[\d.]+)[ \t]*$",
        tail="$",
        head=r"(?<!\S)",
    ),
    # debconf: x x/root-password password ...
    pattern_rule(
        "password",
        "password",
        r"(?<!\S)\S{0,100}pass(?:word|wd)?\S{0,40}[ \t]+{words}[ \t]+(?P<secret>[^\s\"']{4,128})[\"']?[ \t]*$",
        accept=is_set,
        tail="$",
        head=r"(?<!\S)",
        needed=r"pass\S{0,44}[ \t]+password[ \t]",
    ),
    # The list of users of Redis
    pattern_rule(
        "password",
        "on off",
        r"(?<!\w)user[ \t]+\S{1,64}[ \t]+{words}[ \t]+(?:[^\s>]{1,64}[ \t]+){0,8}?>(?P<secret>[^\s>]{4,128})",
        tail="$",
        head=r"(?<!\S)",
        also=">",
        needed=r"user[ \t]",
    ),
    # The algorithm, the name and the secret of a key for updates of DNS
    pattern_rule(
        "key",
        "hmac-md5: hmac-sha1: hmac-sha224: hmac-sha256: hmac-sha384: hmac-sha512:",
        r"{words}[\w.-]{1,64}:(?P<secret>[\w+/]{16,128}={0,2})",
    ),
    # WIFI:T:WPA;S:home;P:...;;
    pattern_rule("password", "wifi:", r"{words}[^\n]{0,100}?p:(?P<secret>[^;\s]{4,64});"),
    # The key of a network device
    pattern_rule(
        "key",
        "key",
        r"\b(?:isakmp|tacacs-server|tacacs|radius-server|radius|authentication-key|key-string|md5|pre-shared-key)\b"
        r"[^\n]{0,60}?"
        r"\b{words}[ \t]+(?:[0-9][ \t]+)?(?P<secret>\S{4,128})",
        accept=may_be_chosen,
        tail="$",
        head=r"(?<![\w-])",
        also="isakmp tacacs radius authentication-key md5 pre-shared-key",
        needed=r"(?:isakmp|tacacs|radius|authentication-key|key-string|md5|pre-shared-key)[^\n]{0,67}?[^\w\n]key[ \t]",
    ),
    pattern_rule(
        "key",
        "authentication-key key-string pre-shared-key wpa-psk",
        r"(?<![\w-]){words}[ \t]+(?:(?:ascii-text|ascii|hex|hexadecimal|md5)[ \t]+)?(?:[0-9][ \t]+)?[\"']?"
        r"(?P<secret>[^\s\"']{5,128})[\"']?[ \t]*;?$",
        accept=is_mixed,
        tail="$",
        head=r"(?<![\w-])",
    ),
    # RFC 2307 and Dovecot: {PLAIN}..., {SSHA}...
    pattern_rule(
        "password",
        "{plain} {cleartext} {clear} {crypt} {sha} {ssha} {sha256} {ssha256} {sha512} {ssha512} {md5} {smd5}"
        " {md5-crypt} {plain-md5} {cram-md5} {sha256-crypt} {sha512-crypt} {blf-crypt} {argon2i} {argon2id}",
        r"{words}(?P<secret>[^\s\"',;:{}]{4,256})",
        accept=is_typed,
    ),
)
