"""The header above a session, whose texts are a pure function of its snapshot."""

from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.model.silent_steps import DEFAULT_QUIET_SECS
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.ui.widgets.bar import Bar, BarLine, BarTexts
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
    left = _left(snapshot, quiet_secs, failed_only, is_armed=is_armed)
    return (left, _right(snapshot)), _second_line(snapshot, home)


def _left(snapshot: SessionSnapshot, quiet_secs: float, failed_only: str, *, is_armed: bool) -> BarTexts:
    """Workflow, state and time, then what concerns the user."""
    session, state, sign = snapshot.session, snapshot.state, session_sign(snapshot)
    name = one_line(session.workflow_name or snapshot.location.session_id)
    word = reading_note(snapshot) if sign is READING else sign.word
    texts = [(name, _STRONG), (f"  {sign.glyph} {word}", paint_of(sign.severity))]
    if snapshot.is_complete or snapshot.trouble is not None:
        texts.append((f"  {duration(snapshot.elapsed_ms, whole=state.is_live)}", ""))
    elif sign is not READING:
        texts.append((f"  {reading_note(snapshot)}", _MUTED))
    if is_armed:
        texts.append(("  ♪", ""))
    if failed_only:
        texts.append((f"  {failed_only}", _FAILED))
    if snapshot.trouble is not None:
        texts.append((f"  {one_line(snapshot.trouble)}", _FAILED))
    elif sign is not READING and state is SessionState.UNREADABLE:
        texts.append((f"  {now_at(snapshot)}", _FAILED))
    elif explained := why_failed(snapshot):
        texts.append((f"  {explained}", _FAILED))
    elif not snapshot.is_doubtful and (reason := concerns(snapshot, quiet_secs)):
        texts.append((f"  {reason}", paint_of(Severity.WARNING)))
    return texts


def _right(snapshot: SessionSnapshot) -> BarTexts:
    """Progress and heartbeat, or when the session ended or was last seen; then its id."""
    session, now = snapshot.session, snapshot.now
    texts: list[tuple[str, str]] = []
    if snapshot.state.is_live:
        texts += _progress(snapshot)
    elif session.ended_at is not None:
        texts.append((f"ended {age(seconds(session.ended_at), now)}", _MUTED))
    elif snapshot.vitals.status is not None:  # the end is known, but the log has not been read so far
        texts.append((f"ended {age(snapshot.vitals.last_event, now)}", _MUTED))
    elif (last_sign := snapshot.last_sign_of_life) is not None:
        texts.append((f"last seen {age(last_sign, now)}", _MUTED))
    texts.append((f"  {short_id(session.session_id or '')} ", _MUTED))
    return texts


def _progress(snapshot: SessionSnapshot) -> BarTexts:
    """How far a live session is, and its heartbeat."""
    session, paint = snapshot.session, paint_of(session_sign(snapshot).severity)
    texts = []
    if session.passes.total > 1:
        texts.append((progress(snapshot), ""))
    elif snapshot.is_complete and (total := known_tier_count(session)):
        texts.append((f"tier {session.tiers_reached}/{total} ", ""))
        texts.append((progress_bar(tiers_done(snapshot), total, 12), paint))
    elif snapshot.is_complete and session.tiers_reached:
        texts.append((f"tier {session.tiers_reached}", ""))
    if snapshot.state is SessionState.IDLE and snapshot.is_complete and not snapshot.is_retry_possible:
        texts.append((f"  {now_at(snapshot)}", paint))
    texts.append((f"  {heartbeat(snapshot)}", paint))
    return texts


def _second_line(snapshot: SessionSnapshot, home: str | None) -> BarLine:
    session, machine = snapshot.session, snapshot.location.machine
    cwd = session.cwd or ""
    place = one_line(tilde(cwd, home) if machine is None else cwd)
    if machine is not None:
        place = f"{machine}:{place}" if place else machine
    left = [(_times(snapshot), _MUTED), (place, _MUTED)]
    if session.prompt:
        left.append((f"  “{one_line(session.prompt)}”", _MUTED))
    facts = [fact for fact in (usage_in_short(session.usage), _problems(snapshot)) if fact]
    return left, [("  ".join(facts) + " ", _MUTED)]


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
