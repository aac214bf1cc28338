"""Secrets that are the default of a named value: ``getenv("API_TOKEN") or "..."``, ``${DB_PASSWORD:-...}``."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from math import inf

from zigtui.commands.redaction.judging.names import (
    NAME,
    NAME_TAIL,
    NAME_WORDS,
    Family,
    family_of,
    kind_of,
    matches_from,
    name_starts,
    stands_alone,
)
from zigtui.commands.redaction.judging.values import is_long_word, is_mixed, is_random, is_stand_in, is_wordlike
from zigtui.commands.redaction.rules import Rule, Span, lower

__all__ = ["FALLBACK_RULES"]

_OPERATOR = (
    r"(?:\|\||\?\?|\bor\b|\bdefault[ \t]{0,2}[=:(]|\?:|,[ \t]{0,4}(?=[\"'])|\)[ \t]{0,4}\{|\bnvl\(|\bcoalesce\()"
)
_QUOTED = re.compile(
    rf"{NAME}[^\n;]{{0,100}}?{_OPERATOR}[ \t]{{0,4}}(?:b|r|str\()?"
    r"(?P<quote>[\"'])(?P<secret>[^\"'\n]{5,256})(?P=quote)",
    re.ASCII,
)
_EXPANSION = re.compile(rf"\$\{{[\w.]{{0,60}}?{NAME}:[-=]?[\"']?(?P<secret>[^\s\"'{{}}$]{{5,256}})[\"']?\}}", re.ASCII)
_SIGNS = ('"', "'", "${")
# A part of every match of `_QUOTED`, which is quicker to find; its name begins a bounded distance before it
_DEFAULT = re.compile(r"[|?r=:(,{](?=[ \t]{0,8}(?:b|r|str\()?[\"'][^\"'\n]{5})")
_LONGEST_BEFORE = 250


def _fallbacks(text: str) -> Iterator[Span]:
    lowered = lower(text)
    defaults = [found.start() for found in _DEFAULT.finditer(lowered)]
    if defaults:
        near = [start for start in name_starts(lowered) if _next(defaults, start) <= start + _LONGEST_BEFORE]
        yield from _found(matches_from(near, _QUOTED, lowered), text)
    if "${" in lowered:
        yield from _found(_EXPANSION.finditer(lowered), text)


def _next(positions: list[int], least: int) -> float:
    """The first of these ascending positions that is not less than another one; infinity if there is none."""
    index = bisect_left(positions, least)
    return positions[index] if index < len(positions) else inf


def _found(matches: Iterable[re.Match[str]], text: str) -> Iterator[Span]:
    for found in matches:
        word = text[slice(*found.span("word"))]
        value = text[slice(*found.span("secret"))]
        if _is_secret(value, word) and stands_alone(text, found.start("word"), word):
            yield Span(*found.span("secret"), kind_of(word))


def _is_secret(value: str, word: str) -> bool:
    if is_stand_in(value) or " " in value or word.lower() in ("key", "auth", "sig", "signature", "pat"):
        return False
    if family_of(word) is Family.PASSWORD:
        return is_mixed(value) or not is_wordlike(value) or is_long_word(value)
    return is_random(value)


FALLBACK_RULES = (Rule("fallback", NAME_WORDS, _fallbacks, NAME_TAIL, also=_SIGNS),)
