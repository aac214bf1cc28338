"""Widgets that draw their own lines, in the colours of the stylesheet."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.style import Style
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from zigtui.ui.widgets.plain_lines import PlainLines
from zigtui.ui.widgets.repainting import RepaintingScreen
from zigtui.wording.states import Severity, State, sign_of

__all__ = ["Backdrop", "Painted", "PaintedScreen", "Unscrolled", "paint_of", "paint_of_state"]

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
    "paint--selected",
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


class PaintedScreen(RepaintingScreen, Screen[None]):
    """A screen of `Painted` widgets. The stylesheet sets the colours of its component classes.

    The screen has the classes, since resolving them for each widget would take a tenth of the start-up time.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = _PAINT_CLASSES

    # As in Textual, but without painting everything: the widgets that gain or lose the focus paint themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)


class Unscrolled(Widget):
    """A widget that is never scrolled by Textual, and so need not be laid out and painted twice at each new size."""

    virtual_size = Reactive(Size(0, 0), layout=False, repaint=False)


class Backdrop(Unscrolled):
    """A widget without content of its own, behind the widgets in it. It may have a border at the top and the sides.

    Textual draws each of its lines, although all below the border are alike.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region: only the first two are drawn."""
        x, y, width, height = crop
        drawn = super().render_lines(Region(x, y, width, min(2, height)))
        return drawn + drawn[-1:] * (height - len(drawn))


class Painted(Unscrolled):
    """A widget of a `PaintedScreen` that draws its own lines."""

    HAS_LOG_COLOURS: ClassVar[bool] = True
    """Whether lines may have colours of a terminal's palette, as text of a log does, rather than those of the theme."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._styles_cache = PlainLines()
        self._paints: dict[str, Style] = {}
        self._own_style: Style | None = None
        self._accents: dict[Severity, Style] = {}
        self._colours: Hashable = None  # on which the cached ones depend

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What Textual changes in each line: nothing that concerns colours which the widget does not have."""
        filters = super().get_line_filters()
        return filters if self.HAS_LOG_COLOURS else [one for one in filters if not isinstance(one, ANSIToTruecolor)]

    @property
    def rich_style(self) -> Style:
        """The style below everything that the widget draws. It is cached, since every line uses it."""
        if self._own_style is None:
            self._own_style = super().rich_style
        return self._own_style

    def paint(self, name: str) -> Style:
        """The style of a component class. It has a background only if the stylesheet sets one."""
        style = self._paints.get(name)
        if style is None:
            rules = self.screen.get_component_styles(name)
            _, background = self.background_colors
            style = Style(
                color=(background + rules.color).rich_color if rules.has_rule("color") else None,
                bgcolor=(background + rules.background).rich_color if rules.has_rule("background") else None,
                bold=rules.text_style.bold,
                underline=rules.text_style.underline,
                reverse=rules.text_style.reverse,
            )
            self._paints[name] = style
        return style

    @property
    def accents(self) -> dict[Severity, Style]:
        """The colours of severities for text of a log. On a terminal without colours nothing is left of them."""
        if not self._accents:
            paints = {severity: self.paint(name) for severity, name in _PAINT_OF_SEVERITY.items()}
            self._accents = {severity: Style(color=paint.color) for severity, paint in paints.items()}
        return self._accents

    def notify_style_update(self) -> None:
        """Discard the cached colours if they have changed, as with the theme.

        Textual calls this for each widget whose rules it has applied again, whether any of them has changed or not.
        """
        super().notify_style_update()
        colours = super().rich_style, self.app.theme, self.app.native_ansi_color
        if colours != self._colours:
            self._colours = colours
            self._paints.clear()
            self._accents = {}
            self._own_style = None
            self.colours_changed()

    def colours_changed(self) -> None:
        """Draw again what is kept in the former colours. By default, nothing is."""


def paint_of_state(state: State) -> str:
    """The component class for the severity of a state."""
    return paint_of(sign_of(state).severity)


def paint_of(severity: Severity) -> str:
    """The component class for a severity."""
    return _PAINT_OF_SEVERITY[severity]
