"""The interface of the output view that search and jumps use."""

from typing import NamedTuple, Protocol

__all__ = ["Spot", "Start", "Viewport"]


class Spot(NamedTuple):
    """A line of the output or a divider, by its number from 0."""

    number: int
    is_divider: bool = False


class Start(NamedTuple):
    """Where a search begins: the first line and the first divider to search."""

    line: int
    divider: int


class Viewport(Protocol):
    """The part of the output that is on the screen. Lines are numbered from 0, from the start of the output."""

    @property
    def top_line(self) -> int:
        """The number of the first line on the screen."""

    @property
    def start(self) -> Start:
        """The line or divider that was last clicked or gone to, if it is on the screen; else the top of the screen."""

    @property
    def moves(self) -> int:
        """How many times the user has scrolled. If it has changed, the user has moved on in the meantime."""

    def has_left(self, spot: Spot) -> bool:
        """Whether the view has been scrolled away from a line or a divider."""

    def go_to(self, spot: Spot) -> None:
        """Display a line or a divider, and stop following the end."""
