"""The rows of a session's step tree: pure functions of the folded session, its state and the time."""

from collections.abc import Hashable
from typing import NamedTuple

from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.liveness import step_state, tier_elapsed_ms, tier_state
from zigtui.reader.session.model import Session, SessionState, StepRun, StepState, TierRun, TierState
from zigtui.wording.durations import duration
from zigtui.wording.step_times import step_time

__all__ = ["ALL_OUTPUT", "StepRow", "step_rows"]

ALL_OUTPUT = "all"
"""The key of the row that stands for the output of all steps."""

_MAX_PENDING_TIERS = 100


class StepRow(NamedTuple):
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


def step_rows(session: Session, state: SessionState, now: float) -> list[StepRow]:
    """The rows for the whole session, for each tier run and its steps, and for the tiers that have not begun."""
    rows = [StepRow(ALL_OUTPUT, 0, None, "All output", "", f"{session.lines:,}")]
    for tier in session.tiers:
        rows.append(_tier_row(tier, session, state, now))
        rows.extend(_step_row(step, state, now) for step in tier.steps.values())
    if len(session.tiers) == 0 or session.tiers[-1].pass_number == 1:
        reached = max((tier.tier_index + 1 for tier in session.tiers), default=0)
        ahead = StepState.NOT_RUN if state.is_over else StepState.PENDING
        rows.extend(
            StepRow(("ahead", number), 0, ahead, f"Tier {number}", "", "")
            for number in range(reached + 1, min(session.tier_count, reached + _MAX_PENDING_TIERS) + 1)
        )
    return rows


def _tier_row(tier: TierRun, session: Session, session_state: SessionState, now: float) -> StepRow:
    state = tier_state(tier, session_state)
    elapsed = tier_elapsed_ms(tier, state, now, session.last_event_at)
    note = f"pass {tier.pass_number}" if tier.pass_number > 1 else ""
    time = duration(elapsed, whole=state is TierState.RUNNING)
    return StepRow(("tier", tier.ordinal), 0, state, f"Tier {tier.tier_index + 1}", note, time)


def _step_row(step: StepRun, session_state: SessionState, now: float) -> StepRow:
    state = step_state(step, session_state)
    note = f"↻{step.attempt}" if step.attempt > 1 else ""
    return StepRow(
        ("step", step.serial), 1, state, safe_plain(step.name), note, step_time(step, state, now, unknown="")
    )
