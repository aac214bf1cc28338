"""The texts of the cells of the list that depend on much of a session: pure functions of its snapshot."""

from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_short
from zigtui.ui.sessions.columns import BAR_WIDTH, PROGRESS_WIDTH
from zigtui.wording.amounts import count, progress_bar
from zigtui.wording.errors import error_in_cells
from zigtui.wording.session_row import concerns, error_alone, known_tier_count, now_at, progress, tiers_done
from zigtui.wording.signs import failures_within
from zigtui.wording.text_fit import SEPARATOR, cell_width, shortened

__all__ = ["now_text", "tiers_text"]

_LEAST_STEP = 8  # cells for the name of a step


def tiers_text(snapshot: SessionSnapshot) -> str:
    """How many tiers are done, for the column ``tiers``; of a listener, how many passes it has made."""
    if snapshot.passes.total > 1 and snapshot.is_complete:
        return f"pass {snapshot.passes.total:,}"
    session = snapshot.session
    total = known_tier_count(session) if snapshot.state.is_live else 0
    done = progress(snapshot)
    # The numbers come first, below the title: most sessions are over, and have no bar.
    return f"{done:<{PROGRESS_WIDTH}} {progress_bar(tiers_done(snapshot), total, BAR_WIDTH)}" if total else done


def now_text(snapshot: SessionSnapshot, quiet_secs: float, width: int, *, has_tiers: bool) -> str:
    """What a session is doing or what became of it, for the column ``now``.

    Args:
        snapshot: the session.
        quiet_secs: see `zigtui.wording.session_row.concerns`.
        width: the cells of the column. The name of a step takes at most half of them.
        has_tiers: whether the progress has a column of its own; otherwise it comes first.
    """
    now = _now(snapshot, quiet_secs, width, has_tiers=has_tiers)
    if snapshot.state is SessionState.FAILED and snapshot.trouble is None and cell_width(now) > width:
        return _shorter_error(snapshot, now, width)
    return now


def _now(snapshot: SessionSnapshot, quiet_secs: float, width: int, *, has_tiers: bool) -> str:
    passes = snapshot.passes
    now = now_at(snapshot, quiet_secs, name_width=_step_width(width), width=width)
    if not snapshot.is_complete or snapshot.trouble is not None:
        return now
    is_live = snapshot.state.is_live
    if passes.total < 2:
        done = progress(snapshot) if is_live and not has_tiers and known_tier_count(snapshot.session) else ""
        both = f"{done} {now}".strip()
        # Which step is stuck is worth more than how many tiers are done.
        return now if cell_width(both) > width and concerns(snapshot, quiet_secs) else both
    parts = [f"pass {snapshot.passes.total:,}" if is_live and not has_tiers else "", now]
    if passes.failed and not failures_within(snapshot):
        parts.append(f"{count(passes.failed, 'pass')} failed")
    both = SEPARATOR.join(filter(None, parts))
    return now if cell_width(both) > width and concerns(snapshot, quiet_secs) else both


def _shorter_error(snapshot: SessionSnapshot, whole: str, width: int) -> str:
    """The step and the error of a failed session in ``width`` cells, into which the ``whole`` does not fit."""
    error, step = error_alone(snapshot), safe_short(snapshot.session.failed_step or "", width)
    return error_in_cells(shortened(step, _step_width(width)), error, width) if error else whole


def _step_width(width: int) -> int:
    """How many cells of a column the name of a step may take."""
    return max(_LEAST_STEP, width // 2)
