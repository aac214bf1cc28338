"""The errors of failed attempts in words, even if nothing was recorded but the failure."""

import re

from zigtui.reader.session.model.informative_line import informative_line
from zigtui.reader.text.safe_text import safe_short
from zigtui.wording.text_fit import cell_width

__all__ = ["NO_MESSAGE", "error_in_cells", "error_in_full", "error_line"]

NO_MESSAGE = "(no message)"
"""Stands for an error without text."""

# The class of an exception before its message. One of a single word, such as a missing key, says little without it.
_CLASS = re.compile(r"(?:\w+\.)*[A-Z]\w*: (?=\S+ \S)")


def error_line(error: str, most: int) -> str:
    """The most informative line of an error, safe to show and cut off at ``most`` characters."""
    return safe_short(informative_line(error), most) or NO_MESSAGE


def error_in_cells(step: str, error: str, width: int) -> str:
    """An error in one line for a column that is too narrow for it, with what is worth its room before it.

    The name of the step is left out if the error fits then or names the step itself, and what takes more than a third
    of the room: that name, or the class of an exception.

    Args:
        step: the name of the step, as short as it is to be displayed.
        error: the error, see `error_line`.
        width: the cells of the column.
    """
    if cell_width(error) <= width:
        return error
    found = _CLASS.match(error)
    if found is not None and cell_width(found[0]) > width // 3:
        error = error[found.end() :]
    before = f"{step}: "
    is_named = step in error[: width - 1]
    return error if is_named or cell_width(before) > width // 3 else f"{before}{error}"


def error_in_full(error: str) -> str:
    """An error as recorded, or the words for one without text."""
    return error if informative_line(error) else NO_MESSAGE
