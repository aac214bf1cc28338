"""A panel above a screen, which closes only itself."""

from typing import Any, Self, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual._context import visible_screen_stack
from textual.await_complete import AwaitComplete
from textual.events import ScreenResume
from textual.geometry import Region
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen
from textual.strip import Strip

from zigtui.ui.widgets.repainting import RepaintingScreen

__all__ = ["Panel"]

_Result = TypeVar("_Result")


class Panel(RepaintingScreen, ModalScreen[_Result]):
    """A screen above another one.

    Textual's own closes whichever screen is on top, also when it is dismissed for the second time by a key or a click
    that was on its way to it, or while another panel covers it. Then this one closes nothing.

    Textual's own also paints the screen below it three times when it is opened, each time by way of text.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines_below: list[Strip] | None = None  # the lines of the screen below; None if they may have changed

    def dismiss(self, result: _Result | None = None) -> AwaitComplete:
        """Close the panel with a result, if it is on top."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def _on_screen_resume(self, event: ScreenResume) -> None:
        event.prevent_default()  # of the base class, which is called here
        self.is_still = self.is_attached and self._size != self.app.size  # since it is laid out now, which paints it
        super()._on_screen_resume(event)
        self.is_still = False

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Request a new frame, also because the screen below has changed."""
        self._lines_below = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_line(self, y: int) -> Strip:
        """A line of the screen below, in the shade of the panel's background."""
        if self.styles.background.a == 1:  # as in themes of the terminal's own colours
            return super().render_line(y)
        if self._lines_below is None or len(self._lines_below) != self.size.height:
            self._lines_below = self._shaded(self._screens_below())
        return self._lines_below[y] if y < len(self._lines_below) else Strip.blank(self.size.width, self.rich_style)

    def _screens_below(self) -> list[Screen[Any]]:
        """The screens below the panel, which may have others above it, such as the palette."""
        stack = self.app.screen_stack
        return stack[: stack.index(self)] if self in stack else []

    def _shaded(self, below: list[Screen[Any]]) -> list[Strip]:
        """The lines of the uppermost of these screens."""
        if not below:
            return []
        shade = self.styles.background
        shaded: dict[Style | None, Style | None] = {}
        lines = []
        outer = visible_screen_stack.set(below[:-1])  # from which Textual takes what is below that one
        try:
            strips = below[-1]._compositor.render_strips()
        finally:
            visible_screen_stack.reset(outer)
        for line in strips:
            segments = []
            for text, style, _ in line:
                if style not in shaded:
                    (segment,) = BackgroundScreen.process_segments([Segment("", style)], shade)
                    shaded[style] = segment.style
                segments.append(Segment(text, shaded[style]))
            lines.append(Strip(segments, line.cell_length))
        return lines
