"""Standard output of the plain commands: UTF-8, with colours on terminals."""

import shutil
import sys

import click

from zigtui.system.coloured_line import coloured_line
from zigtui.system.colours import Colours, colours_of
from zigtui.wording.states import Severity

__all__ = ["has_colours", "painted", "safe_line", "terminal_width", "write"]

_COLOURS = {
    Severity.OK: "green",
    Severity.ACTIVE: "cyan",
    Severity.WARNING: "yellow",
    Severity.ERROR: "red",
    Severity.CRITICAL: "red",
}


def has_colours() -> bool:
    """Whether standard output is a terminal that displays colours."""
    return sys.stdout.isatty() and colours_of() is not Colours.NONE


def terminal_width() -> int | None:
    """The number of columns of the terminal; None if standard output is not a terminal, so that no line is cut off."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def painted(text: str, severity: Severity) -> str:
    """``text`` in the colour of a severity, or dim if that is muted; unchanged if there are no colours."""
    if not has_colours():
        return text
    colour = _COLOURS.get(severity)
    return click.style(text, fg=colour) if colour else click.style(text, dim=True)


def write(text: str) -> None:
    """Write text to standard output as UTF-8, whatever the locale."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


def safe_line(text: str) -> str:
    """A recorded line of output made safe for the terminal, with its own colours as far as the terminal has them."""
    return coloured_line(text, colours_of)
