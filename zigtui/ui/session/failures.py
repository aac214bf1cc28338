"""The failed attempts of a session in the order of the log, those of past passes included."""

from collections.abc import Hashable

from zigtui.reader.session.model import Failure, Session, StepState
from zigtui.reader.session.pass_lookup import pass_run
from zigtui.ui.output.past_sessions import PastSessions

__all__ = ["Failures"]


class Failures:
    """The failed attempts of a session, numbered from 0.

    The methods may raise `NoAnswerError`, since those of past passes are read from the log.

    Args:
        session: the session.
        past: reads its past passes.
    """

    def __init__(self, session: Session, past: PastSessions) -> None:
        self._session = session
        self._past = past
        self._before = session.past.failures  # those of past passes

    def __len__(self) -> int:
        return self._before + len(self._session.failures)

    def at(self, number: int) -> Failure | None:
        """A failed attempt; None if there is none, or it can no longer be read."""
        if number >= self._before:
            kept = self._session.failures
            return kept[number - self._before] if number < len(self) else None
        first, found = self._page(self._session.past.of_failure(number))
        return found[number - first] if number - first < len(found) else None

    def last_for_good(self) -> int | None:
        """The number of the last failure that nothing followed; None if there is none: others were tolerated."""
        session = self._session
        for number in reversed(range(len(session.failures))):
            step, _ = session.attempt_of(session.failures[number])
            if session.tier_of(step).is_followed:
                return None
            if step.state is StepState.FAILED and session.failures[number].position == len(step.attempts) - 1:
                return self._before + number
        return None

    def from_step(self, serial: int, direction: int) -> int | None:
        """The first failure of a step or of a later one (1), or the last one of it or of an earlier one (-1).

        Args:
            serial: the serial of the step run.
            direction: 1 or -1.

        Returns:
            The number of the failure; None if there is none in this direction.
        """
        first, found = self._around(serial)
        numbers = range(len(found)) if direction > 0 else range(len(found) - 1, -1, -1)
        for number in numbers:
            if (found[number].serial - serial) * direction >= 0:
                return first + number
        beyond = first + len(found) if direction > 0 else first - 1
        return beyond if 0 <= beyond < len(self) else None

    def from_attempt(self, serial: int, position: int, direction: int) -> int | None:
        """The failure after an attempt of a step (1), or the one before it (-1); None if there is none.

        If the attempt has not failed, the failures of later steps are after it, and those of the step before it.
        """
        first, found = self._around(serial)
        failure = Failure(serial, position)
        if failure in found:
            return (first + found.index(failure) + direction) % len(self)
        return self.from_step(serial + 1, 1) if direction > 0 else self.from_step(serial, -1)

    def from_row(self, key: Hashable, direction: int) -> int | None:
        """The same for the row of a pass or of a tier run."""
        session = self._session
        match key:
            case ("pass", int(number)) if (run := pass_run(session, number)) is not None:
                first, steps = run.first_step, run.step_count
            case ("tier", int(ordinal)) if (tier := session.tier(ordinal)) is not None:
                first, steps = tier.first_step, tier.step_count
            case _:
                return None
        return self.from_step(first if direction > 0 else first + max(0, steps - 1), direction)

    def _around(self, serial: int) -> tuple[int, tuple[Failure, ...]]:
        """The failures around a step run, and the number of the first one."""
        if serial >= self._session.first_serial:
            return self._before, self._session.failures
        return self._page(self._session.past.of_step(serial))

    def _page(self, index: int) -> tuple[int, tuple[Failure, ...]]:
        """The failures around a past pass, and the number of the first one."""
        past = self._session.past
        page, _ = past.page_of(index)
        session = self._past.with_pass(self._session, index)
        return past.failures_before(page.first), () if session is None else session.failures
