"""The keys of the rows of the list, which decide their order."""

from typing import NamedTuple

from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["Change", "RowKey", "row_key"]


class RowKey(NamedTuple):
    """What decides the default order: live sessions first, then the newest. Logs whose name is not an id come last.

    Attributes:
        is_other: whether the name of the log is not an id.
        is_over: whether the session is not live.
        age: when it began, negated.
        path: the path of the log.
        base: its base. A log has the same path in two bases if one is a link to the other.
        is_known_live: whether it is live without any doubt; this decides nothing.
        location: the location of the log.
    """

    is_other: bool
    is_over: bool
    age: float
    path: str
    base: str
    is_known_live: bool
    location: LogLocation


class Change(NamedTuple):
    """A session that may have changed.

    Attributes:
        before: its key so far; None if it is new.
        after: its key from now on, the same object if its row stays; None if it is gone.
        snapshot: the session; None if it is gone.
    """

    before: RowKey | None
    after: RowKey | None
    snapshot: SessionSnapshot | None


def row_key(snapshot: SessionSnapshot) -> RowKey:
    """The key of a session at the moment of its snapshot."""
    vitals = snapshot.vitals
    is_live = vitals.status is None and snapshot.state.is_live
    is_known = is_live and snapshot.is_certainly_live
    location = snapshot.location
    is_other = not location.has_session_id
    return RowKey(is_other, not is_live, -vitals.assumed_begin, location.path, location.base, is_known, location)
