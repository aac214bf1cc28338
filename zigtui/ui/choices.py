"""What the user has chosen on a screen, and finds again on the next one."""

from dataclasses import dataclass

__all__ = ["Choices"]


@dataclass
class Choices:
    """Choices that last as long as the program runs.

    Attributes:
        shows_dividers: whether dividers are displayed between the lines of output.
    """

    shows_dividers: bool = True
