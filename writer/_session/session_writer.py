"""SessionWriter: one method for each event of a session."""

from collections.abc import Callable, Iterable

from writer._common.errors import SessionError, StorageError, check_interpreter
from writer._common.events import EventType, SessionStatus, as_status
from writer._common.text import U32_MAX, U64_MAX, Text, as_integer
from writer._session.session_creation import SessionCreation
from writer._steps.tier import Tier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from writer._common.events import Status

__all__ = ["SessionWriter"]


class SessionWriter(SessionCreation):
    """Writes the log of one session. Create one with `SessionWriter.create`.

    Each method records one event as one line, in one unbuffered ``write``. Readers see it at once, and it is kept if
    the process is killed. All methods may be called from any thread; ``seq`` gives the order in the file. Use
    `SessionCoordinator` for heartbeats and a reliable end.

    Invalid arguments raise `ValueError` before anything is written. If the log cannot be written, the method raises
    `SessionError`, whose ``path`` names the file. Nothing of the event is then recorded, which shows as a gap in
    ``seq``, and the session can go on. With a coordinator it does so by itself: see ``on_error`` of `create`. A process
    forked from the one that created the writer cannot use it: that raises `SessionError` too.
    Problems with an index do not raise; they are logged as warnings on the logger ``writer``.
    In an event of more than 8 MiB, such as a failure with a whole file as its error, texts are cut off after a million
    characters. Long lines of output are recorded in pieces instead.

    Example:
        >>> session = SessionWriter.create("review", "review.zwf", tier_count=1)
        >>> session.tier_started(0, ["lint", "types"])
        >>> session.step_started("lint", 0, "zig-review-lint", "run", model="opus", prompt_preview="Lint the code")
        >>> session.step_output("lint", "stdout", "3 findings")
        >>> session.step_failed("lint", exit_code=1, attempt=1, error="3 findings")
        >>> session.heartbeat()
        >>> session.step_completed("lint", exit_code=0, duration_ms=900, saved_vars=["summary"])
        >>> session.step_skipped("types", "nothing to check")
        >>> session.ended("success", duration_ms=1200)
    """

    @property
    def workflow_name(self) -> str:
        """The name of the workflow, as shown to people."""
        return self._workflow.name

    @property
    def session_id(self) -> str:
        """The id of the session: a random UUID."""
        return self._log.session_id

    @property
    def log_path(self) -> "Path":
        """The path of the log."""
        from pathlib import Path

        return Path(self._log.path)

    @property
    def is_open(self) -> bool:
        """Whether more can be recorded: the session has not ended and belongs to this process."""
        return self._log.is_open

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do: the end is in the log and in the indexes, or the writer has been closed.

        If an interrupt (Ctrl-C) ends a call of `ended` before that, call `ended` again: it continues. In a process
        forked from the one that created the writer, this is always true.
        """
        log = self._log
        return not log.is_owned or (
            log.is_closed and (log.end is None or self._indexes is None or self._indexes.is_complete)
        )

    def share(self, on_finish: "Callable[[SessionStatus, str | None], None] | None" = None) -> str:
        """Let other processes add tiers and steps to the session: see `attach`.

        Programs that steps run get the address in their environment, as ``ZIGTUI_SESSION``. A second call returns the
        same address. The end of the session ends the sharing; what has been sent before is recorded. Available on
        Linux and macOS.

        Args:
            on_finish: Called, in another thread, when another process wants to end the session by
                `AttachedSession.finish`, with its arguments: end it soon, as that process waits. By default it is
                refused.

        Returns:
            The address: the path of a socket, in a directory that only its owner can enter.

        Raises:
            SessionError: If the session has ended, or there is no directory for the socket.

        Example:
            >>> session = SessionWriter.create("review", "review.zwf")
            >>> address = session.share()
            >>> session.ended("success", duration_ms=1200)
        """
        check_interpreter()
        from writer._shared.sharing import share

        server = share(self._log)
        if on_finish is not None:
            server.requests.let_finish(on_finish)
        return server.address

    def tier(self, step_names: Iterable[Text], *, tier_index: int | None = None) -> Tier:
        """Create a `Tier`, to use in a ``with`` statement.

        Args:
            step_names: All steps the tier may run.
            tier_index: The index of the tier, from 0. By default, tiers created without one are numbered in order.

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If the session belongs to a `SessionListener`, whose tiers belong to its passes.

        Example:
            >>> session = SessionWriter.create("review", "review.zwf")
            >>> with session.tier(["lint", "types"]) as tier, tier.step("lint") as step:
            ...     step.output("all clean")
            >>> session.ended("success", duration_ms=1200)
        """
        if self._log.has_passes:
            raise SessionError("the tiers of a listener belong to its passes: create them with `Pass.tier`")
        if tier_index is None:
            tier_index = self._log.take_tier_index()
        return Tier(self._log, self._workflow.name, step_names, as_integer(tier_index, "tier_index", 0, U32_MAX))

    def ended(self, status: "Status", duration_ms: int) -> None:
        """End the session: record ``zig_session_ended``, close the log and complete the entries in both indexes.

        Nothing can be recorded afterwards. If the disk is full, and the session goes on without its log or has a
        coordinator, the end is written as soon as there is room.

        Args:
            status: Success or failure.
            duration_ms: The time since the session began, in milliseconds.

        Raises:
            ValueError: If an argument is invalid; the session goes on.
            SessionError: If the end cannot be written, the session has already ended, or this is a forked process.
        """
        word = as_status(status).value
        milliseconds = as_integer(duration_ms, "duration_ms", 0, U64_MAX)
        log = self._log
        log.check_owner()
        problem: StorageError | None = None
        if log.end is None:
            log.server.stop()
            try:
                log.record(EventType.SESSION_ENDED, word, milliseconds, is_last=True)
            except SessionError as error:
                if log.end is None:  # otherwise it waits, or a signal handler or another thread has ended the session
                    raise
                problem = error if isinstance(error, StorageError) else None
        elif self.is_finished:
            raise log.ended_error()
        if not self._finish():
            from writer._log.late_ends import end_later

            end_later(self._finish)
        if problem is not None:
            raise problem

    def _finish(self) -> bool:
        """Close the log and complete the entries in the indexes, unless the end waits for room on the disk.

        Returns:
            Whether nothing is left to do; also true in a forked process, which the session does not belong to.
        """
        log = self._log
        if self.is_finished:
            return True
        if not log.flush():
            return False
        log.close()
        if log.end is not None and self._indexes is not None:
            self._indexes.complete(log.end)
        return True

    def close(self) -> None:
        """Close the log without recording an end. A second call does nothing.

        Readers will see the session as lost. This is for a runner that stops recording; `ended` closes the log itself.

        Example:
            >>> session = SessionWriter.create("review", "review.zwf")
            >>> session.close()
        """
        self._log.close()
