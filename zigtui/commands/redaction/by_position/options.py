"""Passwords in the options and arguments that many programs share.

Unlike in `commands`, the name of the program hardly matters.
"""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.judging.passwords import PLACEHOLDERS, is_made, is_set, is_typed, may_be_chosen
from zigtui.commands.redaction.judging.prose import is_code_word
from zigtui.commands.redaction.judging.values import is_number, is_path, is_random, is_stand_in
from zigtui.commands.redaction.rules import Rule, Span, pattern_rule

__all__ = ["OPTION_RULES"]

_OPTIONS = r"(?:[ \t]+--?[a-z][\w-]{0,64}(?:=\S{1,256})?){0,8}"
_USER = r"[\"']?[\w.@\\-]{1,64}[\"']?"
_DATABASE = re.compile(r"(?:mysql|mariadb)[^|;\n]*$")  # a word after its -p is the name of a database
_OPTION = r"[\"']?(?P<secret>[^\s\"'-][^\s\"']{2,127})"
_NO_PASSWORDS = PLACEHOLDERS | {"path", "port", "prompt"}


def _is_argument(value: str) -> bool:
    """Whether the value of an option such as ``-p`` is a password, not a path, a port or a placeholder."""
    if is_number(value) or is_path(value) or is_stand_in(value) or "/" in value or value.lower() in _NO_PASSWORDS:
        return False
    return not value.isupper() and not is_code_word(value) and (len(value) >= 8 or may_be_chosen(value))


def _not_of_a_database(rule: Rule) -> Rule:
    def find(text: str) -> Iterator[Span]:
        for span in rule.find(text):
            if _DATABASE.search(text, max(0, span.start - 300), span.start) is None:
                yield span

    return rule._replace(find=find)


OPTION_RULES: tuple[Rule, ...] = (
    pattern_rule(
        "password",
        "/v",
        r"(?<!\S){words}[ \t]+[\"']?\w{0,32}(?:password|passwd|pwd|secret|token)\w{0,16}[\"']?"
        r"[ \t][^\n]{0,100}?/d[ \t]+[\"']?(?P<secret>[^\s\"']{4,})",
        accept=lambda value: not is_stand_in(value),
        tail="$",
        head=r"(?<!\S)",
    ),
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
        accept=lambda value: _is_argument(value) and may_be_chosen(value),
        tail="(?:[:=]|$)",
        head=r"(?<!\S)",
    ),
    # user add bob:...
    pattern_rule(
        "password",
        "add create",
        r"\busers?[ \t]+{words}[ \t]+[\w.@-]{1,64}:(?P<secret>[^\s:\"']{4,128})",
        accept=may_be_chosen,
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
        accept=is_typed,
        tail="$",
        head=r"(?<!\S)",
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
        accept=is_set,
        tail="$",
        also="set- set_ change- change_ update- update_ modify- modify_",
    ),
    pattern_rule(
        "password",
        "user:password user-password user:passwd user-passwd upwd",
        rf"(?<![\w/.-]){{words}}[ \t]+{_USER}[ \t]+{_OPTION}[\"']?[ \t]*$",
        accept=is_set,
        tail="$",
    ),
    # set-agent-token agent ...
    pattern_rule(
        "token",
        "token secret key",
        r"(?<![\w/.-])(?:set|reset|update|add|create)[-_](?:[a-z0-9]{1,32}[-_]){0,3}{words}"
        r"(?:[ \t]+[\w.:/-]{1,64})?[ \t]+[\"']?(?P<secret>[\w+/=.~-]{16,512})[\"']?[ \t]*$",
        accept=is_made,
        tail="$",
        also="set- set_ add- add_ update- update_ create- create_",
    ),
    # connect to db user bob using ...
    pattern_rule(
        "password",
        "using",
        rf"\bconnect[ \t]+to[ \t]+\S{{1,64}}[ \t]+user[ \t]+{_USER}[ \t]+{{words}}[ \t]+{_OPTION}",
        accept=is_typed,
        tail="$",
        head=r"(?<![a-z])",
        also="connect",
    ),
)
