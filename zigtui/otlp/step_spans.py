"""The spans of step runs and of their attempts."""

from collections.abc import Iterator
from typing import NamedTuple

from zigtui.otlp.errors import INTERRUPTED, OTHER, error_type
from zigtui.otlp.gen_ai import add_agent, is_agent
from zigtui.otlp.ids import span_id_in
from zigtui.otlp.numbers import put_number
from zigtui.otlp.span import Attributes, Event, Span, SpanId
from zigtui.otlp.texts import Texts
from zigtui.otlp.times import end_after, first_of, nanoseconds
from zigtui.reader.session.model.attempts import AttemptRun, attempt_count, attempt_of
from zigtui.reader.session.model.session import Attempt, StepRun, StepState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.wording.errors import NO_MESSAGE

__all__ = ["Frame", "StepSpans"]

_MOST_NAMES = 100  # of variables that a step saved


class Frame(NamedTuple):
    """The span that others are parts of, and its times in nanoseconds since the epoch."""

    id: SpanId
    start_ns: int
    end_ns: int


class StepSpans:
    """Makes the spans of the step runs of a session.

    Args:
        session_id: the id of the session.
        texts: prepares texts.
    """

    def __init__(self, session_id: str, texts: Texts) -> None:
        self._session_id = session_id
        self._texts = texts

    def of(self, step: StepRun, part: SessionSnapshot, tier: Frame) -> Iterator[Span]:
        """The spans of a step run, as far as they have ended: those of its attempts, then its own.

        Args:
            step: the step run.
            part: the session, or the pass with the step run.
            tier: the span of its tier run.
        """
        state = part.step_state(step)
        if state is StepState.NOT_RUN:
            return
        is_open = state.is_active or state is StepState.PENDING
        span_id = SpanId(tier.id.trace, span_id_in(self._session_id, f"step {step.serial}"))
        start_ns = first_of(step.started_at, step.ended_at)
        start_ns = tier.start_ns if start_ns is None else start_ns
        ended_ns = first_of(step.ended_at, step.last_output_at)
        end_ns = end_after(start_ns, tier.end_ns if ended_ns is None else ended_ns, step.duration_ms)
        frame = Frame(span_id, start_ns, end_ns)
        error = None
        for position in range(attempt_count(step)):
            attempt = attempt_of(step, position)
            if attempt is not None and not (is_open and attempt.failed is None):
                span = self._attempt(step, attempt, state, frame)
                error = span.error
                yield span
        if is_open or part.may_be_retried(step):
            return
        attributes = self._attributes(step, state)
        if state is StepState.FAILED:
            error = error or NO_MESSAGE
            attributes["error.type"] = error_type(error)
        elif state is StepState.INTERRUPTED:
            error, attributes["error.type"] = INTERRUPTED, "interrupted"
        else:
            error = None
        name = self._texts.text(step.name)
        yield Span(
            span_id, tier.id, f"invoke_agent {name}" if is_agent(step) else name, start_ns, end_ns, attributes, error
        )

    def _attributes(self, step: StepRun, state: StepState) -> Attributes:
        texts = self._texts
        attributes: Attributes = {"zig.step.name": texts.text(step.name), "zig.step.state": state.value}
        if is_agent(step):
            add_agent(attributes, step, self._session_id, texts)
        attributes["zig.step.occurrence"] = step.occurrence
        put_number(attributes, "zig.step.attempts", step.attempt)
        put_number(attributes, "process.exit.code", step.exit_code)
        texts.put(attributes, "zig.step.command", step.zag_command)
        texts.put(attributes, "zig.step.skip_reason", step.reason)
        put_number(attributes, "zig.step.stdout_lines", step.stdout_lines)
        put_number(attributes, "zig.step.stderr_lines", step.stderr_lines)
        if step.saved_vars:
            attributes["zig.step.saved_vars"] = [texts.text(name) for name in step.saved_vars[:_MOST_NAMES]]
        texts.put_prompt(attributes, step.prompt_preview)
        return attributes

    def _attempt(self, step: StepRun, attempt: AttemptRun, state: StepState, frame: Frame) -> Span:
        span_id = SpanId(frame.id.trace, span_id_in(self._session_id, f"step {step.serial} attempt {attempt.position}"))
        start_ns, ended_ns = nanoseconds(attempt.started_at), nanoseconds(attempt.ended_at)
        start_ns = frame.start_ns if start_ns is None else max(start_ns, frame.start_ns)
        end_ns = max(start_ns, frame.end_ns if ended_ns is None else ended_ns)
        attributes: Attributes = {"zig.step.name": self._texts.text(step.name)}
        put_number(attributes, "zig.attempt.number", attempt.number)
        error: str | None = None
        events: tuple[Event, ...] = ()
        if attempt.failed is not None:
            state = StepState.FAILED
            put_number(attributes, "process.exit.code", attempt.failed.exit_code)
            event = self._exception(attempt.failed, end_ns)
            error, events = str(event.attributes["exception.message"]), (event,)
            attributes["error.type"] = error_type(error)
        elif state is StepState.INTERRUPTED:
            error, attributes["error.type"] = INTERRUPTED, "interrupted"
        attributes["zig.attempt.state"] = state.value
        return Span(span_id, frame.id, f"attempt {attempt.number}", start_ns, end_ns, attributes, error, events)

    def _exception(self, failed: Attempt, time_ns: int) -> Event:
        found = self._texts.error(failed.error)
        attributes: Attributes = {"exception.message": found.line or NO_MESSAGE}
        kind = error_type(found.line)
        if kind != OTHER:
            attributes["exception.type"] = kind
        if found.lines != found.line:
            attributes["exception.stacktrace"] = found.lines
        return Event("exception", time_ns, attributes)
