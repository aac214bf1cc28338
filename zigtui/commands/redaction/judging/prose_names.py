"""A quick test for texts that mention the names of secrets only in prose, as in ``the token cache was loaded``.

An ordinary word behind a name is a secret only after a flag, at the end of a text, or in a command that sets a
variable.
"""

import re
from functools import lru_cache

from zigtui.commands.redaction.judging.names import NAME, NAME_WORDS
from zigtui.commands.redaction.judging.values import is_wordlike
from zigtui.commands.redaction.rules import any_of, listed

__all__ = ["names_only_in_prose"]

_NAME_WORD = re.compile(any_of(NAME_WORDS))
_SIMPLE = re.compile(r"[(\"'`]?[A-Za-z]\w*[.,;!?)]*", re.ASCII)
_WITH_VALUE = re.compile(rf"(?:{any_of(NAME_WORDS)}|{NAME})(?:[^\w.-]|_{{1,3}}:|\.\.\.|-+>|$)", re.ASCII)
_ORDINARY = re.compile(r"(?P<letters>[A-Za-z][a-z]*)[.,;:!?)]*")
_DIRECTIVE = re.compile(
    r"\W*(?:env|arg|setenv|setx|fastcgi_param|set|add|put|config|configure|export|requirepass|masterauth)"
    r"|.*:(?:set|add|put)"
)
# Words that may come between a name and its value
_BETWEEN = frozenset(
    listed(
        "is was has set id ids value string str text char nsstring optional option final"
        " to you for of generated created assigned changed reset"
    )
)
_BEFORE_COLON = frozenset(listed("for of generated created assigned changed reset"))  # before a colon
_STATED = frozenset(("is", "changed", "reset", "set"))  # before a value that does not follow its name at once
_VERBS = frozenset(("is", "was"))
_PLAIN, _NAMED, _UNKNOWN, _SETS = range(4)  # a word; one that ends with a name; one with a value; part of a directive
_LONGEST_WORD = 100
_MOST_WORDS = 20_000
_plain_words: set[str] = set()  # a set of words is subtracted faster than each word is looked up


def names_only_in_prose(text: str) -> bool:
    """Whether no name in a text certainly has a value. False may also mean that this is unknown."""
    words = text.split()
    named = set()
    sets = False
    for word in set(words).difference(_plain_words):
        kind = _kind(word)
        if kind == _UNKNOWN:
            return False
        if kind == _NAMED:
            named.add(word)
        sets |= kind == _SETS
    if not named:
        return True
    if sets:
        return False
    has_colon = ":" in text or not _STATED.isdisjoint(words)
    last = len(words) - 1
    for number, word in enumerate(words):
        if word in named and number < last:
            following = number + 1
            if words[following] in _VERBS and following < last:
                following += 1
            value = words[following]
            behind = words[following + 1] if following < last else ""
            if value in _BEFORE_COLON and not has_colon and behind != "to":
                continue
            if following == last or behind == "=" or not _is_ordinary(value):
                return False
    return True


@lru_cache(maxsize=_MOST_WORDS)
def _kind(word: str) -> int:
    lowered = word.lower()
    if len(word) > _LONGEST_WORD or not word.isascii():
        return _UNKNOWN
    if _NAME_WORD.search(lowered) is not None:
        if _SIMPLE.fullmatch(word) is not None:
            return _NAMED
        return _UNKNOWN if _WITH_VALUE.search(lowered) is not None else _PLAIN
    if _DIRECTIVE.fullmatch(lowered) is not None:
        return _SETS
    if len(_plain_words) >= _MOST_WORDS:
        _plain_words.clear()
    _plain_words.add(word)
    return _PLAIN


@lru_cache(maxsize=_MOST_WORDS)
def _is_ordinary(word: str) -> bool:
    found = _ORDINARY.fullmatch(word)
    return found is not None and found["letters"].lower() not in _BETWEEN and is_wordlike(found["letters"])
