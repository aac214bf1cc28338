"""The names of a session's steps, for messages about one that it does not have."""

from collections.abc import Collection
from itertools import islice

from zigtui.reader.text.safe_text import safe_plain

__all__ = ["known_steps"]

_MAX_NAMES = 10


def known_steps(names: Collection[str]) -> str:
    """The first names, safe to show; ``none`` if there are none."""
    known = ", ".join(map(safe_plain, islice(names, _MAX_NAMES))) or "none"
    return known + (", ..." if len(names) > _MAX_NAMES else "")
