"""Draw the frames of an app that runs without a terminal only where a test needs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor

from tests.support.examples import is_thorough


class Frames:
    """The frames of an app.

    Attributes:
        are_drawn: whether each is drawn as in a terminal. If not, one is drawn when a test reads the screen.
    """

    def __init__(self) -> None:
        self.are_drawn = is_thorough()


@contextmanager
def drawn_when_read() -> Iterator[Frames]:
    """The frames of the apps that run until the block is left.

    Textual draws each of them although nothing displays it, which takes a quarter of the time of a test.
    """
    drawing = Frames()
    render_update = Compositor.render_update

    def render_if_drawn(self: Compositor, full: bool = False, *others: Any, **options: Any) -> RenderableType | None:
        if full or drawing.are_drawn:  # a full one is a screenshot
            return render_update(self, full, *others, **options)
        self._dirty_regions.clear()
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compositor, "render_update", render_if_drawn)
        yield drawing
