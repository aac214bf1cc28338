"""Recognize the kind of a line that an agent or a program has printed, by its first characters.

The lines that ``zig run`` records are the rendered transcript of an agent, whose entries begin with a sign. Other lines
that begin with a word for an error or a warning stand out too.
"""

import re
from typing import NamedTuple

from zigtui.wording.states import Severity

__all__ = ["LONGEST_START", "Accent", "accent_of"]

LONGEST_START = 200
"""The number of characters of a line that are examined."""


class Accent(NamedTuple):
    """The part of a line that stands out.

    Attributes:
        severity: determines the colour.
        end: the number of characters from the start of the line; None for all of it.
    """

    severity: Severity
    end: int | None = None


class _Sign(NamedTuple):
    severity: Severity
    part: re.Pattern[str] | None = None  # what is accented from the start of the line on; None for all of it


_SIGN_ONLY = re.compile(r"\s*\S\ufe0f?")
_SIGN_AND_NAME = re.compile(r"\s*\S\ufe0f?\s*[\w.-]*")
_SIGNS = {
    "❯": _Sign(Severity.ACTIVE),  # the user
    "⏺": _Sign(Severity.ACTIVE, _SIGN_ONLY),  # the assistant
    "⚡": _Sign(Severity.ACTIVE, _SIGN_AND_NAME),  # a tool
    "✓": _Sign(Severity.OK, _SIGN_ONLY),  # its result
    "✗": _Sign(Severity.ERROR),
    "🔓": _Sign(Severity.OK, _SIGN_ONLY),  # permission
    "🔒": _Sign(Severity.WARNING),
    "⚠": _Sign(Severity.WARNING),  # a usage limit
    "↻": _Sign(Severity.OK),  # resumed after it
    "●": _Sign(Severity.MUTED),  # started or ended
    "…": _Sign(Severity.MUTED),  # reasoning
}
_FAILED_SESSION = "Session failed"  # after ●
_STDERR = _Sign(Severity.WARNING)
_AFTER_SPACES = {
    0: {"!": _STDERR},  # but for ">", which is a quotation
    2: {"!": _STDERR, ">": _Sign(Severity.MUTED)},  # a status
}
_TOKENS = re.compile(r"tokens: \d+ in / \d+ out")
_ERROR = re.compile(  # as compilers, test runners and interpreters print them
    r"\[?(?:(?:ERROR|FATAL|CRITICAL|FAILED|FAILURE|FAIL|PANIC)\b|(?:error|Error|fatal|panic)(?:\[\w+\])?(?=[:\]])"
    r"|Traceback \(|(?:\w+\.)*\w*(?:Error|Exception)(?=:))"
)
_WARNING = re.compile(
    r"\[?(?:(?:WARNING|WARN)\b|(?:warning|Warning|warn)(?:\[\w+\])?(?=[:\]])|(?:\w+\.)*\w*Warning(?=:))"
)


def accent_of(text: str) -> Accent | None:
    """The accent of a line without colours of its own; None if it has none.

    Args:
        text: the line, safe to print. Only its first `LONGEST_START` characters are examined.
    """
    start = text[:LONGEST_START]
    words = start.lstrip()
    if not words:
        return None
    first = words[0]
    sign = _SIGNS.get(first)
    if sign is None and words[1:2] == " ":
        sign = _AFTER_SPACES.get(len(start) - len(words), {}).get(first)
    if sign is not None:
        if first == "●" and words[1:].lstrip().startswith(_FAILED_SESSION):
            return Accent(Severity.ERROR)
        part = None if sign.part is None else sign.part.match(start)
        return Accent(sign.severity, None if part is None else part.end())
    if first == "t" and _TOKENS.match(words):
        return Accent(Severity.MUTED)
    if first == "[" or first == "_" or first.isalpha():
        if _ERROR.match(words):
            return Accent(Severity.ERROR)
        if _WARNING.match(words):
            return Accent(Severity.WARNING)
    return None
