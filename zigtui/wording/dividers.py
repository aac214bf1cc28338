"""The texts of the dividers between lines of output: pure functions of the model."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from writer import SessionStatus
from zigtui.reader.session.model.marks import Mark, MarkKind
from zigtui.reader.session.model.session import Session, SessionState, StepRun, StepState, TierRun
from zigtui.reader.text.safe_text import safe_short
from zigtui.reader.times import milliseconds_between, seconds
from zigtui.wording.dates import time_after
from zigtui.wording.durations import duration
from zigtui.wording.errors import NO_MESSAGE, error_in_full
from zigtui.wording.states import Severity, State, sign_of
from zigtui.wording.text_fit import SEPARATOR

__all__ = [
    "OWN_WORDS",
    "DividerText",
    "attempt_failed",
    "lost",
    "mark_text",
    "mark_time",
    "recorded_texts",
    "step_cancelled",
    "step_completed",
    "step_skipped",
    "step_started",
]

_MOST_NAMES = 50  # of steps or variables; more would hide the output
_LONGEST_WORD = 200  # characters of a name
_LONGEST_REASON = 200  # characters that are displayed on the row itself

_CODE = frozenset({"exit", "code"})
_MORE = frozenset({"and", "more"})

OWN_WORDS = {
    MarkKind.TIER_STARTED: _MORE | {"pass", "tier"},
    MarkKind.STEP_STARTED: frozenset({"started"}),
    MarkKind.ATTEMPT_FAILED: _CODE | {"failed", "attempt", "after", *NO_MESSAGE.strip("()").split()},
    MarkKind.STEP_COMPLETED: _CODE | _MORE | {"succeeded", "in", "saved"},
    MarkKind.STEP_SKIPPED: frozenset({"skipped"}),
    MarkKind.STEP_CANCELLED: frozenset({"cancelled", "interrupted", "after"}),
    MarkKind.SESSION_ENDED: frozenset({"session", "succeeded", "failed", "in", "after"}),
}
"""The words in the texts of each kind of mark that are not from the log."""


class DividerText(NamedTuple):
    """The text of a divider.

    Attributes:
        time: when it happened, in seconds since the epoch; None if that is not known.
        words: what happened, in one line, safe to show.
        severity: how much attention it deserves.
        detail: text of any length and of several lines below it, as recorded; empty if there is none.
    """

    time: float | None
    words: str
    severity: Severity = Severity.MUTED
    detail: str = ""


def mark_text(session: Session, mark: Mark, pass_number: int | None) -> DividerText | None:
    """The text of a mark.

    Args:
        session: a session with the tier run or the step run of the mark.
        mark: the mark.
        pass_number: the number of the pass that a tier run begins; None if it begins none, or the session has only one.

    Returns:
        None if the session does not have the tier run or the step run.
    """
    if mark.kind is MarkKind.SESSION_ENDED:
        return _session_ended(session)
    if mark.kind is MarkKind.TIER_STARTED:
        tier = session.tier(mark.number)
        return None if tier is None else _tier_started(session, tier, pass_number)
    step = session.step(mark.number)
    if step is None:
        return None
    match mark.kind:
        case MarkKind.STEP_STARTED:
            return step_started(step)
        case MarkKind.ATTEMPT_FAILED:
            return attempt_failed(step, mark.position)
        case MarkKind.STEP_COMPLETED:
            return step_completed(step)
        case MarkKind.STEP_SKIPPED:
            return step_skipped(step)
        case _:
            return step_cancelled(step, session.tier_of(step), session)


def mark_time(session: Session, mark: Mark) -> float | None:
    """When a mark was made, in seconds since the epoch; None if that is not known."""
    if mark.kind is MarkKind.SESSION_ENDED:
        return seconds(session.ended_at)
    if mark.kind is MarkKind.TIER_STARTED:
        tier = session.tier(mark.number)
        return None if tier is None else seconds(tier.started_at)
    step = session.step(mark.number)
    if step is None:
        return None
    if mark.kind is MarkKind.STEP_STARTED:
        return seconds(step.started_at)
    if mark.kind is MarkKind.ATTEMPT_FAILED:
        return seconds(step.attempts[mark.position].failed_at)
    if mark.kind is MarkKind.STEP_CANCELLED:
        return seconds(session.tier_of(step).closed_at)
    return seconds(step.ended_at)


def recorded_texts(session: Session, mark: Mark) -> Sequence[str]:
    """The texts of the log that the text of a mark is made of, except numbers and times; see `mark_text`."""
    if mark.kind is MarkKind.SESSION_ENDED:
        return ()
    if mark.kind is MarkKind.TIER_STARTED:
        tier = session.tier(mark.number)
        return () if tier is None else [step.name for step in session.steps_of(tier)]
    step = session.step(mark.number)
    if step is None:
        return ()
    match mark.kind:
        case MarkKind.STEP_STARTED:
            return step.name, step.zag_command or "", step.model or ""
        case MarkKind.ATTEMPT_FAILED:
            return step.name, error_in_full(step.attempts[mark.position].error)
        case MarkKind.STEP_COMPLETED:
            return step.name, *step.saved_vars
        case MarkKind.STEP_SKIPPED:
            return step.name, step.reason or ""
        case _:
            return (step.name,)


def lost(since: float | None, before: float | None) -> DividerText:
    """The text behind the output of a lost session.

    Args:
        since: the last sign of life, in seconds since the epoch; None if that is not known.
        before: the time of the divider before it.
    """
    words = f"{sign_of(SessionState.LOST).glyph} no sign of life"
    if since is not None:
        words = f"{words} since {time_after(since, before)}"
    return DividerText(None, words, Severity.CRITICAL)


def step_started(step: StepRun) -> DividerText:
    """The text for the beginning of a step: how it is run."""
    facts = [f"{_name(step.name)} started", *(_name(fact) for fact in (step.zag_command, step.model) if fact)]
    return DividerText(seconds(step.started_at), SEPARATOR.join(facts))


def attempt_failed(step: StepRun, position: int) -> DividerText:
    """The text for a failed attempt: how long it took since the beginning or the failure before it, and its error."""
    attempt = step.attempts[position]
    began = step.attempts[position - 1].failed_at if position else step.started_at
    took = milliseconds_between(began, attempt.failed_at)
    after = "" if took is None else f" after {duration(took)}"
    code = "" if attempt.exit_code is None else f": exit code {attempt.exit_code}"
    words = f"{_signed(StepState.FAILED, step)} failed, attempt {attempt.number}{after}{code}"
    return DividerText(seconds(attempt.failed_at), words, Severity.ERROR, error_in_full(attempt.error))


def step_completed(step: StepRun) -> DividerText:
    """The text for the end of a step: how long it took, and what it saved."""
    took = "" if step.duration_ms is None else f" in {duration(step.duration_ms)}"
    facts = [f"{_signed(StepState.SUCCEEDED, step)} succeeded{took}"]
    if step.exit_code:
        facts.append(f"exit code {step.exit_code}")
    if step.saved_vars:
        facts.append(f"saved {_names(step.saved_vars)}")
    return DividerText(seconds(step.ended_at), SEPARATOR.join(facts))


def step_skipped(step: StepRun) -> DividerText:
    """The text for a step that was skipped: the reason."""
    words, reason = f"{_signed(StepState.SKIPPED, step)} skipped", step.reason or ""
    if len(reason) <= _LONGEST_REASON and len(reason.splitlines()) < 2:
        words, reason = f"{words}: {safe_short(reason, _LONGEST_REASON)}" if reason else words, ""
    return DividerText(seconds(step.ended_at), words, detail=reason)


def step_cancelled(step: StepRun, tier: TierRun, session: Session) -> DividerText:
    """The text for a step that was under way when its tier run was closed."""
    is_cancelled = tier.is_followed or session.status == SessionStatus.SUCCESS
    state = StepState.CANCELLED if is_cancelled else StepState.INTERRUPTED
    # A listener may have waited for its next event before it closed the tier run.
    took = milliseconds_between(step.started_at, step.last_output_at if is_cancelled else tier.closed_at)
    after = "" if took is None else f" after {duration(took)}"
    return DividerText(seconds(tier.closed_at), f"{_signed(state, step)} {sign_of(state).word}{after}")


def _tier_started(session: Session, tier: TierRun, pass_number: int | None) -> DividerText:
    words = f"tier {tier.tier_index + 1}"
    if pass_number is not None:
        words = f"pass {pass_number:,} · {words}"
    if tier.step_count:
        words += f": {_names(step.name for step in session.steps_of(tier))}"
    return DividerText(seconds(tier.started_at), words)


def _session_ended(session: Session) -> DividerText:
    has_succeeded = session.status == SessionStatus.SUCCESS
    state = SessionState.SUCCEEDED if has_succeeded else SessionState.FAILED
    severity = Severity.MUTED if has_succeeded else Severity.ERROR
    took = duration(session.duration_ms)
    time_taken = "" if session.duration_ms is None else f" in {took}" if has_succeeded else f" after {took}"
    return DividerText(seconds(session.ended_at), f"{_sign(state)} session {sign_of(state).word}{time_taken}", severity)


def _sign(state: State) -> str:
    return sign_of(state).glyph


def _signed(state: StepState, step: StepRun) -> str:
    return f"{_sign(state)} {_name(step.name)}"


def _name(name: str) -> str:
    return safe_short(name, _LONGEST_WORD)


def _names(names: Iterable[str]) -> str:
    known = list(names)
    more = f" and {len(known) - _MOST_NAMES:,} more" if len(known) > _MOST_NAMES else ""
    return ", ".join(map(_name, known[:_MOST_NAMES])) + more
