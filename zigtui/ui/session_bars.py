"""The lines above a session and above its output: pure functions of the model, its state and the time."""

from zigtui.reader.liveness import elapsed_ms, last_sign_of_life, step_state, tier_state, vitals_of
from zigtui.reader.model import Session, SessionState, StepRun, StepState, TierRun
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.summary import Summary
from zigtui.reader.times import seconds
from zigtui.tree_wording import printing_ms
from zigtui.ui.drawing import paint_of_state
from zigtui.ui.widgets.bars import BarLine
from zigtui.wording import GLYPHS, age, count, duration, progress_bar, short_id, state_word, usage_words

__all__ = ["all_output_bar", "header_bar", "step_bar", "tier_bar", "view_note"]

_MUTED = "paint--muted"
_STRONG = "paint--strong"
_FAILED = "paint--failed"


def header_bar(
    session: Session, summary: Summary | None, state: SessionState, trouble: str | None, now: float
) -> tuple[BarLine, BarLine]:
    """Who and how: workflow, state, time, progress, heartbeat, id; then where, what for, and at what cost."""
    vitals = vitals_of(session, *(_file_times(summary)))
    sign = last_sign_of_life(vitals, now)
    paint = paint_of_state(state)
    name = safe_plain(session.workflow_name) or "(no name)"
    time = duration(elapsed_ms(session, state, sign, now), whole=state.is_live)
    left = [(name, _STRONG), (f"  {GLYPHS[state]} {state_word(state)}", paint), (f"  {time}", "")]
    if trouble is not None:
        left.append((f"  {safe_plain(trouble)}", _FAILED))

    right = []
    if state.is_live:
        reached = session.tiers[-1].tier_index + 1 if session.tiers else 0
        done = summary.tiers_done if summary is not None else 0
        if session.tier_count:
            right.append((f"tier {reached}/{session.tier_count} ", ""))
            right.append((progress_bar(done, session.tier_count, 12), paint))
        right.append((f"  ♥ {max(0, int(now - sign))}s", paint))
    else:
        ended = seconds(session.ended_at)
        right.append((f"ended {age(ended, now)}" if ended is not None else f"last seen {age(sign, now)}", _MUTED))
    right.append((f"  {short_id(session.session_id or '')} ", _MUTED))

    where = safe_plain(session.cwd or "")
    prompt = safe_plain(session.prompt or "")
    about = [(where, _MUTED)]
    if prompt:
        about.append((f"  “{prompt}”", _MUTED))
    facts = [fact for fact in (usage_words(session.usage), _problems(session)) if fact]
    return (left, right), (about, [("  ".join(facts) + " ", _MUTED)])


def all_output_bar(session: Session, note: str) -> tuple[BarLine, BarLine]:
    """Above the output of all steps."""
    title = [("All output", _STRONG), (f" · {count(session.lines, 'line')}", _MUTED)]
    return (title, [(f"{note} ", _MUTED)]), ([(_stderr(session.stderr_lines), _MUTED)], [])


def tier_bar(tier: TierRun, session_state: SessionState, note: str) -> tuple[BarLine, BarLine]:
    """Above the output of a tier run."""
    state = tier_state(tier, session_state)
    title = [
        (f"Tier {tier.tier_index + 1}", _STRONG),
        (f" {GLYPHS[state]} {state_word(state)}", paint_of_state(state)),
        (f" · {count(len(tier.steps), 'step')}", _MUTED),
    ]
    return (title, [(f"{note} ", _MUTED)]), ([(f"pass {tier.pass_number}" if tier.pass_number > 1 else "", _MUTED)], [])


def step_bar(step: StepRun, session_state: SessionState, note: str) -> tuple[BarLine, BarLine]:
    """Above the output of a step run: what it is, and why it ended as it did."""
    state = step_state(step, session_state)
    title = [
        (safe_plain(step.name), _STRONG),
        (f" {GLYPHS[state]} {state_word(state)}", paint_of_state(state)),
    ]
    if step.attempt > 1:
        title.append((f" · attempt {step.attempt}", ""))
    title.append((f" · {count(step.lines, 'line')}", _MUTED))
    return (title, [(f"{note} ", _MUTED)]), (_about(step, state), [])


def _about(step: StepRun, state: StepState) -> list[tuple[str, str]]:
    if state is StepState.FAILED and step.attempts:
        return [(safe_plain(step.attempts[-1].error), _FAILED)]
    if state is StepState.SKIPPED:
        return [(safe_plain(step.reason or ""), _MUTED)]
    facts = [safe_plain(word) for word in (step.zag_command, step.model) if word]
    printed = printing_ms(step)
    if printed is not None:
        facts.append(f"printed for {duration(printed)}, recorded {duration(step.duration_ms)}")
    if step.saved_vars:
        facts.append("saved " + ", ".join(safe_plain(name) for name in step.saved_vars))
    facts += [fact for fact in (usage_words(step.usage), _stderr(step.stderr_lines)) if fact]
    if step.prompt_preview:
        facts.append(f"“{safe_plain(step.prompt_preview)}”")
    return [(" · ".join(facts), _MUTED)]


def view_note(*, following: bool, new_lines: int, live: bool) -> str:
    """How the output is looked at."""
    if following:
        return "following" if live else ""
    return f"standing still · {new_lines:,} new" if new_lines else "standing still" if live else ""


def _stderr(lines: int) -> str:
    return f"{count(lines, 'line')} on stderr (!)" if lines else ""


def _problems(session: Session) -> str:
    return count(session.problem_count, "problem") + " in the log" if session.problem_count else ""


def _file_times(summary: Summary | None) -> tuple[float, float | None]:
    return (summary.vitals.modified, summary.vitals.grown) if summary is not None else (0.0, None)
