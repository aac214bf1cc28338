"""Text to cells: what the widgets that draw their own lines have in common."""

from collections.abc import Iterable
from functools import lru_cache
from typing import ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from zigtui.reader.safe_text import Span, TextStyle
from zigtui.wording.states import Severity, State, sign_of

__all__ = ["Painted", "PaintedScreen", "paint_of_state", "span_segments", "strip", "style_of"]

_PAINT_CLASSES = {
    "paint--muted",
    "paint--strong",
    "paint--running",
    "paint--stalled",
    "paint--succeeded",
    "paint--failed",
    "paint--lost",
    "paint--stderr",
    "paint--key",
    "paint--note",
    "paint--match",
    "paint--match-current",
    "paint--cursor",
    "paint--cursor-blurred",
}

_PAINT_OF_SEVERITY = {
    Severity.OK: "paint--succeeded",
    Severity.ACTIVE: "paint--running",
    Severity.WARNING: "paint--stalled",
    Severity.ERROR: "paint--failed",
    Severity.CRITICAL: "paint--lost",
    Severity.MUTED: "paint--muted",
}


class PaintedScreen(Screen[None]):
    """A screen of widgets that draw their own lines, in the colours that the stylesheet gives to its component classes.

    They are the screen's: to have them worked out for each widget takes a tenth of the start.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = _PAINT_CLASSES


class Painted(Widget):
    """A widget of a `PaintedScreen` that draws its own lines."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._paints: dict[str, Style] = {}
        self._own_style: Style | None = None

    @property
    def rich_style(self) -> Style:
        """The widget's own style, under all that it draws: asked for line by line, so worked out once."""
        if self._own_style is None:
            self._own_style = super().rich_style
        return self._own_style

    def paint(self, name: str) -> Style:
        """The style of a component class; a background only where it sets one, for parts lie on others."""
        style = self._paints.get(name)
        if style is None:
            rules = self.screen.get_component_styles(name)
            _, background = self.background_colors
            style = Style(
                color=(background + rules.color).rich_color if rules.has_rule("color") else None,
                bgcolor=(background + rules.background).rich_color if rules.has_rule("background") else None,
                bold=rules.text_style.bold,
            )
            self._paints[name] = style
        return style

    def notify_style_update(self) -> None:
        """Another theme has other colours."""
        self._paints.clear()
        self._own_style = None
        super().notify_style_update()


def paint_of_state(state: State) -> str:
    """The component class for a state, by its severity."""
    return _PAINT_OF_SEVERITY[sign_of(state).severity]


def strip(parts: Iterable[tuple[str, Style]], width: int, base: Style) -> Strip:
    """A line of exactly ``width`` cells from texts and their styles, all on top of ``base``."""
    segments = [Segment(text, base + style) for text, style in parts]
    return Strip(segments).adjust_cell_length(width, base).simplify()


@lru_cache(maxsize=4096)
def style_of(style: TextStyle) -> Style:
    """The style that a log's own colours ask for."""
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
    """Safe spans as segments; what is not the log's own text (visible control characters) is in ``marker``."""
    return [Segment(span.text, base + (marker if span.marker else style_of(span.style))) for span in spans]
