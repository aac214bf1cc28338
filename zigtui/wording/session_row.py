"""The cells of a session's row in a list: pure functions of its snapshot, safe to print."""

from writer import LOG_SUFFIX
from zigtui.reader.location import base_label
from zigtui.reader.session.model.session import Session, SessionState
from zigtui.reader.session.model.silent_steps import DEFAULT_QUIET_SECS
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_short
from zigtui.reader.times import seconds
from zigtui.wording.amounts import count
from zigtui.wording.dates import clock_time, when
from zigtui.wording.durations import age, largest_unit
from zigtui.wording.errors import error_line
from zigtui.wording.short_names import short_id
from zigtui.wording.signs import ENDED_EARLY_IN_FULL, failures_within, reading_note, retry_note, session_sign
from zigtui.wording.text_fit import SEPARATOR, cell_width, shortened
from zigtui.wording.waiting import limit_in_words

__all__ = [
    "began_at",
    "began_below_day",
    "concerns",
    "error_alone",
    "failure",
    "heartbeat",
    "known_tier_count",
    "now_at",
    "progress",
    "project",
    "project_shown",
    "seen",
    "tiers_done",
    "title",
    "unreachable",
    "why_failed",
]

_MAX_NAME = 500  # characters
_MAX_ERROR = 2000
_MAX_PROMPT = 100
_LEAST_NAME = 5  # cells in which the name of a step can be told from others


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
    return f"{label}@{safe_short(base_label(base), _MAX_NAME)}"


def known_tier_count(session: Session) -> int:
    """The number of all tiers; 0 if it is not known, as in a script, or if there are more than were announced."""
    return session.tier_count if session.tier_count >= max(session.tiers_done, session.tiers_reached) else 0


def tiers_done(snapshot: SessionSnapshot) -> int:
    """The number of announced tiers that are done, with the last one of an idle session, which stays open."""
    session = snapshot.session
    has_succeeded = snapshot.state is SessionState.IDLE and session.is_waiting and session.failed_step is None
    return max(session.tiers_done, session.tiers_reached if has_succeeded else 0)


def progress(snapshot: SessionSnapshot) -> str:
    """The number of tiers that are done, and of all tiers if that is known: 2/3, or 2; a dash if there are none.

    For a listener, the passes: ``pass 5,000 · 52 failed``.
    """
    if not snapshot.is_complete:
        return "–"
    passes = snapshot.passes
    if passes.total > 1:
        return f"pass {passes.total:,}" + (f" · {passes.failed:,} failed" if passes.failed else "")
    done, total = tiers_done(snapshot), known_tier_count(snapshot.session)
    return f"{done}/{total}" if total else f"{done or '–'}"


def now_at(
    snapshot: SessionSnapshot,
    quiet_secs: float = DEFAULT_QUIET_SECS,
    *,
    name_width: int | None = None,
    width: int | None = None,
) -> str:
    """What a session is doing, or what became of it.

    A live session has its `concerns`, or else the steps under way; an idle one, how long it has been waiting; a lost
    one, the step at which it was lost. Others have their error, the number of failures, or their prompt.

    Args:
        snapshot: the session.
        quiet_secs: see `concerns`.
        name_width: the largest number of cells for the name of a step; None for whole names.
        width: the cells of the column, in which the name of a silent step is shortened in favour of its silence; None
            if there is room for both.
    """
    session, state = snapshot.session, snapshot.state
    if snapshot.trouble is not None:
        return safe_short(snapshot.trouble, _MAX_ERROR)
    if not snapshot.is_complete:
        return reading_note(snapshot)
    if state is SessionState.UNREACHABLE:
        return unreachable(snapshot)
    if state is SessionState.IDLE:
        return _retry(snapshot, name_width) or f"waiting {largest_unit(snapshot.silent_secs)}"
    if state.is_live or state is SessionState.LOST:
        if state is SessionState.LOST:
            is_at_work = session.active_steps and not session.is_waiting
            return f"lost in {_first_step(session, name_width)}" if is_at_work else "lost"
        loop = f"pass {session.pass_number}: " if session.pass_number > 1 >= session.passes.total else ""
        work = _work(snapshot, quiet_secs, name_width, None if width is None else width - len(loop))
        return f"{loop}{work}" if work else ""
    if state is SessionState.UNREADABLE:
        return "its start cannot be read"
    return why_failed(snapshot, name_width=name_width) or failures_within(snapshot) or _about(snapshot)


