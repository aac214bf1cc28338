"""The lines above the output: pure functions of the model, its state and the time."""

from collections.abc import Sequence

from zigtui.reader.session.model.attempts import AttemptRun
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.session.model.silent_steps import DEFAULT_QUIET_SECS
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.ui.output.lines.line_times import Times
from zigtui.ui.widgets.bar import BarLine, BarTexts
from zigtui.ui.widgets.drawing import one_line
from zigtui.ui.widgets.painted import paint_of, paint_of_state
from zigtui.wording.amounts import count, usage_in_short
from zigtui.wording.dates import clock_time
from zigtui.wording.durations import duration, largest_unit
from zigtui.wording.signs import (
    ENDED_EARLY_IN_FULL,
    NOT_READ,
    UNREADABLE,
    pass_sign,
    retry_note,
    so_far,
    so_far_of,
    step_sign,
    tier_sign,
)
from zigtui.wording.states import sign_of
from zigtui.wording.step_times import is_quiet, printing_ms
from zigtui.wording.text_fit import SEPARATOR
from zigtui.wording.tree.tree_rows import attempt_elapsed_ms
from zigtui.wording.waiting import waiting_for

__all__ = [
    "ahead_bar",
    "all_output_bar",
    "attempt_bar",
    "pass_bar",
    "step_bar",
    "tier_bar",
    "unreadable_bar",
    "view_note",
]

_MUTED = "paint--muted"
_STRONG = "paint--strong"
_FAILED = "paint--failed"
_WAITING = "paint--stalled"
_MOST_NAMES = 100  # of saved variables; more do not fit on any terminal


def all_output_bar(snapshot: SessionSnapshot, note: BarTexts) -> tuple[BarLine, BarLine]:
    """The lines above the output of all steps."""
    session = snapshot.session
    title = [("All output", _STRONG), (f" · {count(session.lines, 'line')}{so_far(snapshot)}", _MUTED)]
    return (title, note), ([(_stderr(session.stderr_lines), _MUTED)], [])


def ahead_bar(number: int, session_state: SessionState) -> tuple[BarLine, BarLine]:
    """The lines above the empty output of a tier that has not begun."""
    state = StepState.NOT_RUN if session_state.is_over else StepState.PENDING
    title = [(f"Tier {number}", _STRONG), (f" {sign_of(state).glyph} {sign_of(state).word}", paint_of_state(state))]
    return (title, []), ([], [])


def unreadable_bar(note: BarTexts) -> tuple[BarLine, BarLine]:
    """The lines above the empty output of a past pass that can no longer be read."""
    return ([(UNREADABLE, _MUTED)], note), ([], [])


def tier_bar(tier: TierRun, snapshot: SessionSnapshot, note: BarTexts, first_pass: int = 1) -> tuple[BarLine, BarLine]:
    """The lines above the output of a tier run.

    For a listener, ``first_pass`` is the `TierRun.pass_number` of the first tier run of its pass: the iterations of a
    loop are counted from there, as in the tree.
    """
    sign, iteration = tier_sign(tier, snapshot), tier.pass_number - first_pass + 1
    title = [
        (f"Tier {tier.tier_index + 1}", _STRONG),
        (f" {sign.glyph} {sign.word}", paint_of(sign.severity)),
        (f" · {count(tier.step_count, 'step')}", _MUTED),
    ]
    return (title, note), ([(f"pass {iteration}" if iteration > 1 else "", _MUTED)], [])


def pass_bar(run: PassRun, snapshot: SessionSnapshot, note: BarTexts) -> tuple[BarLine, BarLine]:
    """The lines above the output of a pass."""
    sign, state = pass_sign(run, snapshot), snapshot.pass_state(run)
    elapsed_ms = None if sign is NOT_READ else snapshot.pass_elapsed_ms(run)
    title = [
        (f"Pass {run.number:,}", _STRONG),
        (f" {sign.glyph} {sign.word}", paint_of(sign.severity)),
        (f" {duration(elapsed_ms, whole=state is TierState.RUNNING)}" if elapsed_ms is not None else "", ""),
        (f" · {count(run.step_count, 'step')} · {count(run.lines, 'line')}{so_far_of(sign)}", _MUTED),
    ]
    facts = [(usage_in_short(run.usage), _MUTED)]
    if run.ended_early:
        facts = [(ENDED_EARLY_IN_FULL, _FAILED)]
    elif run.failed_attempts:
        facts = [(count(run.failed_attempts, "failed attempt"), _FAILED)]
    return (title, note), (facts, [])


