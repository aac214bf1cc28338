"""Passwords in the messages of protocols, as clients and servers print them, and values that CI is told to mask."""

from zigtui.commands.redaction.judging.prose import is_prose
from zigtui.commands.redaction.judging.values import is_mixed, is_number, is_path, is_random, is_stand_in, is_wordlike
from zigtui.commands.redaction.rules import pattern_rule

__all__ = ["PROTOCOL_RULES"]

# What a trace writes before a message: an arrow, or who sent it
_SENT = (
    r"(?:^|(?<=[\s'\"]))(?:-{0,4}>{1,3}|<{1,3}|(?:C|[Cc]lient|[Ss]end|[Ss]ent|[Ss]ending|ftp|[Cc]ommand)[:>])"
    r"[ \t]*[\"']?"
)
_LAST = r"[\"']?[ \t]*(?:(?:\\r)?(?:\\n)?[\"']?$|\\r)"
_MECHANISM = r"(?:plain|login|cram-md5|digest-md5|scram-[\w-]{1,32}|xoauth2|external|gssapi)"


def _is_typed(value: str) -> bool:
    return len(value) > 3 and not is_prose(value) and not value.startswith(("-", "$")) and not is_stand_in(value)


def _is_chosen(value: str) -> bool:
    return not is_stand_in(value) and not is_number(value) and (is_mixed(value) or not is_wordlike(value))


PROTOCOL_RULES = (
    # RFC 959, RFC 1939: ---> PASS ..., C: PASS ...
    pattern_rule(
        "password",
        "PASS ACCT",
        rf"{_SENT}{{words}}[ \t]+(?P<secret>[^\s\"']{{3,128}}){_LAST}",
        accept=lambda value: not (is_stand_in(value) or is_prose(value) or is_path(value)),
        ignore_case=False,
        tail="$",
        head=r"(?<!\w)",
        also="> : <",
    ),
    # RFC 3501
    pattern_rule(
        "password",
        "LOGIN",
        r"(?:^|(?<=[\s'\"])){words}[ \t]+\S{1,64}[ \t]+[\"']?(?P<secret>[^\s\"']{4,128})[\"']?[ \t]*(?:\\r|$)",
        accept=lambda value: _is_typed(value) and not value.endswith(","),
        ignore_case=False,
        tail="$",
        head=r"(?<!\w)",
    ),
    # RFC 4954, RFC 5034
    pattern_rule(
        "password",
        "auth authenticate",
        rf"\b{{words}}[ \t]+{_MECHANISM}[ \t]+(?P<secret>[a-z0-9+/]{{8,}}={{0,2}})",
        accept=is_random,
        tail="$",
        head=r"(?<!\w)",
        also="plain login md5 scram xoauth2 external gssapi",
    ),
    # RFC 6120: <auth mechanism='PLAIN'>...</auth>
    pattern_rule(
        "password",
        "mechanism=",
        rf"{{words}}[\"']{_MECHANISM}[\"'][^<>\n]{{0,200}}>(?P<secret>[a-z0-9+/]{{8,}}={{0,2}})<",
    ),
    # IRC: PRIVMSG NickServ :IDENTIFY ..., OPER bob ...
    pattern_rule(
        "password",
        "identify",
        r"\bnickserv(?:@\S{1,128})?[ \t]+:?{words}[ \t]+(?:[\w.@|\[\]-]{1,64}[ \t]+)?(?P<secret>\S{4,128})[ \t]*$",
        accept=_is_typed,
        tail="$",
        head=r"(?<!\w)",
    ),
    pattern_rule(
        "password",
        "OPER",
        r"^\W{0,6}{words}[ \t]+[\w.@|\[\]-]{1,64}[ \t]+(?P<secret>\S{4,128})[ \t]*$",
        accept=_is_typed,
        ignore_case=False,
        tail="$",
        head=r"(?<!\w)",
    ),
    # Redis, ZooKeeper
    pattern_rule(
        "password",
        "AUTH",
        r"^\W{0,6}{words}\"?[ \t]+\"?(?P<secret>[^\s\"]{5,128})\"?[ \t]*$",
        accept=_is_chosen,
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
    pattern_rule(
        "password",
        "addauth",
        r"\b{words}[ \t]+digest[ \t]+[\"']?[\w.@-]{1,64}:(?P<secret>[^\s\"']{3,128})",
        accept=_is_typed,
        tail="$",
        head=r"(?<!\w)",
    ),
    # Values that a workflow tells its CI to mask
    pattern_rule(
        "secret",
        "add-mask",
        r"(?:::|##\[){words}(?:::|\])[ \t]{0,4}(?P<secret>[^\s\"'][^\n\"']*)",
        accept=lambda value: not is_stand_in(value),
    ),
)
