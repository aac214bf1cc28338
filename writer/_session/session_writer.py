"""SessionWriter: one method for each event of a session."""

import os
from collections.abc import Callable, Iterable

from writer._errors import SessionError
from writer._events import EventType, SessionStatus, as_status
from writer._session.session_events import SessionEvents
from writer._session.start import Options, SessionStart, Workflow, begin_session, begin_without_log
from writer._steps.tier import Tier
from writer._text import U32_MAX, U64_MAX, Text, as_integer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self, TypedDict, Unpack

    from writer._errors import OnError, Traceback
    from writer._events import Status
    from writer._indexes.session_entries import IndexMode
    from writer._log.mask import MaskItem

    class CreateOptions(TypedDict, total=False):
        """The arguments of `SessionWriter.create` that are given by their names."""

        base: str | os.PathLike[str] | None
        cwd: str | os.PathLike[str] | None
        on_error: OnError | None
        traceback: Traceback
        index: IndexMode
        mask: Iterable[MaskItem]


__all__ = ["SessionWriter"]


class SessionWriter(SessionEvents):
    """Writes the log of one session. Create one with `SessionWriter.create`.

    Each method records one event as one line, in one unbuffered ``write``. Readers see it at once, and it is kept if
    the process is killed. All methods may be called from any thread; ``seq`` gives the order in the file. Use
    `SessionCoordinator` for heartbeats and a reliable end.

    Invalid arguments raise `ValueError` before anything is written. If the log cannot be written, the method raises
    `SessionError`, whose ``path`` names the file. Nothing of the event is then recorded, which shows as a gap in
    ``seq``, and the session can go on. With a coordinator it does so by itself: see ``on_error`` of `create`. A process
    forked from the one that created the writer cannot use it: that raises `SessionError` too.
    Problems with an index do not raise; they are logged as warnings on the logger ``writer``.
    """

    def __init__(self, start: SessionStart) -> None:
        """Use `create` instead, which starts a log and passes it on."""
        self._workflow = start.workflow
        super().__init__(start.log)
        self._indexes = start.indexes
        self._log.workflow_name = start.workflow.name
        self._elapsed_secs = start.elapsed_secs

    @classmethod
    def create(
        cls,
        workflow_name: Text,
        workflow_path: Text,
        prompt: Text | None = None,
        tier_count: int = 0,
        *,
        base: str | os.PathLike[str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        on_error: "OnError | None" = None,
        traceback: "Traceback" = "short",
        index: "IndexMode" = "background",
        mask: "Iterable[MaskItem]" = (),
    ) -> "Self":
        """Begin a session: create its log, record ``zig_session_started`` and add the session to both indexes.

        If this raises, neither the log nor an entry in an index is left behind.

        Args:
            workflow_name: The name of the workflow, as shown to people.
            workflow_path: The file it was read from.
            prompt: The user's request for this run, if any.
            tier_count: The number of tiers of the workflow; 0 if unknown.
            base: The directory that holds all sessions; ``~/.zig`` by default.
            cwd: The directory the workflow runs in, which determines the project; by default the current one. Its
                real path, without symbolic links, is recorded.
            on_error: What happens if a file cannot be written, for example on a full disk. With "warn" a warning is
                logged, and the session goes on: here without a log, as `disabled` does, later with gaps in its log.
                With "raise" it is a `SessionError`, also in tiers and steps. By default the methods of this class
                raise, and coordinators, tiers and steps warn.
            traceback: What follows the error of a step that fails by an exception: "short" records its last lines of
                code, "full" the whole traceback, and "none" nothing.
            index: When the indexes, which save readers from searching, are updated at the start and the end. With
                "background" neither call waits: they are updated soon, by a thread which the interpreter awaits at its
                exit, or by another process. With "now" they are updated before the call returns, with "never" not at
                all.
            mask: Secrets, and patterns of secrets, that are replaced by ``***`` in whatever is recorded: prompts,
                output, errors and all other text. A secret is also found if it is printed in two pieces, or as Python,
                JSON, shells and URLs write it. A pattern is
                applied to each line, and to the pieces of one that is recorded before its end; see `Step.run`.

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If there is no home directory, or the log cannot be written.

        Example:
            >>> session = SessionWriter.create("review", "review.zwf", prompt="Look at the diff", tier_count=2)
            >>> session.tier_started(0, ["lint"])
            >>> session.ended("success", duration_ms=1200)
        """
        workflow = Workflow(workflow_name, workflow_path, prompt, tier_count)
        return cls(begin_session(workflow, base, cwd, Options(on_error, traceback, index, mask)))

    @classmethod
    async def create_async(
        cls,
        workflow_name: Text,
        workflow_path: Text,
        prompt: Text | None = None,
        tier_count: int = 0,
        **options: "Unpack[CreateOptions]",
    ) -> "Self":
        """Begin a session as `create` does, in a thread: a slow disk then delays no other asyncio task.

        Raises:
            RuntimeError: If asyncio is not running. With trio, call `create` by ``trio.to_thread.run_sync``.
            ValueError: As for `create`.
            SessionError: As for `create`.

        Example:
            >>> async def main():
            ...     session = await SessionWriter.create_async("review", "review.zwf")
            ...     session.ended("success", duration_ms=1200)
        """
        import asyncio

        from writer._asyncio_loop import running_loop

        running_loop("create_async", "create")
        return await asyncio.to_thread(cls.create, workflow_name, workflow_path, prompt, tier_count, **options)

    @classmethod
    def reopen(
        cls,
        session: str | os.PathLike[str],
        *,
        base: str | os.PathLike[str] | None = None,
        on_error: "OnError | None" = None,
        traceback: "Traceback" = "short",
        index: "IndexMode" = "background",
        mask: "Iterable[MaskItem]" = (),
    ) -> "Self":
        """Go on with a session whose process has been killed.

        A heartbeat is recorded at once, so that readers see that the session is not lost. An incomplete last line is
        cut off. Steps that were running have no end; run them again in a new tier. Tiers are numbered on, unless you
        give a ``tier_index``. The duration of the session counts from its start.

        A process that has a log open holds a lock on it, until it ends in whatever way. Logs of zig itself have no
        lock, so be sure that their process has ended.

        Args:
            session: The id of the session, or the path of its log.
            base: The directory in which to find the id; ``~/.zig`` by default.
            on_error: As for `create`, like the following arguments.
            traceback: As for `create`.
            index: As for `create`.
            mask: As for `create`.

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If there is no such session, it has ended, its process has not ended, or its log cannot be
                written.

        Example:
            >>> first = SessionWriter.create("review", "review.py")
            >>> first.close()  # as if its process were killed
            >>> with SessionCoordinator.start(SessionWriter.reopen(first.session_id)) as session:
            ...     with session.tier(["lint"]) as tier, tier.step("lint") as step:
            ...         step.output("all clean")
        """
        from writer._session.reopen import reopen_session

        return cls(reopen_session(session, base, Options(on_error, traceback, index, mask)))

    @classmethod
    def disabled(
        cls, workflow_name: Text = "disabled", workflow_path: Text = "", prompt: Text | None = None, tier_count: int = 0
    ) -> "Self":
        """Make a writer that records nothing, for a runner that goes on without a log.

        It checks its arguments and the order of the calls as any other writer does, and works with coordinators, tiers
        and steps. It uses no file; its `log_path` is the null device.

        Args:
            workflow_name: As for `create`, like the other arguments. A `SessionListener` needs a ``tier_count``.
            workflow_path: As for `create`.
            prompt: As for `create`.
            tier_count: As for `create`.

        Raises:
            ValueError: If an argument is invalid.

        Example:
            >>> session = SessionWriter.disabled()
            >>> session.step_output("lint", "stdout", "not recorded")
        """
        return cls(begin_without_log(Workflow(workflow_name, workflow_path, prompt, tier_count)))

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
            log.is_closed and (log.end is None or self._indexes is None or self._indexes.is_stamped)
        )

    def share(self, on_finish: "Callable[[SessionStatus], None] | None" = None) -> str:
        """Let other processes add tiers and steps to the session: see `attach`.

        Programs that steps run get the address in their environment, as ``ZIGTUI_SESSION``. A second call returns the
        same address. The end of the session ends the sharing; what has been sent before is recorded. Available on
        Linux and macOS.

        Args:
            on_finish: Called, in another thread, when another process wants to end the session by
                `AttachedSession.finish`: end it soon, as that process waits. By default it is refused.

        Returns:
            The address: the path of a socket, in a directory that only its owner can enter.

        Raises:
            SessionError: If the session has ended, or there is no directory for the socket.

        Example:
            >>> session = SessionWriter.create("review", "review.zwf")
            >>> address = session.share()
            >>> session.ended("success", duration_ms=1200)
        """
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
        """
        if self._log.has_passes:
            raise SessionError("the tiers of a listener belong to its passes: create them with `Pass.tier`")
        if tier_index is None:
            tier_index = self._log.take_tier_index()
        return Tier(self._log, self._workflow.name, step_names, as_integer(tier_index, "tier_index", 0, U32_MAX))

    def ended(self, status: "Status", duration_ms: int) -> None:
        """End the session: record ``zig_session_ended``, close the log and complete the entries in both indexes.

        Nothing can be recorded afterwards. If the session goes on without its log and the disk is full, the end is
        written as soon as there is room.

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
        if log.end is None:
            log.server.stop()
            try:
                log.record(EventType.SESSION_ENDED, word, milliseconds, is_last=True)
            except SessionError:
                if log.end is None:  # otherwise a signal handler or another thread has ended it
                    raise
        elif self.is_finished:
            raise log.ended_error()
        if not self._finish():
            from writer._log.late_ends import end_later

            end_later(self._finish)

    def _finish(self) -> bool:
        """Close the log and complete the entries in the indexes, unless the end waits for room on the disk.

        Returns:
            Whether that is done, or a fork has no part in it.
        """
        log = self._log
        if self.is_finished:
            return True
        if not log.flush():
            return False
        log.close()
        if log.end is not None and self._indexes is not None:
            self._indexes.stamp(log.end)
        return True

    def close(self) -> None:
        """Close the log without recording an end. A second call does nothing.

        Readers will see the session as lost. This is for a runner that stops recording; `ended` closes the log itself.
        """
        self._log.close()
