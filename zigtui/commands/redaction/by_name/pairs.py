"""Secrets in records with a field for the name and a field for the value: in JSON, XML, YAML and AWS shorthand."""

import re
from collections.abc import Iterator
from itertools import chain

from zigtui.commands.redaction.judging.names import (
    NAME,
    NAME_TAIL,
    NAME_WORDS,
    is_name,
    kind_of,
    matches_from,
    name_starts,
)
from zigtui.commands.redaction.judging.prose import is_code, is_prose
from zigtui.commands.redaction.judging.values import is_mixed, is_number, is_random, is_stand_in, is_wordlike
from zigtui.commands.redaction.rules import Rule, Span, lower

__all__ = ["PAIR_RULES", "is_value"]

_QUOTE = r"""\\{0,3}["']"""
_NAME = r"(?P<name>[\w./-][\w ./-]{0,80})"
_FIELD = (
    r"(?:name|key|variable|option|param(?:eter)?(?:_?key|_?name)?|field|secret_?name|property|setting|attribute|label"
    r"|environment_?variable)"
)
_VALUE = r"(?:value|connectionstring|content)"
_ATTRIBUTE = rf"(?:[a-z]{{1,16}}:)?(?:[a-z]{{0,16}}[_-]?){_VALUE}"
_QUOTED = rf"(?P<q>{_QUOTE})(?P<secret>.{{1,4096}}?)(?P=q)"
_BARE = r"""(?P<bare>[^\s,;}\])"'{\[]+)"""
_IS_VALUE = rf"value(?:{_QUOTE})?[ \t]?[:=]"
_IS_ATTRIBUTE = rf"{_VALUE}[ \t]?=[ \t]?{_QUOTE}"

# Patterns of text in lower case, each after a quicker pattern of a part of every match
_PATTERNS = (
    # {"name": "DB_PASSWORD", "value": "..."}, name: DB_PASSWORD, value: ..., ParameterKey=DbPassword,ParameterValue=...
    (
        _IS_VALUE,
        rf"{_FIELD}(?:{_QUOTE})?[ \t]?[:=][ \t]?(?:{_QUOTE})?{_NAME}(?:{_QUOTE})?(?:[ \t]?[,;][ \t]?|[ \t]{{1,8}})"
        rf"(?:{_QUOTE})?[a-z]{{0,16}}[_-]?value(?:{_QUOTE})?[ \t]?[:=][ \t]?(?:{_QUOTED}|{_BARE})",
    ),
    # {"value": "...", "name": "DB_PASSWORD"}
    (
        rf"{_VALUE}{_QUOTE}[ \t]?[:=]",
        rf"{_VALUE}{_QUOTE}[ \t]?[:=][ \t]?{_QUOTED}[ \t]?,[ \t]?(?:{_QUOTE})?"
        rf"{_FIELD}(?:{_QUOTE})?[ \t]?[:=][ \t]?{_QUOTE}{_NAME}{_QUOTE}",
    ),
    # <add key="DbPassword" value="..."/>, with the attributes in either order
    (
        _IS_ATTRIBUTE,
        rf"[ \t<](?:[a-z]{{1,16}}:)?{_FIELD}[ \t]?=[ \t]?{_QUOTE}{_NAME}{_QUOTE}[^<>\n]{{0,100}}?"
        rf"[ \t]{_ATTRIBUTE}[ \t]?=[ \t]?{_QUOTED}",
    ),
    (
        _IS_ATTRIBUTE,
        rf"[ \t<]{_ATTRIBUTE}[ \t]?=[ \t]?{_QUOTED}[^<>\n]{{0,100}}?[ \t]{_FIELD}[ \t]?=[ \t]?{_QUOTE}{_NAME}{_QUOTE}",
    ),
    # <input type="password" value="...">
    (
        "<input",
        rf"[ \t]type[ \t]?=[ \t]?{_QUOTE}(?P<name>password){_QUOTE}"
        rf"[^<>\n]{{0,99}}?[ \t]{_ATTRIBUTE}[ \t]?=[ \t]?{_QUOTED}",
    ),
    # <entry key="password">...</entry>, <setting name="ApiKey"><value>...</value>, <password type="x">...</password>
    (
        "</",
        rf"[ \t]{_FIELD}[ \t]?=[ \t]?{_QUOTE}{_NAME}{_QUOTE}[^<>\n]{{0,100}}>[ \t]?(?:<value>)?(?P<bare>[^<>\n]+)</",
    ),
    ("</", r"<(?:[\w.-]{1,40}:)?(?P<name>[\w.-]{1,80})[ \t][^<>\n]{1,200}>(?P<bare>[^<>\n]+)</"),
    # variable "db_password" { default = "..." }; a search is fast only if the pattern begins with a character
    (
        "variable",
        rf"variable(?<!\wvariable)[ \t]+{_QUOTE}{_NAME}{_QUOTE}[^\n]{{0,200}}?\bdefault[ \t]*=[ \t]*{_QUOTED}",
    ),
    # Property lists
    ("<key>", r"<key>(?P<name>[\w .-]{1,80})</key>[ \t]{0,8}<string>(?P<bare>[^<>\n]+)</"),
)
_COMPILED: dict[re.Pattern[str], list[re.Pattern[str]]] = {}
for _needed, _pattern in _PATTERNS:
    _COMPILED.setdefault(re.compile(_needed, re.ASCII), []).append(re.compile(_pattern, re.ASCII))

# tokens = {"a": "...", "b": "..."}, passwords: ["...", "..."]
_LIST = re.compile(rf"{NAME}s?(?:{_QUOTE})?[ \t]?[:=][ \t]?[\[{{(](?P<items>[^\])}}\n]{{1,4096}})", re.ASCII)
_OPENING = re.compile(r"[:=][ \t]?[\[{(]")
_ITEM = re.compile(rf"""(?P<quote>{_QUOTE})(?P<value>[^"'\n]{{6,}}?)(?P=quote)(?![ \t]?:)""")


def is_value(value: str) -> bool:
    """Whether a value with the name of a secret is one: not a placeholder, a number or a word."""
    if is_stand_in(value) or is_number(value) or is_prose(value):
        return False
    return is_random(value) or is_mixed(value) or not is_wordlike(value)


def _pairs(text: str) -> Iterator[Span]:
    lowered = lower(text)
    for needed, patterns in _COMPILED.items():
        if needed.search(lowered) is None:
            continue
        for found in chain.from_iterable(pattern.finditer(lowered) for pattern in patterns):
            group = "secret" if found.groupdict().get("secret") is not None else "bare"
            name, value = (text[slice(*found.span(part))] for part in ("name", group))
            if not is_name(name) or len(value) < 3 or is_stand_in(value):
                continue
            if group == "secret" or not is_code(value):
                yield Span(*found.span(group), "secret")


def _lists(text: str) -> Iterator[Span]:
    if not _OPENING.search(text):
        return
    lowered = lower(text)
    for found in matches_from(name_starts(lowered), _LIST, lowered):
        for item in _ITEM.finditer(text, *found.span("items")):
            value = item["value"]
            if found["word"] not in ("key", "auth") and is_random(value) and not is_stand_in(value):
                yield Span(*item.span("value"), kind_of(found["word"]))


_SIGNS_OF_PAIRS = ("value", "content", "connectionstring", "</", "<key>", "<input", "variable")

PAIR_RULES = (
    Rule("pair", NAME_WORDS, _pairs, NAME_TAIL, also=_SIGNS_OF_PAIRS),
    Rule("list", NAME_WORDS, _lists, NAME_TAIL, also=("[", "{", "(")),
)
