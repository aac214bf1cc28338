"""The scroll bar of a list."""

from typing import NamedTuple, Self

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from zigtui.ui.widgets.plain_lines import PlainLines

__all__ = ["QuickScrollView"]


class _Look(NamedTuple):
    """What a bar looks like: its height, what it stands for, and its colours."""

    height: int
    virtual_size: float
    window_size: float
    position: float
    style: Style


class QuickScrollView(ScrollView):
    """Textual's base class of lists, with a quicker scroll bar."""

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The scroll bar, which is created when it is needed."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = bar = _QuickScrollBar(thickness=self.scrollbar_size_vertical)
            bar.display = False
            self.app._start_widget(self, bar)
        return self._vertical_scrollbar


class _QuickScrollBar(ScrollBar):
    """A vertical scroll bar that is drawn when it looks different.

    Textual draws its own as text, and at each layout of the screen although it is the same.
    """

    def __init__(self, *, thickness: int = 1) -> None:
        super().__init__(vertical=True, name="vertical", thickness=thickness)
        self._styles_cache = PlainLines()
        self._drawn: _Look | None = None
        self._segments: list[Segment] = []

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Request a new frame, unless the bar is on the screen as it should look."""
        is_same = self._drawn is not None and self.is_attached and self._look() == self._drawn
        repaint = repaint and not is_same
        if repaint or layout or recompose:
            super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region."""
        look = self._look()
        if look != self._drawn:
            self._drawn, self._segments = look, self._bar(look)
            self._styles_cache.clear()
        return super().render_lines(crop)

    def _look(self) -> _Look:
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)
        assert isinstance(bar.style, Style)
        return _Look(self.size.height, bar.virtual_size, bar.window_size, bar.position, bar.style)

    def _bar(self, look: _Look) -> list[Segment]:
        none = Color.default()
        return self.renderer.render_bar(
            look.height,
            look.virtual_size,
            look.window_size,
            look.position,
            thickness=self.thickness,
            back_color=look.style.bgcolor or none,
            bar_color=look.style.color or none,
        ).segments

    def render_line(self, y: int) -> Strip:
        """The line at ``y`` of the bar."""
        return Strip(self._segments[y : y + 1], self.thickness)
