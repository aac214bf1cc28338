"""A session in short, for the list of sessions: its header, its steps and the output that matters most."""

from textual.app import ComposeResult
from textual.containers import Horizontal

from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.live_screen import LiveWidget, ScreenContext
from zigtui.ui.output.display import OutputDisplay
from zigtui.ui.output.lines.line_times import Times
from zigtui.ui.session.failure_controller import FailureController
from zigtui.ui.session.header import header, header_bar
from zigtui.ui.session.opening import Opening
from zigtui.ui.session.tree.step_tree import StepTree
from zigtui.ui.widgets.bar import Bar
from zigtui.wording.tree.tree_rows import ALL_OUTPUT

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
        self._log = log = context.catalog.open(location)
        settings, shows_dividers = context.settings, context.choices.shows_dividers.value
        self._tree = tree = StepTree(log, lambda _: None, settings, id="tree")
        self._output = output = OutputDisplay(log, settings, shows_dividers=shows_dividers)
        # The tree keeps the step of a stalled session in sight, and the output is that of all steps: the silent one has
        # said nothing for long, and the user cannot choose another row here.
        self._opening = Opening(None, output, tree, FailureController(output, tree), shows_all_of_stalled=True)

    def compose(self) -> ComposeResult:
        """The header, and the tree beside the output."""
        yield header()
        with Horizontal(id="panes"):
            yield self._tree
            yield self._output

    def on_mount(self) -> None:
        """Display what is known, without waiting for the log to be read."""
        view, choices = self._output.view, self._shared.choices
        view.can_focus = self._tree.can_focus = False
        view.wrap, view.times = choices.wraps.value, Times.of_setting(choices.times.value)
        now = self._shared.clock()
        self._output.choose(ALL_OUTPUT, self._snapshot(now))
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
        self._output.renew(snapshot)
        self._tree.show(snapshot)
        self._opening.update(snapshot)
        if snapshot.state.is_live:
            self._tree.reveal_active()
        self._output.show_changes(snapshot)
        quiet_secs, home = self._shared.settings.quiet_secs, self._shared.home_directory
        self.query_one("#header", Bar).show(*header_bar(snapshot, quiet_secs, home=home))
