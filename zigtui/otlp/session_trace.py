"""The spans of a session."""

from collections.abc import Iterator, Sequence

from zigtui.otlp.errors import ENDED_EARLY, FAILED, INTERRUPTED, LOST, OTHER, error_type
from zigtui.otlp.gen_ai import add_totals, add_workflow
from zigtui.otlp.ids import session_span_id, span_id_in
from zigtui.otlp.numbers import put_number
from zigtui.otlp.span import Attributes, Link, Span, SpanId
from zigtui.otlp.step_spans import Frame, StepSpans
from zigtui.otlp.texts import Texts
from zigtui.otlp.times import NS_PER_S, end_after, first_of, last_of, nanoseconds
from zigtui.reader.location import project_label
from zigtui.reader.session.model.pass_lookup import preview_of
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.redacted.text_redactor import TextRedactor
from zigtui.wording.tiers import tier_name

__all__ = ["SessionTrace"]

_MOST_NAMES = 3  # of steps, in the reason why a tier failed


class SessionTrace:
    """Makes the spans of a session.

    Args:
        snapshot: the session, read to its end.
        redactor: masks secrets in each text.
        with_prompts: whether the spans have the prompts, which may be long and private.
    """

    def __init__(self, snapshot: SessionSnapshot, redactor: TextRedactor, *, with_prompts: bool = False) -> None:
        self._snapshot = snapshot
        self._session = snapshot.session
        self._session_id = snapshot.location.session_id
        self._texts = Texts(redactor, with_prompts=with_prompts)
        self._shown_id = self._texts.text(self._session_id)  # it is the name of a file, which may have any bytes
        self._steps = StepSpans(self._session_id, self._texts)
        self._is_listener = snapshot.session.pass_count > 1
        self._id = session_span_id(self._session_id)
        self._name = self._texts.text(self._session.workflow_name)
        self._start_ns = self._start_of_session()

    def resource(self, host: str | None = None) -> Attributes:
        """What the spans come from.

        Args:
            host: the name of this machine, for a log that is not mirrored from another one; None if a log of this
                machine may have been copied here.
        """
        session, texts, location = self._session, self._texts, self._snapshot.location
        attributes: Attributes = {"service.name": self._name or "zig", "zig.session.id": self._shown_id}
        texts.put(attributes, "host.name", location.machine or host)
        texts.put(attributes, "zig.workflow.name", session.workflow_name)
        texts.put(attributes, "zig.workflow.path", session.workflow_path)
        texts.put(attributes, "process.working_directory", session.cwd)
        # Of the redacted directory: a part of a path may not show that it is a secret.
        cwd = texts.text(session.cwd) if session.cwd else None
        texts.put(attributes, "zig.project", project_label(location, cwd))
        return attributes

    def session_span(self) -> Span | None:
        """The span of the session; None if the session is not over."""
        snapshot, session = self._snapshot, self._session
        if not snapshot.is_over:
            return None
        attributes: Attributes = {"session.id": self._shown_id, "zig.session.state": snapshot.state.value}
        if self._is_listener:
            attributes["zig.session.passes"] = session.pass_count
        else:
            add_workflow(attributes, self._name, self._shown_id)
        for state, number in snapshot.count_steps().items():
            attributes[f"zig.session.steps.{state.value}"] = number
        add_totals(attributes, session.usage)
        self._texts.put_prompt(attributes, session.prompt)
        error = self._session_error(attributes)
        end_ns = end_after(self._start_ns, nanoseconds(session.ended_at), snapshot.elapsed_ms)
        name = f"{'listener' if self._is_listener else 'invoke_workflow'} {self._name}".strip()
        return Span(self._id, None, name, self._start_ns, end_ns, attributes, error, links=self._parent_links())

    def spans(self, run: PassRun | None, part: SessionSnapshot) -> Iterator[Span]:
        """The spans of a pass, or of a session that is not divided into passes, as far as they have ended.

        A span comes after those that are parts of it. The span of the session is not among them.

        Args:
            run: the pass; None if the session is not divided.
            part: the session with the tiers and steps of the pass only.
        """
        parent = self._id if run is None else SpanId(self._id.trace, span_id_in(self._session_id, f"pass {run.number}"))
        for tier in part.session.tiers:
            name = tier_name(tier, run, part.session)
            yield from self._tier(tier, name, part, parent)
        if run is not None and part.pass_state(run) is not TierState.RUNNING:
            yield self._pass(run, part, parent)

    def _start_of_session(self) -> int:
        session = self._session
        first_tier = session.tiers[0].started_at if session.tiers and not session.past else None
        found = first_of(session.started_at, first_tier, session.second_event_at, session.last_event_at)
        return max(0, int(self._snapshot.vitals.modified * NS_PER_S)) if found is None else found

    def _session_error(self, attributes: Attributes) -> str | None:
        state = self._snapshot.state
        if state is SessionState.LOST:
            attributes["error.type"] = "lost"
            return LOST
        if state is not SessionState.FAILED:
            return None
        is_explained = self._snapshot.error is not None
        error = (self._texts.error(self._session.last_error).line if is_explained else "") or FAILED
        attributes["error.type"] = error_type(error)
        return error

    def _parent_links(self) -> tuple[Link, ...]:
        parent = self._session.parent_session_id
        if parent is None:
            return ()
        attributes: Attributes = {"zig.link": "parent"}
        self._texts.put(attributes, "zig.step.name", self._session.parent_step)
        return (Link(session_span_id(parent), attributes),)

    def _pass(self, run: PassRun, part: SessionSnapshot, span_id: SpanId) -> Span:
        state = part.pass_state(run)
        start_ns = nanoseconds(run.started_at)
        start_ns = self._start_ns if start_ns is None else start_ns
        attributes: Attributes = {"session.id": self._shown_id, "zig.pass.state": state.value}
        put_number(attributes, "zig.pass.number", run.number)
        add_workflow(attributes, self._name, self._shown_id)
        add_totals(attributes, run.usage)
        self._texts.put_prompt(attributes, preview_of(part.session, run))
        last = part.session.tiers[-1:]
        error = self._error(state, part.session.steps_of(last[0]) if last else (), attributes)
        if run.ended_early and error is not None:
            error = ENDED_EARLY
        end_ns = end_after(start_ns, nanoseconds(run.ended_at), part.pass_elapsed_ms(run))
        name = f"invoke_workflow {self._name}".strip()
        return Span(span_id, self._id, name, start_ns, end_ns, attributes, error)

    def _tier(self, tier: TierRun, name: str, part: SessionSnapshot, parent: SpanId) -> Iterator[Span]:
        state, steps = part.tier_state(tier), part.session.steps_of(tier)
        frame = self._tier_frame(tier, part, parent)
        for step in steps:
            yield from self._steps.of(step, part, frame)
        if state is TierState.RUNNING:
            return
        attributes: Attributes = {"zig.tier.state": state.value}
        put_number(attributes, "zig.tier.index", tier.tier_index)
        put_number(attributes, "zig.tier.ordinal", tier.ordinal)
        error = self._error(state, steps, attributes)
        yield Span(frame.id, parent, name, frame.start_ns, frame.end_ns, attributes, error)

    def _tier_frame(self, tier: TierRun, part: SessionSnapshot, parent: SpanId) -> Frame:
        steps = part.session.steps_of(tier)
        start_ns = first_of(tier.started_at, *(step.started_at for step in steps[:1]))
        start_ns = self._start_ns if start_ns is None else start_ns
        if part.tier_state(tier) is TierState.INTERRUPTED:
            end_ns = first_of(tier.closed_at, part.session.last_event_at)
        else:
            end_ns = last_of([time for step in steps for time in (step.ended_at, step.last_output_at)])
        span_id = SpanId(parent.trace, span_id_in(self._session_id, f"tier {tier.ordinal}"))
        return Frame(span_id, start_ns, end_after(start_ns, end_ns, None))

    def _error(self, state: TierState, steps: Sequence[StepRun], attributes: Attributes) -> str | None:
        """Why a tier run or a pass failed: by which of some steps."""
        if state is TierState.INTERRUPTED:
            attributes["error.type"] = "interrupted"
            return INTERRUPTED
        if state is not TierState.FAILED:
            return None
        attributes["error.type"] = OTHER
        failed = [step.name for step in steps if step.state is StepState.FAILED]
        names = ", ".join(map(self._texts.text, failed[:_MOST_NAMES]))
        return f"failed: {names}{' …' if len(failed) > _MOST_NAMES else ''}" if failed else "failed"
