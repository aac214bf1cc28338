"""SessionCoordinator: sends heartbeats, and ensures that a session ends."""

import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType

from writer._common.errors import SessionError, check_interpreter, is_clean_exit, warn
from writer._common.events import HEARTBEAT_SECS, SessionStatus, as_status
from writer._common.not_copied import NotCopied
from writer._common.text import U32_MAX, Text, as_integer, as_text
from writer._session.heartbeats import Heartbeats
from writer._session.reason import record_reason
from writer._session.session_writer import SessionWriter
from writer._steps.tier import Tier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from signal import Signals
    from typing import Self, TypedDict, Unpack

    from writer._common.errors import OnError
    from writer._common.events import Status
    from writer._session.end_signals import EndSignals

    class CoordinatorOptions(TypedDict, total=False):
        """The arguments of `SessionCoordinator` that are given by their names."""

        heartbeat_secs: int
        on_error: OnError | None
        end_on: Iterable[int]


__all__ = ["SessionCoordinator"]

_NO_REASON = "the runner has given no reason"


class SessionCoordinator(NotCopied):
    """Records heartbeats while a session is open, and ensures that the session ends.

    As a context manager it ends the session with success, or with failure if an exception (including Ctrl-C and
    ``sys.exit`` with an exit code) leaves the block. If it is garbage collected, or still open when the interpreter
    exits, the session ends with failure.

    A failure that no step has recorded is recorded before the end, since the end itself has no reason: as the failure
    of a step named "runner" in the last tier.

    SIGTERM and SIGHUP would leave the session without an end, and its programs running. With ``end_on``, they end both,
    and then the runner by a `SystemExit` that is raised in the main thread, so that its own blocks are left too.

    Example:
        >>> with SessionCoordinator.start(SessionWriter.create("review", "review.zwf")) as session:
        ...     with session.tier(["lint"]) as tier, tier.step("lint") as step:
        ...         step.output("all clean")
    """

    def __init__(
        self,
        writer: SessionWriter,
        *,
        heartbeat_secs: int = HEARTBEAT_SECS,
        on_error: "OnError | None" = None,
        end_on: Iterable[int] = (),
    ) -> None:
        """Start the heartbeats of ``writer``'s session.

        Args:
            writer: An open session without a coordinator.
            heartbeat_secs: The interval between heartbeats, in seconds. It is recorded for readers.
            on_error: What happens if the log cannot be written, for example on a full disk. With "warn", the default,
                one warning is logged and the session goes on. Output is lost then, which shows as a gap in ``seq``;
                other events are written as soon as there is room. With "raise" it is a `SessionError`. If
                ``SessionWriter.create`` has had the argument, that is the default.
            end_on: The signals that end the session, such as ``(SIGTERM, SIGHUP)``. The end of the session restores
                what was there before. A signal that is ignored stays ignored, as under ``nohup``.

        Raises:
            ValueError: If ``heartbeat_secs`` is not a positive whole number, ``on_error`` is unknown, or a signal of
                ``end_on`` cannot be handled, such as outside the main thread.
            SessionError: If the session has ended or already has a coordinator, or if no thread can be started and
                ``on_error`` is "raise".
        """
        check_interpreter()
        seconds = as_integer(heartbeat_secs, "heartbeat_secs", 1, U32_MAX)
        signals = _as_signals(end_on)
        self._log = writer._log  # has methods that the writer does not offer to runners
        self._log.take_charge(on_error)
        self._writer = writer
        # Held until the heartbeats must stop. Not an Event, since an interrupt can leave its inner lock held. Looked up
        # here and not at the import: gevent may have replaced it since, and the thread would block all greenlets.
        stop = threading.Lock()
        stop.acquire()
        # Neither the thread nor the finalizer may refer to the coordinator: it would never be garbage collected.
        self._ending = _Ending(writer, stop)
        self._finalizer = weakref.finalize(self, self._ending.end)
        if signals:
            from writer._session.end_signals import EndSignals

            self._ending.signals = EndSignals(signals, self._log)
        self._start_heartbeats(stop, seconds)

    def _start_heartbeats(self, stop: "LockType", seconds: int) -> None:
        try:
            Heartbeats(self._writer, stop, seconds).start()
        except RuntimeError as error:  # no more threads, or the interpreter exits
            if self._log.on_error == "raise":
                raise SessionError(f"cannot send heartbeats ({error})", self._log.path) from error
            warn("cannot send heartbeats, so the session will seem to be lost: %s", error)

    @classmethod
    def start(cls, writer: SessionWriter, **options: "Unpack[CoordinatorOptions]") -> "Self":
        """Start the heartbeats of a session; the same as calling the class.

        Example:
            >>> from signal import SIGHUP, SIGTERM
            >>> writer = SessionWriter.create("review", "review.zwf")
            >>> with SessionCoordinator.start(writer, end_on=(SIGTERM, SIGHUP)) as session:
            ...     with session.tier(["lint"]) as tier, tier.step("lint") as step:
            ...         step.run(["ruff", "check", "."])
        """
        return cls(writer, **options)

    @property
    def writer(self) -> SessionWriter:
        """The writer of the session."""
        return self._writer

    def tier(self, step_names: Iterable[Text], *, tier_index: int | None = None) -> Tier:
        """Create a tier of the session; see `SessionWriter.tier`."""
        return self._writer.tier(step_names, tier_index=tier_index)

    def share(self, on_finish: "Callable[[SessionStatus, str | None], None] | None" = None) -> str:
        """Let other processes add tiers and steps to the session; see `SessionWriter.share`."""
        return self._writer.share(on_finish)

    def finish(self, status: "Status" = SessionStatus.SUCCESS, error: BaseException | Text | None = None) -> None:
        """Stop the heartbeats and end the session. Only the first call has an effect.

        Args:
            status: Success or failure.
            error: Why the session fails: text, which is recorded if no step has failed, or an exception, which is
                recorded unless a step has recorded it.

        The recorded duration is the time since the coordinator was created, or since the start of a reopened session.
        If the end cannot be written, for example on a full disk, a warning is logged or a `SessionError` raised, and it
        is written as soon as there is room. Until then readers see the session as lost.

        Raises:
            ValueError: If ``status`` is neither success nor failure, or ``error`` is neither text nor an exception;
                the session goes on.
            SessionError: If this is a process forked from the one that began the session, or the end cannot be written
                and ``on_error`` is "raise".

        Example:
            >>> session = SessionCoordinator.start(SessionWriter.create("review", "review.zwf"))
            >>> session.finish("failure", "no configuration found")
        """
        word = as_status(status)
        if error is not None and not isinstance(error, BaseException):
            error = as_text(error, "error")
        self._log.check_owner()
        self._finish(word, error, raises=self._log.on_error == "raise")

    def _finish(self, status: SessionStatus, error: BaseException | str | None, *, raises: bool) -> None:
        if self._finalizer.alive:
            try:
                self._ending.end(status, error, raises=raises)
            except SessionError:
                if self._log.end is not None:  # it waits for room on the disk
                    self._finalizer.detach()
                raise
            self._finalizer.detach()  # only now: if an interrupt comes before, the finalizer ends the session

    def __enter__(self) -> "Self":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or is_clean_exit(error):
            self._finish(SessionStatus.SUCCESS, None, raises=self._log.on_error == "raise")
        else:
            self._finish(SessionStatus.FAILURE, error, raises=False)


