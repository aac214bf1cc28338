"""Go from failure to failure of a session, whichever row of the tree has them."""

from collections.abc import Sequence
from typing import NamedTuple

from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.output.display import OutputDisplay
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.session.failures import Failures, FailureTarget
from zigtui.ui.session.tree.step_tree import StepTree
from zigtui.wording.amounts import count
from zigtui.wording.signs import part_read, so_far
from zigtui.wording.tree.tree_rows import ALL_OUTPUT

__all__ = ["FailureController"]


class _Visited(NamedTuple):
    """A failure that the user went to, with its number among the failures by then."""

    number: int
    failure: FailureTarget


class FailureController:
    """Displays failures in the output, and puts the cursor of the tree on their rows.

    Args:
        output: the output of the row under the cursor.
        tree: the tree.
    """

    def __init__(self, output: OutputDisplay, tree: StepTree) -> None:
        self._output = output
        self._tree = tree
        self._visited: _Visited | None = None  # the one that the user last went to

    @property
    def last(self) -> FailureTarget | None:
        """The failure that the user last went to; None if there is none."""
        return None if self._visited is None else self._visited.failure

    def has_any(self, snapshot: SessionSnapshot) -> bool:
        """Whether there is a failure to go to."""
        return len(Failures(snapshot, self._output.past)) > 0

    def go_on(self, direction: int, snapshot: SessionSnapshot) -> None:
        """Go to the next failure (1) or the previous one (-1), or display a note if there is none."""
        failures = Failures(snapshot, self._output.past)
        if not failures:
            self._output.show_note(f"no failure{_reached(snapshot)}")
            return
        opens_at_end = snapshot.state.is_live or snapshot.state is SessionState.LOST
        first = len(failures) - 1 if direction < 0 or opens_at_end else 0
        try:
            self._go_to(self._next(failures, direction, first), failures, snapshot)
        except NoAnswerError:
            self._output.show_note("the disk does not answer")

    def why_none(self, snapshot: SessionSnapshot) -> str:
        """The note for a tree that shows only what failed, and has no rows: failed attempts may have been retried."""
        failures = len(Failures(snapshot, self._output.past))
        if not failures:
            return f"no failure{_reached(snapshot)}"
        return f"nothing failed for good: e goes to {count(failures, 'failure')}"

    def go_to_last_for_good(self, snapshot: SessionSnapshot) -> None:
        """Go to the last failure if nothing followed it; see `Failures.last_for_good`."""
        failures = Failures(snapshot, self._output.past)
        number = failures.last_for_good()
        if number is not None:
            self._go_to(number, failures, snapshot)

    @property
    def _in_sight(self) -> _Visited | None:
        """The failure that the user last went to; None if another output or the end is displayed now."""
        visited, output = self._visited, self._output
        is_hidden = visited is None or output.chosen != visited.failure.key or output.is_following
        return None if is_hidden else visited

    @property
    def attempt_in_sight(self) -> int | None:
        """The position of the failed attempt among those of its step; None if `words_in_sight` are not about one."""
        visited = self._in_sight
        return None if visited is None else visited.failure.position

    def words_in_sight(self, snapshot: SessionSnapshot) -> Sequence[str]:
        """The words for the failure that the user went to; none if another output or the end is displayed now."""
        visited = self._in_sight
        if visited is None:
            return ()
        failures = Failures(snapshot, self._output.past)
        try:
            why = failures.why_not_final(visited.failure)
        except NoAnswerError:
            why = ""
        return why, f"failure {visited.number + 1:,} of {len(failures):,}{so_far(snapshot)}"

    def _next(self, failures: Failures, direction: int, first: int) -> int:
        """The number of the failure after the one that the user last went to, or before it.

        If another row has been chosen since then, start at that row instead; ``first`` is the failure to begin with if
        that row has all output.
        """
        last, chosen = self._visited, self._output.chosen
        if last is not None and last.failure.key == chosen and last.failure == failures.at(last.number):
            return (last.number + direction) % len(failures)
        if chosen == ALL_OUTPUT:
            return first
        number = failures.from_row(chosen, direction)
        return number if number is not None else 0 if direction > 0 else len(failures) - 1

    def _go_to(self, number: int, failures: Failures, snapshot: SessionSnapshot) -> None:
        failure = failures.at(number)
        if failure is None:
            self._output.show_note("the failure can no longer be read")
            return
        self._visited = _Visited(number, failure)
        is_other = self._output.chosen != failure.key
        self._output.go_to_failure(failure.key, failure.position, snapshot)
        if is_other:
            self._tree.reveal(failure.key)


def _reached(snapshot: SessionSnapshot) -> str:
    return "" if snapshot.is_complete else f" in the {part_read(snapshot)} that are read"
