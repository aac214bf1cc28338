"""Passwords in arguments that many programs share: after a user name, of a command that sets a password, in a script.

Unlike in `commands`, the name of the program does not matter.
"""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.judging.prose import is_code_word, is_prose
from zigtui.commands.redaction.judging.values import (
    has_common_ending,
    is_irregular,
    is_long_word,
    is_mixed,
    is_number,
    is_path,
    is_random,
    is_random_run,
    is_stand_in,
    is_very_random,
    is_wordlike,
)
from zigtui.commands.redaction.rules import Rule, Span, any_of, pattern_rule

__all__ = ["LOGIN_RULES"]

_OPTIONS = r"(?:[ \t]+--?[a-z][\w-]{0,64}(?:=\S{1,256})?){0,8}"
_USER = r"[\"']?[\w.@\\-]{1,64}[\"']?"
_DATABASE = re.compile(r"(?:mysql|mariadb)[^|;\n]*$")  # a word after its -p is the name of a database
_OPTION = r"[\"']?(?P<secret>[^\s\"'-][^\s\"']{2,127})"
_MAIL_AND_DATA_PORTS = "21 22 25 80 110 143 389 443 465 587 636 993 995 1080 3128 3306 5432 5672 6379 8080 27017"
_PLACEHOLDERS = frozenset(("password", "passwd", "pass", "secret", "pw", "path", "port", "prompt"))


def _is_argument(value: str) -> bool:
    """Whether the value of an option such as ``-p`` is a password, not a path, a port or a placeholder."""
    if is_number(value) or is_path(value) or is_stand_in(value) or "/" in value or value.lower() in _PLACEHOLDERS:
        return False
    return not value.isupper() and not is_code_word(value) and (len(value) >= 8 or _is_chosen(value))


def _is_chosen(value: str) -> bool:
    """Whether a value in a sentence or a file may be a password that a person chose."""
    return not is_stand_in(value) and not is_number(value) and (is_mixed(value) or not is_wordlike(value))


def _is_set(value: str) -> bool:
    """Whether the last argument of a command that sets a password is one. A single word that is not common may be."""
    if is_prose(value) or is_code_word(value) or is_path(value) or is_stand_in(value):
        return False
    return _is_chosen(value) or (is_long_word(value) or (len(value) >= 8 and not has_common_ending(value)))


def _is_typed(value: str) -> bool:
    return not (is_stand_in(value) or is_prose(value) or value.startswith("$"))


def _is_made(value: str) -> bool:
    return is_very_random(value) and not is_path(value)


def _not_of_a_database(rule: Rule) -> Rule:
    def find(text: str) -> Iterator[Span]:
        for span in rule.find(text):
            if _DATABASE.search(text, max(0, span.start - 300), span.start) is None:
                yield span

    return rule._replace(find=find)