def unreachable(snapshot: SessionSnapshot) -> str:
    """Why a session is unreachable: ``web-07 silent for 42s``; empty if it is not."""
    silent_secs = snapshot.machine_silent_secs
    if snapshot.state is not SessionState.UNREACHABLE or silent_secs is None:
        return ""
    name = safe_short(snapshot.location.machine or "its machine", _MAX_NAME)
    return f"{name} silent for {largest_unit(silent_secs)}" if silent_secs >= 1 else f"{name} silent"


def _about(snapshot: SessionSnapshot) -> str:
    """What a session was about that succeeded: a step that needed several attempts, the prompt, or its parts."""
    session = snapshot.session
    if session.retried is not None:
        name, attempts = session.retried
        return f"{count(attempts, 'attempt')} of {safe_short(name, _MAX_NAME)}"
    if session.prompt and not session.prompt.isspace():
        return " ".join(safe_short(session.prompt, _MAX_PROMPT, newline="").split())
    if snapshot.passes.total > 1:
        return count(snapshot.passes.total, "pass")
    tiers = max(session.tier_count, session.tiers_reached)
    return count(tiers, "tier") if tiers else "no steps"


def failure(snapshot: SessionSnapshot, *, name_width: int | None = None) -> str:
    """The step whose failure explains why the session failed, and its error in one line; empty if there is none.

    For ``name_width`` see `now_at`.
    """
    error, name = snapshot.error, snapshot.session.failed_step
    return "" if error is None else f"{_name(name or '', name_width)}: {error_line(error, _MAX_ERROR)}"


def why_failed(snapshot: SessionSnapshot, *, name_width: int | None = None) -> str:
    """The `failure` that explains why the session failed; that none was recorded, for a failed session without one."""
    is_unexplained = snapshot.state is SessionState.FAILED and snapshot.is_complete and snapshot.error is None
    return ENDED_EARLY_IN_FULL if is_unexplained else failure(snapshot, name_width=name_width)


def error_alone(snapshot: SessionSnapshot) -> str:
    """The error of `failure` without the step, where there is no room for both; empty if there is none."""
    return "" if snapshot.error is None else error_line(snapshot.error, _MAX_ERROR)


def _name(name: str, width: int | None) -> str:
    """The name of a step, in at most ``width`` cells."""
    name = safe_short(name, _MAX_NAME)
    return name if width is None else shortened(name, width)


def _first_step(session: Session, name_width: int | None) -> str:
    """The first step under way, and the number of the others."""
    active = session.active_steps
    return _name(active[0], name_width) + (f" +{len(active) - 1}" if len(active) > 1 else "")


def _work(snapshot: SessionSnapshot, quiet_secs: float, name_width: int | None, width: int | None) -> str:
    """The current work of a session, in words. What concerns the user comes first, since a column may cut off."""
    session, found = snapshot.session, _concerns(snapshot, quiet_secs, name_width, width)
    is_named = snapshot.limited is not None or _quietest(snapshot, quiet_secs) is not None
    if session.active_steps and not is_named:
        found.append(_first_step(session, name_width))
    if width is not None and found and cell_width(found[0]) >= width - 1:
        return found[0]  # with more behind it, its end would be cut off
    return SEPARATOR.join(found)


def concerns(snapshot: SessionSnapshot, quiet_secs: float = DEFAULT_QUIET_SECS) -> str:
    """What keeps a live session from getting on, in words; empty if there is nothing of the kind.

    That is a silent machine; or the step that has been silent for longest, if for at least ``quiet_secs``, a step that
    waits for a usage limit, and a failed step that may be retried.
    """
    return SEPARATOR.join(_concerns(snapshot, quiet_secs, None))


def _concerns(
    snapshot: SessionSnapshot, quiet_secs: float, name_width: int | None, width: int | None = None
) -> list[str]:
    if not snapshot.state.is_live or not snapshot.is_complete:
        return []
    if snapshot.state is SessionState.UNREACHABLE:
        return [unreachable(snapshot)]
    session, limited, quiet = snapshot.session, snapshot.limited, _quietest(snapshot, quiet_secs)
    among = f" (of {len(session.active_steps)})" if len(session.active_steps) > 1 else ""
    found = []
    if quiet is not None and (limited is None or quiet != limited.name):  # a limit explains the silence
        is_seen = snapshot.state is SessionState.STALLED and not snapshot.is_doubtful
        found.append(_silence(quiet, snapshot.quiet_ms or 0, name_width, width, among, is_seen=is_seen))
    if limited is not None:
        name = _name(limited.name, name_width)
        found.append(f"{name}{among if not found else ''}: {limit_in_words(limited.resumes, snapshot.now)}")
    if retry := _retry(snapshot, name_width):
        found.append(retry)
    if not found and snapshot.state is SessionState.STALLED and not snapshot.is_doubtful:
        found.append(f"no activity for {largest_unit(snapshot.longest_silence_secs)}")
    return found