def step_bar(
    step: StepRun, snapshot: SessionSnapshot, note: BarTexts, quiet_secs: float = DEFAULT_QUIET_SECS
) -> tuple[BarLine, BarLine]:
    """The lines above the output of a step run: its name and state, then how it was run.

    The second line begins with what the step waits for, and, if it has been silent for ``quiet_secs``, the time of its
    last output: a narrow title has no room for that.
    """
    state, sign = snapshot.step_state(step), step_sign(step, snapshot)
    title = [
        (one_line(step.name), _STRONG),
        (f" {sign.glyph} {sign.word}", paint_of(sign.severity)),
    ]
    if snapshot.may_be_retried(step) and step.attempts:
        last = step.attempts[-1]
        title[-1] = (f" {sign.glyph} {retry_note(last.number, last.failed_at, snapshot)}", paint_of(sign.severity))
    if step.attempt > 1 and not snapshot.may_be_retried(step):
        title.append((f" · attempt {step.attempt}", ""))
    title.append((f" · {count(step.lines, 'line')}{so_far_of(sign)}", _MUTED))
    return (title, note), (_about(step, state, snapshot, quiet_secs), [])


def attempt_bar(
    step: StepRun, attempt: AttemptRun, snapshot: SessionSnapshot, note: BarTexts
) -> tuple[BarLine, BarLine]:
    """The lines above the output of one attempt of a step: its number and state, then when it began and ended."""
    state = snapshot.step_state(step) if attempt.failed is None else StepState.FAILED
    sign = step_sign(step, snapshot) if attempt.failed is None else sign_of(state)
    elapsed_ms = None if sign is NOT_READ else attempt_elapsed_ms(step, attempt, snapshot)
    lines = (step.lines if attempt.end_line is None else attempt.end_line) - attempt.first_line
    title = [
        (one_line(step.name), _STRONG),
        (f" · attempt {attempt.number:,}", ""),
        (f" {sign.glyph} {sign.word}", paint_of(sign.severity)),
        ("" if elapsed_ms is None else f" {duration(elapsed_ms, whole=state.is_active)}", ""),
        (f" · {count(lines, 'line')}{so_far_of(sign)}", _MUTED),
    ]
    began, ended = seconds(attempt.started_at), seconds(attempt.ended_at)
    facts = [f"{word} {clock_time(time)}" for word, time in (("began", began), ("ended", ended)) if time is not None]
    if attempt.failed is not None and attempt.failed.exit_code is not None:
        facts.append(f"exit code {attempt.failed.exit_code}")
    return (title, note), ([(SEPARATOR.join(facts), _MUTED)], [])


def _last_output(step: StepRun, snapshot: SessionSnapshot) -> str:
    """When a step under way last printed, and how long ago that was."""
    printed = seconds(step.last_output_at)
    silence = largest_unit((snapshot.step_quiet_ms(step) or 0) / 1000)
    return f"no output for {silence}" if printed is None else f"last output {clock_time(printed)}, {silence} ago"


def _about(step: StepRun, state: StepState, snapshot: SessionSnapshot, quiet_secs: float) -> list[tuple[str, str]]:
    if state is StepState.SKIPPED:
        return [(one_line(step.reason or ""), _MUTED)]
    facts = [one_line(word) for word in (step.zag_command, step.model) if word]
    printed = printing_ms(step, snapshot.session)
    if printed is not None:
        facts.append(f"printed for {duration(printed)}, recorded {duration(step.duration_ms)}")
    if step.saved_vars:
        facts.append("saved " + ", ".join(one_line(name) for name in step.saved_vars[:_MOST_NAMES]))
    facts += [fact for fact in (usage_in_short(step.usage), _stderr(step.stderr_lines)) if fact]
    if step.prompt_preview:
        facts.append(f"“{one_line(step.prompt_preview)}”")
    silence = _last_output(step, snapshot) if is_quiet(step, snapshot, quiet_secs) else ""
    waiting = SEPARATOR.join(filter(None, (waiting_for(step, snapshot), silence)))
    before = [(waiting, _WAITING), (SEPARATOR if facts else "", _MUTED)] if waiting else []
    return [*before, (SEPARATOR.join(facts), _MUTED)]


def view_note(failure: Sequence[str], *, following: bool, new_lines: int, live: bool, times: Times) -> BarTexts:
    """The words for a failure, the times beside the lines and whether the view follows the end, if they are needed."""
    words = ["" if times is Times.CLOCK else times.value]  # a time of day explains itself
    if live and following:
        words.append("following")
    elif not following and (live or new_lines):
        words.append("not following")
    words = [word for word in [*words, *failure] if word]  # the most important one last, which stays in a narrow bar
    return [(f"{word} · ", _MUTED) for word in words[:-1]] + [(f"{word} ", _MUTED) for word in words[-1:]]


def _stderr(lines: int) -> str:
    return f"{count(lines, 'line')} on stderr (!)" if lines else ""
