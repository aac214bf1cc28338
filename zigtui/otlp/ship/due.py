"""Which parts of a session to send, by its current state and by what was sent before."""

from zigtui.otlp.ship.notes import Sent
from zigtui.reader.session.model.pass_lookup import pass_run
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["due_passes", "end_mark", "is_due", "is_over_for_good", "pass_mark"]

_SETTLED_SECS = 2.0
"""How long a listener must wait for its next event before its last pass counts as ended.

A loop may add to a pass, or a step that runs beside the one that failed.
"""


def is_over_for_good(snapshot: SessionSnapshot) -> bool:
    """Whether a session has ended, or is lost beyond doubt."""
    return snapshot.is_over and not snapshot.is_doubtful


def end_mark(snapshot: SessionSnapshot) -> str:
    """Distinguishes the end of a session from a later one: it may be continued, and one that seemed lost may live."""
    vitals = snapshot.vitals
    return f"{vitals.status or 'lost'} {vitals.last_event or 0:.6f}"


def pass_mark(run: PassRun) -> str:
    """Distinguishes a pass from a later state of it."""
    facts = (run.step_count, run.failed_attempts, run.lines, run.is_failed, run.ended_early, run.ended_at)
    return " ".join(map(str, facts))


def is_due(snapshot: SessionSnapshot, sent: Sent) -> bool:
    """Whether there is something to send of a session.

    Args:
        snapshot: the session, which may be one from a catalog.
        sent: what was sent of it before.
    """
    if is_over_for_good(snapshot):
        return sent.end != end_mark(snapshot)
    total = snapshot.passes.total
    return total > 1 and total - (not _is_settled(snapshot)) > sent.passes


def due_passes(snapshot: SessionSnapshot, sent: Sent) -> range:
    """The numbers of the passes of a listener to send, also of one that has changed since it was sent."""
    session = snapshot.session
    before = pass_run(session, sent.passes) if sent.passes else None  # None also if the log was replaced
    first = 1 if before is None else sent.passes + (pass_mark(before) == sent.last_pass)
    is_last_due = is_over_for_good(snapshot) or _is_settled(snapshot)
    return range(first, session.pass_count + is_last_due)


def _is_settled(snapshot: SessionSnapshot) -> bool:
    is_idle = snapshot.state is SessionState.IDLE and not snapshot.is_retry_possible
    return is_idle and snapshot.silent_secs >= _SETTLED_SECS
