"""How many rows for attempts there are below the steps of a tree, and between which steps."""

from bisect import bisect_left, insort
from collections.abc import Hashable, Mapping
from itertools import accumulate

from zigtui.reader.session.model.attempts import attempt_count
from zigtui.reader.session.model.session import Session, StepState

__all__ = ["AttemptTable"]

_MOST_UNFOLDED = 9  # attempts; more of them would hide the other steps


class AttemptTable:
    """The rows for the attempts of the steps that have more than one.

    It is brought up to date at a cost that does not grow with the steps that are over.

    Attributes:
        shape: a value that is equal for tables of one session with the same rows.
    """

    def __init__(self) -> None:
        self.shape: Hashable = 0
        self._folds: Mapping[int, bool] = {}
        self._changes = 0
        self._forget()

    def _forget(self) -> None:
        self._seen = 0  # failures
        self._serials: list[int] = []  # of the steps that failed, in order
        self._several: set[int] = set()  # those with several attempts
        self._rows: dict[int, int] = {}  # below each of them
        self._before: list[int] = [0]  # rows below the steps before each of them, and below all of them
        self._open: set[int] = set()  # steps whose attempts may still change
        self._failed: set[int] = set()  # steps whose tier is closed, and that failed

    @classmethod
    def of(cls, session: Session, folds: Mapping[int, bool]) -> "AttemptTable":
        """The table of a session, or of a part of one; for ``folds`` see `ShownRows.steps`."""
        table = cls()
        table._folds = folds
        table._add_failures(session)
        table.shape = tuple(table._serials), tuple(table._before)
        return table

    def renew(self, session: Session, folds: Mapping[int, bool]) -> None:
        """Apply the changes of a session that is not a listener, or other folds."""
        if folds != self._folds or self._seen > len(session.failures):
            self._forget()
            self._folds = dict(folds)
        self._add_failures(session)
        in_open_tier = sum(step.state is StepState.FAILED for serial in self._open if (step := session.step(serial)))
        if len(self._failed) + in_open_tier != session.failed_steps:  # a step went on although its tier was closed
            self._forget()
            self._add_failures(session)
        self.shape = self._changes

    def _add_failures(self, session: Session) -> None:
        changed = self._open | {failure.serial for failure in session.failures[self._seen :]}
        self._seen = len(session.failures)
        first = len(self._serials)
        for serial in changed:
            step = session.step(serial)
            if step is None:
                continue
            is_new = serial not in self._rows
            if is_new:
                insort(self._serials, serial)
            attempts = attempt_count(step)
            has_several = attempts > 1
            (self._several.add if has_several else self._several.discard)(serial)
            rows = attempts if has_several and self._folds.get(serial, attempts <= _MOST_UNFOLDED) else 0
            self._changes += rows != self._rows.get(serial, 0)
            if is_new or rows != self._rows[serial]:
                first = min(first, bisect_left(self._serials, serial))
            self._rows[serial] = rows
            is_open = session.tier_of(step).is_open
            is_failed = step.state is StepState.FAILED and not is_open
            (self._open.add if is_open else self._open.discard)(serial)
            (self._failed.add if is_failed else self._failed.discard)(serial)
        rows_below = (self._rows[serial] for serial in self._serials[first:])
        self._before[first:] = accumulate(rows_below, initial=self._before[first])

    @property
    def total(self) -> int:
        """The number of rows."""
        return self._before[-1]

    @property
    def is_empty(self) -> bool:
        """Whether no step has several attempts."""
        return not self._several

    def before(self, serial: int) -> int:
        """The number of rows below the steps before one."""
        return self._before[bisect_left(self._serials, serial)]

    def below(self, serial: int) -> int:
        """The number of rows below a step."""
        return self._rows.get(serial, 0)

    def has(self, serial: int) -> bool:
        """Whether a step has several attempts, even if the rows for them are folded."""
        return serial in self._several
