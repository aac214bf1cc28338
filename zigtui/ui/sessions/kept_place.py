"""The filter and the cursor of the list, with which a page begins that connects again."""

from collections.abc import Callable, Sequence

from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["Keep", "KeptPlace", "keep_nothing"]

Keep = Callable[[str, str], object]
"""Called with the filter, and with the name of the session that the cursor was moved to; empty for none."""


def keep_nothing(filter_text: str, chosen: str) -> None:
    """Keep nothing, since the next start is a new one."""


class KeptPlace:
    """Returns to the session of the start, and keeps the one that the user goes to.

    Args:
        chosen: the name of the session of the start; empty for none.
        keep: keeps the filter and the session.
    """

    def __init__(self, chosen: str, keep: Keep) -> None:
        self._awaited = chosen
        self._keep = keep

    def find(self, changed: Sequence[SessionSnapshot]) -> LogLocation | None:
        """The session of the start, once it is among those that are new or have changed."""
        if not self._awaited:
            return None
        found = next((each.location for each in changed if each.location.name == self._awaited), None)
        if found is not None:
            self._awaited = ""
        return found

    def keep(self, filter_text: str, chosen: LogLocation | None) -> None:
        """Keep the filter, and the session under the cursor; None if the user has not moved it."""
        if chosen is not None:
            self._awaited = ""
        self._keep(filter_text, self._awaited if chosen is None else chosen.name)
