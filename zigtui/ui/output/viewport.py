"""What searching and jumping need to know of the view on the output, and do to it."""

from typing import Protocol

__all__ = ["Viewport"]


class Viewport(Protocol):
    """The part of the output that is on the screen. Lines count from 0, from the first one of the output."""

    @property
    def top_line(self) -> int:
        """The number of the first line on the screen."""

    @property
    def moves(self) -> int:
        """How often the user has scrolled. If it has changed, the user has gone elsewhere meanwhile."""

    def has_left(self, line: int) -> bool:
        """Whether the view has been scrolled away from a line."""

    def go_to_line(self, line: int, *, to_top: bool = False) -> None:
        """Display a line, as the first one on the screen if ``to_top`` is set, and stop following the end."""
