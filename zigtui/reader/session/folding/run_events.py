"""Apply the events of tiers and steps to their runs, given the fields of each event."""

from collections.abc import Sequence

from zigtui.reader.lines.usage_limit import LIMIT_SIGN, resume_time
from zigtui.reader.session.folding.open_runs import OpenStep
from zigtui.reader.session.folding.origin import BEGINNING, Origin
from zigtui.reader.session.folding.output_usage import USAGE_SIGN, usage_in
from zigtui.reader.session.folding.runs import Runs
from zigtui.reader.session.folding.usual_passes import UsualPass, printed_by, usages_of
from zigtui.reader.session.model.marks import MarkKind
from zigtui.reader.session.model.session import Attempt, StepState
from zigtui.reader.session.model.usage import NO_USAGE

__all__ = ["RunEvents"]

# Constants, since a member of an enumeration is slow to look up.
_PENDING, _SUCCEEDED, _FAILED = StepState.PENDING, StepState.SUCCEEDED, StepState.FAILED
_STEP_STARTED, _STEP_COMPLETED = MarkKind.STEP_STARTED, MarkKind.STEP_COMPLETED


class RunEvents:
    """Applies events to the runs of a session, and adds up their output.

    The arguments of the methods are the fields of an event. ``tier_index`` is that of the tier run that an event of a
    step begins if none is open; anything but a number above 0 counts as 0.

    Args:
        origin: what comes before the first event.
        keeps_all: whether all passes are kept.

    Attributes:
        runs: the runs.
        offset: the position in the log of the event that is applied, in bytes.
        lines: the number of output lines of the session before the current event.
        stderr_lines: the number of lines printed on standard error, of those after the origin.
        output_bytes: the size of these lines in UTF-8 bytes, without newlines.
        usage: the tokens and cost that all steps printed.
        last_heartbeat_at: when the last heartbeat was written; None before the first.
        heartbeat_secs: the last interval that the runner announced, in seconds; None before the first.
    """

    def __init__(self, origin: Origin = BEGINNING, *, keeps_all: bool = False) -> None:
        self.runs = Runs(origin, keeps_all=keeps_all)
        self.offset = 0
        self.lines = self._first_line = origin.first_line
        self.stderr_lines = 0
        self.output_bytes = 0
        self.usage = NO_USAGE
        self.last_heartbeat_at: str | None = None
        self.heartbeat_secs: int | None = None

    @property
    def stdout_lines(self) -> int:
        """The number of lines printed on standard output, of those after the origin."""
        return self.lines - self._first_line - self.stderr_lines

    def heartbeat(self, time: str | None, interval_secs: int | None) -> None:
        """Note that the runner is alive."""
        self.last_heartbeat_at = time
        if interval_secs is not None and interval_secs > 0:
            self.heartbeat_secs = interval_secs

    def tier_started(self, tier_index: object, names: tuple[str, ...], time: str | None) -> None:
        """Begin a tier run with some steps."""
        index = tier_index if type(tier_index) is int and tier_index > 0 else 0
        self.runs.open_tier(index, names, time, self.lines, self.offset)

    def step_started(
        self,
        name: str,
        tier_index: object,
        time: str | None,
        zag_command: str | None,
        zag_session_id: str | None,
        model: str | None,
        prompt_preview: str | None,
    ) -> None:
        """Begin the first attempt of a step, or another one after a failure."""
        step = self._new_run(name, tier_index, time)
        if step.attempts:
            self.runs.retry(step)
        else:
            self.runs.start(step)
            self.runs.marks.add(_STEP_STARTED, self.lines, step.serial)
        step.started_at = step.started_at or time
        step.ended_at = None
        step.duration_ms = None
        step.zag_command = zag_command
        step.zag_session_id = zag_session_id
        step.model = model
        step.prompt_preview = prompt_preview

    def step_output(self, name: str, tier_index: object, time: str | None, line: str, is_stderr: bool) -> int:
        """Count a line of output.

        Returns:
            The serial of the step run that printed it.
        """
        step = self.runs.latest.get(name) or self._new_run(name, tier_index, time)
        size = len(line) if line.isascii() else len(line.encode("utf-8", "replace"))
        self.count_output(step, 1, 1 if is_stderr else 0, size)
        step.last_output_at = time
        if USAGE_SIGN in line:
            self._count_usage(step, line)
        if LIMIT_SIGN in line:
            step.waiting_for = resume_time(line)
        return step.serial

    def step_completed(
        self,
        name: str,
        tier_index: object,
        time: str | None,
        exit_code: int | None,
        duration_ms: int | None,
        saved_vars: list[str],
    ) -> None:
        """End a step that succeeded."""
        step = self._continued_run(name, tier_index, time)
        step.attempt = step.attempt or 1
        step.exit_code = exit_code
        step.duration_ms = duration_ms
        step.saved_vars = saved_vars
        step.ended_at = time
        self.runs.set_state(step, _SUCCEEDED)
        self.runs.mark(_STEP_COMPLETED, step, self.lines)

    def step_failed(
        self, name: str, tier_index: object, time: str | None, exit_code: int | None, attempt: int | None, error: str
    ) -> None:
        """End an attempt of a step that failed."""
        step = self._continued_run(name, tier_index, time)
        number = max(1, attempt or step.attempt)
        step.attempt = max(step.attempt, number)
        step.exit_code = exit_code
        step.ended_at = time
        step.waiting_for = None
        self.runs.fail(step, Attempt(number, error, exit_code, time, step.lines))
        self.runs.mark(MarkKind.ATTEMPT_FAILED, step, self.lines, len(step.attempts) - 1)

    def step_skipped(self, name: str, tier_index: object, time: str | None, reason: str | None) -> None:
        """Note that a step is not run."""
        step = self._new_run(name, tier_index, time)
        step.reason = reason
        step.ended_at = time
        self.runs.set_state(step, StepState.SKIPPED)
        self.runs.marks.add(MarkKind.STEP_SKIPPED, self.lines, step.serial)

    def pass_over(self, passes: Sequence[UsualPass]) -> None:
        """Count passes as if all of their events had been applied; see `Runs.pass_over`."""
        outputs = printed_by(passes)
        lines = [event.line for event in outputs]
        text = "".join(lines)
        usages = list(usages_of(passes, lines)) if USAGE_SIGN in text else [NO_USAGE] * len(passes)
        self.runs.pass_over(passes, usages, self.lines)
        self.lines += len(lines)
        self.stderr_lines += [event.stream for event in outputs].count("stderr")
        self.output_bytes += len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        for usage in usages:
            if usage is not NO_USAGE:
                self.usage = self.usage.plus(usage.input_tokens or 0, usage.output_tokens or 0, usage.cost_usd)

    def session_ended(self, time: str | None, *, has_succeeded: bool) -> None:
        """Close the last tier run."""
        runs = self.runs
        if runs.last_outcome is not None:
            runs.passes.end_session(runs.last_outcome)
        if runs.has_open_tier:
            runs.close_tier(time, self.lines)
        runs.marks.add(MarkKind.SESSION_ENDED, self.lines, 0)
        if has_succeeded and runs.last_tier is not None:
            runs.tiers_done = max(runs.tiers_done, runs.last_tier.tier_index + 1)

    def count_output(self, step: OpenStep, lines: int, stderr_lines: int, size: int) -> None:
        """Count lines that a step printed, which shows that an attempt is under way.

        Args:
            step: the step run.
            lines: the number of lines.
            stderr_lines: the number of those on standard error.
            size: the size of the lines in UTF-8 bytes, without newlines.
        """
        self.runs.note_output(step)
        self.lines += lines
        self.output_bytes += size
        step.lines += lines
        step.output_bytes += size
        if stderr_lines:
            self.stderr_lines += stderr_lines
            step.stderr_lines += stderr_lines
        if size and step.waiting_for is not None:  # an empty line does not show that it works again
            step.waiting_for = None

    def _new_run(self, name: str, tier_index: object, time: str | None) -> OpenStep:
        """Return the run that an event begins. It belongs to the open tier, whether or not it was announced there."""
        runs = self.runs
        step = runs.latest.get(name)
        if step is not None and step.tier == runs.open_ordinal:
            return step
        if not runs.has_open_tier:
            self.tier_started(tier_index, (), time)
        return runs.announce_step(name)

    def _continued_run(self, name: str, tier_index: object, time: str | None) -> OpenStep:
        """Return the run whose attempt an event ends: the latest of that name, even if its tier is closed."""
        step = self.runs.latest.get(name) or self._new_run(name, tier_index, time)
        if step.state is _FAILED:  # another end means that there was another attempt
            self.runs.retry(step)
        return step

    def _count_usage(self, step: OpenStep, line: str) -> None:
        printed = usage_in(line)
        if printed is not None:
            step.usage = step.usage.plus(*printed)
            self.usage = self.usage.plus(*printed)
