"""Passwords in the messages of protocols, as clients and servers print them, and values that CI is told to mask."""

from collections.abc import Callable

from zigtui.commands.redaction.judging.passwords import is_typed, may_be_chosen
from zigtui.commands.redaction.judging.prose import is_prose
from zigtui.commands.redaction.judging.values import is_path, is_random, is_stand_in
from zigtui.commands.redaction.rules import Rule, pattern_rule

__all__ = ["PROTOCOL_RULES"]

# What a trace writes before a message: an arrow, or who sent it
_SENT = (
    r"(?:^|(?<=[\s'\"]))(?:-{0,4}>{1,3}|<{1,3}|(?:C|[Cc]lient|[Ss]end|[Ss]ent|[Ss]ending|ftp|[Cc]ommand)[:>])"
    r"[ \t]*[\"']?"
)
_LAST = r"[\"']?[ \t]*(?:(?:\\r)?(?:\\n)?[\"']?$|\\r)"
_MECHANISM = r"(?:plain|login|cram-md5|digest-md5|scram-[\w-]{1,32}|xoauth2|external|gssapi)"


def _message(words: str, pattern: str, accept: Callable[[str], bool], also: str = "") -> Rule:
    """A rule for the password in a message. Case matters if the words are in upper case."""
    return pattern_rule(
        "password",
        words,
        pattern,
        accept=accept,
        ignore_case=not words.isupper(),
        tail="$",
        head=r"(?<!\w)",
        also=also,
    )


PROTOCOL_RULES = (
    # RFC 959, RFC 1939: ---> PASS ..., C: PASS ...
    _message(
        "PASS ACCT",
        rf"{_SENT}{{words}}[ \t]+(?P<secret>[^\s\"']{{3,128}}){_LAST}",
        accept=lambda value: not (is_stand_in(value) or is_prose(value) or is_path(value)),
        also="> : <",
    ),
    # RFC 3501
    _message(
        "LOGIN",
        r"(?:^|(?<=[\s'\"])){words}[ \t]+\S{1,64}[ \t]+[\"']?(?P<secret>[^\s\"']{4,128})[\"']?[ \t]*(?:\\r|$)",
        accept=lambda value: is_typed(value) and not value.endswith(","),
    ),
    # RFC 4954, RFC 5034
    _message(
        "auth auth: authenticate",
        rf"\b{{words}}[ \t]+{_MECHANISM}[ \t]+(?P<secret>[a-z0-9+/]{{8,}}={{0,2}})",
        accept=is_random,
        also="plain login md5 scram xoauth2 external gssapi",
    ),
    # RFC 6120: <auth mechanism='PLAIN'>...</auth>
    pattern_rule(
        "password",
        "mechanism=",
        rf"{{words}}[\"']{_MECHANISM}[\"'][^<>\n]{{0,200}}>(?P<secret>[a-z0-9+/]{{8,}}={{0,2}})<",
    ),
    # IRC: PRIVMSG NickServ :IDENTIFY ..., OPER bob ...
    _message(
        "identify",
        r"\bnickserv(?:@\S{1,128})?[ \t]+:?{words}[ \t]+(?:[\w.@|\[\]-]{1,64}[ \t]+)?(?P<secret>\S{4,128})[ \t]*$",
        accept=is_typed,
    ),
    _message(
        "OPER",
        r"^\W{0,6}{words}[ \t]+[\w.@|\[\]-]{1,64}[ \t]+(?P<secret>\S{4,128})[ \t]*$",
        accept=is_typed,
    ),
    # Redis, ZooKeeper: redis> AUTH bob ...
    pattern_rule(
        "password",
        "AUTH",
        r"^(?:[\w.-]{1,64}(?::[0-9]{1,5})?)?>[ \t]+{words}[ \t]+[\w.-]{1,64}[ \t]+(?P<secret>[^\s\"]{4,128})[ \t]*$",
        accept=may_be_chosen,
        ignore_case=False,
        tail="$",
        also=">",
    ),
    pattern_rule(
        "password",
        "AUTH",
        r"^\W{0,6}{words}\"?[ \t]+\"?(?P<secret>[^\s\"]{5,128})\"?[ \t]*$",
        accept=may_be_chosen,
        ignore_case=False,
        tail=r"\"?$",
        head=r"(?<!\w)",
    ),
    pattern_rule(
        "password",
        "AUTH",
        r"\b{words}[ \t]+default[ \t]+(?P<secret>[^\s\"']{4,})",
        ignore_case=False,
        tail="$",
        also="default",
    ),
    _message(
        "addauth",
        r"\b{words}[ \t]+digest[ \t]+[\"']?[\w.@-]{1,64}:(?P<secret>[^\s\"']{3,128})",
        accept=is_typed,
    ),
    # Values that a workflow tells its CI to mask
    pattern_rule(
        "secret",
        "add-mask",
        r"(?:::|##\[){words}(?:::|\])[ \t]{0,4}(?P<secret>[^\s\"'][^\n\"']*)",
        accept=lambda value: not is_stand_in(value),
    ),
)
