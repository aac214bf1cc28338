"""The panes of a session side by side: its tree, the timeline and the outputs."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from zigtui.ui.session.output_panes import OutputPanes
from zigtui.ui.session.tree.step_tree import StepTree
from zigtui.ui.session.tree.timeline import Timeline
from zigtui.ui.widgets.painted import Backdrop

__all__ = ["Panes"]


class Panes(Horizontal, Backdrop):
    """Displays the panes that there is room for.

    Without the timeline, they are the tree and the outputs. The timeline is between them on a wide screen,
    and replaces the outputs on a narrower one.

    Args:
        tree: the tree.
        timeline: the timeline.
        outputs: the outputs.
        id: the id of the widget.
    """

    def __init__(self, tree: StepTree, timeline: Timeline, outputs: OutputPanes, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tree = tree
        self._timeline = timeline
        self._outputs = outputs

    def compose(self) -> ComposeResult:
        """The panes from left to right."""
        yield self._tree
        yield self._timeline
        yield self._outputs

    @property
    def shows_timeline(self) -> bool:
        """Whether the timeline is displayed."""
        return self.has_class("-timeline")

    def show_timeline(self, is_shown: bool) -> None:
        """Display the timeline and give it the focus, or hide it."""
        self._outputs.show_full_screen(False)
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
            self._outputs.focus_pane(self._outputs.main)

    def focus_first(self) -> None:
        """Move the focus to the tree, or to the output if the tree is hidden."""
        if self.shows_tree:
            self.screen.set_focus(self._tree)
        else:
            self._outputs.focus_pane(self._outputs.main)

    def focus_output(self) -> None:
        """Move the focus to the output of the row under the cursor, which may replace the timeline for lack of room."""
        self.reveal_outputs()
        self._outputs.focus_pane(self._outputs.main)

    def reveal_outputs(self) -> None:
        """Hide the timeline if there is no room for the outputs beside it."""
        if self.shows_timeline and not self._outputs.display:
            self.show_timeline(False)

    def focus_next(self, direction: int) -> None:
        """Move the focus to the next pane (1) or the previous one (-1); on a full screen, from output to output."""
        outputs = self._outputs.panes if self._outputs.display else []
        others: list[Widget] = [self._tree] if self.shows_tree else []
        if self.shows_timeline:
            others.append(self._timeline)
        panes = [] if self._outputs.is_full_screen else others
        panes += [pane.view for pane in outputs]
        at = panes.index(self.screen.focused) if self.screen.focused in panes else -1
        following = panes[(at + direction) % len(panes)]
        for pane in outputs:
            if pane.view is following:
                self._outputs.focus_pane(pane)
                return
        self.screen.set_focus(following)
