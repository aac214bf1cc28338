"""Lines by which an agent reports that it has reached its usage limit, and waits until the limit is reset.

The reference prints ``⚠ claude usage limit (session) — resets TIME, resuming TIME``, with times as in the log.
"""

import re
from functools import cache

from zigtui.reader.text.safe_text import safe_short

__all__ = ["LIMIT_SIGN", "resume_time"]

LIMIT_SIGN = "⚠"
"""The first character of such a line, apart from spaces and colours. A search for it is quick."""

_LONGEST = 1000  # characters
_TIME = (
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?"
    r"|\d{1,2}(?::\d\d){1,2}(?: ?[ap]\.?m\b)?(?: ?\((?:UTC|[\w+-]+/[\w/+-]+)\)| ?UTC\b)?"
    r"|\d{1,2} ?[ap]\.?m\b(?: ?\((?:UTC|[\w+-]+/[\w/+-]+)\)| ?UTC\b)?"
)
_LIMIT = r"\s*⚠\ufe0f?.*\blimit\b"
_RESUMES, _RESETS = (
    rf"\b{words}[\s:]+(?:at\s+|on\s+)?({_TIME})"
    for words in ("(?:resum(?:es?|ing)|retry(?:ing)?|try again|continu(?:es?|ing))", "(?:resets?|until|available)")
)


def resume_time(line: str) -> str | None:
    """The time at which work goes on, as a usage-limit line has it; None if it is another line or has no time.

    Args:
        line: a line of output as recorded, with `LIMIT_SIGN` in it.
    """
    if "limit" not in line[:_LONGEST].lower():
        return None
    text = safe_short(line, _LONGEST)
    if _compiled(_LIMIT).match(text) is None:
        return None
    match = _compiled(_RESUMES).search(text) or _compiled(_RESETS).search(text)
    return None if match is None else match[1]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:  # not before there is such a line, since it is slow
    return re.compile(pattern, re.IGNORECASE)
