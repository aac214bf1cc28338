"""Events change the session. The result is the same however the bytes of the log were cut."""

import re
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from writer import EventType, SessionStatus
from zigtui.reader.lines.decode import Event, MalformedLineError, Output, integer, output, text, texts
from zigtui.reader.session.checks import LogChecks
from zigtui.reader.session.model import Attempt, Failure, Session, StepRun, StepState, TierRun, Usage
from zigtui.reader.session.open_step import OpenStep

if TYPE_CHECKING:
    from zigtui.reader.lines.output_batches import OutputBatch

__all__ = ["Fold"]

_STEP_OUTPUT, _HEARTBEAT = EventType.STEP_OUTPUT.value, EventType.HEARTBEAT.value  # compared for every line
_ACTIVE = (StepState.RUNNING, StepState.RETRYING)
_USAGE = re.compile(r"\s*tokens: (\d{1,15}) in / (\d{1,15}) out(?:, cost=\$(\d{1,12}(?:\.\d{1,12})?))?\s*", re.ASCII)


class Fold:
    """Folds the events of one log, in file order, into a `Session`.

    Nothing in a log makes it raise: what is missing or of the wrong type is left out and noted as a problem.

    Args:
        session_id: the id that the log's file name gives, to find events of other sessions.
    """

    def __init__(self, session_id: str | None = None) -> None:
        # What many events change is changed in place; `session` freezes it when it is asked for.
        self._facts = Session()  # what few events change: fields of it are replaced
        self._checks = LogChecks(session_id)
        self._tiers: list[TierRun] = []
        self._steps: list[OpenStep] = []
        self._frozen_steps: list[StepRun] = []
        self._outdated: dict[int, None] = {}  # serials of steps that have changed since they were frozen
        self._latest: dict[str, OpenStep] = {}  # the latest run of each step name
        self._active: set[int] = set()  # serials of the steps under way
        self._failed: dict[int, None] = {}  # serials of steps whose last attempt failed, in the order of the log
        self._failures: list[Failure] = []
        self._last_event_at: str | None = None
        self._last_activity_at: str | None = None
        self._stdout_lines = 0
        self._stderr_lines = 0
        self._output_bytes = 0
        self._usage = Usage()
        self._tiers_done = 0
        self._session: Session | None = None  # as it was last asked for, None if it has changed since

    @property
    def session(self) -> Session:
        """The session as folded so far."""
        if self._session is None:
            self._freeze_steps()
            active = tuple(sorted(self._active))
            failed = next((self._steps[serial] for serial in self._failed), None)
            self._session = self._facts._replace(
                session_id=self._checks.session_id,
                last_event_at=self._last_event_at,
                last_activity_at=self._last_activity_at,
                tiers_done=self._tiers_done,
                tiers_reached=self._tiers[-1].tier_index + 1 if self._tiers else 0,
                passes=self._tiers[-1].pass_number if self._tiers else 0,
                active_steps=tuple(self._steps[serial].name for serial in active),
                active_serials=active,
                failed_step=None if failed is None else failed.name,
                last_error="" if failed is None else failed.attempts[-1].error,
                stdout_lines=self._stdout_lines,
                stderr_lines=self._stderr_lines,
                output_bytes=self._output_bytes,
                usage=self._usage,
                tiers=tuple(self._tiers),
                steps=tuple(self._frozen_steps),
                failures=tuple(self._failures),
                problems=tuple(self._checks.problems),
                problem_count=self._checks.problem_count,
            )
        return self._session

    def _freeze_steps(self) -> None:
        frozen = self._frozen_steps
        for serial in self._outdated:  # new steps are in it too, in the order in which they were added
            if serial < len(frozen):
                frozen[serial] = self._steps[serial].frozen()
            else:
                frozen.append(self._steps[serial].frozen())
        self._outdated.clear()
        if self._tiers:
            self._tiers[-1] = self._tiers[-1]._replace(step_count=len(self._steps) - self._tiers[-1].first_step)

    @property
    def session_id(self) -> str | None:
        """The id of the session: that of the file name, else that of the first event."""
        return self._checks.session_id

    @property
    def has_ended(self) -> bool:
        """Whether the end of the session was recorded."""
        return self._facts.status is not None

    @property
    def lines_read(self) -> int:
        """Lines folded so far, bad and blank ones included."""
        return self._checks.line

    def blank_line(self) -> None:
        """Count a line with nothing on it, which is no problem."""
        self._checks.line += 1

    def malformed_line(self, error: MalformedLineError) -> int | None:
        """Note a line that is no event; what could be saved of it is folded all the same.

        Returns:
            As `apply` does.
        """
        self._session = None
        serial = None
        if error.event is not None:
            serial = self.apply(error.event)
        else:
            self._checks.lost_line()
        self._checks.note(error.kind, str(error))
        return serial

    def apply(self, event: Event) -> int | None:
        """Fold the event on the next line.

        Returns:
            The serial of the step run that the line is output of, or None if it is not output.
        """
        self._session = None
        self._checks.event(event, is_after_end=self._facts.status is not None)
        kind = event.get("type")
        time = event.get("ts")
        if type(time) is str:
            self._last_event_at = time
            if kind != _HEARTBEAT:
                self._last_activity_at = time
        if kind == _STEP_OUTPUT:
            return self._step_output(event)
        self._checks.fields(event)
        handler = _HANDLERS.get(kind) if isinstance(kind, str) else None
        if handler is not None:
            handler(self, event)
        return None

    def apply_batch(self, batch: "OutputBatch") -> list[tuple[int, int]] | None:
        """Fold a batch of output lines, with the same result as `apply` for each.

        Returns:
            The serials of the step runs that the lines are output of, each with the number of its lines; None if
            nothing was folded because the lines have to be folded one by one.
        """
        steps = [self._latest.get(share.step_name) for share in batch.shares]
        if not self._checks.follows(batch.first_seq) or self.has_ended or None in steps:
            return None
        self._checks.sound_lines(batch.lines)
        self._session = None
        self._last_event_at = self._last_activity_at = batch.last_event_at
        folded = []
        for share, step in zip(batch.shares, steps, strict=True):
            assert step is not None
            self._count_output(step, share.lines - share.stderr_lines, share.stderr_lines, share.output_bytes)
            step.last_output_at = share.last_output_at
            folded.append((step.serial, share.lines))
        return folded

    # What events mean

    def _session_started(self, event: Event) -> None:
        if self._facts.started:
            return
        self._facts = self._facts._replace(
            started=True,
            started_at=text(event, "ts"),
            workflow_name=text(event, "workflow_name") or "",
            workflow_path=text(event, "workflow_path") or "",
            cwd=text(event, "cwd"),
            prompt=text(event, "prompt"),
            tier_count=max(0, integer(event, "tier_count") or 0),
        )

    def _tier_started(self, event: Event) -> None:
        self._open_tier(max(0, integer(event, "tier_index") or 0), text(event, "ts"))
        for name in dict.fromkeys(texts(event, "step_names")):
            self._add_step(name)

    def _step_started(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is None:
            return
        step = self._step_of_open_tier(name, event)
        if step.attempts:
            self._retry(step)
        else:
            step.attempt = 1
            self._set_state(step, StepState.RUNNING)
        step.started_at = step.started_at or text(event, "ts")
        step.ended_at = None
        step.duration_ms = None
        step.zag_command = text(event, "zag_command")
        step.zag_session_id = text(event, "zag_session_id")
        step.model = text(event, "model")
        step.prompt_preview = text(event, "prompt_preview")

    def _step_output(self, event: Event) -> int | None:
        line = output(event)
        if line is None or type(event.get("stream")) is not str:
            self._checks.fields(event)
        if line is None:
            return None
        step = self._latest.get(line.step_name) or self._step_of_open_tier(line.step_name, event)
        size = len(line.text) if line.text.isascii() else len(line.text.encode("utf-8", "replace"))
        if line.is_stderr:
            self._count_output(step, 0, 1, size)
        else:
            self._count_output(step, 1, 0, size)
        step.last_output_at = line.time
        if "tokens: " in line.text:
            self._count_usage(step, line)
        return step.serial

    def _count_output(self, step: OpenStep, stdout_lines: int, stderr_lines: int, size: int) -> None:
        if step.state is StepState.PENDING:
            step.attempt = 1
            self._set_state(step, StepState.RUNNING)
        elif step.state is StepState.FAILED and self._is_in_open_tier(step):
            self._retry(step)
        self._outdated[step.serial] = None
        step.output_bytes += size
        self._output_bytes += size
        step.stdout_lines += stdout_lines
        self._stdout_lines += stdout_lines
        step.stderr_lines += stderr_lines
        self._stderr_lines += stderr_lines

    def _step_completed(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is None:
            return
        step = self._latest_run(name, event)
        if step.state is StepState.FAILED:
            self._retry(step)
        step.attempt = max(1, step.attempt)
        step.exit_code = integer(event, "exit_code")
        step.duration_ms = integer(event, "duration_ms")
        step.saved_vars = texts(event, "saved_vars")
        step.ended_at = text(event, "ts")
        self._set_state(step, StepState.SUCCEEDED)

    def _step_failed(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is None:
            return
        step = self._latest_run(name, event)
        if step.state is StepState.FAILED:
            self._retry(step)
        number = max(1, integer(event, "attempt") or step.attempt)
        step.attempt = max(step.attempt, number)
        step.exit_code = integer(event, "exit_code")
        step.ended_at = text(event, "ts")
        self._failures.append(Failure(step.serial, len(step.attempts)))
        error = text(event, "error") or ""
        step.attempts.append(Attempt(number, error, step.exit_code, step.ended_at, step.lines))
        self._set_state(step, StepState.FAILED)

    def _step_skipped(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is None:
            return
        step = self._step_of_open_tier(name, event)
        step.reason = text(event, "reason")
        step.ended_at = text(event, "ts")
        self._set_state(step, StepState.SKIPPED)

    def _heartbeat(self, event: Event) -> None:
        interval = integer(event, "interval_secs")
        self._facts = self._facts._replace(
            last_heartbeat_at=text(event, "ts"),
            heartbeat_secs=interval if interval is not None and interval > 0 else self._facts.heartbeat_secs,
        )

    def _session_ended(self, event: Event) -> None:
        status = sys.intern(text(event, "status") or SessionStatus.FAILURE.value)  # of many sessions, few words
        ended_at = text(event, "ts")
        self._facts = self._facts._replace(status=status, ended_at=ended_at, duration_ms=integer(event, "duration_ms"))
        if self._tiers and self._tiers[-1].is_open:
            self._close_tier(ended_at)
        succeeded = status == SessionStatus.SUCCESS
        done = (tier.tier_index + 1 for tier in self._tiers if tier.is_followed or succeeded)
        self._tiers_done = max(done, default=0)

    # Tiers and steps

    def _open_tier(self, index: int, time: str | None) -> None:
        pass_number = 1
        if self._tiers:
            last = self._tiers[-1]
            pass_number = last.pass_number if index > last.tier_index else last.pass_number + 1
            if last.is_open:
                self._close_tier(time, is_followed=True)
        self._tiers.append(
            TierRun(
                ordinal=len(self._tiers) + 1,
                pass_number=pass_number,
                tier_index=index,
                started_at=time,
                first_line=self._stdout_lines + self._stderr_lines,
                first_step=len(self._steps),
            )
        )

    def _close_tier(self, time: str | None, *, is_followed: bool = False) -> None:
        tier = self._tiers[-1]
        self._tiers[-1] = tier._replace(
            step_count=len(self._steps) - tier.first_step, is_open=False, is_followed=is_followed, closed_at=time
        )
        self._active.clear()
        if is_followed:
            self._tiers_done = max(self._tiers_done, tier.tier_index + 1)

    def _is_in_open_tier(self, step: OpenStep) -> bool:
        return self._tiers[step.tier - 1].is_open

    def _add_step(self, name: str) -> OpenStep:
        """Add a run of a step to the last tier run."""
        before = self._latest.get(name)
        step = OpenStep(len(self._steps), name, 1 if before is None else before.occurrence + 1, len(self._tiers))
        self._steps.append(step)
        self._latest[name] = step
        self._outdated[step.serial] = None
        return step

    def _step_of_open_tier(self, name: str, event: Event) -> OpenStep:
        """Return the run for an event that begins one: it belongs to the open tier, announced there or not."""
        if not (self._tiers and self._tiers[-1].is_open):
            self._open_tier(max(0, integer(event, "tier_index") or 0), text(event, "ts"))
        step = self._latest.get(name)
        return step if step is not None and step.tier == len(self._tiers) else self._add_step(name)

    def _latest_run(self, name: str, event: Event) -> OpenStep:
        """Return the run for an event that continues one: the latest of that name, also in a tier that is closed."""
        return self._latest.get(name) or self._step_of_open_tier(name, event)

    def _retry(self, step: OpenStep) -> None:
        """Note that something followed a failure: another attempt is under way."""
        step.attempt = max(step.attempt, step.attempts[-1].number + 1)
        step.ended_at = None
        step.exit_code = None
        self._set_state(step, StepState.RETRYING)

    def _set_state(self, step: OpenStep, state: StepState) -> None:
        """Change the state of a step run, and keep account of what is under way and what has failed."""
        step.state = state
        self._outdated[step.serial] = None
        if state is StepState.FAILED:
            self._failed[step.serial] = None
        elif self._failed:
            self._failed.pop(step.serial, None)
        if state in _ACTIVE and self._is_in_open_tier(step) and not self.has_ended:
            self._active.add(step.serial)
        else:
            self._active.discard(step.serial)

    def _count_usage(self, step: OpenStep, line: Output) -> None:
        match = _USAGE.fullmatch(line.text)
        if match is None:
            return
        cost = None if match[3] is None else Decimal(match[3])
        step.usage = step.usage.plus(int(match[1]), int(match[2]), cost)
        self._usage = self._usage.plus(int(match[1]), int(match[2]), cost)


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
