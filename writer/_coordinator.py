"""SessionCoordinator: heartbeats, and an end whatever happens."""

import threading
import time
import weakref
from _thread import LockType, allocate_lock
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType

from writer._errors import SessionError, warn
from writer._events import HEARTBEAT_SECS, SessionStatus
from writer._session import SessionWriter
from writer._steps import Tier
from writer._text import Text, as_integer

__all__ = ["SessionCoordinator"]

_LONGEST_SECS = 2**32 - 1  # what SessionWriter.heartbeat takes


class SessionCoordinator:
    """Beats the heart of a session while it is open, and sees to it that the session ends.

    As a context manager it ends the session with success, or with failure when an exception (Ctrl-C and
    ``sys.exit`` among them) leaves the block. One that is dropped, or still open when the interpreter exits, ends
    its session as a failure. No signal handler is installed: turn SIGTERM into SystemExit yourself if the session
    is to end then.

    Example:
        >>> with SessionCoordinator.start(SessionWriter.create("review", "review.zwf")) as session:
        ...     with session.tier(["lint"]) as tier, tier.step("lint") as step:
        ...         step.output("all clean")
    """

    def __init__(self, writer: SessionWriter, *, heartbeat_secs: int = HEARTBEAT_SECS) -> None:
        """Begin to beat the heart of ``writer``'s session, each ``heartbeat_secs`` (readers learn it from the log)."""
        seconds = as_integer(heartbeat_secs, "heartbeat_secs", 1, _LONGEST_SECS)
        writer.take_charge()
        self._writer = writer
        # Taken until the heart is to stop. Not an Event, which has locks that an interrupt could leave taken.
        stop = allocate_lock()
        stop.acquire()
        # Neither the thread nor the finalizer may hold on to the coordinator: it could never be dropped then.
        self._finalizer = weakref.finalize(self, _end_session, writer, stop, time.monotonic(), SessionStatus.FAILURE)
        threading.Thread(target=_beat, args=(writer, stop, seconds), name="zig-heartbeat", daemon=True).start()

    @classmethod
    def start(cls, writer: SessionWriter, *, heartbeat_secs: int = HEARTBEAT_SECS) -> "SessionCoordinator":
        """Take charge of a session that has just been created."""
        return cls(writer, heartbeat_secs=heartbeat_secs)

    @property
    def writer(self) -> SessionWriter:
        """The writer of the session."""
        return self._writer

    def tier(self, step_names: Iterable[Text], *, tier_index: int | None = None) -> Tier:
        """A tier of the session; see `SessionWriter.tier`."""
        return self._writer.tier(step_names, tier_index=tier_index)

    def finish(self, status: SessionStatus | str = SessionStatus.SUCCESS) -> None:
        """Stop the heartbeats and end the session with the time since the start; only the first call counts.

        A full disk does not raise here: it is logged, and readers will see the session as lost.

        Raises:
            ValueError: if ``status`` is neither success nor failure; the session goes on.
            SessionError: in a process forked from the one that began the session.
        """
        word = SessionStatus(status)
        self._writer.check_owner()
        ending = self._finalizer.peek()
        if ending is not None:
            _, end, (writer, stop, started, _), _ = ending
            end(writer, stop, started, word)
            self._finalizer.detach()  # only now: an interrupt before leaves the session to the finalizer

    def __enter__(self) -> "SessionCoordinator":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._writer.is_finished:  # as it is in a forked process that leaves the block too
            self.finish(SessionStatus.SUCCESS if kind is None else SessionStatus.FAILURE)


def _beat(writer: SessionWriter, stop: LockType, interval_secs: int) -> None:
    timeout = min(interval_secs, threading.TIMEOUT_MAX)
    while not stop.acquire(timeout=timeout) and writer.is_open:  # it may have been ended by hand
        writer.heartbeat(interval_secs)


def _end_session(writer: SessionWriter, stop: LockType, started: float, status: SessionStatus) -> None:
    if writer.is_finished:  # ended by hand, or a forked process
        return
    with suppress(RuntimeError):  # it has been told to stop before
        stop.release()
    try:
        writer.ended(status, round((time.monotonic() - started) * 1000))
    except SessionError as error:
        warn("the session could not be ended: %s", error)
        writer.close()
