"""What the line after the name of a secret may be: one value, a block, the items of a list, the rest of a record.

Each function returns a `Reader`, which gets the next lines in turn.
"""

import re
from collections.abc import Callable

from zigtui.commands.redaction.by_name.pairs import PAIR_RULES
from zigtui.commands.redaction.judging.prose import is_code_word, is_prose
from zigtui.commands.redaction.judging.values import (
    has_common_ending,
    is_mixed,
    is_random_run,
    is_scrambled,
    is_stand_in,
    is_wordlike,
)
from zigtui.commands.redaction.rules import Span

__all__ = [
    "Reader",
    "block",
    "field",
    "items",
    "login",
    "mail_password",
    "text_of_element",
    "value",
    "value_of_member",
]

Reader = Callable[[str], tuple[list[Span], bool]]
"""Returns the spans of the secrets in a line, and whether it also reads the next one."""

_ONLY_VALUE = re.compile(r"[\s-]*[\"'`]?(?P<value>[^\s\"'`,]{6,})[\"'`]?,?\s*")
_OF_BLOCK = re.compile(r"(?P<indent>[ \t]*)(?P<value>[^\s\"']{4,})(?P<close>\"{3}|'{3})?\s*")
_OF_LOGIN = re.compile(r"\s*(?P<value>[^\s<]\S{2,})\s*")
_OF_ELEMENT = re.compile(r"\s*(?P<value>[^\s<>]{3,})\s*")
_OF_MEMBER = re.compile(r"\s*\"(?P<value>(?:[^\"\\]|\\.){3,})\",?\s*")
_ITEM = re.compile(r"\s*(?:-[ \t]+)?(?P<quote>[\"']?)(?P<value>[^\s\"',:]{4,})(?P=quote),?\s*")
_MAIL = re.compile(r"(?:.*[ \t>:])?(?P<value>[A-Za-z0-9+/]{4,}={0,2})\s*")
_LEAST_WORD = 6  # letters of a password that is a word


def value(*, may_be_word: bool) -> Reader:
    """The only value on a line, perhaps after blank lines.

    Args:
        may_be_word: whether a single word is a password, unless it is common.
    """

    def read(line: str) -> tuple[list[Span], bool]:
        if not line.strip():
            return [], True
        found = _ONLY_VALUE.fullmatch(line)
        if found is None or not (_is_made(found["value"]) or (may_be_word and _is_word(found["value"]))):
            return [], False
        return [Span(*found.span("value"), "secret")], False

    return read


def block(indent: int) -> Reader:
    """The lines of a block scalar in YAML, or of a string in triple quotes.

    Args:
        indent: of the line that opens it. The lines of the block are indented more. -1 if their indent is free.
    """

    def read(line: str) -> tuple[list[Span], bool]:
        found = _OF_BLOCK.fullmatch(line)
        if found is None or len(found["indent"]) <= indent:
            return [], False
        return _span_unless_stand_in(found), not found["close"]

    return read


def field(record: str) -> Reader:
    """The field for the value of a record.

    Args:
        record: the line before, with the name.
    """
    joint = record + ("" if record.endswith(">") else ", ")

    def read(line: str) -> tuple[list[Span], bool]:
        shift = len(line) - len(line.lstrip()) - len(joint)
        spans = [span for rule in PAIR_RULES for span in rule.find(joint + line.strip()) if span.start >= len(joint)]
        return [span._replace(start=span.start + shift, end=span.end + shift) for span in spans], False

    return read


def text_of_element() -> Reader:
    """The text of an XML element, on a line of its own."""
    return lambda line: (_span_unless_stand_in(_OF_ELEMENT.fullmatch(line)), False)


def value_of_member() -> Reader:
    """A string in JSON, on a line of its own."""
    return lambda line: (_span_unless_stand_in(_OF_MEMBER.fullmatch(line)), False)


def mail_password() -> Reader:
    """The base64 of a password that a mail server has asked for."""
    return lambda line: (_span_unless_stand_in(_MAIL.fullmatch(line)), False)


def items() -> Reader:
    """The items of a list of passwords or tokens."""

    def read(line: str) -> tuple[list[Span], bool]:
        found = _ITEM.fullmatch(line)
        if found is None:
            return [], False
        item = found["value"]
        is_secret = (
            is_random_run(item) or (is_mixed(item) and item.isalnum()) or not is_wordlike(item) or _is_word(item)
        )
        return (_span_unless_stand_in(found) if is_secret else []), True

    return read


def login() -> Reader:
    """A user name and then a password, each on a line of its own, as in OpenVPN."""
    lines = 0

    def read(line: str) -> tuple[list[Span], bool]:
        nonlocal lines
        lines += 1
        found = _OF_LOGIN.fullmatch(line)
        if found is None or lines == 1:
            return [], found is not None
        return _span_unless_stand_in(found, "password"), False

    return read


def _span_unless_stand_in(found: re.Match[str] | None, kind: str = "secret") -> list[Span]:
    return [] if found is None or is_stand_in(found["value"]) else [Span(*found.span("value"), kind)]


def _is_made(value: str) -> bool:
    """Whether a value on a line of its own is random."""
    if is_stand_in(value) or "/" in value[:2]:
        return False
    if re.fullmatch(r"[\w+/=.~!#%^*-]{6,}", value) is None or re.fullmatch(r"0[xX]\w+|[\d.x-]+", value) is not None:
        return False
    if is_scrambled(value) and len(value) >= 10:
        return True
    return is_mixed(value) and (len(value) >= 8 or re.search("[A-Z]", value) is not None)


def _is_word(value: str) -> bool:
    """Whether a value on a line of its own is a word that a person may have chosen."""
    is_common = is_prose(value) or is_code_word(value) or has_common_ending(value)
    return len(value) >= _LEAST_WORD and value.isalpha() and value.islower() and not is_common
