"""The panes of a session side by side: its tree, the timeline and the output."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from zigtui.ui.output.pane import OutputPane
from zigtui.ui.output.view import OutputView
from zigtui.ui.session.step_tree import StepTree
from zigtui.ui.session.timeline import Timeline

__all__ = ["Panes"]


class Panes(Horizontal):
    """Displays the panes that there is room for.

    Without the timeline, they are the tree and the output. The timeline is between them on a wide screen,
    and replaces the output on a narrower one.

    Args:
        tree: the tree.
        timeline: the timeline.
        output: the output.
        id: the id of the widget.
    """

    def __init__(self, tree: StepTree, timeline: Timeline, output: OutputPane, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tree = tree
        self._timeline = timeline
        self._output = output

    def compose(self) -> ComposeResult:
        """The panes from left to right."""
        yield self._tree
        yield self._timeline
        yield self._output

    @property
    def shows_timeline(self) -> bool:
        """Whether the timeline is displayed."""
        return self.has_class("-timeline")

    def show_timeline(self, is_shown: bool) -> None:
        """Display the timeline and give it the focus, or hide it."""
        had_focus = self.screen.focused is self._timeline
        self.set_class(is_shown, "-timeline")
        if is_shown:
            self.screen.set_focus(self._timeline)
        elif had_focus or not self.shows_tree:
            self.focus_first()

    @property
    def shows_tree(self) -> bool:
        """Whether the tree is displayed, or would be if there were room for it. The timeline always has the tree."""
        return self.shows_timeline or not self.has_class("-no-tree")

    def show_tree(self, is_shown: bool) -> None:
        """Display the tree, or leave its room to the output."""
        self.set_class(not is_shown, "-no-tree")
        if not self.shows_tree and self.screen.focused is self._tree:
            self.screen.set_focus(self._view)

    def focus_first(self) -> None:
        """Move the focus to the tree, or to the output if the tree is hidden."""
        self.screen.set_focus(self._tree if self.shows_tree else self._view)

    def focus_output(self) -> None:
        """Move the focus to the output, which replaces the timeline if there is no room for both."""
        if self.shows_timeline and not self._output.display:
            self.show_timeline(False)
        self.screen.set_focus(self._view)

    def focus_next(self, direction: int) -> None:
        """Move the focus to the next pane that is displayed (1), or to the previous one (-1)."""
        panes: list[Widget] = [self._tree] if self.shows_tree else []
        if self.shows_timeline:
            panes.append(self._timeline)
        if self._output.display:
            panes.append(self._view)
        at = panes.index(self.screen.focused) if self.screen.focused in panes else -1
        self.screen.set_focus(panes[(at + direction) % len(panes)])

    @property
    def _view(self) -> OutputView:
        return self._output.query_one(OutputView)
