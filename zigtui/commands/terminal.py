"""Standard output of the plain commands: UTF-8, with colours on terminals."""

import os
import shutil
import sys
from collections.abc import Sequence

import click

from zigtui.reader.safe_text import Span, TextStyle, safe_spans
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
    """Whether standard output is a terminal that may show colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


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
    """A recorded line of output made safe for the terminal, with its own colours unless ``NO_COLOR`` is set."""
    return "".join(_coloured(span) for span in safe_spans(text))


def _coloured(span: Span) -> str:
    codes = _codes(span.style)
    if not codes or os.environ.get("NO_COLOR"):
        return span.text
    return f"\x1b[{';'.join(codes)}m{span.text}\x1b[0m"


def _codes(style: TextStyle) -> Sequence[str]:
    flags = [
        ("1", style.bold),
        ("2", style.dim),
        ("3", style.italic),
        ("4", style.underline),
        ("7", style.reverse),
        ("9", style.strike),
    ]
    codes = [code for code, is_set in flags if is_set]
    for base, color in ((38, style.foreground), (48, style.background)):
        if isinstance(color, int):
            codes.append(f"{base};5;{color}")
        elif color is not None:
            codes.append(f"{base};2;{color[0]};{color[1]};{color[2]}")
    return codes
