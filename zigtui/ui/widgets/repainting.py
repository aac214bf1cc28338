"""Screens that paint themselves no more often than needed when they are set on top of each other."""

from typing import Any, Self

from textual.geometry import Region
from textual.screen import Screen

from zigtui.ui.widgets.compositor import QuickCompositor

__all__ = ["RepaintingScreen"]


class RepaintingScreen(Screen[Any]):
    """A screen that paints less than Textual requests: often all of it, where nothing has changed.

    Attributes:
        is_still: whether requests to paint all of it are ignored now.
    """

    is_still = False

    def __init__(self) -> None:
        super().__init__()
        self._compositor = QuickCompositor()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Request a new frame of some regions, or of the whole screen unless it is still.

        A new layout paints what it changes, and nothing of the screen itself.
        """
        if self.is_still and not (regions or layout or recompose):
            return self
        repaint = repaint and not (layout and not regions)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
