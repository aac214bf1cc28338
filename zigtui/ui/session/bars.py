"""The lines above a session: a pure function of the model, its state and the time."""

from zigtui.reader.session.liveness import Vitals, elapsed_ms, last_sign_of_life
from zigtui.reader.session.model import Session, SessionState
from zigtui.reader.session.snapshot import tiers_done, tiers_reached
from zigtui.reader.times import seconds
from zigtui.ui.widgets.bar import BarLine
from zigtui.ui.widgets.drawing import one_line
from zigtui.ui.widgets.painted import paint_of_state
from zigtui.wording.plain import GLYPHS, age, count, duration, progress_bar, short_id, state_word, usage_words

__all__ = ["header_bar"]

_MUTED = "paint--muted"
_STRONG = "paint--strong"
_FAILED = "paint--failed"


def header_bar(
    session: Session,
    log_name: str,
    vitals: Vitals,
    state: SessionState,
    trouble: str | None,
    progress: float,
    now: float,
) -> tuple[BarLine, BarLine]:
    """Two lines: workflow, state, time, progress, heartbeat and id; then directory, prompt, usage and problems.

    Args:
        session: as far as its log has been read.
        log_name: the name of its log, for a session without a workflow name.
        vitals: what its log says about whether it is live.
        state: the state at ``now``.
        trouble: why the log cannot be read, None if it can.
        progress: how much of the log has been read, from 0 to 1.
        now: the time, in seconds since the epoch.
    """
    sign = last_sign_of_life(vitals, now)
    paint = paint_of_state(state)
    name = one_line(session.workflow_name or log_name)
    time = duration(elapsed_ms(session, state, sign, now), whole=state.is_live)
    left = [(name, _STRONG), (f"  {GLYPHS[state]} {state_word(state)}", paint)]
    left.append((f"  {time}", "") if progress >= 1 else (f"  reading {progress:.0%}", _MUTED))
    if trouble is not None:
        left.append((f"  {one_line(trouble)}", _FAILED))

    right = []
    if state.is_live:
        if session.tier_count:
            right.append((f"tier {tiers_reached(session)}/{session.tier_count} ", ""))
            right.append((progress_bar(tiers_done(session), session.tier_count, 12), paint))
        right.append((f"  ♥ {max(0, int(now - sign))}s", paint))
    elif session.ended_at is not None:
        right.append((f"ended {age(seconds(session.ended_at), now)}", _MUTED))
    elif sign:
        right.append((f"last seen {age(sign, now)}", _MUTED))
    right.append((f"  {short_id(session.session_id or '')} ", _MUTED))

    where = one_line(session.cwd or "")
    prompt = one_line(session.prompt or "")
    about = [(where, _MUTED)]
    if prompt:
        about.append((f"  “{prompt}”", _MUTED))
    facts = [fact for fact in (usage_words(session.usage), _problems(session)) if fact]
    return (left, right), (about, [("  ".join(facts) + " ", _MUTED)])


def _problems(session: Session) -> str:
    return count(session.problem_count, "problem") + " in the log" if session.problem_count else ""
