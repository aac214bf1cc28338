"""The rows of a session's step tree: pure functions of the folded session, its state and the time."""

from collections.abc import Hashable
from typing import NamedTuple

from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.liveness import step_state, tier_elapsed_ms, tier_state
from zigtui.reader.session.model import Session, SessionState, StepRun, StepState, TierRun, TierState
from zigtui.wording.durations import duration
from zigtui.wording.step_times import step_time

__all__ = ["ALL_OUTPUT", "TreeRow", "keys_ahead", "tree_row", "tree_rows"]

ALL_OUTPUT = "all"
"""The key of the row that stands for the output of all steps."""

_MAX_PENDING_TIERS = 100


class TreeRow(NamedTuple):
    """A row of the step tree.

    Attributes:
        key: `ALL_OUTPUT`, ``("tier", ordinal)``, ``("step", serial)`` or ``("ahead", tier number)``.
        depth: 0 for the session and its tiers, 1 for steps.
        state: of the tier or step; None for the session as a whole.
        name: safe to show.
        note: the attempt of a step, or the pass of a tier, from the second on.
        time: how long it took or has been running.
    """

    key: Hashable
    depth: int
    state: TierState | StepState | None
    name: str
    note: str
    time: str


def tree_rows(session: Session, state: SessionState, now: float) -> list[TreeRow]:
    """The rows for the whole session, for each tier run and its steps, and for the tiers that have not begun."""
    keys: list[Hashable] = [ALL_OUTPUT]
    for tier in session.tiers:
        keys.append(("tier", tier.ordinal))
        keys.extend(("step", step.serial) for step in tier.steps.values())
    return [tree_row(key, session, state, now) for key in [*keys, *keys_ahead(session)]]


def keys_ahead(session: Session) -> list[Hashable]:
    """The keys of the announced tiers that have not begun, at most 100; none once the workflow loops."""
    if session.tiers and session.tiers[-1].pass_number > 1:
        return []
    reached = max((tier.tier_index + 1 for tier in session.tiers), default=0)
    last = min(session.tier_count, reached + _MAX_PENDING_TIERS)
    return [("ahead", number) for number in range(reached + 1, last + 1)]


def tree_row(key: Hashable, session: Session, state: SessionState, now: float) -> TreeRow:
    """The row with a key."""
    match key:
        case ("tier", int(ordinal)):
            return _tier_row(session.tiers[ordinal - 1], session, state, now)
        case ("step", int(serial)):
            return _step_row(session.steps[serial], state, now)
        case ("ahead", int(number)):
            ahead = StepState.NOT_RUN if state.is_over else StepState.PENDING
            return TreeRow(key, 0, ahead, f"Tier {number}", "", "")
    return TreeRow(ALL_OUTPUT, 0, None, "All output", "", f"{session.lines:,}")


def _tier_row(tier: TierRun, session: Session, session_state: SessionState, now: float) -> TreeRow:
    state = tier_state(tier, session_state)
    elapsed = tier_elapsed_ms(tier, state, now, session.last_event_at)
    note = f"pass {tier.pass_number}" if tier.pass_number > 1 else ""
    time = duration(elapsed, whole=state is TierState.RUNNING)
    return TreeRow(("tier", tier.ordinal), 0, state, f"Tier {tier.tier_index + 1}", note, time)


def _step_row(step: StepRun, session_state: SessionState, now: float) -> TreeRow:
    state = step_state(step, session_state)
    note = f"↻{step.attempt}" if step.attempt > 1 else ""
    return TreeRow(
        ("step", step.serial), 1, state, safe_plain(step.name), note, step_time(step, state, now, unknown="")
    )
