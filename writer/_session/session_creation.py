"""SessionCreation: the part of `SessionWriter` that begins a session, or goes on with one."""

import os
from collections.abc import Iterable

from writer._common.errors import check_interpreter
from writer._common.text import Text
from writer._session.session_events import SessionEvents
from writer._session.start import Options, SessionStart, Workflow, begin_session, begin_without_log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self, TypedDict, Unpack

    from writer._common.errors import OnError, Traceback
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


__all__ = ["SessionCreation"]


class SessionCreation(SessionEvents):
    """The class methods of `SessionWriter`."""

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
            workflow_name: The name of the workflow, as shown to people. If it is empty, they see the id of the session.
            workflow_path: The file it was read from.
            prompt: The user's request for this run, if any.
            tier_count: The number of tiers of the workflow; 0 if unknown.
            base: The directory that holds all sessions; ``~/.zig`` by default.
            cwd: The directory the workflow runs in, which determines the project; by default the current one. Its
                real path, without symbolic links, is recorded.
            on_error: What happens if a file cannot be written, for example on a full disk, or if there is no home
                directory. With "warn" a warning is logged, and the session goes on: here without a log, as `disabled`
                does, later with gaps in its log. With "raise" it is a `SessionError`, also in tiers and steps. By
                default the methods of this class raise, and coordinators, tiers and steps warn.
            traceback: What follows the error of a step that fails by an exception: "short" records its last lines of
                code, "full" the whole traceback, and "none" nothing.
            index: When the indexes, which save readers from searching, are updated at the start and the end. With
                "background" neither call waits: they are updated soon, by a thread which the interpreter awaits at its
                exit, or by another process. With "now" they are updated before the call returns, with "never" not at
                all.
            mask: Secrets, and patterns of secrets, that are replaced by ``***`` in whatever is recorded: prompts,
                output, errors and all other text. A secret is also found if it is printed in two pieces, in another
                normal form of Unicode, or as Python, JSON, shells and URLs write it. A pattern is applied to each line,
                and to the pieces of one that is recorded before its end; see `Step.run`.

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If there is no home directory, or the log cannot be written, unless ``on_error`` is "warn".

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

        from writer._common.asyncio_loop import running_loop

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
        cut off. Steps that were running have no end; run them again in a new tier. Tier numbers continue, unless you
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
        check_interpreter()
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
