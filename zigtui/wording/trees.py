"""A folded session as the rows of its tree: pure functions of the model, its state and the time."""

from collections.abc import Hashable
from typing import NamedTuple

from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.liveness import step_elapsed_ms, step_state, tier_elapsed_ms, tier_state
from zigtui.reader.session.model import Session, SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.times import milliseconds_between
from zigtui.wording.plain import duration

__all__ = ["ALL_OUTPUT", "TreeRow", "keys_ahead", "tree_row", "tree_rows"]

ALL_OUTPUT = "all"
"""The key of the row that stands for the whole session."""

_DIFFERENCE_WORTH_SHOWING = 0.1


class TreeRow(NamedTuple):
    """A row of the tree.

    Attributes:
        key: `ALL_OUTPUT`, ``("tier", ordinal)``, ``("step", serial)`` or ``("ahead", tier number)``.
        depth: 0 for the session and its tiers, 1 for steps.
        state: of the tier or step, None for the session as a whole.
        name: safe to show.
        note: what else there is to say in a word: the attempt, the pass.
        time: how long it took or has been running.
    """

    key: Hashable
    depth: int
    state: TierState | StepState | None
    name: str
    note: str
    time: str


def tree_rows(session: Session, state: SessionState, now: float) -> list[TreeRow]:
    """The whole session, its tier runs each with its steps, and the tiers that are still ahead."""
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
    return [("ahead", number) for number in range(reached + 1, min(session.tier_count, reached + 100) + 1)]


def tree_row(key: Hashable, session: Session, state: SessionState, now: float) -> TreeRow:
    """The row with a key."""
    match key:
        case ("tier", int(ordinal)):
            return _tier_row(session.tiers[ordinal - 1], session, state, now)
        case ("step", int(serial)):
            return _step_row(session.steps[serial], state, now)
        case ("ahead", int(number)):
            of_tier = StepState.NOT_RUN if state.is_over else StepState.PENDING
            return TreeRow(key, 0, of_tier, f"Tier {number}", "", "")
    return TreeRow(ALL_OUTPUT, 0, None, "All output", "", f"{session.lines:,}")


def _tier_row(tier: TierRun, session: Session, state: SessionState, now: float) -> TreeRow:
    of_tier = tier_state(tier, state)
    elapsed = tier_elapsed_ms(tier, of_tier, now, session.last_event_at)
    note = f"pass {tier.pass_number}" if tier.pass_number > 1 else ""
    time = duration(elapsed, whole=of_tier is TierState.RUNNING)
    return TreeRow(("tier", tier.ordinal), 0, of_tier, f"Tier {tier.tier_index + 1}", note, time)


def _step_row(step: StepRun, session_state: SessionState, now: float) -> TreeRow:
    state = step_state(step, session_state)
    note = f"↻{step.attempt}" if step.attempt > 1 else ""
    elapsed = step_elapsed_ms(step, state, now)
    time = "" if elapsed is None else duration(elapsed, whole=state.is_active)
    printed = printing_ms(step)
    if printed is not None:
        time = f"{duration(printed)}·{time}"
    return TreeRow(("step", step.serial), 1, state, safe_plain(step.name), note, time)


def printing_ms(step: StepRun) -> int | None:
    """How long a step of a parallel tier went on printing, where that tells something else than its duration.

    The ends of parallel steps are recorded together, when the last of them has ended; the time of the last output
    is the better guess of when a step was really done.
    """
    if len(step.tier.steps) < 2 or step.duration_ms is None or step.last_output_at is None:
        return None
    printed = milliseconds_between(step.started_at, step.last_output_at)
    if printed is None or abs(printed - step.duration_ms) <= _DIFFERENCE_WORTH_SHOWING * step.duration_ms:
        return None
    return printed
