"""Mark sessions as seen that the user opens, and all that the list has displayed when it is left."""

from collections.abc import Callable

from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation
from zigtui.ui.sessions.unseen import Unseen

__all__ = ["Visits"]


class Visits:
    """The session that the user has opened from the list.

    Args:
        unseen: the marks of new sessions.
        catalog: the sessions.
        clock: returns the time in seconds since the epoch.
    """

    def __init__(self, unseen: Unseen, catalog: Catalog, clock: Callable[[], float]) -> None:
        self._unseen = unseen
        self._catalog = catalog
        self._clock = clock
        self._open: tuple[LogLocation, float] | None = None  # the session on another screen, and since when it is

    def begin(self, location: LogLocation) -> None:
        """Mark a session as seen that the user opens. The list is not displayed meanwhile."""
        self._open = location, self._clock()
        self._mark(location)

    def end(self) -> None:
        """Mark what has happened to it since then as seen too. Does nothing if none is open."""
        if self._open is not None:
            location, _ = self._open
            self._open = None
            self._mark(location)

    def leave(self) -> None:
        """Mark all sessions as seen that the list has displayed."""
        if self._open is None:
            self._unseen.mark_all_seen(self._clock())
        else:
            self._unseen.mark_seen_until(self._open[1])

    def _mark(self, location: LogLocation) -> None:
        snapshot, now = self._catalog.find(location), self._clock()
        if snapshot is not None:
            self._unseen.mark_seen(snapshot.at(now), now)
