"""The header above a session: a pure function of its snapshot."""

from zigtui.reader.session.model import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.ui.widgets.bar import BarLine
from zigtui.ui.widgets.drawing import one_line
from zigtui.ui.widgets.painted import paint_of_state
from zigtui.wording.amounts import count, progress_bar, usage_in_short
from zigtui.wording.durations import age, duration
from zigtui.wording.session_row import heartbeat, now_at
from zigtui.wording.short_names import short_id
from zigtui.wording.states import sign_of

__all__ = ["header_bar"]

_MUTED = "paint--muted"
_STRONG = "paint--strong"
_FAILED = "paint--failed"


def header_bar(snapshot: SessionSnapshot, *, failed_only: bool = False) -> tuple[BarLine, BarLine]:
    """Two lines: workflow, state, time, progress, heartbeat and id; then directory, prompt, usage and problems.

    Args:
        snapshot: the session.
        failed_only: whether the tree shows only what failed.
    """
    session, state, now = snapshot.session, snapshot.state, snapshot.now
    sign, paint = sign_of(state), paint_of_state(state)
    name = one_line(session.workflow_name or snapshot.location.session_id)
    left = [(name, _STRONG), (f"  {sign.glyph} {sign.word}", paint)]
    if failed_only:
        left.append(("  failed only", _FAILED))
    if snapshot.progress >= 1:
        left.append((f"  {duration(snapshot.elapsed_ms, whole=state.is_live)}", ""))
    else:
        left.append((f"  reading {snapshot.progress:.0%}", _MUTED))
    if snapshot.trouble is not None:
        left.append((f"  {one_line(snapshot.trouble)}", _FAILED))

    last_sign = snapshot.last_sign_of_life
    right = []
    if state.is_live:
        if session.tier_count:
            right.append((f"tier {session.tiers_reached}/{session.tier_count} ", ""))
            right.append((progress_bar(session.tiers_done, session.tier_count, 12), paint))
        if state is SessionState.IDLE:
            right.append((f"  {now_at(snapshot)}", paint))
        right.append((f"  {heartbeat(snapshot)}", paint))
    elif session.ended_at is not None:
        right.append((f"ended {age(seconds(session.ended_at), now)}", _MUTED))
    elif last_sign is not None:
        right.append((f"last seen {age(last_sign, now)}", _MUTED))
    right.append((f"  {short_id(session.session_id or '')} ", _MUTED))

    about = [(one_line(session.cwd or ""), _MUTED)]
    if session.prompt:
        about.append((f"  “{one_line(session.prompt)}”", _MUTED))
    facts = [fact for fact in (usage_in_short(session.usage), _problems(snapshot)) if fact]
    return (left, right), (about, [("  ".join(facts) + " ", _MUTED)])


def _problems(snapshot: SessionSnapshot) -> str:
    return count(snapshot.problem_count, "problem") + " in the log" if snapshot.problem_count else ""
