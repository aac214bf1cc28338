"""What the screen of a page begins with."""

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["PageStart"]

_MOST_CELLS = 1000  # columns or lines


class PageStart(NamedTuple):
    """What the screen of a page begins with.

    Attributes:
        path: the log of the session to open; None for the list.
        size: columns and lines.
        filter: the filter of the list, when the page connects again; None for that of the server.
        chosen: the name of the session under the cursor of the list then; empty for none.
        choices: what was chosen on its screen, such as the theme, as the screen described it; empty for nothing.
    """

    path: str | None
    size: tuple[int, int]
    filter: str | None = None
    chosen: str = ""
    choices: str = ""

    @classmethod
    def of_query(cls, path: str | None, query: Mapping[str, str]) -> "PageStart":
        """The start that a page asks for in the address of its websocket.

        Args:
            path: the log of the session to open; None for the list.
            query: the parameters in the address. Anything may be in them.
        """
        size = _cells(query, "width", 80), _cells(query, "height", 24)
        return cls(path, size, query.get("filter"), query.get("chosen", ""), query.get("choices", ""))

    @staticmethod
    def limited(cells: int) -> int:
        """A number of columns or lines that a screen may have."""
        return max(1, min(cells, _MOST_CELLS))


def _cells(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    return PageStart.limited(int(text)) if text.isdecimal() and len(text) < 5 else default
