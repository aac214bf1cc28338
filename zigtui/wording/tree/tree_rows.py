"""The rows of a session's step tree: pure functions of its snapshot."""

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, overload

from zigtui.reader.session.model.attempts import AttemptRun, attempt_of
from zigtui.reader.session.model.session import Session, SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.session.model.silent_steps import DEFAULT_QUIET_SECS
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_short
from zigtui.reader.times import milliseconds_between
from zigtui.wording.durations import duration
from zigtui.wording.signs import NOT_READ, reading_note, step_sign, tier_sign
from zigtui.wording.states import StateSign, sign_of
from zigtui.wording.step_times import is_quiet, step_time
from zigtui.wording.tree.attempt_table import AttemptTable
from zigtui.wording.waiting import waiting_for

__all__ = ["ALL_OUTPUT", "TreeRow", "TreeRows", "active_step", "all_output_row", "attempt_elapsed_ms"]

ALL_OUTPUT = "all"
"""The key of the row for the output of all steps."""

_MAX_PENDING_TIERS = 100
_MOST_MADE = 500
_MAX_NAME = 200  # characters


class TreeRow(NamedTuple):
    """A row of the step tree.

    Attributes:
        key: `ALL_OUTPUT`, ``("tier", ordinal)``, ``("step", serial)``, ``("attempt", serial, position)`` or
            ``("ahead", tier number)``; of a listener also those of `zigtui.wording.tree.listener_rows.ListenerRows`.
        depth: the level of the row: 0 for the session and its tiers, 1 for steps, 2 for attempts; of a listener one
            more below a pass.
        state: the state of the tier, step, attempt or pass; None for the session as a whole.
        name: the name, safe to show.
        note: the attempt of a step or the pass of a tier, from the second one on.
        time: how long the tier or step took or has been running; for the session, the number of its output lines, or
            how much of the log has been read.
        sign: the sign of the tier, step or pass at this moment; None for the session as a whole.
        is_urgent: whether the time is that of a silence or of a failure that may not be the last.
        waiting: the reason for which a step waits; see `waiting_for`.
        about: what a pass is about, or the exit code of an attempt, safe to show.
        about_in_short: the same for where there is less room, such as ``exit 1``; empty if it can be cut off anywhere.
        is_open: whether the rows below this one are unfolded; None if there can be none.
    """

    key: Hashable
    depth: int
    state: TierState | StepState | None
    name: str
    note: str
    time: str
    sign: StateSign | None = None
    is_urgent: bool = False
    waiting: str = ""
    about: str = ""
    about_in_short: str = ""
    is_open: bool | None = None


