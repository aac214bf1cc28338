"""What a view displays, to return to it."""

from typing import NamedTuple

from zigtui.ui.output.view.positions import Position
from zigtui.ui.output.view.viewport import Spot

__all__ = ["Bookmark"]


class Bookmark(NamedTuple):
    """What a view displays, to return to it.

    Attributes:
        top: the first row on the screen.
        left: the cells left of the screen.
        follow: whether the view follows the end of the output.
        went_to: the line or divider that the user last went to, and how many times the user had scrolled by then.
        pointed: the one that was last clicked.
    """

    top: Position
    left: int
    follow: bool
    went_to: tuple[Spot, int] | None
    pointed: Spot | None
