"""The orders in which the list of sessions can be sorted."""

from collections.abc import Callable
from enum import Enum
from math import inf
from typing import TypeAlias

from zigtui.reader.session.model import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["Rank", "Sort", "rank"]

Rank: TypeAlias = float | str
"""What sessions are sorted by, ascending. Those of equal ranks have the default order."""

_BY_ATTENTION = (
    SessionState.STALLED,
    SessionState.RUNNING,
    SessionState.IDLE,
    SessionState.FAILED,
    SessionState.LOST,
    SessionState.UNREADABLE,
    SessionState.SUCCEEDED,
)
_STATE_RANKS = {state: float(number) for number, state in enumerate(_BY_ATTENTION)}


class Sort(Enum):
    """What a list is sorted by.

    Attributes:
        NEWEST: live ones first, then the newest.
        DURATION: the longest first.
        COST: the most expensive first.
        STATE: those that need attention first.
        WORKFLOW: by name.
    """

    NEWEST = "newest"
    DURATION = "duration"
    COST = "cost"
    STATE = "state"
    WORKFLOW = "workflow"

    @property
    def following(self) -> "Sort":
        """The order that comes after this one when the user goes through them."""
        orders = list(Sort)
        return orders[(orders.index(self) + 1) % len(orders)]


def rank(snapshot: SessionSnapshot, sort: Sort) -> Rank:
    """What a session is sorted by. Unknown durations and costs are last."""
    return _RANKS[sort](snapshot)


def _by_duration(snapshot: SessionSnapshot) -> float:
    session = snapshot.session
    is_recorded = session.status is not None and session.duration_ms is not None  # known sooner
    elapsed_ms = session.duration_ms if is_recorded else snapshot.elapsed_ms
    return inf if elapsed_ms is None else -float(elapsed_ms)


def _by_cost(snapshot: SessionSnapshot) -> float:
    cost = snapshot.session.usage.cost_usd
    return inf if cost is None or cost.is_nan() else -float(cost)


_RANKS: dict[Sort, Callable[[SessionSnapshot], Rank]] = {
    Sort.NEWEST: lambda snapshot: 0.0,
    Sort.DURATION: _by_duration,
    Sort.COST: _by_cost,
    Sort.STATE: lambda snapshot: _STATE_RANKS[snapshot.state],
    Sort.WORKFLOW: lambda snapshot: snapshot.session.workflow_name.casefold(),
}
