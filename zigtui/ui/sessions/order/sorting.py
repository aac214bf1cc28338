"""The orders in which the list of sessions can be sorted."""

from collections.abc import Callable, Sequence
from enum import Enum
from math import inf
from typing import TypeAlias

from writer import SessionStatus
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["Rank", "Sort", "ranks"]

Rank: TypeAlias = float | str
"""What sessions are sorted by, ascending. Those of equal ranks have the default order."""

_BY_ATTENTION = (
    SessionState.STALLED,
    SessionState.UNREACHABLE,
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
        MACHINE: by the name of the machine, those of this one first.
    """

    NEWEST = "newest"
    DURATION = "duration"
    COST = "cost"
    STATE = "state"
    WORKFLOW = "workflow"
    MACHINE = "machine"

    def following(self, *, has_machines: bool) -> "Sort":
        """The order that comes after this one when the user goes through them.

        Args:
            has_machines: whether the sessions are of several machines.
        """
        orders = [sort for sort in Sort if has_machines or sort is not Sort.MACHINE]
        at = orders.index(self) if self in orders else -1
        return orders[(at + 1) % len(orders)]


def ranks(snapshots: Sequence[SessionSnapshot], sort: Sort, now: float) -> list[Rank]:
    """What sessions are sorted by at ``now``. Unknown durations and costs are last.

    There may be a hundred thousand sessions, so no function is called for one that has ended.
    """
    return _RANKS[sort](snapshots, now)


def _by_duration(snapshots: Sequence[SessionSnapshot], now: float) -> list[Rank]:
    return [
        -1.0 * duration_ms  # faster than a conversion
        if (duration_ms := snapshot.session.duration_ms) is not None and snapshot.session.status is not None
        else _by_elapsed(snapshot.at(now))
        for snapshot in snapshots
    ]


def _by_elapsed(snapshot: SessionSnapshot) -> float:
    elapsed_ms = snapshot.elapsed_ms
    return inf if elapsed_ms is None else -1.0 * elapsed_ms


def _by_cost(snapshots: Sequence[SessionSnapshot], now: float) -> list[Rank]:
    costs = (snapshot.session.usage.cost_usd for snapshot in snapshots)
    return [inf if cost is None or cost.is_nan() else -float(cost) for cost in costs]


def _by_state(snapshots: Sequence[SessionSnapshot], now: float) -> list[Rank]:
    final = {
        str(SessionStatus.SUCCESS): _STATE_RANKS[SessionState.SUCCEEDED],
        str(SessionStatus.FAILURE): _STATE_RANKS[SessionState.FAILED],
    }
    return [
        found
        if (vitals := snapshot.vitals).started and vitals.status and (found := final.get(vitals.status)) is not None
        else _STATE_RANKS[snapshot.at(now).state]
        for snapshot in snapshots
    ]


def _by_workflow(snapshots: Sequence[SessionSnapshot], now: float) -> list[Rank]:
    names = [snapshot.session.workflow_name for snapshot in snapshots]
    folded = {name: name.casefold() for name in set(names)}  # many sessions have few names
    return [folded[name] for name in names]


def _by_machine(snapshots: Sequence[SessionSnapshot], now: float) -> list[Rank]:
    return [snapshot.location.machine or "" for snapshot in snapshots]


_RANKS: dict[Sort, Callable[[Sequence[SessionSnapshot], float], list[Rank]]] = {
    Sort.NEWEST: lambda snapshots, _: [0.0] * len(snapshots),
    Sort.DURATION: _by_duration,
    Sort.COST: _by_cost,
    Sort.STATE: _by_state,
    Sort.WORKFLOW: _by_workflow,
    Sort.MACHINE: _by_machine,
}
