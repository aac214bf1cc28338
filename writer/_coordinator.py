"""SessionCoordinator: sends heartbeats, and ensures that a session ends."""

import threading
import time
import weakref
from _thread import LockType, allocate_lock
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType

from writer._errors import SessionError, warn
from writer._events import HEARTBEAT_SECS, SessionStatus, as_status
from writer._not_copied import NotCopied
from writer._session import SessionWriter
from writer._text import U32_MAX, Text, as_integer
from writer._tiers import Tier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

    from writer._errors import OnError

__all__ = ["SessionCoordinator"]


class SessionCoordinator(NotCopied):
    """Records heartbeats while a session is open, and ensures that the session ends.

    As a context manager it ends the session with success, or with failure if an exception (including Ctrl-C and
    ``sys.exit``) leaves the block. If it is garbage collected, or still open when the interpreter exits, the session
    ends with failure. It installs no signal handler: to end the session on SIGTERM, turn the signal into `SystemExit`.

    Example:
        >>> with SessionCoordinator.start(SessionWriter.create("review", "review.zwf")) as session:
        ...     with session.tier(["lint"]) as tier, tier.step("lint") as step:
        ...         step.output("all clean")
    """

    def __init__(
        self, writer: SessionWriter, *, heartbeat_secs: int = HEARTBEAT_SECS, on_error: "OnError | None" = None
    ) -> None:
        """Start the heartbeats of ``writer``'s session.

        Args:
            writer: An open session without a coordinator.
            heartbeat_secs: The interval between heartbeats, in seconds. It is recorded for readers.
            on_error: What happens if the log cannot be written, for example on a full disk. With "warn", the default,
                one warning is logged and the session goes on. Output is lost then, which shows as a gap in ``seq``;
                other events are written as soon as there is room. With "raise" it is a `SessionError`. If
                ``SessionWriter.create`` has had the argument, that is the default.

        Raises:
            ValueError: If ``heartbeat_secs`` is not a positive whole number, or ``on_error`` is unknown.
            SessionError: If the session has ended, or already has a coordinator.
        """
        seconds = as_integer(heartbeat_secs, "heartbeat_secs", 1, U32_MAX)
        self._log = writer._log  # has methods that the writer does not offer to runners
        self._log.take_charge(on_error)
        self._writer = writer
        # Held until the heartbeats must stop. Not an Event, since an interrupt can leave its inner lock held.
        stop = allocate_lock()
        stop.acquire()
        # Neither the thread nor the finalizer may refer to the coordinator: it would never be garbage collected.
        self._ending = _Ending(writer, stop)
        self._finalizer = weakref.finalize(self, self._ending.end)
        threading.Thread(target=_beat, args=(writer, stop, seconds), name="zig-heartbeat", daemon=True).start()

    @classmethod
    def start(
        cls, writer: SessionWriter, *, heartbeat_secs: int = HEARTBEAT_SECS, on_error: "OnError | None" = None
    ) -> "Self":
        """Start the heartbeats of a session; the same as calling the class."""
        return cls(writer, heartbeat_secs=heartbeat_secs, on_error=on_error)

    @property
    def writer(self) -> SessionWriter:
        """The writer of the session."""
        return self._writer

    def tier(self, step_names: Iterable[Text], *, tier_index: int | None = None) -> Tier:
        """Create a tier of the session; see `SessionWriter.tier`."""
        return self._writer.tier(step_names, tier_index=tier_index)

    def share(self) -> str:
        """Let other processes add tiers and steps to the session; see `SessionWriter.share`."""
        return self._writer.share()

    def finish(self, status: SessionStatus | str = SessionStatus.SUCCESS) -> None:
        """Stop the heartbeats and end the session. Only the first call has an effect.

        The recorded duration is the time since the coordinator was created. If the end cannot be written, for example
        on a full disk, a warning is logged, and it is written as soon as there is room. Until then readers see the
        session as lost.

        Raises:
            ValueError: If ``status`` is neither success nor failure; the session goes on.
            SessionError: If this is a process forked from the one that began the session, or the end cannot be written
                and ``on_error`` is "raise".
        """
        word = as_status(status)
        self._log.check_owner()
        self._finish(word, raises=self._log.on_error == "raise")

    def _finish(self, status: SessionStatus, *, raises: bool) -> None:
        if self._finalizer.alive:
            self._ending.end(status, raises=raises)
            self._finalizer.detach()  # only now: if an interrupt comes before, the finalizer ends the session

    def __enter__(self) -> "Self":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._writer.is_finished:  # always true in a forked process, which leaves the block too
            status = SessionStatus.SUCCESS if error is None else SessionStatus.FAILURE
            self._finish(status, raises=error is None and self._log.on_error == "raise")


def _beat(writer: SessionWriter, stop: LockType, interval_secs: int) -> None:
    timeout = min(interval_secs, threading.TIMEOUT_MAX)
    while not stop.acquire(timeout=timeout) and writer.is_open:  # the runner may have ended the session itself
        writer.heartbeat(interval_secs)


class _Ending:
    """Ends a session, once.

    Attributes:
        default: the status if the coordinator has gone without one.
    """

    def __init__(self, writer: SessionWriter, stop: LockType) -> None:
        self._writer = writer
        self._stop = stop
        self._started = time.monotonic()
        self.default = SessionStatus.FAILURE

    def end(self, status: SessionStatus | None = None, *, raises: bool = False) -> None:
        if self._writer.is_finished:  # the runner has ended it itself, or this is a forked process
            return
        with suppress(RuntimeError):  # the heartbeats have already been stopped
            self._stop.release()
        try:
            self._writer.ended(status or self.default, round((time.monotonic() - self._started) * 1000))
        except SessionError as error:
            if raises:
                raise
            warn("the session could not be ended: %s", error)
            self._writer.close()
