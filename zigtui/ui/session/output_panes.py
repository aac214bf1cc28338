"""The outputs on the screen of a session: that of the row under the cursor of the tree, and pinned ones."""

from typing import Protocol

from textual.app import ComposeResult
from textual.layout import Layout

from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.messages import DataChanged
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.session.tiles import Tiles, least_height, room_for, tiles_of
from zigtui.ui.widgets.painted import Backdrop
from zigtui.wording.amounts import count

__all__ = ["MOST_PINNED", "OutputPanes"]

MOST_PINNED = 3
"""The largest number of pinned outputs."""

_COMPACT_HEIGHT = 8  # rows; a pane with fewer has a single line above its output


class MakePane(Protocol):
    """Creates a pane; for the argument, see `OutputPane`."""

    def __call__(self, *, shows_dividers: bool) -> OutputPane: ...


class OutputPanes(Backdrop):
    """The main output and the pinned ones. Those for which there is no room are not displayed.

    Args:
        main: the output of the row under the cursor of the tree.
        make_pinned: creates another pane.
        id: the id of the widget.

    Attributes:
        main: the output of the row under the cursor of the tree.
        is_full_screen: whether the current output takes the whole screen.
    """

    def __init__(self, main: OutputPane, make_pinned: MakePane, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.main = main
        self.is_full_screen = False
        self._make_pinned = make_pinned
        self._pinned: list[OutputPane] = []
        self._spare: list[OutputPane] = []  # that were unpinned: to create another one takes longer than to draw it
        self._hidden = 0  # the number of panes for which there is no room
        self._tiles = Tiles()

    def compose(self) -> ComposeResult:
        """The main output. Others are created when they are pinned."""
        yield self.main

    @property
    def layout(self) -> Layout:
        """The panes are tiles."""
        return self._tiles

    @property
    def panes(self) -> list[OutputPane]:
        """All panes, displayed or not, in their order."""
        return [self.main, *self._pinned]

    @property
    def current(self) -> OutputPane:
        """The pane with the focus, or else the main one."""
        focused = self.screen.focused
        around = [] if focused is None else focused.ancestors_with_self
        return next((pane for pane in self._pinned if pane in around), self.main)

    # Pinning

    @property
    def pinned_count(self) -> int:
        """The number of pinned outputs."""
        return len(self._pinned)

    @property
    def pinned_in_sight(self) -> OutputPane | None:
        """The pinned output that has the focus, or that is the one of the main output; None if there is none."""
        if self.current is not self.main:
            return self.current
        return next((pane for pane in self._pinned if pane.chosen == self.main.chosen), None)

    def why_not_pinned(self) -> str:
        """Why no other output can be pinned; empty if one can."""
        wanted = len(self._pinned) + 2
        if len(self._pinned) == MOST_PINNED:
            return f"{MOST_PINNED} outputs are pinned already: | on one of them unpins it"
        rows = least_height(self.size.width, wanted) - self.size.height
        if rows > 0:
            return f"no room to pin an output: the window needs {count(rows, 'more row')}"
        return ""

    async def pin(self, snapshot: SessionSnapshot) -> OutputPane:
        """Display the main output in another pane too, which keeps it when another row is chosen."""
        if self._spare:
            pane = self._spare.pop()
            pane.show_dividers(self.main.shows_dividers)
            self.move_child(pane, after=self.panes[-1])
        else:
            pane = self._make_pinned(shows_dividers=self.main.shows_dividers)
            pane.mark = "pinned"
            await self.mount(pane)
        self._pinned.append(pane)
        self.arrange_panes()
        pane.show_as(self.main, snapshot)
        return pane

    def unpin(self, pane: OutputPane | None = None) -> None:
        """Hide a pinned output; by default the current one, or else the one pinned last."""
        if pane is None:
            pane = self._pinned[-1] if self.current is self.main else self.current
        if pane is self.current:
            self.focus_pane(self.main)
        self._pinned.remove(pane)
        self._spare.append(pane)
        pane.display = False
        pane.end_all()
        self.arrange_panes()

    # What is displayed

    def focus_pane(self, pane: OutputPane) -> None:
        """Display a pane, in place of another if there is no room for both, and move the focus to it."""
        self._arrange(pane)
        self.screen.set_focus(pane.view)

    def show_main(self) -> None:
        """Display the main output if it is not."""
        if not self.main.display:
            self.focus_pane(self.main)

    def show_full_screen(self, is_full_screen: bool) -> None:
        """Give the whole screen to the current output, or no longer."""
        self.is_full_screen = is_full_screen
        self.screen.set_class(is_full_screen, "-full-screen")
        self.arrange_panes()

    def arrange_panes(self) -> None:
        """Display the current pane, the main one, and the pinned ones for which there is room."""
        self._arrange(self.current)

    def _arrange(self, current: OutputPane) -> None:
        panes, size = self.panes, self.size
        if not size:  # while they are hidden it is not known for how many there will be room
            current.display = True
            return
        most = 1 if self.is_full_screen else room_for(size, len(panes))
        shown = sorted(panes, key=lambda pane: pane is not current)[:most]
        shown.sort(key=panes.index)
        tiles = tiles_of(size, len(shown))
        for pane in panes:
            if pane in shown:
                tile = tiles[shown.index(pane)]
                pane.set_class(tile.y > 0, "-below")
                pane.set_class(len(shown) > 1 and tile.height < _COMPACT_HEIGHT, "-compact")
            if pane.display != (pane in shown):
                pane.display = pane in shown
                self.post_message(DataChanged())
        self._report_hidden(current, 0 if self.is_full_screen else len(panes) - len(shown))
        self.set_class(len(shown) > 1, "-several")

    def _report_hidden(self, current: OutputPane, hidden: int) -> None:
        if hidden > self._hidden:
            current.show_note(f"no room for {count(hidden, 'other output')}: tab shows them")
        self._hidden = hidden
        self.main.mark = f"no room for {hidden} pinned" if hidden else ""

    def on_resize(self) -> None:
        """Display more or fewer panes."""
        self.arrange_panes()
