"""The cells of a session's row in a list: pure functions of its snapshot, safe to print."""

from writer import LOG_SUFFIX
from zigtui.reader.safe_text import safe_short
from zigtui.reader.session.model import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.wording.amounts import count
from zigtui.wording.durations import age, largest_unit
from zigtui.wording.short_names import short_id

__all__ = ["heartbeat", "now_at", "progress", "project", "project_shown", "seen", "title"]

_MAX_NAME = 500  # characters
_MAX_ERROR = 2000


def title(snapshot: SessionSnapshot) -> str:
    """The name of the workflow, or the id of the session if the log has no such name.

    If the name of the log is not an id, it is added: the log may be a copy, or not a log at all.
    """
    name = safe_short(snapshot.session.workflow_name, _MAX_NAME)
    location = snapshot.location
    if location.has_session_id:
        return name or short_id(location.session_id)
    file_name = safe_short(f"{location.session_id}{LOG_SUFFIX}", _MAX_NAME)
    return f"{name} ({file_name})" if name else file_name


def project(snapshot: SessionSnapshot, *, of_several_bases: bool) -> str:
    """The project's name; with ``of_several_bases`` also the directory of its base: ``shop@laptop``."""
    base = snapshot.location.base if of_several_bases else None
    return project_shown(snapshot.project_label, base)


def project_shown(label: str, base: str | None) -> str:
    """The name of a project; with its base, also the directory of the base: ``shop@laptop``."""
    label = safe_short(label, _MAX_NAME)
    if base is None:
        return label
    parts = [part for part in base.replace("\\", "/").split("/") if part]
    above = parts[-2] if len(parts) > 1 and parts[-1] == ".zig" else parts[-1] if parts else ""
    return f"{label}@{safe_short(above, _MAX_NAME)}"


def progress(snapshot: SessionSnapshot) -> str:
    """The number of tiers that are done, and of all tiers: 2/3; a dash if there are none."""
    done, total = snapshot.session.tiers_done, snapshot.session.tier_count
    return f"{done}/{total}" if total or done else "–"


def now_at(snapshot: SessionSnapshot) -> str:
    """How long an idle session has been waiting, the steps under way, or the step at which the session was lost.

    For other sessions, the error or the size of the output.
    """
    session, state = snapshot.session, snapshot.state
    if snapshot.trouble is not None:
        return safe_short(snapshot.trouble, _MAX_ERROR)
    if state is SessionState.IDLE:
        return f"waiting {largest_unit(snapshot.silent_secs)}"
    if state.is_live or state is SessionState.LOST:
        active = session.active_steps
        steps = safe_short(active[0], _MAX_NAME) + (f" +{len(active) - 1}" if len(active) > 1 else "") if active else ""
        if state is SessionState.LOST:
            return f"lost in {steps}" if steps else "lost"
        pass_note = f"pass {session.pass_number}: " if session.pass_number > 1 else ""
        return pass_note + steps
    if state is SessionState.FAILED and session.failed_step is not None:
        return f"{safe_short(session.failed_step, _MAX_NAME)}: {safe_short(session.last_error, _MAX_ERROR)}"
    if state is SessionState.UNREADABLE:
        return "its start cannot be read"
    return count(session.lines, "line") if session.lines else ""


def seen(snapshot: SessionSnapshot) -> str:
    """The age of the last heartbeat of a live session, how long a stalled one has been quiet, or when it ended."""
    state, now = snapshot.state, snapshot.now
    if state is SessionState.STALLED:
        return f"quiet {largest_unit(snapshot.silent_secs)}"
    if state.is_live:
        return heartbeat(snapshot)
    ended = seconds(snapshot.session.ended_at)
    return age(snapshot.last_sign_of_life if state is SessionState.LOST or ended is None else ended, now)


def heartbeat(snapshot: SessionSnapshot) -> str:
    """The age of the last sign of life of a live session: ♥ 3s; a dash for the age while it is doubtful or unknown."""
    sign = None if snapshot.is_doubtful else snapshot.last_sign_of_life
    return "♥ –" if sign is None else f"♥ {max(0, int(snapshot.now - sign))}s"
