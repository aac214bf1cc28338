"""A quick test for texts that mention the names of secrets only in prose, as in ``the token cache was loaded``.

An ordinary word behind a name is a secret only after a flag, at the end of a text, or in a command that sets a
variable.
"""

import re
from functools import lru_cache

from zigtui.commands.redaction.names import NAME, NAME_WORDS
from zigtui.commands.redaction.rules import any_of, listed
from zigtui.commands.redaction.values import is_wordlike

__all__ = ["names_only_in_prose"]

_NAME_WORD = re.compile(any_of(NAME_WORDS))
_SIMPLE = re.compile(r"[(\"'`]?[A-Za-z]\w*[.,;!?)]*", re.ASCII)
_WITH_VALUE = re.compile(rf"(?:{any_of(NAME_WORDS)}|{NAME})(?:[^\w.-]|\.\.\.|-+>|$)", re.ASCII)
_ORDINARY = re.compile(r"(?P<letters>[A-Za-z][a-z]*)[.,;:!?)]*")
_DIRECTIVE = re.compile(
    r"\W*(?:env|arg|setenv|setx|fastcgi_param|set|add|put|config|configure|export|requirepass|masterauth)"
    r"|.*:(?:set|add|put)"
)
# Words that may come between a name and its value
_BETWEEN = frozenset(
    listed(
        "is was has set id ids value string str text char nsstring optional option final"
        " to for of generated created assigned changed reset"
    )
)
_BEFORE_COLON = frozenset(listed("for of generated created assigned changed reset"))  # before a colon
_VERBS = frozenset(("is", "was"))
_PLAIN, _NAMED, _UNKNOWN, _SETS = range(4)  # a word; one that ends with a name; one with a value; part of a directive
_LONGEST_WORD = 100


def names_only_in_prose(text: str) -> bool:
    """Whether no name in a text certainly has a value. False may also mean that this is unknown."""
    words = text.split()
    kinds = [_kind(word) if len(word) <= _LONGEST_WORD else _UNKNOWN for word in words]
    if _UNKNOWN in kinds:
        return False
    if _NAMED in kinds:
        if _SETS in kinds:
            return False
        has_colon = ":" in text or "is" in words
        for number, kind in enumerate(kinds):
            if kind == _NAMED:
                following = number + 1
                if following < len(words) and words[following] in _VERBS:
                    following += 1
                if following < len(words):
                    word = words[following]
                    if word in _BEFORE_COLON and not has_colon:
                        continue
                    if following == len(words) - 1 or not _is_ordinary(word):
                        return False
    return True


@lru_cache(maxsize=20_000)
def _kind(word: str) -> int:
    lowered = word.lower()
    if len(lowered) != len(word) or not word.isascii():
        return _UNKNOWN
    if _NAME_WORD.search(lowered) is not None:
        if _SIMPLE.fullmatch(word) is not None:
            return _NAMED
        return _UNKNOWN if _WITH_VALUE.search(lowered) is not None else _PLAIN
    return _SETS if _DIRECTIVE.fullmatch(lowered) is not None else _PLAIN


@lru_cache(maxsize=20_000)
def _is_ordinary(word: str) -> bool:
    found = _ORDINARY.fullmatch(word)
    return found is not None and found["letters"].lower() not in _BETWEEN and is_wordlike(found["letters"])
