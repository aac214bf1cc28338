"""Names with their values, as they are found in a text, and what can be asked about them."""

import re
from typing import NamedTuple

from zigtui.commands.redaction.judging.names import Family
from zigtui.commands.redaction.judging.prose import is_code_word, is_prose
from zigtui.commands.redaction.judging.values import (
    has_common_ending,
    is_mixed,
    is_number,
    is_random,
    is_very_random,
    is_wordlike,
)

__all__ = ["PHRASE", "Found", "begins_phrase", "is_alias", "is_chosen", "is_last_word", "is_strong"]

_FLAG = re.compile(r"(?:.*/)?[\[(,]*\\*[\"'`]?(?:(?:--?|/)(?:[\w.]+[-_.])*|--?[a-z.-]*|-[A-Z][a-z]+)$", re.DOTALL)
_NAMES_IN_VALUES = re.compile(
    r"(?:pass(?:word|wd|phrase|code)?|pwd?|secret|token|credential|auth|key|cred)s?", re.IGNORECASE
)
_RUN = re.compile(r"[\w+/.~-]{20,}={0,2}")
_IDENTIFIER = re.compile(r"[$@&*]?[A-Za-z_][\w.-]*(?:\(\))?[?!]?")
_PARTS_OF_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
PHRASE = re.compile("phrase|mnemonic", re.IGNORECASE)
"""Names whose values have several words."""


class Found(NamedTuple):
    """A name and its value, with their context.

    Attributes:
        family: the kind of value that the name stands for.
        word: the part of the name that is in the table of names, in its original case.
        before: the text before that part, shortened.
        separator: the normalized separator, such as ``=``, ``==``, ``:``, ``,``, ``>``, ``|``, ``is`` or ``->``; empty
            if there is only whitespace.
        is_spaced: whether whitespace comes before the separator.
        is_apart: whether whitespace comes only after the separator.
        gap: the length of the separator, with the whitespace around it.
        is_quoted: whether the value is in quotes.
        is_closed: whether a quote or a bracket closes after the name.
        value: the value without quotes; a long bare value is cut.
        after: the text after the value, shortened.
    """

    family: Family
    word: str
    before: str
    separator: str
    is_spaced: bool
    is_apart: bool
    gap: int
    is_quoted: bool
    is_closed: bool
    value: str
    after: str

    @property
    def is_flag(self) -> bool:
        """Whether the name is an option of a command."""
        last = self.before.split()[-1:] or [""]
        return not self.before[-1:].isspace() and _FLAG.match(last[0]) is not None

    @property
    def is_shouted(self) -> bool:
        """Whether the name is in upper case, like an environment variable."""
        return self.word.isupper()


def begins_phrase(found: Found) -> bool:
    """Whether the value is the first word of a secret phrase."""
    words = found.after.split()
    return PHRASE.search(found.word) is not None and (len(words) > 3 or not all(map(is_wordlike, words)))


def is_last_word(found: Found) -> bool:
    """Whether the value ends the line and is a single word that is neither common nor has a common ending."""
    value = found.value.rstrip(".!")
    if found.family is not Family.PASSWORD or found.after.strip(" \t.!'\"`)]|│┃║"):
        return False
    is_common = is_prose(value) or is_code_word(value) or has_common_ending(value)
    return len(value) >= 6 and value.isascii() and value.isalpha() and value.islower() and not is_common


def is_strong(found: Found) -> bool:
    """Whether the value is random enough to be a secret after a name as weak as ``key``."""
    value = found.value
    if found.word.lower() == "pass":
        return is_random(value) and not is_number(value)
    if _RUN.fullmatch(value) is None:
        return False
    parts = re.split("[./_-]", value)
    longest_by_chance = 4 if len(value) >= 40 else 2
    if any(len(part) > longest_by_chance and part.isalpha() and is_wordlike(part) for part in parts) or len(parts) > 5:
        return False
    return is_very_random(value) or (is_random(value) and len(value) >= 32)


def is_chosen(found: Found) -> bool:
    """Whether the value may be a password that a person chose: neither a word nor a number."""
    return found.family is Family.PASSWORD and not is_wordlike(found.value) and not is_number(found.value)


def is_alias(found: Found) -> bool:
    """Whether the value is itself the name of a secret, as in ``password=passwd`` or ``token=self.token``."""
    value = found.value
    if _IDENTIFIER.fullmatch(value[:100]) is None or is_mixed(value[:-1] if value[-1].isdigit() else value):
        return False
    parts = _PARTS_OF_NAME.findall(value)
    others = [part for part in parts if not _NAMES_IN_VALUES.fullmatch(part)]
    if len(others) == len(parts) or not all(map(is_wordlike, others)):
        return False
    return len(parts) > 1 or not (value == "secret" and found.family is Family.PASSWORD and not found.is_spaced)
