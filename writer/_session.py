"""SessionWriter: one method for each event of a session."""

import os
from collections.abc import Iterable
from contextlib import suppress

from writer._errors import SessionError, warn
from writer._event_log import EventLog
from writer._events import HEARTBEAT_SECS, EventType, OutputStream, SessionStatus
from writer._not_copied import NotCopied
from writer._paths import (
    LOG_SUFFIX,
    absolute_path,
    current_directory,
    default_base,
    make_workspace,
    sessions_directory,
)
from writer._text import I32_MAX, I32_MIN, U32_MAX, U64_MAX, Text, as_integer, as_text, as_texts
from writer._tiers import Tier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from writer._session_indexes import SessionIndexes

__all__ = ["SessionWriter"]


class SessionWriter(NotCopied):
    """Writes the log of one session. Create one with `SessionWriter.create`.

    Each method records one event as one line, in one unbuffered ``write``. Readers see it at once, and it is kept if
    the process is killed. All methods may be called from any thread; ``seq`` gives the order in the file. Use
    `SessionCoordinator` for heartbeats and a reliable end.

    Invalid arguments raise `ValueError` before anything is written. If the log cannot be written, the method raises
    `SessionError`, whose ``path`` names the file. Nothing of the event is then recorded, which shows as a gap in
    ``seq``, and the session can go on. A process forked from the one that created the writer cannot use it: that
    raises `SessionError` too. Problems with an index do not raise; they are logged as warnings on the logger
    ``writer``.
    """

    def __init__(
        self, log: EventLog, indexes: "SessionIndexes", workflow_name: str, prompt: str | None, tier_count: int
    ) -> None:
        """Use `create` instead, which starts a log and passes it on."""
        self._log = log
        self._indexes = indexes
        self._workflow_name = workflow_name
        self._prompt = prompt
        self._tier_count = tier_count
        self._has_passes = False
        self._next_tier_index = 0

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

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If there is no home directory, or the log cannot be written.

        Example:
            >>> session = SessionWriter.create("review", "review.zwf", prompt="Look at the diff", tier_count=2)
            >>> session.tier_started(0, ["lint"])
            >>> session.ended("success", duration_ms=1200)
        """
        from uuid import uuid4

        from writer._session_indexes import SessionIndexes

        name = as_text(workflow_name, "workflow_name")
        path = as_text(workflow_path, "workflow_path")
        asked = None if prompt is None else as_text(prompt, "prompt")
        tiers = as_integer(tier_count, "tier_count", 0, U32_MAX)
        base_path = absolute_path(base, "base") if base is not None else default_base()
        directory = os.path.realpath(absolute_path(cwd, "cwd")) if cwd is not None else current_directory()

        workspace = make_workspace(base_path, directory)
        session_id = str(uuid4())
        log = EventLog(os.path.join(sessions_directory(workspace), session_id + LOG_SUFFIX), session_id)
        indexes = None
        try:
            started = log.append(EventType.SESSION_STARTED, name, path, workspace, directory, asked, tiers)
            indexes = SessionIndexes(started, log.path, base_path, workspace)
            indexes.add()
            return cls(log, indexes, name, asked, tiers)
        except BaseException:
            log.close()
            with suppress(OSError):
                os.unlink(log.path)
            if indexes is not None:
                indexes.remove()
            raise

    @property
    def workflow_name(self) -> str:
        """The name of the workflow, as shown to people."""
        return self._workflow_name

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
        return not log.is_owned or (log.is_closed and (log.end is None or self._indexes.is_stamped))

    def tier(self, step_names: Iterable[Text], *, tier_index: int | None = None) -> Tier:
        """Create a `Tier`, to use in a ``with`` statement.

        Args:
            step_names: All steps the tier may run.
            tier_index: The index of the tier, from 0. By default, tiers created without one are numbered in order.

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If the session belongs to a `SessionListener`, whose tiers belong to its passes.
        """
        if self._has_passes:
            raise SessionError("the tiers of a listener belong to its passes: create them with `Pass.tier`")
        if tier_index is None:
            with self._log.exclusive():
                tier_index = self._next_tier_index
                self._next_tier_index += 1
        return Tier(self._log, self._workflow_name, step_names, as_integer(tier_index, "tier_index", 0, U32_MAX))

    def tier_started(self, tier_index: int, step_names: Iterable[Text]) -> None:
        """Record that a tier begins. ``tier_index`` counts from 0; ``step_names`` are all steps the tier may run."""
        self._log.append(
            EventType.TIER_STARTED,
            as_integer(tier_index, "tier_index", 0, U32_MAX),
            as_texts(step_names, "step_names"),
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
        """Record that a step begins. Call this once for all attempts of the step.

        Args:
            step_name: The step, one of the tier's names.
            tier_index: The tier it runs in, from 0.
            zag_session_id: The id of the agent's session; the reference implementation writes
                ``zig-<workflow>-<step>``.
            zag_command: The kind of step: run, review, plan, pipe, collect or summary.
            model: The requested model, if any.
            prompt_preview: The beginning of the step's prompt.
        """
        self._log.append(
            EventType.STEP_STARTED,
            as_text(step_name, "step_name"),
            as_integer(tier_index, "tier_index", 0, U32_MAX),
            as_text(zag_session_id, "zag_session_id"),
            as_text(zag_command, "zag_command"),
            None if model is None else as_text(model, "model"),
            as_text(prompt_preview, "prompt_preview"),
        )

    def step_output(self, step_name: Text, stream: OutputStream | str, line: Text) -> None:
        r"""Record a line that a step printed.

        Text of several lines becomes one event per line. A line ends with ``\n`` or ``\r\n``, which is not recorded. A
        lone ``\r`` is kept.
        """
        self._log.step_output(step_name, stream, line)

    def step_completed(
        self, step_name: Text, exit_code: int, duration_ms: int, saved_vars: Iterable[Text] = ()
    ) -> None:
        """Record that a step succeeded.

        Args:
            step_name: The step.
            exit_code: The exit code of its process.
            duration_ms: The duration of all its attempts, in milliseconds.
            saved_vars: The names of the variables that the step saved for other steps.
        """
        self._log.append(
            EventType.STEP_COMPLETED,
            as_text(step_name, "step_name"),
            as_integer(exit_code, "exit_code", I32_MIN, I32_MAX),
            as_integer(duration_ms, "duration_ms", 0, U64_MAX),
            as_texts(saved_vars, "saved_vars"),
        )

    def step_failed(self, step_name: Text, exit_code: int | None, attempt: int, error: Text) -> None:
        """Record that an attempt of a step failed; later events of the step belong to its next attempt.

        Args:
            step_name: The step.
            exit_code: The exit code of its process, or None if there is none.
            attempt: The number of the attempt, from 1.
            error: Why it failed, as shown to people.
        """
        self._log.append(
            EventType.STEP_FAILED,
            as_text(step_name, "step_name"),
            None if exit_code is None else as_integer(exit_code, "exit_code", I32_MIN, I32_MAX),
            as_integer(attempt, "attempt", 1, U32_MAX),
            as_text(error, "error"),
        )

    def step_skipped(self, step_name: Text, reason: Text) -> None:
        """Record that a step is not run, and why."""
        self._log.append(EventType.STEP_SKIPPED, as_text(step_name, "step_name"), as_text(reason, "reason"))

    def heartbeat(self, interval_secs: int = HEARTBEAT_SECS) -> None:
        """Record that the process is alive, and that the next heartbeat follows in ``interval_secs`` seconds.

        After the end this does nothing. If the log cannot be written, for example on a full disk, a warning is logged.

        Raises:
            ValueError: If ``interval_secs`` is not a positive whole number.
            SessionError: If this is a forked process.
        """
        seconds = as_integer(interval_secs, "interval_secs", 1, U32_MAX)
        try:
            with self._log.exclusive():
                if self._log.is_open:
                    self._log.append(EventType.HEARTBEAT, seconds)
        except SessionError as error:
            if not self._log.is_owned:
                raise
            warn("no heartbeat: %s", error)

    def ended(self, status: SessionStatus | str, duration_ms: int) -> None:
        """End the session: record ``zig_session_ended``, close the log and complete the entries in both indexes.

        Nothing can be recorded afterwards.

        Args:
            status: Success or failure.
            duration_ms: The time since the session began, in milliseconds.

        Raises:
            ValueError: If an argument is invalid; the session goes on.
            SessionError: If the end cannot be written, the session has already ended, or this is a forked process.
        """
        try:
            word = SessionStatus(status).value
        except ValueError:
            raise ValueError(f"status must be one of {', '.join(SessionStatus)}, not {status!r}") from None
        milliseconds = as_integer(duration_ms, "duration_ms", 0, U64_MAX)
        log = self._log
        log.check_owner()
        if log.end is None:
            try:
                log.append(EventType.SESSION_ENDED, word, milliseconds, is_last=True)
            except SessionError:
                if log.end is None:  # otherwise a signal handler or another thread has ended it
                    raise
        elif self.is_finished:
            raise log.ended_error()
        log.close()
        if log.end is not None:
            self._indexes.stamp(log.end)

    def close(self) -> None:
        """Close the log without recording an end. A second call does nothing.

        Readers will see the session as lost. This is for a runner that stops recording; `ended` closes the log itself.
        """
        self._log.close()
