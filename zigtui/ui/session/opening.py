"""Open a session where the command line, a failure or a stalled step leads, once that has been read."""

from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.opened_at import OpenedAt
from zigtui.ui.output.display import OutputDisplay
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.session.failure_controller import FailureController
from zigtui.ui.session.tree.step_tree import StepTree
from zigtui.ui.widgets.drawing import one_line
from zigtui.wording.step_names import known_steps
from zigtui.wording.tree.tree_rows import ALL_OUTPUT, active_step

__all__ = ["Opening"]


class Opening:
    """Goes to where a session is opened: by default its end, its last failure or the step that it waits for.

    Args:
        opened_at: the location that the command line names; None if it names none.
        output: the output of the row under the cursor.
        tree: the tree.
        failures: goes to the failure.
        shows_all_of_stalled: whether a stalled session is opened at the end of all output nevertheless.
    """

    def __init__(
        self,
        opened_at: OpenedAt | None,
        output: OutputDisplay,
        tree: StepTree,
        failures: FailureController,
        *,
        shows_all_of_stalled: bool = False,
    ) -> None:
        self._opened_at = opened_at  # until the screen is there
        self._output = output
        self._tree = tree
        self._failures = failures
        self._shows_all_of_stalled = shows_all_of_stalled
        self._is_over = False  # once it is known where to open the session

    def update(self, snapshot: SessionSnapshot) -> None:
        """Go there if that has been read by now."""
        if self._opened_at is not None:
            self._open_at(self._opened_at, snapshot)
        elif not self._is_over:
            self._open_at_trouble(snapshot)

    def _open_at(self, opened_at: OpenedAt, snapshot: SessionSnapshot) -> None:
        step = opened_at.find_step(snapshot.session) if opened_at.step else None
        if opened_at.step and (step is None or not snapshot.is_complete):  # another run of the step may follow
            if snapshot.is_complete:
                self._opened_at = None
                known = known_steps(snapshot.session.step_names)
                self._output.show_note(f"there is no step {one_line(opened_at.step)}; the steps are: {one_line(known)}")
            return
        self._opened_at, self._is_over = None, True
        if step is not None:
            self._go_to_step(step.serial, snapshot)
        if opened_at.target:
            self._output.go_to_target(opened_at.target)

    def _open_at_trouble(self, snapshot: SessionSnapshot) -> None:
        """Go to the last failure of a failed session, or to the step for which a stalled one is stalled.

        Nothing moves if the user has moved while the log was being read, or if the session stalls later.
        """
        output = self._output
        if not (output.chosen == ALL_OUTPUT and output.is_following and not output.is_busy):
            self._is_over = True
        elif snapshot.is_complete:
            self._is_over = True
            if snapshot.state is SessionState.FAILED:
                try:
                    self._failures.go_to_last_for_good(snapshot)
                except NoAnswerError:
                    self._is_over = False  # try again in the next frame
            elif snapshot.state is SessionState.STALLED and not self._shows_all_of_stalled:
                serial = active_step(snapshot)
                if serial is not None:
                    self._go_to_step(serial, snapshot)

    def _go_to_step(self, serial: int, snapshot: SessionSnapshot) -> None:
        self._output.choose(("step", serial), snapshot)
        self._tree.reveal(self._output.chosen)
