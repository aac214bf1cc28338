"""The interface of the output view that search and jumps use."""

from typing import Protocol

__all__ = ["Viewport"]


class Viewport(Protocol):
    """The part of the output that is on the screen. Lines are numbered from 0, from the start of the output."""

    @property
    def top_line(self) -> int:
        """The number of the first line on the screen."""

    @property
    def moves(self) -> int:
        """How many times the user has scrolled. If it has changed, the user has moved on in the meantime."""

    def has_left(self, line: int) -> bool:
        """Whether the view has been scrolled away from a line."""

    def go_to_line(self, line: int, *, to_top: bool = False) -> None:
        """Display a line, as the first one on the screen if ``to_top`` is set, and stop following the end."""
