"""Report what happens to sessions while the user does not see it."""

from collections.abc import Callable, Collection
from math import inf
from time import monotonic
from typing import NamedTuple

from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.settings import Settings
from zigtui.ui.notifications.attention import Attention
from zigtui.ui.notifications.gathering import Gathering
from zigtui.ui.notifications.report import Report
from zigtui.ui.notifications.session_watch import SessionWatch, Transition

__all__ = ["Notifier", "Reports"]

_BAD = (SessionState.FAILED, SessionState.LOST, SessionState.STALLED)


class Reports(NamedTuple):
    """The reports that are due.

    Attributes:
        inside: on the screen; None if there is nothing.
        outside: by the bell, on the desktop and to the user's program; None if there is nothing.
    """

    inside: Report | None
    outside: Report | None


class Notifier:
    """Decides what is reported, and when. It reports nothing itself.

    A report appears on the screen if the user armed the session, and else unless the user saw what happened: the
    session itself or its row in the list was displayed while the user was present. It goes beyond the screen if the
    user armed the session or the setting ``notify`` includes it, unless the terminal is known to have had the focus
    then.

    Args:
        catalog: the sessions.
        settings: the user's settings.
        clock: returns the time in seconds, from a clock that is never set back.

    Attributes:
        attention: whether the user is at the terminal.
        watch: the sessions as they were last seen.
    """

    def __init__(self, catalog: Catalog, settings: Settings, clock: Callable[[], float] = monotonic) -> None:
        began_at = catalog.now()
        self.attention = Attention(clock)
        self.watch = SessionWatch(began_at)
        self._changes = catalog.changes(since=began_at)
        self._wanted = settings.notify
        self._clock = clock
        self._armed: set[LogLocation] = set()
        self._inside = Gathering()
        self._outside = Gathering()

    def is_armed(self, location: LogLocation) -> bool:
        """Whether the user asked for a report when this session ends."""
        return location in self._armed

    def toggle(self, location: LogLocation) -> bool:
        """Arm a session, or disarm it.

        Returns:
            Whether it is armed now.
        """
        self._armed ^= {location}
        return location in self._armed

    def update(self, now: float, displayed: LogLocation | None, in_sight: Collection[LogLocation] = ()) -> Reports:
        """Take the changes of the catalog, and return what is due. Call this about once a second.

        Args:
            now: the time in seconds since the epoch.
            displayed: the session that is displayed; None for the list.
            in_sight: the sessions whose rows in the list are displayed.
        """
        is_present = self.attention.is_present
        if is_present and displayed is not None:
            self.watch.opened(displayed)
        moment = self._clock()
        for transition in self.watch.update(*self._changes.take(), now):
            location = transition.snapshot.location
            self._hold(transition, moment, is_open=location == displayed, is_in_sight=location in in_sight)
        return Reports(self._inside.take(moment), self._outside.take(moment))

    def rest(self) -> Report | None:
        """What is held back for a later report beyond the screen. Call this at the end; there is no later report."""
        return self._outside.take(inf)

    def _hold(self, transition: Transition, moment: float, *, is_open: bool, is_in_sight: bool) -> None:
        location, state = transition.snapshot.location, transition.state
        is_present = self.attention.is_present
        is_armed = location in self._armed
        if state.is_over:
            self._armed.discard(location)
        if is_present and is_open:
            self.watch.opened(location)
        if is_armed or not (is_present and (is_open or is_in_sight)):
            self._inside.add(transition, moment)
        is_wanted = is_armed or self._wanted == "all" or (self._wanted == "failed" and state in _BAD)
        if is_wanted and not (self.attention.has_focus and (is_open or is_in_sight)):
            self._outside.add(transition, moment)

    @property
    def live(self) -> list[tuple[SessionSnapshot, SessionState]]:
        """The sessions that are live as they were last read, each with its state."""
        return self.watch.live