def _silence(
    name: str, quiet_ms: float, name_width: int | None, width: int | None, among: str, *, is_seen: bool
) -> str:
    """How long a step has been silent, after as much of its name as there is room for.

    If that is next to nothing, the name stands alone where `seen` has the same silence (``is_seen``).
    """
    silence = f"quiet {largest_unit(quiet_ms / 1000)}"
    whole = f"{_name(name, name_width)} {silence}{among}"
    if width is None or cell_width(whole) <= width:
        return whole
    room = width - len(silence) - 1
    least = min(cell_width(name), _LEAST_NAME)
    if is_seen and room < least <= width - len(" quiet"):
        silence, room = "quiet", width - len(" quiet")
    return f"{_name(name, room if name_width is None else min(name_width, room))} {silence}".lstrip()


def _retry(snapshot: SessionSnapshot, name_width: int | None) -> str:
    """The failed step that may be tried again, in words; empty if there is none."""
    failed = snapshot.session.open_failure
    if failed is None or not snapshot.is_retry_possible:
        return ""
    return f"{_name(failed.step_name, name_width)}: {retry_note(failed.number, failed.failed_at, snapshot)}"


def _quietest(snapshot: SessionSnapshot, quiet_secs: float) -> str | None:
    """The name of the step under way that has been silent for longest; None if not for long enough."""
    quietest, quiet_ms = snapshot.session.quietest, snapshot.quiet_ms
    if quietest is None or quiet_ms is None:
        return None
    return quietest.name if quiet_ms >= min(quiet_secs, snapshot.stall_secs) * 1000 else None


def seen(snapshot: SessionSnapshot) -> str:
    """The age of the last heartbeat of a live session, how long a stalled one has been quiet, or when it ended.

    For an unreachable one, when it was last seen.
    """
    state, now = snapshot.state, snapshot.now
    if state is SessionState.STALLED and not snapshot.is_doubtful:
        return f"quiet {largest_unit(snapshot.longest_silence_secs)}"
    if state.is_live and state is not SessionState.UNREACHABLE:
        return heartbeat(snapshot)
    return age(_last_seen(snapshot), now)


def began_at(snapshot: SessionSnapshot, *, short: bool = False, with_age: bool = False) -> str:
    """The age of a live session's last heartbeat, as `seen` has it; otherwise, the time at which the session began.

    Lists show the begin since they are sorted by it: with the ends, long sessions would seem to be out of order.

    Args:
        snapshot: the session.
        short: whether it must fit into 10 cells instead of 15.
        with_age: whether there is room for how long ago that was.
    """
    if snapshot.state.is_live:
        return seen(snapshot)
    began, now = snapshot.vitals.assumed_begin, snapshot.now
    ago, at = age(began, now), when(began, now, short=short)
    return f"{ago}, {at}" if with_age and ago.endswith(" ago") else at


def began_below_day(snapshot: SessionSnapshot, *, short: bool = False) -> str:
    """The time of a row below a heading with its day, in 10 cells; with ``short``, in 7 cells by signs."""
    state = snapshot.state
    if not state.is_live:
        return clock_time(snapshot.vitals.assumed_begin)[:5]
    if short and state is SessionState.STALLED and not snapshot.is_doubtful:
        return f"{session_sign(snapshot).glyph} {largest_unit(snapshot.longest_silence_secs)}"
    if short and state is SessionState.UNREACHABLE and (last_seen := _last_seen(snapshot)) is not None:
        return f"{largest_unit(max(0.0, snapshot.now - last_seen))} ago"
    return seen(snapshot)


def _last_seen(snapshot: SessionSnapshot) -> float | None:
    ended = seconds(snapshot.session.ended_at)
    return snapshot.last_sign_of_life if snapshot.state is SessionState.LOST or ended is None else ended


def heartbeat(snapshot: SessionSnapshot) -> str:
    """The age of the last sign of life of a live session: ♥ 3s; a dash for the age while it is doubtful or unknown."""
    sign = None if snapshot.is_doubtful else snapshot.last_sign_of_life
    return "♥ –" if sign is None else f"♥ {largest_unit(max(0.0, snapshot.now - sign))}"
