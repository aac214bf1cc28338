"""Text in terminal cells: fitted to a width, and as the segments and strips that Textual displays."""

from collections.abc import Iterable
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from zigtui.reader.text.safe_text import Span, TextStyle, safe_short

__all__ = ["Parts", "filled", "one_line", "span_segments", "strip", "style_of"]

_LONGEST_LINE = 500  # characters
_MOST_STRIPS = 1024

Parts = list[tuple[str, Style]]
"""The texts of a line side by side, each with its style."""


def one_line(text: str) -> str:
    """Text of a log as one safe line for a bar or a cell, cut off at the length that any terminal can display.

    A prompt or an error may have a megabyte, which must not slow down a frame.
    """
    return safe_short(text, _LONGEST_LINE)


def strip(parts: Iterable[tuple[str, Style]], width: int, base: Style) -> Strip:
    """Draw texts in their styles, on top of ``base``, as a line of exactly ``width`` cells."""
    return _strip(tuple(parts), width, base)


@lru_cache(maxsize=_MOST_STRIPS)  # most of a screen is drawn as before, also beside a widget that is new
def _strip(parts: tuple[tuple[str, Style], ...], width: int, base: Style) -> Strip:
    return filled([Segment(text, base + style) for text, style in parts], width, base)


def filled(segments: list[Segment], width: int, base: Style) -> Strip:
    """A line of exactly ``width`` cells. What is left beside its segments has the style ``base``.

    It is created at once. Each change of a `Strip` creates another one, which takes longer than to draw it.
    """
    return Strip(Segment.simplify(Segment.adjust_line_length(segments, width, base)), width)


@lru_cache(maxsize=4096)
def style_of(style: TextStyle) -> Style:
    """The Textual style for a style in the text of a log."""
    return Style(
        color=_color(style.foreground),
        bgcolor=_color(style.background),
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=style.underline or None,
        reverse=style.reverse or None,
        strike=style.strike or None,
    )


def _color(color: int | tuple[int, int, int] | None) -> Color | None:
    if color is None:
        return None
    return Color.from_ansi(color) if isinstance(color, int) else Color.from_rgb(*color)


def span_segments(spans: Iterable[Span], base: Style, marker: Style) -> list[Segment]:
    """Safe spans as segments. Markers of control characters have the style ``marker``."""
    return [Segment(span.text, base + (marker if span.marker else style_of(span.style))) for span in spans]
