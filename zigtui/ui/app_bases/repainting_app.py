"""When all of the screen is painted: Textual does so often for nothing, and screens then ignore it."""

from typing import Any

from textual import on
from textual.app import App

from zigtui.ui.messages import PaintAll
from zigtui.ui.widgets.repainting import RepaintingScreen

__all__ = ["RepaintingApp"]


class RepaintingApp(App[None]):
    """An application of `RepaintingScreen`s. It paints all of the screen only when the terminal does not display it."""

    def push_screen(self, *arguments: Any, **options: Any) -> Any:
        """Set a screen on top. Textual paints the one that it covers once more, for nothing."""
        below = self.screen
        if isinstance(below, RepaintingScreen):
            below.is_still = True
        try:
            return super().push_screen(*arguments, **options)
        finally:
            if isinstance(below, RepaintingScreen):
                below.is_still = False

    @on(PaintAll)
    def paint_all(self) -> None:
        """Lay out and paint all of the screen."""
        self.refresh(layout=True)
        if self.screen_stack:
            self.screen.refresh()
