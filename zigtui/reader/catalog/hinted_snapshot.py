"""Sessions as an index describes them, for display until their logs are read."""

import sys

from writer import HEARTBEAT_SECS
from zigtui.reader.catalog.index_hints import IndexHint
from zigtui.reader.catalog.scan.log_file import LogFile
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import Vitals
from zigtui.reader.times import milliseconds_between, seconds

__all__ = ["hinted_snapshot"]


def hinted_snapshot(file: LogFile, hint: IndexHint, now: float, stall_secs: float) -> SessionSnapshot:
    """The snapshot of an ended session as its index describes it, for use until its log is read."""
    ended = seconds(hint.ended_at)
    status = sys.intern(hint.status)
    session = Session(
        session_id=file.location.session_id,
        started=True,
        workflow_name=sys.intern(hint.workflow_name),
        started_at=hint.started_at,
        ended_at=hint.ended_at,
        duration_ms=milliseconds_between(hint.started_at, hint.ended_at),
        status=status,
        last_event_at=hint.ended_at,
        last_activity_at=hint.ended_at,
    )
    vitals = Vitals(
        started=True,
        status=status,
        began=seconds(hint.started_at),
        last_event=ended,
        last_activity=ended,
        modified=file.facts.modified,
        grown=None,
        heartbeat_secs=HEARTBEAT_SECS,
    )
    return SessionSnapshot(file.location, session, vitals, now, stall_secs)
