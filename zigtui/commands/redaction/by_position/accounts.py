"""A user name with the password beside it: ``bob:password``, and a login with both."""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.by_position.commands import PROGRAM_HEAD, PROGRAM_TAIL
from zigtui.commands.redaction.judging.passwords import is_pair, is_typed, is_uncommon
from zigtui.commands.redaction.judging.values import is_mixed, is_number, is_path, is_stand_in, is_wordlike
from zigtui.commands.redaction.rules import Rule, Span, any_of, listed, lower, matches_at, pattern_rule

__all__ = ["ACCOUNT_RULES"]

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
# Programs, and their options whose value is ``user:password``
_PROGRAMS = (
    ("curl", "-u -U --user --proxy-user --ftp-account"),
    ("http https xh httpie", "-a --auth"),
    ("skopeo podman buildah", "--creds --src-creds --dest-creds"),
    ("smbclient rpcclient smbmap net", "-U --user"),
    ("ab siege", "-A -P"),
    ("lftp ncftp wget hey oha", "-u -a --user"),
)


def _pattern_of(options: str) -> str:
    """A pattern of these options. One of a letter may be the last one of a group, as in ``-su``."""
    patterns = (re.sub("^-([A-Za-z])$", r"-[A-Za-z]{0,6}\1", option) for option in options.split())
    return f"(?:{'|'.join(patterns)})"


def _logins(text: str) -> Iterator[Span]:
    if _PASSWORD_OF_LOGIN.search(text) is None:
        return
    for found in matches_at(_LOGIN_WORD, _LOGIN, lower(text)):
        span = Span(*found.span("secret"), "password")
        value = text[span.start : span.end]
        if is_uncommon(value) and not is_stand_in(value):
            yield span


ACCOUNT_RULES = (
    Rule("login", tuple(_LOGINS), _logins, tail="(?![a-z])", head=r"(?<![\w-])", also=(":",)),
    *(
        pattern_rule(
            "credentials",
            programs,
            r"(?:^|(?<=[\s/;|&(`\"'$])){words}(?=[ \t])[^|;\n]{0,1000}?[ \t]"
            rf"{_pattern_of(options)}[ =\t]{{0,4}}[\"']?(?P<secret>[^\s:\"'%,)-][^\s:\"'%,]*[:%,](?!//)[^\s\"']*"
            r"(?:(?:[ ][A-Za-z0-9]{4}){3,7}(?=[\"']))?)",
            accept=is_pair,
            ignore_case=False,
            tail=PROGRAM_TAIL,
            head=PROGRAM_HEAD,
            also="-",
        )
        for programs, options in _PROGRAMS
    ),
    pattern_rule(
        "credentials",
        "--user --username --creds --credentials --userpass -auth --auth --auth-cred --auth-creds --basic-auth",
        r"(?:^|(?<=[\s'\"])){words}[ =\t]{1,4}[\"']?(?P<secret>[\w.@+-]{1,64}:[^\s:/\"'`]{4,128})(?![\w:/])",
        accept=is_pair,
    ),
    # login: bob / password
    pattern_rule(
        "password",
        "login logins credentials creds account user username",
        r"(?<![\w-]){words}[ \t]?:[ \t]{1,4}[\w.@+-]{1,64}[ \t]/[ \t](?P<secret>[^\s\"'`]{5,128})[.,)]?[ \t]*$",
        accept=is_uncommon,
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
        accept=lambda value: is_typed(value) and not is_path(value),
        tail="(?:[:=]|$)",
        head=r"(?<![\w-])",
        also="user",
    ),
    pattern_rule(
        "password",
        "pass password passwd",
        r"\blogin[ \t:=]{1,3}[\"']?[\w.@+-]{1,64}[\"']?,?[ \t]+{words}[ \t:=]{1,3}[\"']?(?P<secret>[^\s\"']{6,128})"
        r"[\"'.]{0,2}[ \t]*$",
        accept=lambda value: is_mixed(value) and is_typed(value) and not is_path(value),
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
        accept=is_uncommon,
        tail=r"[\w.$-]{1,64}:[^\s:@/\"']{4,128}@",
    ),
    # bob:...@host without a scheme, as of SIP, MySQL in Go and command lines
    pattern_rule(
        "password",
        "@",
        r"(?<![\w/.-])[a-z][\w.-]{0,63}:(?P<secret>[^\s:/@\"'`,;()<>{}]{6,128}){words}(?!v?\d|sha\d)(?:\(|[\w-])",
        accept=lambda value: (
            (is_mixed(value) and not value[0].isdigit()) or not (is_wordlike(value) or is_number(value))
        ),
        head=r"(?<=[^\s/]{6})",
        also=":",
    ),
)
