"""Fold the events of a log into a session. The result does not depend on the pieces in which the log was read."""

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from writer import EventType, OutputStream, SessionStatus
from zigtui.reader.lines.decode import Event, MalformedLineError, integer, text, texts
from zigtui.reader.lines.problems import ProblemKind
from zigtui.reader.session.folding.checks import LogChecks
from zigtui.reader.session.folding.origin import BEGINNING, Origin
from zigtui.reader.session.folding.run_events import RunEvents
from zigtui.reader.session.folding.run_facts import RunFacts
from zigtui.reader.session.folding.silence import first_limited, quietest
from zigtui.reader.session.model.session import Session

if TYPE_CHECKING:
    from zigtui.reader.lines.event_batches import EventBatch
    from zigtui.reader.lines.output_batches import OutputBatch
    from zigtui.reader.session.folding.valid_events import PrintedLine, ValidEvents

__all__ = ["Fold", "session_of"]

_STEP_OUTPUT, _HEARTBEAT = EventType.STEP_OUTPUT.value, EventType.HEARTBEAT.value  # compared for every line
_STREAMS = tuple(stream.value for stream in OutputStream)
_STDERR = OutputStream.STDERR.value


class Fold:
    """Folds the events of one log, in file order, into a `Session`.

    Nothing in a log makes it raise: a value that is missing or of the wrong type is left out and noted as a problem.

    Args:
        session_id: the id in the name of the log, to recognize events of other sessions; None if there is none.
        origin: what comes before the first event, if that is not the beginning of the log.
        keeps_all_passes: whether the session has all passes of a listener in full, rather than the last ones.
    """

    def __init__(
        self, session_id: str | None = None, origin: Origin = BEGINNING, *, keeps_all_passes: bool = False
    ) -> None:
        # Everything is changed in place; `session` freezes it when it is asked for.
        self._facts: dict[str, Any] = {}  # fields of `Session` that few events set
        self._status: str | None = None
        self._checks = LogChecks(session_id)
        self._events = RunEvents(origin, keeps_all=keeps_all_passes)
        self._runs = self._events.runs
        self._last_event_at: str | None = None
        self._is_next_second = False  # the start has just been read
        self._last_activity_at: str | None = None
        self._session: Session | None = None  # the last result of `session`; None if it has changed since
        self._run_facts = RunFacts(self._runs)
        self._valid_events: ValidEvents | None = None

    @property
    def session(self) -> Session:
        """The session as folded so far."""
        if self._session is None:
            runs = self._runs
            tiers, steps = runs.freeze()
            self._session = Session(
                **self._outline(),
                tiers=tiers,
                steps=steps,
                step_names=runs.names,
                failures=tuple(runs.failures),
                marks=runs.marks.freeze(),
                past=runs.past.view(),
                recent=runs.recent(),
                past_steps=tuple(runs.past_steps.items()),
                problems=tuple(self._checks.problems),
                active_serials=tuple(step.serial for step in runs.active),
            )
        return self._session

    @property
    def outline(self) -> Session:
        """The session without tiers, steps, failures and problems, which is quicker to make."""
        return Session(**self._outline())

    def _outline(self) -> dict[str, Any]:
        events, runs, checks = self._events, self._runs, self._checks
        active = runs.active
        return {
            **self._facts,
            **self._run_facts.fields(has_ended=self._status is not None),
            "session_id": checks.session_id,
            "status": self._status,
            "last_event_at": self._last_event_at,
            "last_activity_at": self._last_activity_at,
            "last_heartbeat_at": events.last_heartbeat_at,
            "heartbeat_secs": events.heartbeat_secs,
            "tiers_done": runs.tiers_done,
            "failed_steps": runs.failed_steps,
            "quietest": quietest(active),
            "retried": runs.retried,
            "limited": first_limited(active),
            "stdout_lines": events.stdout_lines,
            "stderr_lines": events.stderr_lines,
            "output_bytes": events.output_bytes,
            "usage": events.usage,
            "problem_count": checks.problem_count,
        }

    @property
    def session_id(self) -> str | None:
        """The id of the session, from the file name or else from the first event."""
        return self._checks.session_id

    @property
    def first_serial(self) -> int:
        """The serial of the first step run that the session has."""
        return self._runs.first_serial

    @property
    def has_ended(self) -> bool:
        """Whether the end of the session was recorded."""
        return self._status is not None

    @property
    def moment(self) -> float | None:
        """The time of the last event that was applied, in seconds since the epoch; None if it has none."""
        return self._checks.moment

    @property
    def lines_read(self) -> int:
        """The number of lines folded so far, malformed and blank ones included."""
        return self._checks.line

    def blank_line(self) -> None:
        """Count a blank line, which is not a problem."""
        self._checks.line += 1

    def malformed_line(self, error: MalformedLineError, offset: int = 0) -> list[int | None]:
        """Note a line that is not exactly one event, and fold the events salvaged from it.

        Args:
            error: the events.
            offset: the position of the line in the log, in bytes.

        Returns:
            For each salvaged event, the same as `apply`.
        """
        self._session = None
        checks = self._checks
        checks.line += 1
        if error.is_part_lost:
            checks.lose_event()
        serials = [self._apply(event, offset + start) for start, event in error.found]
        if error.is_part_lost and error.found:  # the lost part may also have come after these
            checks.lose_event()
        checks.note(error.kind, str(error))
        return serials

    def apply(self, event: Event, offset: int = 0) -> int | None:
        """Fold the event on the next line.

        Args:
            event: the event.
            offset: the position of the line in the log, in bytes.

        Returns:
            The serial of the step run that printed the line; None if the line is not output.
        """
        self._session = None
        self._checks.line += 1
        return self._apply(event, offset)

    def _apply(self, event: Event, offset: int) -> int | None:
        self._events.offset = offset
        self._checks.event(event, is_after_end=self._status is not None)
        kind = event.get("type")
        time = event.get("ts")
        if type(time) is str:
            if self._is_next_second:
                self._is_next_second = False
                self._facts["second_event_at"] = time
            self._last_event_at = time
            if kind != _HEARTBEAT:
                self._last_activity_at = time
        if kind == _STEP_OUTPUT:
            return self._step_output(event)
        self._run_facts.forget()
        self._checks.fields(event)
        handler = _HANDLERS.get(kind) if isinstance(kind, str) else None
        if handler is not None:
            handler(self, event)
        return None

    def apply_batch(self, batch: "OutputBatch") -> list[tuple[int, int]] | None:
        """Fold a batch of output lines, with the same result as `apply` for each.

        Returns:
            The serials of the step runs that printed the lines, each with the number of its lines. None if nothing was
            folded, because the lines have to be folded one by one.
        """
        steps = [self._runs.latest.get(share.step_name) for share in batch.shares]
        if not self._checks.follows(batch.first_seq) or self.has_ended or None in steps:
            return None
        self._checks.valid_lines(batch.lines)
        self._session = None
        self._last_event_at = self._last_activity_at = batch.last_event_at
        folded = []
        for share, step in zip(batch.shares, steps, strict=True):
            assert step is not None
            self._events.count_output(step, share.lines, share.stderr_lines, share.output_bytes)
            step.last_output_at = share.last_output_at
            folded.append((step.serial, share.lines))
        return folded

    def takes(self, batch: "EventBatch") -> bool:
        """Whether a batch of events can be folded next by `apply_events`, rather than event by event."""
        return self._checks.follows(batch.events[0].seq) and not self.has_ended and not self._is_next_second

    def apply_events(self, batches: Iterable["EventBatch"]) -> list["PrintedLine"]:
        """Fold batches of events, with the same result as `apply` for each event.

        Args:
            batches: batches for which `takes` is true when they are asked for.

        Returns:
            The lines of output. Those of passes that are no longer kept may be left out.
        """
        if self._valid_events is None:
            from zigtui.reader.session.folding.valid_events import ValidEvents  # needs msgspec, which is slow to import

            self._valid_events = ValidEvents(self._events)
        return self._valid_events.apply(map(self._noted, batches))

    def _noted(self, batch: "EventBatch") -> "EventBatch":
        self._checks.valid_lines(len(batch.events))
        self._session = None
        self._run_facts.forget()
        self._last_event_at = batch.events[-1].ts
        self._last_activity_at = batch.last_activity_at or self._last_activity_at
        return batch

    # The events

    def _session_started(self, event: Event) -> None:
        if self._facts.get("started"):
            self._checks.note(ProblemKind.SECOND_START, "the session starts again")
            return
        tier_count = max(0, integer(event, "tier_count") or 0)
        self._facts.update(
            started=True,
            started_at=text(event, "ts"),
            workflow_name=text(event, "workflow_name") or "",
            workflow_path=text(event, "workflow_path") or "",
            cwd=text(event, "cwd"),
            prompt=text(event, "prompt"),
            parent_session_id=text(event, "parent_session_id"),
            parent_step=text(event, "parent_step"),
            tier_count=tier_count,
        )
        self._runs.passes.tier_count = tier_count
        self._is_next_second = True

    def _tier_started(self, event: Event) -> None:
        self._events.tier_started(event.get("tier_index"), _once(texts(event, "step_names")), text(event, "ts"))

    def _step_started(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is not None:
            self._events.step_started(
                name,
                event.get("tier_index"),
                text(event, "ts"),
                text(event, "zag_command"),
                text(event, "zag_session_id"),
                text(event, "model"),
                text(event, "prompt_preview"),
            )

    def _step_output(self, event: Event) -> int | None:
        name, line = event.get("step_name"), event.get("line")
        if type(name) is not str or type(line) is not str:
            self._checks.fields(event)
            return None
        stream = event.get("stream")
        if stream not in _STREAMS or "\n" in line:
            self._checks.fields(event)
        return self._events.step_output(name, event.get("tier_index"), text(event, "ts"), line, stream == _STDERR)

    def _step_completed(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is not None:
            self._events.step_completed(
                name,
                event.get("tier_index"),
                text(event, "ts"),
                integer(event, "exit_code"),
                _duration(event),
                texts(event, "saved_vars"),
            )

    def _step_failed(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is not None:
            self._events.step_failed(
                name,
                event.get("tier_index"),
                text(event, "ts"),
                integer(event, "exit_code"),
                integer(event, "attempt"),
                text(event, "error") or "",
            )

    def _step_skipped(self, event: Event) -> None:
        name = text(event, "step_name")
        if name is not None:
            self._events.step_skipped(name, event.get("tier_index"), text(event, "ts"), text(event, "reason"))

    def _heartbeat(self, event: Event) -> None:
        self._events.heartbeat(text(event, "ts"), integer(event, "interval_secs"))

    def _session_ended(self, event: Event) -> None:
        status = self._status = sys.intern(text(event, "status") or SessionStatus.FAILURE.value)  # many share few words
        ended_at = text(event, "ts")
        self._facts.update(ended_at=ended_at, duration_ms=_duration(event))
        self._events.session_ended(ended_at, has_succeeded=status == SessionStatus.SUCCESS)

    def close_passed(self, time: str | None) -> None:
        """Close the last tier run, since it is known that another one follows, which began at ``time``."""
        if self._runs.has_open_tier:
            self._session = None
            self._run_facts.forget()
            self._runs.close_tier(time, self._events.lines, is_followed=True)


def session_of(events: Iterable[Event]) -> Session:
    """The session that some events fold to."""
    fold = Fold()
    for event in events:
        fold.apply(event)
    return fold.session


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _duration(event: Event) -> int | None:
    """The recorded duration in milliseconds; None if there is none, or if it is negative."""
    duration_ms = integer(event, "duration_ms")
    return duration_ms if duration_ms is not None and duration_ms >= 0 else None


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
