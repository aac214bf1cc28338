"""The lines above and below the output: pure functions of the model, its state and the time."""

from zigtui.reader.jump_target import Jump
from zigtui.reader.session.model import Session, SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.session.pass_run import PassRun
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.widgets.bar import BarLine
from zigtui.ui.widgets.drawing import one_line
from zigtui.ui.widgets.painted import paint_of_state
from zigtui.wording.amounts import count, usage_in_short
from zigtui.wording.durations import duration
from zigtui.wording.states import sign_of
from zigtui.wording.step_times import printing_ms

__all__ = [
    "ahead_bar",
    "all_output_bar",
    "jump_note",
    "note_bar",
    "pass_bar",
    "search_bar",
    "step_bar",
    "tier_bar",
    "view_note",
]

_MUTED = "paint--muted"
_STRONG = "paint--strong"
_FAILED = "paint--failed"
_MOST_FITS = 5  # lines whose numbers are displayed
_MOST_NAMES = 100  # of saved variables; more do not fit on any terminal


def all_output_bar(session: Session, note: str) -> tuple[BarLine, BarLine]:
    """The lines above the output of all steps."""
    title = [("All output", _STRONG), (f" · {count(session.lines, 'line')}", _MUTED)]
    return (title, [(f"{note} ", _MUTED)]), ([(_stderr(session.stderr_lines), _MUTED)], [])


def ahead_bar(number: int, session_state: SessionState) -> tuple[BarLine, BarLine]:
    """The lines above the empty output of a tier that has not begun."""
    state = StepState.NOT_RUN if session_state.is_over else StepState.PENDING
    title = [(f"Tier {number}", _STRONG), (f" {sign_of(state).glyph} {sign_of(state).word}", paint_of_state(state))]
    return (title, []), ([], [])


def tier_bar(tier: TierRun, snapshot: SessionSnapshot, note: str) -> tuple[BarLine, BarLine]:
    """The lines above the output of a tier run."""
    state = snapshot.tier_state(tier)
    title = [
        (f"Tier {tier.tier_index + 1}", _STRONG),
        (f" {sign_of(state).glyph} {sign_of(state).word}", paint_of_state(state)),
        (f" · {count(tier.step_count, 'step')}", _MUTED),
    ]
    return (title, [(f"{note} ", _MUTED)]), ([(f"pass {tier.pass_number}" if tier.pass_number > 1 else "", _MUTED)], [])


def pass_bar(run: PassRun, snapshot: SessionSnapshot, note: str) -> tuple[BarLine, BarLine]:
    """The lines above the output of a pass."""
    state, elapsed_ms = snapshot.pass_state(run), snapshot.pass_elapsed_ms(run)
    title = [
        (f"Pass {run.number:,}", _STRONG),
        (f" {sign_of(state).glyph} {sign_of(state).word}", paint_of_state(state)),
        (f" {duration(elapsed_ms, whole=state is TierState.RUNNING)}" if elapsed_ms is not None else "", ""),
        (f" · {count(run.step_count, 'step')} · {count(run.lines, 'line')}", _MUTED),
    ]
    facts = [(usage_in_short(run.usage), _MUTED)]
    if run.ended_early:
        facts = [("ended before its last tier; no failure was recorded", _FAILED)]
    elif run.failed_attempts:
        facts = [(count(run.failed_attempts, "failed attempt"), _FAILED)]
    return (title, [(f"{note} ", _MUTED)]), (facts, [])


def step_bar(step: StepRun, snapshot: SessionSnapshot, note: str) -> tuple[BarLine, BarLine]:
    """The lines above the output of a step run: its name and state, then its error or how it was run."""
    state = snapshot.step_state(step)
    title = [
        (one_line(step.name), _STRONG),
        (f" {sign_of(state).glyph} {sign_of(state).word}", paint_of_state(state)),
    ]
    if step.attempt > 1:
        title.append((f" · attempt {step.attempt}", ""))
    title.append((f" · {count(step.lines, 'line')}", _MUTED))
    return (title, [(f"{note} ", _MUTED)]), (_about(step, state, snapshot.session), [])


def _about(step: StepRun, state: StepState, session: Session) -> list[tuple[str, str]]:
    if state is StepState.FAILED and step.attempts:
        return [(one_line(step.attempts[-1].error), _FAILED)]
    if state is StepState.SKIPPED:
        return [(one_line(step.reason or ""), _MUTED)]
    facts = [one_line(word) for word in (step.zag_command, step.model) if word]
    printed = printing_ms(step, session)
    if printed is not None:
        facts.append(f"printed for {duration(printed)}, recorded {duration(step.duration_ms)}")
    if step.saved_vars:
        facts.append("saved " + ", ".join(one_line(name) for name in step.saved_vars[:_MOST_NAMES]))
    facts += [fact for fact in (usage_in_short(step.usage), _stderr(step.stderr_lines)) if fact]
    if step.prompt_preview:
        facts.append(f"“{one_line(step.prompt_preview)}”")
    return [(" · ".join(facts), _MUTED)]


def search_bar(query: str, words: str) -> BarLine:
    """The line below the output while a search is active."""
    keys = [("n next  N previous  ", _MUTED), ("esc end ", _MUTED)]
    return [(words, ""), (f"  {one_line(query)}", _MUTED)], keys


def jump_note(jump: Jump) -> str:
    """The words for the line that a jump has led to, and for the other lines that fit as well."""
    note = f"line {jump.line + 1:,}"
    if not jump.fits:
        return note
    numbers = ", ".join(f"{line + 1:,}" for line in jump.fits[:_MOST_FITS])
    more = ", …" if len(jump.fits) > _MOST_FITS or jump.has_more_fits else ""
    at_least = "at least " if jump.has_more_fits else ""
    return f"{note} · this time fits {at_least}{count(len(jump.fits), 'line')}: {numbers}{more}"


def note_bar(note: str) -> BarLine:
    """The line below the output for a note."""
    return [(one_line(note), "")], []


def view_note(*, following: bool, new_lines: int, live: bool) -> str:
    """The words for whether the view follows the end; empty if that need not be mentioned."""
    if following:
        return "following" if live else ""
    return "standing still" if live or new_lines else ""


def _stderr(lines: int) -> str:
    return f"{count(lines, 'line')} on stderr (!)" if lines else ""
