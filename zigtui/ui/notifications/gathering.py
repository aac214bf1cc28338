"""Gather what happens at about the same time, so that many sessions that end cause no flood."""

from zigtui.ui.notifications.report import Report
from zigtui.ui.notifications.session_watch import Transition

__all__ = ["Gathering"]

GATHER_SECS = 1.0
"""How long to wait for more after something has happened."""

PAUSE_SECS = 10.0
"""The shortest time between two reports. What happens in between is gathered for the next one."""


class Gathering:
    """Holds transitions until they are due. Times are of a clock that is never set back."""

    def __init__(self) -> None:
        self._held: list[Transition] = []
        self._due = 0.0
        self._next = float("-inf")

    def add(self, transition: Transition, now: float) -> None:
        """Hold a transition."""
        if not self._held:
            self._due = max(now + GATHER_SECS, self._next)
        self._held.append(transition)

    def take(self, now: float) -> Report | None:
        """The report of all that is held, if it is due. The last transition of each session counts."""
        if not self._held or now < self._due:
            return None
        last = {transition.snapshot.location: transition for transition in self._held}
        self._held = []
        self._next = now + PAUSE_SECS
        return Report(list(last.values()))
