"""Whether a value at a position where a password may be is one.

Rules for positions ask this, as no name says what the value is. Each function is stricter about something else.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from zigtui.commands.redaction.judging.prose import is_code_word, is_prose
from zigtui.commands.redaction.judging.values import (
    has_common_ending,
    is_long_word,
    is_mixed,
    is_number,
    is_path,
    is_random,
    is_stand_in,
    is_very_random,
    is_wordlike,
)
from zigtui.commands.redaction.rules import Span, group_of_value

__all__ = ["is_made", "is_pair", "is_set", "is_typed", "is_uncommon", "may_be_chosen", "passwords"]

_PLACEHOLDERS = ("password", "passwd", "pwd", "pass", "secret", "pw")


def passwords(matches: Iterable[re.Match[str]], accept: Callable[[str], bool]) -> Iterator[Span]:
    """The spans of the values of these matches that are accepted, and stand for no other value."""
    for found in matches:
        group = group_of_value(found)
        if accept(found[group]) and not is_stand_in(found[group]):
            yield Span(*found.span(group), "password")


def is_typed(value: str) -> bool:
    """Whether a value where only a password can be is one: no placeholder, option, variable or word of a sentence."""
    return not (value.startswith(("-", "$")) or is_stand_in(value) or is_prose(value))


def may_be_chosen(value: str) -> bool:
    """Whether a value may be a password that a person chose: neither a word nor a number."""
    return not is_stand_in(value) and not is_number(value) and (is_mixed(value) or not is_wordlike(value))


def is_uncommon(value: str) -> bool:
    """Whether a value is no word and no number. Unlike a password that was chosen, it may stand for another value."""
    return is_mixed(value) or is_random(value) or not (is_wordlike(value) or is_number(value))


def is_set(value: str) -> bool:
    """Whether the last argument of a command that sets a password is one. A single word that is not common may be."""
    if is_prose(value) or is_code_word(value) or is_path(value) or is_stand_in(value):
        return False
    return may_be_chosen(value) or (is_long_word(value) or (len(value) >= 8 and not has_common_ending(value)))


def is_made(value: str) -> bool:
    """Whether a value was made by a program, and is no path."""
    return is_very_random(value) and not is_path(value)


def is_pair(pair: str) -> bool:
    """Whether the password of a ``user:password`` pair is a real value, not the placeholder of a manual."""
    password = re.split("[:%,]", pair, maxsplit=1)[1]
    is_placeholder = password.strip("<>[]{}").lower() in _PLACEHOLDERS
    return not is_placeholder and not is_stand_in(password or pair)