class TreeRows(Sequence[TreeRow]):
    """The rows of a session: for all of it, for each tier run, its steps and their attempts, and for tiers to come.

    Rows are created on access, so that only those on the screen cost time. While the log is still being read, those of
    the part that has been read have the states and times that the rest of the log cannot change.

    Args:
        snapshot: the session.
        quiet_secs: for a step under way that has been silent for this long, the silence is shown.
        failed_only: whether there are rows only for failed steps and their tiers.
        first_pass: `TierRun.pass_number` of the first tier run; the passes of its tiers are counted from there.
        attempts: the rows for attempts; by default, there are none.
    """

    def __init__(
        self,
        snapshot: SessionSnapshot,
        quiet_secs: float = DEFAULT_QUIET_SECS,
        *,
        failed_only: bool = False,
        first_pass: int = 1,
        attempts: AttemptTable | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._attempts = attempts or AttemptTable()
        self._attempts_shape = self._attempts.shape  # now, since the table changes with the session
        self._quiet_secs = quiet_secs
        self._first_pass = first_pass
        session = snapshot.session
        self._before = session.first_ordinal + session.first_serial - 1  # tier runs and step runs before the first row
        self._begun = 1 + len(session.tiers) + len(session.steps) + self._attempts.total
        may_go_on = session.pass_number <= first_pass and snapshot.is_complete  # a loop may begin with any tier
        ahead = session.tier_count - session.tiers_reached if may_go_on else 0
        self._ahead = max(0, min(_MAX_PENDING_TIERS, ahead))
        self._failed = _failed_keys(session, self._attempts) if failed_only else None
        self._made: dict[int, TreeRow] = {}  # rows that have been made, since a frame needs each of them twice
        self._row_of_failed = {key: row for row, key in enumerate(self._failed or ())}

    def __len__(self) -> int:
        return self._begun + self._ahead if self._failed is None else len(self._failed)

    @overload
    def __getitem__(self, index: int) -> TreeRow: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[TreeRow]: ...

    def __getitem__(self, index: int | slice) -> TreeRow | Sequence[TreeRow]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        position = index if index >= 0 else index + len(self)
        row = self._made.get(position)
        if row is None:
            if len(self._made) == _MOST_MADE:
                self._made.clear()
            row = self._made[position] = self._row(self.key_at(position))
        return row

    def _row(self, key: Hashable) -> TreeRow:
        session = self._snapshot.session
        match key:
            case ("tier", int(ordinal)):
                return self._tier_row(session.tiers[ordinal - session.first_ordinal])
            case ("step", int(serial)):
                return self._step_row(session.steps[serial - session.first_serial])
            case ("attempt", int(serial), int(position)):
                return self._attempt_row(session.steps[serial - session.first_serial], position)
            case ("ahead", int(number)):
                state = StepState.NOT_RUN if self._snapshot.state.is_over else StepState.PENDING
                return TreeRow(key, 0, state, f"Tier {number}", "", "", sign_of(state))
        return all_output_row(self._snapshot)

    def part_at(self, index: int) -> SessionSnapshot:
        """The session, or the part of it, that the run of a row belongs to."""
        return self._snapshot

    @property
    def shape(self) -> Hashable:
        """A value that is equal for rows of one session with the same keys in the same order."""
        if self._failed is not None:
            return self._snapshot.generation, self._failed
        session = self._snapshot.session
        return self._snapshot.generation, len(session.tiers), len(session.steps), self._ahead, self._attempts_shape

    def key_at(self, index: int) -> Hashable:
        """The key of a row; see `TreeRow`."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        if index == 0:
            return ALL_OUTPUT
        if self._failed is not None:
            return self._failed[index]
        session = self._snapshot.session
        if index >= self._begun:
            return "ahead", session.tiers_reached + index - self._begun + 1
        tiers = session.tiers
        tier = tiers[bisect_right(tiers, index, key=self._row_of_tier) - 1]  # the last one at or above the row
        if self._row_of_tier(tier) == index:
            return "tier", tier.ordinal
        steps = range(tier.first_step, tier.first_step + tier.step_count)
        serial = steps[bisect_right(steps, index, key=partial(self._row_of_step, tier)) - 1]
        position = index - self._row_of_step(tier, serial) - 1
        return ("step", serial) if position < 0 else ("attempt", serial, position)

    def find(self, key: Hashable) -> int | None:
        """The index of the row with a key; None if there is none."""
        session = self._snapshot.session
        if self._failed is not None:
            return self._row_of_failed.get(key)
        match key:
            case ("tier", int(ordinal)) if (tier := session.tier(ordinal)) is not None:
                return self._row_of_tier(tier)
            case ("step", int(serial)) if (step := session.step(serial)) is not None:
                return self._row_of_step(session.tier_of(step), serial)
            case ("attempt", int(serial), int(position)) if 0 <= position < self._attempts.below(serial):
                step_row = self.find(("step", serial))
                return None if step_row is None else step_row + 1 + position
            case ("ahead", int(number)) if 1 <= number - session.tiers_reached <= self._ahead:
                return self._begun + number - session.tiers_reached - 1
        return 0 if key == ALL_OUTPUT else None

    @property
    def active_row(self) -> int | None:
        """The index of the `active_step`; None if there is none."""
        serial = active_step(self._snapshot)
        return None if serial is None else self.find(("step", serial))

    def _tier_row(self, tier: TierRun) -> TreeRow:
        state = self._snapshot.tier_state(tier)
        passes = tier.pass_number - self._first_pass + 1
        note = f"pass {passes}" if passes > 1 else ""
        sign, time = tier_sign(tier, self._snapshot), ""
        if sign is not NOT_READ:
            time = duration(self._snapshot.tier_elapsed_ms(tier), whole=state is TierState.RUNNING)
        return TreeRow(("tier", tier.ordinal), 0, state, f"Tier {tier.tier_index + 1}", note, time, sign)

    def _step_row(self, step: StepRun) -> TreeRow:
        note = f"↻{step.attempt}" if step.attempt > 1 else ""
        snapshot, sign = self._snapshot, step_sign(step, self._snapshot)
        time = "" if sign is NOT_READ else step_time(step, snapshot, self._quiet_secs, unknown="")
        name = safe_short(step.name, _MAX_NAME)
        is_urgent = is_quiet(step, snapshot, self._quiet_secs) or snapshot.may_be_retried(step)
        state, waiting = snapshot.step_state(step), waiting_for(step, snapshot)
        is_open = self._attempts.below(step.serial) > 0 if self._attempts.has(step.serial) else None
        row = TreeRow(("step", step.serial), 1, state, name, note, time, sign, is_urgent, waiting)
        return row._replace(is_open=is_open)

    def _attempt_row(self, step: StepRun, position: int) -> TreeRow:
        attempt, state = attempt_of(step, position), self._snapshot.step_state(step)
        key = "attempt", step.serial, position
        if attempt is None:
            return TreeRow(key, 2, None, "…", "", "")
        if attempt.failed is not None:
            code = attempt.failed.exit_code
            sign, about, short = sign_of(StepState.FAILED), f"exit code {code}", f"exit {code}"
            if code is None:
                about = short = ""
            state = StepState.FAILED
        else:
            sign, about, short = step_sign(step, self._snapshot), "", ""
        elapsed_ms = attempt_elapsed_ms(step, attempt, self._snapshot)
        time = "" if elapsed_ms is None or sign is NOT_READ else duration(elapsed_ms, whole=state.is_active)
        return TreeRow(key, 2, state, f"attempt {attempt.number:,}", "", time, sign, about=about, about_in_short=short)

    # After the first row, there is one row for each tier run, step run and attempt above a row.

    def _row_of_tier(self, tier: TierRun) -> int:
        return tier.ordinal + tier.first_step - self._before + self._attempts.before(tier.first_step)

    def _row_of_step(self, tier: TierRun, serial: int) -> int:
        return 1 + tier.ordinal + serial - self._before + self._attempts.before(serial)


def all_output_row(snapshot: SessionSnapshot) -> TreeRow:
    """The row for the output of all steps."""
    time = f"{snapshot.session.lines:,}" if snapshot.is_complete else reading_note(snapshot)
    return TreeRow(ALL_OUTPUT, 0, None, "All output", "", time)


def active_step(snapshot: SessionSnapshot) -> int | None:
    """The serial of the step under way to look at first: the one that a stalled session waits for, or else the first.

    None if no step is under way.
    """
    session, serials = snapshot.session, snapshot.session.active_serials
    stuck = session.quietest if snapshot.state is SessionState.STALLED else None
    if stuck is not None:
        for serial in serials:
            step = session.step(serial)
            if step is not None and step.name == stuck.name:
                return serial
    return serials[0] if serials else None


def attempt_elapsed_ms(step: StepRun, attempt: AttemptRun, snapshot: SessionSnapshot) -> int | None:
    """How long an attempt of a step took or has been running, in milliseconds; None if that is not known."""
    if attempt.failed is None and snapshot.step_state(step).is_active:
        silent_secs = snapshot.silent_secs_since(attempt.started_at)
        return None if silent_secs is None else round(silent_secs * 1000)
    ended_at = attempt.ended_at or (step.last_output_at if step.lines > attempt.first_line else None)
    return milliseconds_between(attempt.started_at, ended_at)


def _failed_keys(session: Session, attempts: AttemptTable) -> tuple[Hashable, ...]:
    """The keys of the rows for failed steps, their attempts and their tiers."""
    serials = sorted({serial for serial, _ in session.failures})
    failed = [step for serial in serials if (step := session.step(serial)) and step.state is StepState.FAILED]
    keys: list[Hashable] = [ALL_OUTPUT]
    for ordinal, steps in groupby(failed, key=attrgetter("tier")):
        keys.append(("tier", ordinal))
        for step in steps:
            keys.append(("step", step.serial))
            keys += [("attempt", step.serial, position) for position in range(attempts.below(step.serial))]
    return tuple(keys)
