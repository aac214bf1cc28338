"""SessionEvents: the part of `SessionWriter` that has one method for each event of a workflow."""

from collections.abc import Iterable

from writer._common.errors import SessionError
from writer._common.events import HEARTBEAT_SECS, EventType
from writer._common.not_copied import NotCopied
from writer._common.text import I32_MAX, I32_MIN, U32_MAX, U64_MAX, Text, as_integer, as_text, as_texts
from writer._log.session_log import SessionLog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._common.events import Stream

__all__ = ["SessionEvents"]


class SessionEvents(NotCopied):
    """Records the events between the start and the end of a session."""

    def __init__(self, log: SessionLog) -> None:
        self._log = log
        if type(self).step_output is SessionEvents.step_output:  # no subclass of the runner's own does more
            # The method below does the same, but calling it takes as long as a tenth of recording the line.
            self.step_output = log.step_output  # type: ignore[method-assign]

    def tier_started(self, tier_index: int, step_names: Iterable[Text]) -> None:
        """Record that a tier begins. ``tier_index`` counts from 0; ``step_names`` are all steps the tier may run."""
        self._log.record(
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
        self._log.record(
            EventType.STEP_STARTED,
            as_text(step_name, "step_name"),
            as_integer(tier_index, "tier_index", 0, U32_MAX),
            as_text(zag_session_id, "zag_session_id"),
            as_text(zag_command, "zag_command"),
            None if model is None else as_text(model, "model"),
            as_text(prompt_preview, "prompt_preview"),
        )

    def step_output(self, step_name: Text, stream: "Stream", line: Text) -> None:
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
        self._log.record(
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
        self._log.record(
            EventType.STEP_FAILED,
            as_text(step_name, "step_name"),
            None if exit_code is None else as_integer(exit_code, "exit_code", I32_MIN, I32_MAX),
            as_integer(attempt, "attempt", 1, U32_MAX),
            as_text(error, "error"),
        )

    def step_skipped(self, step_name: Text, reason: Text) -> None:
        """Record that a step is not run, and why."""
        self._log.record(EventType.STEP_SKIPPED, as_text(step_name, "step_name"), as_text(reason, "reason"))

    def heartbeat(self, interval_secs: int = HEARTBEAT_SECS) -> None:
        """Record that the process is alive, and that the next heartbeat follows in ``interval_secs`` seconds.

        After the end this does nothing. If the log cannot be written, for example on a full disk, a warning is logged,
        but only one for each session.

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
            self._log.warn_once(error)
