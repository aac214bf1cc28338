"""SessionWriter: a method for each event of a session, and its entries in the indexes."""

import os
from collections.abc import Callable, Iterable

from writer._errors import SessionError, warn
from writer._event_log import EventLog
from writer._events import HEARTBEAT_SECS, EventType, SessionStatus
from writer._paths import (
    LOG_SUFFIX,
    absolute_path,
    current_directory,
    default_base,
    global_index,
    project_index,
    sessions_directory,
    workspace_directories,
    workspace_directory,
)
from writer._steps import Tier
from writer._text import Text, as_integer, as_text, as_texts, valid_unicode, with_valid_unicode

__all__ = ["SessionWriter"]

_U32_MAX = 2**32 - 1  # the limits of the reference's own types: its strict reader takes no larger numbers
_U64_MAX = 2**64 - 1
_I32_MIN, _I32_MAX = -(2**31), 2**31 - 1


class SessionWriter(EventLog):
    """Writes the log of one session, so that a reader sees each event at once.

    Make one with `SessionWriter.create`. All methods may be called from any thread; the order of ``seq`` is the
    order in the file. Every event is one line in one ``write`` and nothing is buffered: what was recorded stays
    when the process is killed. Use `SessionCoordinator` for the heartbeats and the end.

    Wrong arguments are a `ValueError`, before anything is written. Trouble with the disk is a `SessionError` that
    names the path; the event is then lost as a whole, which the gap in ``seq`` shows, and the session can go on.
    A process forked from the one that made the writer must not use it: that is a `SessionError` too.
    """

    def __init__(self, path: str, session_id: str, workflow_name: str) -> None:
        """Write to a new log; for `create`."""
        super().__init__(path, session_id)
        self._workflow_name = workflow_name
        self._next_tier_index = 0
        self._is_in_charge = False
        self._is_stamping = False
        self._indexes: list[tuple[str, dict[str, object], Callable[[], list[str]]]] = []

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
    ) -> "SessionWriter":
        """Begin a session: make its log, write ``zig_session_started``, add it to both indexes.

        Args:
            workflow_name: the name people know the workflow by.
            workflow_path: the file it was read from.
            prompt: what the user asked of this run.
            tier_count: how many tiers the workflow has, as far as known.
            base: the directory that holds all sessions; ``~/.zig`` by default.
            cwd: the directory the workflow runs in, which tells the project; the current one by default.

        Raises:
            ValueError: if an argument is of the wrong kind.
            SessionError: if there is no home directory or a file cannot be written. No log is left behind.

        Example:
            >>> session = SessionWriter.create("review", "review.zwf", prompt="Look at the diff", tier_count=2)
            >>> session.tier_started(0, ["lint"])
            >>> session.ended("success", duration_ms=1200)
        """
        from uuid import uuid4

        name = as_text(workflow_name, "workflow_name")
        event: dict[str, object] = {
            "workflow_name": name,
            "workflow_path": as_text(workflow_path, "workflow_path"),
            "workspace_path": None,
            "cwd": None,
            "prompt": None if prompt is None else as_text(prompt, "prompt"),
            "tier_count": as_integer(tier_count, "tier_count", 0, _U32_MAX),
        }
        base_path = absolute_path(base, "base") if base is not None else default_base()
        directory = absolute_path(cwd, "cwd") if cwd is not None else current_directory()
        workspace = workspace_directory(base_path, directory)
        event["workspace_path"] = workspace
        event["cwd"] = directory

        session_id = str(uuid4())
        path = os.path.join(sessions_directory(workspace), session_id + LOG_SUFFIX)
        writer = cls(path, session_id, name)
        try:
            started = writer._append(EventType.SESSION_STARTED, event)
            writer._add_to_indexes(started, base_path, workspace)
        except BaseException:
            writer.close()
            os.unlink(path)
            raise
        return writer

    @property
    def workflow_name(self) -> str:
        """The name people know the workflow by."""
        return self._workflow_name

    def tier(self, step_names: Iterable[Text], *, tier_index: int | None = None) -> Tier:
        """A `Tier`, to be entered by ``with``; one without ``tier_index`` gets the next number, beginning with 0."""
        if tier_index is None:
            with self.together():
                tier_index = self._next_tier_index
                self._next_tier_index += 1
        return Tier(self, step_names, as_integer(tier_index, "tier_index", 0, _U32_MAX))

    def tier_started(self, tier_index: int, step_names: Iterable[Text]) -> None:
        """A tier begins; ``tier_index`` counts from 0, ``step_names`` are all the steps it may run."""
        self._append(
            EventType.TIER_STARTED,
            {
                "tier_index": as_integer(tier_index, "tier_index", 0, _U32_MAX),
                "step_names": as_texts(step_names, "step_names"),
            },
        )

    def step_started(
        self,
        step_name: Text,
        tier_index: int,
        zag_session_id: Text,
        zag_command: Text,
        model: Text | None = None,
        prompt_preview: Text = "",
    ) -> None:
        """A step begins; once for all its attempts.

        Args:
            step_name: the step, one of the tier's names.
            tier_index: the tier it runs in, from 0.
            zag_session_id: the session of the agent that does the step; runners write ``zig-<workflow>-<step>``.
            zag_command: what runs: run, review, plan, pipe, collect or summary.
            model: the model asked for, if any.
            prompt_preview: the beginning of the step's prompt.
        """
        self._append(
            EventType.STEP_STARTED,
            {
                "step_name": as_text(step_name, "step_name"),
                "tier_index": as_integer(tier_index, "tier_index", 0, _U32_MAX),
                "zag_session_id": as_text(zag_session_id, "zag_session_id"),
                "zag_command": as_text(zag_command, "zag_command"),
                "model": None if model is None else as_text(model, "model"),
                "prompt_preview": as_text(prompt_preview, "prompt_preview"),
            },
        )

    def step_completed(
        self, step_name: Text, exit_code: int, duration_ms: int, saved_vars: Iterable[Text] = ()
    ) -> None:
        """A step succeeded; ``duration_ms`` is over all its attempts, ``saved_vars`` what it leaves to others."""
        self._append(
            EventType.STEP_COMPLETED,
            {
                "step_name": as_text(step_name, "step_name"),
                "exit_code": as_integer(exit_code, "exit_code", _I32_MIN, _I32_MAX),
                "duration_ms": as_integer(duration_ms, "duration_ms", 0, _U64_MAX),
                "saved_vars": as_texts(saved_vars, "saved_vars"),
            },
        )

    def step_failed(self, step_name: Text, exit_code: int | None, attempt: int, error: Text) -> None:
        """An attempt of a step failed; ``attempt`` counts from 1. Whatever follows belongs to the next attempt."""
        self._append(
            EventType.STEP_FAILED,
            {
                "step_name": as_text(step_name, "step_name"),
                "exit_code": None if exit_code is None else as_integer(exit_code, "exit_code", _I32_MIN, _I32_MAX),
                "attempt": as_integer(attempt, "attempt", 1, _U32_MAX),
                "error": as_text(error, "error"),
            },
        )

    def step_skipped(self, step_name: Text, reason: Text) -> None:
        """A step is not run, and why."""
        self._append(
            EventType.STEP_SKIPPED,
            {"step_name": as_text(step_name, "step_name"), "reason": as_text(reason, "reason")},
        )

    def heartbeat(self, interval_secs: int = HEARTBEAT_SECS) -> None:
        """The process lives; the next sign follows in ``interval_secs``.

        A full disk does not raise here (it is logged), and after the end this does nothing.
        """
        seconds = as_integer(interval_secs, "interval_secs", 1, _U32_MAX)
        try:
            with self.together():
                if self.is_open:
                    self._append(EventType.HEARTBEAT, {"interval_secs": seconds})
        except SessionError as error:
            if not self._is_owned:
                raise
            warn("no heartbeat: %s", error)

    def ended(self, status: SessionStatus | str, duration_ms: int) -> None:
        """The session is over: write ``zig_session_ended``, then stamp both indexes. Nothing can follow.

        An index that cannot be stamped is logged, not raised: the log is complete without it.
        """
        try:
            word = SessionStatus(status).value
        except ValueError:
            raise ValueError(f"status must be one of {', '.join(SessionStatus)}, not {status!r}") from None
        milliseconds = as_integer(duration_ms, "duration_ms", 0, _U64_MAX)
        self.check_owner()
        if self._end is None:
            try:
                self._append(EventType.SESSION_ENDED, {"status": word, "duration_ms": milliseconds}, is_last=True)
            except SessionError:
                if self._end is None:  # otherwise a signal handler or another thread has ended it meanwhile
                    raise
        elif self.is_finished:
            raise self._ended_error()
        self.close()
        self._stamp_indexes()

    def take_charge(self) -> None:
        """For the coordinator: from now on it beats the heart of the session and ends it.

        Raises:
            SessionError: if the session has ended, or another coordinator has it in its charge.
        """
        with self.together():
            if not self.is_open:
                raise self._ended_error()
            if self._is_in_charge:
                raise SessionError("the session has a coordinator already", self._path)
            self._is_in_charge = True

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to be done: the end is in the indexes too, or this process did not begin the session.

        An interrupt (Ctrl-C) can leave `ended` before that; it may be called again then, and goes on.
        """
        return not self._is_owned or (self._descriptor < 0 and (self._end is None or not self._indexes))

    def _stamp_indexes(self) -> None:
        from writer._index import put_entry

        if self._end is None or self._is_stamping:
            return
        self._is_stamping = True  # a signal handler that ends the session too must not wait for the lock of an index
        try:
            while self._indexes:
                path, entry, workspaces = self._indexes[0]
                entry |= {"ended_at": self._end["ts"], "status": self._end["status"]}
                try:
                    put_entry(path, entry, workspaces)
                except SessionError as error:
                    warn("the session's end is not in the index: %s", error)
                del self._indexes[0]
        finally:
            self._is_stamping = False

    def _add_to_indexes(self, started: dict[str, object], base: str, workspace: str) -> None:
        from writer._index import IndexLockTimeoutError, global_entry, project_entry, put_entry

        started = with_valid_unicode(started)
        log_path = valid_unicode(self._path)
        self._indexes = [
            (project_index(workspace), project_entry(started, log_path), lambda: [workspace]),
            (global_index(base), global_entry(started, log_path), lambda: workspace_directories(base)),
        ]
        for path, entry, workspaces in self._indexes:
            try:
                put_entry(path, entry, workspaces)
            except IndexLockTimeoutError as error:
                warn("the session is not in the index: %s", error)