LOGIN_RULES: tuple[Rule, ...] = (
    # -u bob -p ..., in either order, and: login bob -p ...
    _not_of_a_database(
        pattern_rule(
            "password",
            "-p",
            rf"(?<=[ \t])(?:-u|--user(?:name)?|--login)[ \t=]+{_USER}{_OPTIONS}"
            rf"[ \t]+{{words}}[ \t=]+{_OPTION}",
            accept=_is_argument,
            tail="(?:=|$)",
            head=r"(?<!\S)",
        ),
    ),
    pattern_rule(
        "password",
        "-p",
        rf"(?<=[ \t]){{words}}[ \t=]+{_OPTION}[\"']?[ \t]+(?:-u|--user(?:name)?)[ \t=]+{_USER}",
        accept=_is_argument,
        tail="(?:=|$)",
        head=r"(?<!\S)",
    ),
    pattern_rule(
        "password",
        "-p",
        rf"\blogin[ \t][^|;\n]{{0,200}}?[ \t]{{words}}[ \t=]+{_OPTION}",
        accept=_is_argument,
        tail="(?:=|$)",
        head=r"(?<!\S)",
    ),
    # -x bob -P ..., -n bob -p ..., -gu bob -gp ..., -u:bob -p:...
    pattern_rule(
        "password",
        "-p -pw -gp -w -pass",
        rf"(?<=[ \t])-(?:u|l|x|n|d|gu|user|login|username)[ \t:=]+{_USER}{_OPTIONS}"
        rf"[ \t]+{{words}}[ \t:=]+{_OPTION}",
        accept=lambda value: _is_argument(value) and _is_chosen(value),
        tail="(?:[:=]|$)",
        head=r"(?<!\S)",
    ),
    # user add bob:...
    pattern_rule(
        "password",
        "add create",
        r"\busers?[ \t]+{words}[ \t]+[\w.@-]{1,64}:(?P<secret>[^\s:\"']{4,128})",
        accept=_is_chosen,
        tail="$",
        head="(?<![a-z])",
        also=":",
    ),
    # user create bob ..., user:resetpassword bob ..., account add bob example.org ...
    pattern_rule(
        "password",
        "create add register passwd password setpassword set-password set_password resetpassword reset-password"
        " reset_password changepassword change-password change_password",
        r"(?<![\w-])(?:users?|accounts?)[ \t:_-]{1,4}{words}[ \t]+[\w.@\\-]{1,64}[ \t]+"
        r"(?:[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}[ \t]+)?"
        r"(?P<secret>[^\s\"'=/-][^\s\"'=]{7,127})(?=[ \t]+-|[ \t]*$)",
        accept=lambda value: is_random(value) and not (is_number(value) or is_stand_in(value)),
        tail="$",
        head="(?<![a-z])",
        also="user account",
    ),
    # steamcmd +login bob ...
    pattern_rule(
        "password",
        "+login",
        rf"(?<!\S){{words}}[ \t]+{_USER}[ \t]+(?P<secret>[^\s\"'+$-][^\s\"']{{3,127}})",
        accept=_is_typed,
        tail="$",
        head=r"(?<!\S)",
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
    # The secrets file of PPP
    pattern_rule(
        "password",
        "*",
        r"^[ \t]*\"?[\w.@\\-]{1,64}\"?[ \t]+{words}[ \t]+\"?(?P<secret>[^\s\"*]{4,128})\"?[ \t]+(?:\*|[\d.]+)",
        accept=_is_chosen,
        tail="$",
        head=r"(?<!\S)",
    ),
    # debconf: x x/root-password password ...
    pattern_rule(
        "password",
        "password",
        r"(?<!\S)\S{0,100}pass(?:word|wd)?\S{0,40}[ \t]+{words}[ \t]+(?P<secret>[^\s\"']{4,128})[\"']?[ \t]*$",
        accept=_is_set,
        tail="$",
        head=r"(?<!\S)",
        needed=r"pass\S{0,44}[ \t]+password[ \t]",
    ),
    # The same, in quotes
    pattern_rule(
        "password",
        "*",
        r"^[ \t]*\"[\w.@\\-]{1,64}\"[ \t]+{words}[ \t]+\"(?P<secret>[^\"\n]{4,128})\"[ \t]+(?:\*|[\d.]+)[ \t]*$",
        tail="$",
        head=r"(?<!\S)",
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
        accept=_is_chosen,
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
    # -U bob%...
    pattern_rule(
        "password",
        "-u --user",
        r"(?<=[ \t]){words}[ \t=]+[\"']?[a-z][\w.\\/@-]{0,64}%(?P<secret>[^\s\"'%]{3,128})",
        accept=_is_argument,
        tail="(?:=|$)",
        head=r"(?<!\S)",
    ),
    # set-initial-password ..., reset-admin-password ..., user:password bob ...
    pattern_rule(
        "password",
        "password passwd",
        r"(?<![\w/.-])(?:set|reset|change|update|modify)[-_](?:[a-z0-9]{1,32}[-_]){0,4}{words}"
        rf"{_OPTIONS}[ \t]+{_OPTION}[\"']?[ \t]*$",
        accept=_is_set,
        tail="$",
        also="set- set_ change- change_ update- update_ modify- modify_",
    ),
    pattern_rule(
        "password",
        "user:password user-password user:passwd user-passwd upwd",
        rf"(?<![\w/.-]){{words}}[ \t]+{_USER}[ \t]+{_OPTION}[\"']?[ \t]*$",
        accept=_is_set,
        tail="$",
    ),
    # set-agent-token agent ...
    pattern_rule(
        "token",
        "token secret key",
        r"(?<![\w/.-])(?:set|reset|update|add|create)[-_](?:[a-z0-9]{1,32}[-_]){0,3}{words}"
        r"(?:[ \t]+[\w.:/-]{1,64})?[ \t]+[\"']?(?P<secret>[\w+/=.~-]{16,512})[\"']?[ \t]*$",
        accept=_is_made,
        tail="$",
        also="set- set_ add- add_ update- update_ create- create_",
    ),
    # A command that prints the password: BORG_PASSCOMMAND="echo ...", passwordeval "printf ..."
    pattern_rule(
        "password",
        "passcommand passwordcommand password-command password_command passwordeval passeval passcmd passwordcmd"
        " password_cmd pass_cmd askpass extpass",
        r"{words}[ \t=:\"']{1,8}(?:/bin/)?(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?[\"']?"
        r"(?P<secret>[^\s\"'|;]{4,128})",
        accept=_is_typed,
    ),
    # RFC 2307 and Dovecot: {PLAIN}..., {SSHA}...
    pattern_rule(
        "password",
        "{plain} {cleartext} {clear} {crypt} {sha} {ssha} {sha256} {ssha256} {sha512} {ssha512} {md5} {smd5}"
        " {md5-crypt} {plain-md5} {cram-md5} {sha256-crypt} {sha512-crypt} {blf-crypt} {argon2i} {argon2id}",
        r"{words}(?P<secret>[^\s\"',;:{}]{4,256})",
        accept=_is_typed,
    ),
    # smtp.example.org:587 bob:...
    pattern_rule(
        "password",
        ":",
        r"(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}{words}"
        rf"{any_of(_MAIL_AND_DATA_PORTS.split())}[ \t]+[\w.@+-]{{1,128}}:"
        r"(?P<secret>[^\s\"'`:/]{4,128})[\"'`]?[ \t]*$",
        accept=_is_chosen,
        tail="[0-9]{2,5}$",
        head="(?<=[a-z])",  # the end of a host, not a time
    ),
    # PowerShell: "..." | ConvertTo-SecureString
    pattern_rule(
        "password",
        "convertto-securestring",
        r"[\"'](?P<secret>[^\"'\n]{3,256})[\"'][ \t]{0,4}\|[ \t]{0,4}{words}",
        accept=_is_typed,
    ),
    # A random value as the input of a command, or after the name of a command that generates one
    pattern_rule(
        "secret",
        "<<<",
        r"{words}[ \t]{0,4}[\"']?(?P<secret>[\w+/=.~-]{10,512})[\"']?(?=$|[\s;|)])",
        accept=lambda value: (len(value) >= 16 and _is_made(value)) or is_random_run(value) or is_irregular(value),
    ),
    pattern_rule(
        "key",
        "genkey genpsk keygen",
        r"\b{words}[^\n]{0,80}?[ \t]?(?<!256)(?:[:=]|->|=>|→)[ \t]+[\"']?(?P<secret>[\w+/-]{16,256}={0,2})(?![\w.:])",
        accept=_is_made,
        head=r"(?<![a-z])",
    ),
    # connect to db user bob using ...
    pattern_rule(
        "password",
        "using",
        rf"\bconnect[ \t]+to[ \t]+\S{{1,64}}[ \t]+user[ \t]+{_USER}[ \t]+{{words}}[ \t]+{_OPTION}",
        accept=_is_typed,
        tail="$",
        head=r"(?<![a-z])",
        also="connect",
    ),
)
