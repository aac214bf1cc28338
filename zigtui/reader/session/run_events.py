"""Apply the events of tiers and steps to their runs, given the fields of each event."""

import re

from zigtui.reader.lines.usage_limit import LIMIT_SIGN, resume_time
from zigtui.reader.session.marks import MarkKind
from zigtui.reader.session.model import Attempt, StepState
from zigtui.reader.session.open_runs import OpenStep
from zigtui.reader.session.runs import BEGINNING, Origin, Runs
from zigtui.reader.session.usage import NO_USAGE

__all__ = ["RunEvents"]

_USAGE = re.compile(r"\s*tokens: (\d{1,15}) in / (\d{1,15}) out(?:, cost=\$(\d{1,12}(?:\.\d{1,12})?))?\s*", re.ASCII)


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
        stdout_lines: the number of lines printed on standard output.
        stderr_lines: the number of lines printed on standard error.
        output_bytes: their size in UTF-8 bytes, without newlines.
        usage: the tokens and cost that all steps printed.
    """

    def __init__(self, origin: Origin = BEGINNING, *, keeps_all: bool = False) -> None:
        self.runs = Runs(origin, keeps_all=keeps_all)
        self.offset = 0
        self.stdout_lines = 0
        self.stderr_lines = 0
        self.output_bytes = 0
        self.usage = NO_USAGE
        self.lines = origin.first_line

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
            self.runs.mark(MarkKind.STEP_STARTED, step, self.lines)
        step.started_at = step.started_at or time
        step.ended_at = None
        step.duration_ms = None
        step.zag_command = zag_command
        step.zag_session_id = zag_session_id
        step.model = model
        step.prompt_preview = prompt_preview

    def step_output(self, name: str, line: str, time: str | None, *, is_stderr: bool, tier_index: object = 0) -> int:
        """Count a line of output.

        Returns:
            The serial of the step run that printed it.
        """
        step = self.runs.latest.get(name) or self._new_run(name, tier_index, time)
        size = len(line) if line.isascii() else len(line.encode("utf-8", "replace"))
        self.count_output(step, 1 - is_stderr, int(is_stderr), size)
        step.last_output_at = time
        if "tokens: " in line:
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
        step.attempt = max(1, step.attempt)
        step.exit_code = exit_code
        step.duration_ms = duration_ms
        step.saved_vars = saved_vars
        step.ended_at = time
        self.runs.set_state(step, StepState.SUCCEEDED)
        self.runs.mark(MarkKind.STEP_COMPLETED, step, self.lines)

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
        self.runs.mark(MarkKind.STEP_SKIPPED, step, self.lines)

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

    def count_output(self, step: OpenStep, stdout_lines: int, stderr_lines: int, size: int) -> None:
        """Count lines that a step printed; see `Runs.printed`."""
        self.runs.printed(step, stdout_lines, stderr_lines, size)
        self.lines += stdout_lines + stderr_lines
        self.stdout_lines += stdout_lines
        self.stderr_lines += stderr_lines
        self.output_bytes += size
        if size:  # an empty line does not show that it works again
            step.waiting_for = None

    def _new_run(self, name: str, tier_index: object, time: str | None) -> OpenStep:
        """Return the run that an event begins. It belongs to the open tier, whether or not it was announced there."""
        if not self.runs.has_open_tier:
            self.tier_started(tier_index, (), time)
        return self.runs.of_last_tier(name)

    def _continued_run(self, name: str, tier_index: object, time: str | None) -> OpenStep:
        """Return the run whose attempt an event ends: the latest of that name, even if its tier is closed."""
        step = self.runs.latest.get(name) or self._new_run(name, tier_index, time)
        if step.state is StepState.FAILED:  # another end means that there was another attempt
            self.runs.retry(step)
        return step

    def _count_usage(self, step: OpenStep, line: str) -> None:
        match = _USAGE.fullmatch(line)
        if match is None:
            return
        from decimal import Decimal  # slow to import, and only needed here

        cost = None if match[3] is None else Decimal(match[3])
        step.usage = step.usage.plus(int(match[1]), int(match[2]), cost)
        self.usage = self.usage.plus(int(match[1]), int(match[2]), cost)
