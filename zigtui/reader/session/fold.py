"""An event changes the model. The result is the same however the bytes of the log were cut."""

import re
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from writer import EVENT_FIELDS, EventType
from zigtui.reader.lines.decode import Event, MalformedLineError, Output, field_faults, integer, output, text, texts
from zigtui.reader.lines.problems import Problem, ProblemKind
from zigtui.reader.session.model import Attempt, Session, StepRun, StepState, TierRun

if TYPE_CHECKING:
    from zigtui.reader.lines.output_batches import OutputBatch

__all__ = ["Fold"]

_MOST_PROBLEMS = 1000  # kept with their details; beyond, they are only counted
_USAGE = re.compile(r"\s*tokens: (\d{1,15}) in / (\d{1,15}) out(?:, cost=\$(\d{1,12}(?:\.\d{1,12})?))?\s*", re.ASCII)


class Fold:
    """Folds the events of one log, in file order, into a `Session`.

    Nothing in a log makes it raise: what is missing or of the wrong type is left out and noted as a problem.

    Args:
        session_id: the id that the log's file name tells, to find events of other sessions.
    """

    def __init__(self, session_id: str | None = None) -> None:
        self.session = Session(session_id=session_id)
        self._latest: dict[str, StepRun] = {}
        self._line = 0
        self._last_seq = 0
        self._unread = 0  # bad lines since the last event: they may hold the numbers that seem to be missing

    @property
    def lines_read(self) -> int:
        """Lines folded so far, bad and blank ones included."""
        return self._line

    @property
    def open_tier(self) -> TierRun | None:
        """The tier run that steps are run in now."""
        tiers = self.session.tiers
        return tiers[-1] if tiers and tiers[-1].is_open else None

    def blank_line(self) -> None:
        """A line with nothing on it: it counts as a line and is no problem."""
        self._line += 1

    def malformed_line(self, error: MalformedLineError) -> StepRun | None:
        """A line that is no event; what could be saved of it is folded all the same."""
        if error.event is not None:
            step = self.apply(error.event)
        else:
            step = None
            self._line += 1
            self._unread += 1
        self._problem(error.kind, str(error))
        return step

    def apply(self, event: Event) -> StepRun | None:
        """Fold the event on the next line.

        Returns:
            The step run that the line is output of, or None if it is not output.
        """
        self._line += 1
        session = self.session
        seq = event.get("seq")
        if seq == self._last_seq + 1 and type(seq) is int:
            self._last_seq = seq
            self._unread = 0
        else:
            self._check_seq(seq)
        kind = event.get("type")
        time = event.get("ts")
        if type(time) is str:
            session.last_event_at = time
            if kind != "heartbeat":
                session.last_activity_at = time
        else:
            self._problem(ProblemKind.MISSING_FIELD, f"{_named(kind)}: no ts")
        if event.get("zig_session_id") != session.session_id:
            self._check_session_id(event)
        if session.status is not None:
            self._problem(ProblemKind.AFTER_END, f"{_named(kind)} after the end of the session")
        if kind == "step_output":
            return self._step_output(event)
        self._check_fields(event)
        handler = _HANDLERS.get(kind) if isinstance(kind, str) else None
        if handler is not None:
            handler(self, event)
        return None

    def apply_run(self, run: "OutputBatch") -> list[tuple[StepRun, int]] | None:
        """Fold a run of output lines, with the same result as `apply` for each.

        Returns:
            The step runs that the lines are output of, each with their number; None if nothing was folded because
            the lines have to be looked at singly.
        """
        session = self.session
        steps = [self._latest.get(share.step_name) for share in run.shares]
        if run.first_seq != self._last_seq + 1 or session.status is not None or None in steps:
            return None
        self._line += run.lines
        self._last_seq += run.lines
        self._unread = 0
        session.last_event_at = session.last_activity_at = run.last_event_at
        folded = []
        for share, step in zip(run.shares, steps, strict=True):
            assert step is not None
            self._count_output(step, share.lines - share.stderr_lines, share.stderr_lines, share.output_bytes)
            step.last_output_at = share.last_output_at
            folded.append((step, share.lines))
        return folded

    # What events mean

    def _session_started(self, event: Event) -> None:
        session = self.session
        if session.started:
            return
        session.started = True
        session.started_at = text(event, "ts")
        session.workflow_name = text(event, "workflow_name") or ""
        session.workflow_path = text(event, "workflow_path") or ""
        session.cwd = text(event, "cwd")
        session.prompt = text(event, "prompt")
        session.tier_count = max(0, integer(event, "tier_count") or 0)

    def _tier_started(self, event: Event) -> None:
        index = integer(event, "tier_index")
        tier = self._open_new_tier(max(0, index or 0), text(event, "ts"))
        for name in texts(event, "step_names"):
            if name not in tier.steps:
                self._add_step(tier, name)

    def _step_started(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is None:
            return
        step = self._step_of_open_tier(name, event)
        if step.attempts:
            self._retry(step)
        else:
            step.state = StepState.RUNNING
            step.attempt = 1
        step.started_at = step.started_at or text(event, "ts")
        step.ended_at = None
        step.duration_ms = None
        step.zag_command = text(event, "zag_command")
        step.zag_session_id = text(event, "zag_session_id")
        step.model = text(event, "model")
        step.prompt_preview = text(event, "prompt_preview")

    def _step_output(self, event: Event) -> StepRun | None:
        line = output(event)
        if line is None or type(event.get("stream")) is not str:
            self._check_fields(event)
        if line is None:
            return None
        step = self._running_step(line.step_name, event)
        size = len(line.text) if line.text.isascii() else len(line.text.encode("utf-8", "replace"))
        if line.is_stderr:
            self._count_output(step, 0, 1, size)
        else:
            self._count_output(step, 1, 0, size)
        step.last_output_at = line.time
        if "tokens: " in line.text:
            self._count_usage(step, line)
        return step

    def _count_output(self, step: StepRun, stdout_lines: int, stderr_lines: int, size: int) -> None:
        if step.state is StepState.PENDING:
            step.state = StepState.RUNNING
            step.attempt = 1
        elif step.state is StepState.FAILED and step.tier.is_open:
            self._retry(step)
        session = self.session
        step.output_bytes += size
        session.output_bytes += size
        step.stdout_lines += stdout_lines
        session.stdout_lines += stdout_lines
        step.stderr_lines += stderr_lines
        session.stderr_lines += stderr_lines

    def _step_completed(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is None:
            return
        step = self._running_step(name, event)
        if step.state is StepState.FAILED:
            self._retry(step)
        step.state = StepState.SUCCEEDED
        step.attempt = max(1, step.attempt)
        step.exit_code = integer(event, "exit_code")
        step.duration_ms = integer(event, "duration_ms")
        step.saved_vars = texts(event, "saved_vars")
        step.ended_at = text(event, "ts")

    def _step_failed(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is None:
            return
        step = self._running_step(name, event)
        if step.state is StepState.FAILED:
            self._retry(step)
        number = max(1, integer(event, "attempt") or step.attempt)
        step.state = StepState.FAILED
        step.attempt = max(step.attempt, number)
        step.exit_code = integer(event, "exit_code")
        step.ended_at = text(event, "ts")
        step.attempts.append(
            Attempt(number, text(event, "error") or "", step.exit_code, step.ended_at, lines=step.lines)
        )

    def _step_skipped(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is None:
            return
        step = self._step_of_open_tier(name, event)
        step.state = StepState.SKIPPED
        step.reason = text(event, "reason")
        step.ended_at = text(event, "ts")

    def _heartbeat(self, event: Event) -> None:
        self.session.last_heartbeat_at = text(event, "ts")
        interval = integer(event, "interval_secs")
        if interval is not None and interval > 0:
            self.session.heartbeat_secs = interval

    def _session_ended(self, event: Event) -> None:
        session = self.session
        session.status = sys.intern(text(event, "status") or "failure")  # of many sessions, few words
        session.ended_at = text(event, "ts")
        session.duration_ms = integer(event, "duration_ms")
        tier = self.open_tier
        if tier is not None:
            tier.is_open = False
            tier.closed_at = session.ended_at

    # Tiers and steps

    def _open_new_tier(self, index: int, time: str | None) -> TierRun:
        tiers = self.session.tiers
        pass_number = 1
        if tiers:
            last = tiers[-1]
            pass_number = last.pass_number if index > last.tier_index else last.pass_number + 1
            if last.is_open:
                last.is_open = False
                last.is_followed = True
                last.closed_at = time
        tier = TierRun(len(tiers) + 1, pass_number, index, time, first_line=self.session.lines)
        tiers.append(tier)
        return tier

    def _add_step(self, tier: TierRun, name: str) -> StepRun:
        before = self._latest.get(name)
        steps = self.session.steps
        step = StepRun(len(steps), name, 1 if before is None else before.occurrence + 1, tier)
        steps.append(step)
        tier.steps[name] = step
        self._latest[name] = step
        return step

    def _step_of_open_tier(self, name: str, event: Event) -> StepRun:
        """The step for an event that begins a run: it belongs to the open tier, listed there or not."""
        tier = self.open_tier or self._open_new_tier(max(0, integer(event, "tier_index") or 0), text(event, "ts"))
        return tier.steps.get(name) or self._add_step(tier, name)

    def _running_step(self, name: str, event: Event) -> StepRun:
        """The step for an event that goes on with a run: the latest of that name, also in a tier that is closed."""
        return self._latest.get(name) or self._step_of_open_tier(name, event)

    def _retry(self, step: StepRun) -> None:
        """Something followed a failure: another attempt is under way."""
        step.state = StepState.RETRYING
        step.attempt = max(step.attempt, step.attempts[-1].number + 1)
        step.ended_at = None
        step.exit_code = None

    def _count_usage(self, step: StepRun, line: Output) -> None:
        match = _USAGE.fullmatch(line.text)
        if match is None:
            return
        cost = None if match[3] is None else Decimal(match[3])
        step.usage.add(int(match[1]), int(match[2]), cost)
        self.session.usage.add(int(match[1]), int(match[2]), cost)

    # Problems

    def _problem(self, kind: ProblemKind, detail: str) -> None:
        session = self.session
        session.problem_count += 1
        if len(session.problems) < _MOST_PROBLEMS:
            session.problems.append(Problem(self._line, kind, detail))

    def _check_seq(self, seq: object) -> None:
        if type(seq) is not int:
            self._problem(ProblemKind.MISSING_FIELD, "no seq")
            self._unread += 1  # it may be the number that seems to be missing
            return
        if seq > self._last_seq + 1 + self._unread:
            self._problem(ProblemKind.GAP, f"seq {seq} after {self._last_seq}")
        elif seq <= self._last_seq:
            self._problem(ProblemKind.REPEAT, f"seq {seq} after {self._last_seq}")
        self._last_seq = max(seq, self._last_seq)
        self._unread = 0

    def _check_session_id(self, event: Event) -> None:
        session_id = text(event, "zig_session_id")
        if session_id is None:
            self._problem(ProblemKind.MISSING_FIELD, f"{_named(event.get('type'))}: no zig_session_id")
        elif self.session.session_id is None:
            self.session.session_id = session_id
        else:
            self._problem(ProblemKind.WRONG_ID, f"an event of session {session_id}")

    def _check_fields(self, event: Event) -> None:
        kind = event.get("type")
        if not isinstance(kind, str):
            self._problem(ProblemKind.MISSING_FIELD, "no type")
            return
        fields = EVENT_FIELDS.get(kind)
        if fields is None:
            self._problem(ProblemKind.UNKNOWN_TYPE, f"unknown event type {kind!r}")
            return
        for fault in field_faults(event, fields):
            self._problem(ProblemKind.MISSING_FIELD, f"{kind}: {fault}")


_HANDLERS: dict[str, Callable[[Fold, Event], None]] = {
    EventType.SESSION_STARTED: Fold._session_started,
    EventType.TIER_STARTED: Fold._tier_started,
    EventType.STEP_STARTED: Fold._step_started,
    EventType.STEP_COMPLETED: Fold._step_completed,
    EventType.STEP_FAILED: Fold._step_failed,
    EventType.STEP_SKIPPED: Fold._step_skipped,
    EventType.HEARTBEAT: Fold._heartbeat,
    EventType.SESSION_ENDED: Fold._session_ended,
}


def _named(kind: object) -> str:
    return kind if isinstance(kind, str) else "event"
