"""A session in short, for the list of sessions: its header, its steps and the output that matters most."""

from textual.app import ComposeResult
from textual.containers import Horizontal

from zigtui.reader.location import LogLocation
from zigtui.reader.session.model import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.live_screen import LiveWidget, ScreenContext
from zigtui.ui.output.line_times import Times
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.output.view import OutputView
from zigtui.ui.session.failures import Failures
from zigtui.ui.session.header import header_bar
from zigtui.ui.session.step_tree import StepTree
from zigtui.ui.widgets.bar import Bar
from zigtui.wording.tree_rows import ALL_OUTPUT

__all__ = ["SessionPreview"]


class SessionPreview(LiveWidget):
    """A session, live: the steps, and the end of its output or the error of the step that failed.

    It never has the focus: the keys are for the list.

    Args:
        context: the context that the screens share. Its catalog keeps the log up to date while the preview exists.
        location: the location of the session's log.

    Attributes:
        location: the same.
    """

    def __init__(self, context: ScreenContext, location: LogLocation) -> None:
        super().__init__()
        self._shared = context
        self.location = location
        self._log = context.catalog.open(location)
        self._is_opening = True  # until it is known whether the session failed

    def compose(self) -> ComposeResult:
        """The header, and the tree beside the output."""
        settings, choices = self._shared.settings, self._shared.choices
        yield Bar(id="header", kept=3)
        with Horizontal(id="panes"):
            yield StepTree(self._log, lambda _: None, settings, id="tree")
            yield OutputPane(self._log, settings, shows_dividers=choices.shows_dividers.value)

    def on_mount(self) -> None:
        """Display what is known, without waiting for the log to be read."""
        view, choices = self.query_one(OutputView), self._shared.choices
        view.can_focus = self.query_one(StepTree).can_focus = False
        view.wrap, view.times = choices.wraps.value, Times.of_setting(choices.times.value)
        now = self._shared.clock()
        self.query_one(OutputPane).choose(ALL_OUTPUT, self._snapshot(now))
        self.show(now)

    def on_unmount(self) -> None:
        """Close the log in the catalog."""
        self._shared.catalog.close(self.location)

    def _snapshot(self, now: float) -> SessionSnapshot:
        return self._log.snapshot(now, self._shared.settings.stall_secs)

    def show(self, now: float) -> None:
        """Display the session as it is at ``now``."""
        if not self.is_mounted:
            return
        snapshot = self._snapshot(now)
        pane, tree = self.query_one(OutputPane), self.query_one(StepTree)
        pane.renew(snapshot)
        tree.show(snapshot)
        if self._is_opening and snapshot.is_complete:
            self._is_opening = False
            self._choose_failure(snapshot)
        if snapshot.state.is_live:
            tree.reveal_active()
        pane.show_changes(snapshot)
        self.query_one("#header", Bar).show(*header_bar(snapshot, self._shared.settings.quiet_secs))

    def _choose_failure(self, snapshot: SessionSnapshot) -> None:
        """Display the step that failed for good, with its error above its output."""
        pane = self.query_one(OutputPane)
        failures = Failures(snapshot, pane.past)
        number = failures.last_for_good() if snapshot.state is SessionState.FAILED else None
        if number is None:
            return
        try:
            target = failures.at(number)
            if target is not None:
                pane.go_to_failure(target.key, target.position, snapshot)
                self.query_one(StepTree).reveal(pane.chosen)
        except NoAnswerError:
            self._is_opening = True  # try again in the next frame
