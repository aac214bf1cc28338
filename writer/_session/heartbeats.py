"""The heartbeats of a session, in a thread of its own: one whose disk hangs does not hold up those of the others.

The start of a thread takes as long as that of a session, and most sessions end before their first heartbeat. So the
thread starts a few seconds later. Until then, one thread that uses no disk watches the young sessions of the process.
"""

import _thread
import threading
from time import monotonic

from writer._common.backlog import Backlog
from writer._common.errors import warn
from writer._common.events import HEARTBEAT_SECS
from writer._common.pause import pause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType

    from writer._session.session_writer import SessionWriter

__all__ = ["Heartbeats"]

_CHECK_SECS = 1.0
_CHECKS = HEARTBEAT_SECS - 3  # of a young session: counted, since the clock may be replaced or stand still


class Heartbeats:
    """Records heartbeats until a lock is released or the session has ended."""

    __slots__ = ("_checks", "_interval_secs", "_started", "_stop", "_writer")

    def __init__(self, writer: "SessionWriter", stop: "LockType", interval_secs: int) -> None:
        """Prepare the heartbeats of ``writer``'s session; ``stop`` is released to stop them."""
        self._writer = writer
        self._stop = stop
        self._interval_secs = interval_secs
        self._started = monotonic()
        self._checks = 0

    def start(self) -> None:
        """Start the heartbeats; the first one is due after the interval.

        Raises:
            RuntimeError: If no thread can be started.
        """
        if self._interval_secs < HEARTBEAT_SECS:
            self._start_thread()
        elif not _young.add(self):
            _young.clear()
            raise RuntimeError("can't start new thread")

    def is_young(self) -> bool:
        """Start the thread if the session has lived for some seconds. Return whether it has to be checked again."""
        if not self._writer.is_open:
            return False
        self._checks += 1
        if self._checks < _CHECKS:
            return True
        try:
            self._start_thread()
        except RuntimeError as error:  # no more threads
            warn("cannot send heartbeats, so the session will seem to be lost: %s", error)
        return False

    def _start_thread(self) -> None:
        # `Thread.start` waits until the thread has had its turn, which can take as long as to begin a session.
        _thread.start_new_thread(self._beat, ())

    def _beat(self) -> None:
        interval_secs = min(self._interval_secs, threading.TIMEOUT_MAX)
        timeout = min(max(0.0, self._started + interval_secs - monotonic()), interval_secs)
        while not self._stop.acquire(timeout=timeout) and self._writer.is_open:  # the runner may have ended it itself
            self._writer.heartbeat(self._interval_secs)
            timeout = interval_secs


_young = Backlog[Heartbeats](
    lambda young: [one for one in young if one.is_young()],
    lambda seconds: pause(_CHECK_SECS),
)