def _as_signals(numbers: Iterable[int]) -> "list[Signals]":
    if not numbers:
        return []
    from writer._session.end_signals import as_signals

    return as_signals(numbers)


class _Ending:
    """Ends a session, once.

    Attributes:
        default: The status if the coordinator has gone without one.
        signals: The signals that end the session, if there are any.
    """

    def __init__(self, writer: SessionWriter, stop: "LockType") -> None:
        self._writer = writer
        self._stop = stop
        self._started = time.monotonic() - writer._elapsed_secs
        self.default = SessionStatus.FAILURE
        self.signals: EndSignals | None = None

    def end(
        self,
        status: SessionStatus | None = None,
        error: BaseException | str | None = None,
        *,
        raises: bool = False,
    ) -> None:
        try:
            with suppress(RuntimeError):  # the heartbeats have already been stopped
                self._stop.release()
            if not self._writer.is_finished:  # the runner has ended it itself, or this is a forked process
                self._end(status or self.default, _last_error() if status is None else error, raises)
        finally:
            if self.signals is not None:
                self.signals.restore()

    def _end(self, status: SessionStatus, error: BaseException | str | None, raises: bool) -> None:
        if self.signals is not None and self.signals.received is not None:
            error = self.signals.received  # asyncio makes the cancellation of a task of it
        try:
            if status == SessionStatus.FAILURE:
                if not isinstance(error, BaseException):  # which may define `__eq__` and `__bool__` in any way
                    error = error or _NO_REASON
                record_reason(self._writer, error)
        except Exception as problem:  # also from a faulty method of the runner's own exception
            warn("the reason for a failure could not be recorded: %s", problem)
        except BaseException:
            self._record_end(status, raises=False)  # an error here must not replace the interrupt
            raise
        self._record_end(status, raises=raises)

    def _record_end(self, status: SessionStatus, *, raises: bool) -> None:
        try:
            self._writer.ended(status, round((time.monotonic() - self._started) * 1000))
        except SessionError as problem:
            if raises:
                raise
            warn("the session could not be ended: %s", problem)
            if self._writer._log.end is None:  # otherwise it waits for room on the disk
                self._writer.close()


def _last_error() -> BaseException | str:
    """Return why the interpreter exits, for a session that is still open then."""
    error: object = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)  # the first since Python 3.12
    return error if isinstance(error, BaseException) else "the runner did not end the session"
