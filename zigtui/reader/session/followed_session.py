"""Read the log of one session for commands that print its lines, and find out whether the session is alive."""

import math
import os
from collections.abc import Callable, Iterator

from zigtui.reader.lines.follow_log import LogFollower
from zigtui.reader.recorded_machines import HearingOfMachine
from zigtui.reader.session.growth_watch import GrowthWatch
from zigtui.reader.session.model.session import Session, SessionState
from zigtui.reader.session.observations import WatchedLog
from zigtui.reader.session.signs_of_life import SignsOfLife
from zigtui.reader.session.states.liveness import (
    LARGEST_SKEW_SECS,
    LIKELY_SKEW_SECS,
    Vitals,
    session_state,
)

__all__ = ["FollowedSession"]


class FollowedSession:
    """Reads the lines of a session's log, and watches whether the session is alive.

    Args:
        path: the log.
        on_overlong: see `LogFollower`.
        follows: whether to continue after the lines that exist now.
        hearing: returns what is heard of the machine, for a mirrored log.
    """

    def __init__(
        self,
        path: str,
        on_overlong: Callable[[int, int], object] | None = None,
        *,
        follows: bool,
        hearing: HearingOfMachine | None = None,
    ) -> None:
        self._path = path
        self._follows = follows
        self._log = LogFollower(path, on_overlong)
        self._watch = GrowthWatch(hearing=hearing)

    def lines(self) -> Iterator[list[bytes]]:
        """Read the lines of the log. When following, the iterator never ends on its own.

        Yields:
            Groups of lines, as `LogFollower.follow` does. An empty group follows the lines that exist now.

        Raises:
            OSError: if the log cannot be read, or is replaced or truncated.
        """
        for group in self._log.follow() if self._follows else self._log.written():
            self._watch.check(self._log.size)
            yield group
        yield []

    def state_of(self, session: Session) -> SessionState:
        """The current state, by what has been read and seen so far.

        Args:
            session: the session as folded from the lines.
        """
        return session_state(self._vitals_of(session), self._watch.now())

    def watched(self, session: Session) -> WatchedLog:
        """The log, to be watched until the state is certain.

        Args:
            session: the session as folded from the lines. Events that are added later do not count.
        """

        def check() -> None:
            self._watch.check(os.path.getsize(self._path))

        return WatchedLog(self._path, self._watch, lambda: self._vitals_of(session), check)

    def _vitals_of(self, session: Session) -> Vitals:
        watch, skew_secs = self._watch, LARGEST_SKEW_SECS if self._follows else LIKELY_SKEW_SECS
        if watch.has_jumped:
            skew_secs = math.inf
        signs = SignsOfLife(watch.grown, watch.watched, skew_secs, watch.unheard_since, watch.known_until)
        return signs.vitals(session, self._log.modified)._replace(
            started=True
        )  # a session whose start cannot be read ends or is lost as well
