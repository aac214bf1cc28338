"""Secrets in HTTP headers: authorization, bearer tokens and cookies."""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.judging.prose import is_code
from zigtui.commands.redaction.judging.values import is_random, is_stand_in, is_very_random
from zigtui.commands.redaction.rules import Rule, Span, lower, pattern_rule

__all__ = ["HEADER_RULES"]

_QUOTE = r"""\\{0,7}["'`]"""
_AUTHORIZATION = "authorization"
_BEARER = "bearer"
_COOKIE = "cookie"
_HEADER = re.compile(
    rf"(?P<name>{_AUTHORIZATION}(?:{_QUOTE})?[ \t]{{0,8}}(?:[:=,]|=>|(?=[ \t]*[\"']))[ \t]{{0,8}}(?:{_QUOTE})?"
    rf"|(?<![\w-])(?={_BEARER}[ \t:]))"
    r"(?:(?P<long>(?:digest|hawk|oauth|signature|aws4-hmac-sha256)[ \t].*)"
    r"""|(?:(?P<scheme>[A-Za-z][\w-]{1,20})(?:[ \t]{1,8}|:[ \t]{0,8}(?=\S)))?"""
    rf"""(?P<value>(?!--)(?:(?!{_AUTHORIZATION})(?:[^\s"'`<>\\]|\\(?!\\{{0,6}}["'`]))){{6,}}))""",
    re.IGNORECASE | re.DOTALL,
)
_COOKIES = re.compile(
    rf"""{_COOKIE}(?:{_QUOTE})?[ \t]{{0,8}}(?:(?<=["'])[ \t]{{0,8}},|:|=>)[ \t]{{0,8}}(?:{_QUOTE})?"""
    r"""(?P<value>[^\s"'=:;,<$]{1,200}=[^"'\n]*)""",
    re.IGNORECASE,
)
_DELETED = re.compile(
    r"[\w.-]{1,200}=(?:;[ \t]*(?:(?:max-age|expires|path|domain|samesite)=[^;]*|secure|httponly))+$", re.IGNORECASE
)
_SCHEMES = ("bearer", "basic", "token", "apikey", "api-key", "negotiate", "ntlm", "key", "bot", "splunk", "genie-key")


def _authorizations(text: str) -> Iterator[Span]:
    lowered = lower(text)
    done = 0
    for start in sorted((*_starts(_AUTHORIZATION, lowered), *_starts(_BEARER, lowered))):
        found = _HEADER.match(text, start) if start >= done else None
        if found is None:
            continue
        done = found.end()
        group = "value" if found["long"] is None else "long"
        if is_stand_in(found[group]):
            continue
        is_known = found["name"] and (found["scheme"] or "").lower() in _SCHEMES
        if group == "long" or is_known or is_random(found["value"].rstrip("=")):
            is_call = re.match(r"[A-Za-z_][\w.]*[(\[]", found[group]) is not None
            if found["scheme"] is not None or group == "long" or not (is_call or is_code(found[group])):
                yield Span(*found.span(group), "authorization")


def _starts(word: str, text: str) -> Iterator[int]:
    start = -1
    while (start := text.find(word, start + 1)) >= 0:
        yield start


def _cookies(text: str) -> Iterator[Span]:
    for found in _COOKIES.finditer(text):
        if not is_stand_in(found["value"]) and _DELETED.match(found["value"]) is None:
            yield Span(*found.span("value"), "cookie")


HEADER_RULES = (
    Rule("authorization", (_AUTHORIZATION, _BEARER), _authorizations),
    Rule("cookie", (_COOKIE,), _cookies, also=("=",)),
    # A scheme of its own without the name of the header
    pattern_rule(
        "authorization",
        "ssws splunk apikey geniekey",
        r"(?<![\w-]){words}[ \t]{1,4}(?P<secret>[\w+/=.~-]{20,512})(?![\w+/])",
        accept=is_very_random,
        tail="$",
        head=r"(?<![\w-])",
    ),
    pattern_rule(
        "cookie",
        "curl http wget",
        r"""\b{words}[ \t][^|;\n]{0,1000}?(?:-b|--cookie)[ \t=]{0,8}["']?"""
        r"""(?P<secret>[^\s"'=;]{1,200}=[^"'\n]{1,4096})""",
        tail="$",
        head=r"(?<!\w)",
        also="-b --cookie",
    ),
)
