"""Why something failed, if no text of the log explains it, and the types of errors."""

import re

__all__ = ["ENDED_EARLY", "FAILED", "INTERRUPTED", "LOST", "OTHER", "error_type"]

LOST = "lost: no end is recorded, so the process was killed or its machine went away"
FAILED = "the session failed"
ENDED_EARLY = "ended early: the next pass began before its last tier"
INTERRUPTED = "interrupted: the session ended meanwhile"

OTHER = "_OTHER"
"""What the conventions want in place of an unknown type."""

_TYPE = re.compile(r"(?<!\S)((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Failure|Timeout))(?=:|$)")


def error_type(line: str) -> str:
    """The type that the line of an error names, such as ValueError; `OTHER` if it names none."""
    match = _TYPE.search(line)
    return OTHER if match is None else match[1]
