"""The cells of a session's row in a list: pure functions of its summary, safe to print."""

from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.liveness import idle_secs, last_sign_of_life
from zigtui.reader.session.model import SessionState
from zigtui.reader.session.snapshot import Summary
from zigtui.reader.times import seconds
from zigtui.wording.amounts import count
from zigtui.wording.durations import age, largest_unit
from zigtui.wording.names import short_id

__all__ = ["now_at", "progress", "project", "seen", "title"]


def title(summary: Summary) -> str:
    """The workflow's name; the session's id if the log does not name a workflow."""
    return safe_plain(summary.workflow_name) or short_id(summary.location.session_id)


def project(summary: Summary, *, of_several_bases: bool) -> str:
    """The project's name; with ``of_several_bases`` also the directory of its base: ``shop@laptop``."""
    label = safe_plain(summary.project_label)
    if not of_several_bases:
        return label
    parts = [part for part in summary.location.base.replace("\\", "/").split("/") if part]
    above = parts[-2] if len(parts) > 1 and parts[-1] == ".zig" else parts[-1] if parts else ""
    return f"{label}@{safe_plain(above)}"


def progress(summary: Summary) -> str:
    """The tiers that are done, of all: 2/3; a dash if there are none."""
    done, total = summary.tiers_done, summary.tier_count
    return f"{done}/{total}" if total or done else "–"


def now_at(summary: Summary, state: SessionState) -> str:
    """The steps under way, the step in which the session was lost, or its error; the size of its output otherwise."""
    if summary.trouble is not None:
        return safe_plain(summary.trouble)
    if state.is_live or state is SessionState.LOST:
        active = [safe_plain(name) for name in summary.active_steps]
        steps = active[0] + (f" +{len(active) - 1}" if len(active) > 1 else "") if active else ""
        if state is SessionState.LOST:
            return f"lost in {steps}" if steps else "lost"
        pass_note = f"pass {summary.passes}: " if summary.passes > 1 else ""
        return pass_note + steps
    if state is SessionState.FAILED and summary.failed_step is not None:
        name, error = summary.failed_step
        return f"{safe_plain(name)}: {safe_plain(error)}"
    if state is SessionState.UNREADABLE:
        return "its start cannot be read"
    return count(summary.lines, "line") if summary.lines else ""


def seen(summary: Summary, state: SessionState, now: float) -> str:
    """The age of the last heartbeat of a live session, how long a stalled one has been quiet, or when it ended."""
    vitals = summary.vitals
    sign = last_sign_of_life(vitals, now)
    if state is SessionState.STALLED:
        return f"quiet {largest_unit(idle_secs(vitals, now))}"
    if state.is_live:
        return f"♥ {max(0, int(now - sign))}s"
    ended = seconds(summary.ended_at)
    return age(sign if state is SessionState.LOST or ended is None else ended, now)
