"""A panel above a screen, which closes only itself."""

from collections.abc import Sequence
from typing import Any, Self, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual._context import visible_screen_stack
from textual.await_complete import AwaitComplete
from textual.events import ScreenResume
from textual.geometry import Region, Size
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen
from textual.strip import Strip

from zigtui.ui.widgets.repainting import RepaintingScreen

__all__ = ["Panel"]

_Result = TypeVar("_Result")


class Panel(RepaintingScreen, ModalScreen[_Result]):
    """A screen above another one.

    Textual's own closes whichever screen is on top, even when it is dismissed for the second time by a key or a click
    that was on its way to it, or while another panel covers it. Then this one closes nothing.

    Textual's own also paints the screen below it three times when it is opened, each time as text.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines_below: dict[int, Strip] = {}  # those of the screen below that have not changed, in the shade
        self._size_below = Size()

    def dismiss(self, result: _Result | None = None) -> AwaitComplete:
        """Close the panel with a result, if it is on top."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def _on_screen_resume(self, event: ScreenResume) -> None:
        event.prevent_default()  # of the base class, which is called here
        self.is_still = self.is_attached and self._size != self.app.size  # since it is laid out now, which paints it
        super()._on_screen_resume(event)
        self.is_still = False

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Request a new frame of everything, or of the regions in which the screen below has changed."""
        if regions:
            for y in {y for region in regions for y in region.line_range}:
                self._lines_below.pop(y, None)
        else:
            self._lines_below.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region."""
        if self._size_below != self.size:
            self._size_below = self.size
            self._lines_below.clear()
        if self._has_shade:
            self._shade([y for y in crop.line_range if y not in self._lines_below], self._screens_below())
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """A line of the screen below, in the shade of the panel's background."""
        if not self._has_shade:
            return super().render_line(y)
        return self._lines_below.get(y) or Strip.blank(self.size.width, self.rich_style)

    @property
    def _has_shade(self) -> bool:
        return self.styles.background.a < 1  # unlike in themes of the terminal's own colours

    def _screens_below(self) -> list[Screen[Any]]:
        """The screens below the panel, which may have others above it, such as the palette."""
        stack = self.app.screen_stack
        return stack[: stack.index(self)] if self in stack else []

    def _shade(self, lines: Sequence[int], below: list[Screen[Any]]) -> None:
        """Draw lines of the uppermost of these screens."""
        if not lines or not below:
            return
        shade = self.styles.background
        shaded: dict[Style | None, Style | None] = {}
        outer = visible_screen_stack.set(below[:-1])  # from which Textual takes what is below that one
        try:
            pieces = below[-1]._compositor._render_chops(self.size.region, set(lines).__contains__)
        finally:
            visible_screen_stack.reset(outer)
        for y in (y for y in lines if y < len(pieces)):
            line = Strip.join(pieces[y].values())
            segments = []
            for text, style, _ in line:
                if style not in shaded:
                    (segment,) = BackgroundScreen.process_segments([Segment("", style)], shade)
                    shaded[style] = segment.style
                segments.append(Segment(text, shaded[style]))
            self._lines_below[y] = Strip(segments, line.cell_length)
