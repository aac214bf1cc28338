"""The errors of failed attempts in words, even if nothing was recorded but the failure."""

from zigtui.reader.session.model.informative_line import informative_line
from zigtui.reader.text.safe_text import safe_short

__all__ = ["NO_MESSAGE", "error_in_full", "error_line"]

NO_MESSAGE = "(no message)"
"""Stands for an error without text."""


def error_line(error: str, most: int) -> str:
    """The most informative line of an error, safe to show and cut off at ``most`` characters."""
    return safe_short(informative_line(error), most) or NO_MESSAGE


def error_in_full(error: str) -> str:
    """An error as recorded, or the words for one without text."""
    return error if informative_line(error) else NO_MESSAGE
