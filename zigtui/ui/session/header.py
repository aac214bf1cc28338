"""The header above a session, whose texts are a pure function of its snapshot."""

from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.model.silent_steps import DEFAULT_QUIET_SECS
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.ui.widgets.bar import Bar, BarLine
from zigtui.ui.widgets.drawing import one_line
from zigtui.ui.widgets.painted import paint_of
from zigtui.wording.amounts import count, progress_bar, usage_in_short
from zigtui.wording.dates import date_and_time, has_clock_change, span
from zigtui.wording.durations import age, duration
from zigtui.wording.session_row import (
    concerns,
    heartbeat,
    known_tier_count,
    now_at,
    progress,
    tiers_done,
    why_failed,
)
from zigtui.wording.short_names import short_id, tilde
from zigtui.wording.signs import READING, reading_note, session_sign
from zigtui.wording.states import Severity

__all__ = ["header", "header_bar"]

_MUTED = "paint--muted"
_STRONG = "paint--strong"
_FAILED = "paint--failed"


def header() -> Bar:
    """The widget for the header. What concerns the user takes precedence over the progress and over ages."""
    return Bar(id="header", kept=3, preferred=5, preferred_share=0.8, are_kept_whole=True)


def header_bar(
    snapshot: SessionSnapshot,
    quiet_secs: float = DEFAULT_QUIET_SECS,
    *,
    home: str | None = None,
    failed_only: str = "",
    is_armed: bool = False,
) -> tuple[BarLine, BarLine]:
    """Two lines: workflow, state, time, progress, heartbeat, id; then machine, directory, prompt, usage and problems.

    Args:
        snapshot: the session.
        quiet_secs: see `zigtui.wording.session_row.concerns`.
        home: the user's home directory, which is displayed as ``~``; None if it is not known.
        failed_only: that the tree shows only what failed, in words; empty if it shows all.
        is_armed: whether the end of the session will be reported.
    """
    session, state, now = snapshot.session, snapshot.state, snapshot.now
    sign = session_sign(snapshot)
    paint = paint_of(sign.severity)
    name = one_line(session.workflow_name or snapshot.location.session_id)
    word = reading_note(snapshot) if sign is READING else sign.word
    left = [(name, _STRONG), (f"  {sign.glyph} {word}", paint)]
    if snapshot.is_complete or snapshot.trouble is not None:
        left.append((f"  {duration(snapshot.elapsed_ms, whole=state.is_live)}", ""))
    elif sign is not READING:
        left.append((f"  {reading_note(snapshot)}", _MUTED))
    if is_armed:
        left.append(("  ♪", ""))
    if failed_only:
        left.append((f"  {failed_only}", _FAILED))
    if snapshot.trouble is not None:
        left.append((f"  {one_line(snapshot.trouble)}", _FAILED))
    elif sign is not READING and state is SessionState.UNREADABLE:
        left.append((f"  {now_at(snapshot)}", _FAILED))
    elif explained := why_failed(snapshot):
        left.append((f"  {explained}", _FAILED))
    elif not snapshot.is_doubtful and (reason := concerns(snapshot, quiet_secs)):
        left.append((f"  {reason}", paint_of(Severity.WARNING)))

    last_sign = snapshot.last_sign_of_life
    right = []
    if state.is_live:
        if session.passes.total > 1:
            right.append((progress(snapshot), ""))
        elif snapshot.is_complete and (total := known_tier_count(session)):
            right.append((f"tier {session.tiers_reached}/{total} ", ""))
            right.append((progress_bar(tiers_done(snapshot), total, 12), paint))
        elif snapshot.is_complete and session.tiers_reached:
            right.append((f"tier {session.tiers_reached}", ""))
        if state is SessionState.IDLE and snapshot.is_complete and not snapshot.is_retry_possible:
            right.append((f"  {now_at(snapshot)}", paint))
        right.append((f"  {heartbeat(snapshot)}", paint))
    elif session.ended_at is not None:
        right.append((f"ended {age(seconds(session.ended_at), now)}", _MUTED))
    elif snapshot.vitals.status is not None:  # the end is known, but the log has not been read so far
        right.append((f"ended {age(snapshot.vitals.last_event, now)}", _MUTED))
    elif last_sign is not None:
        right.append((f"last seen {age(last_sign, now)}", _MUTED))
    right.append((f"  {short_id(session.session_id or '')} ", _MUTED))

    machine = snapshot.location.machine
    cwd = session.cwd or ""
    place = one_line(tilde(cwd, home)) if machine is None else f"{machine}:{one_line(cwd)}"
    about = [(_times(snapshot), _MUTED), (place, _MUTED)]
    if session.prompt:
        about.append((f"  “{one_line(session.prompt)}”", _MUTED))
    facts = [fact for fact in (usage_in_short(session.usage), _problems(snapshot)) if fact]
    return (left, right), (about, [("  ".join(facts) + " ", _MUTED)])


def _times(snapshot: SessionSnapshot) -> str:
    """When the session began, and when it ended or was last seen, with their dates."""
    session, now = snapshot.session, snapshot.now
    began, ended = seconds(session.started_at), seconds(session.ended_at)
    is_over = not snapshot.state.is_live and snapshot.is_complete
    last = ended if ended is not None or not is_over else seconds(session.last_event_at)
    if began is not None and last is not None:
        return span(began, last, end_word="last seen" if ended is None else "") + "  "
    if began is not None:
        return f"began {date_and_time(began, offset=has_clock_change(began, now))}  "
    return "" if last is None else f"{'last seen' if ended is None else 'ended'} {date_and_time(last, offset=False)}  "


def _problems(snapshot: SessionSnapshot) -> str:
    return count(snapshot.problem_count, "problem") + " in the log" if snapshot.problem_count else ""
