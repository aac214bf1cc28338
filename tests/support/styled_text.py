"""A screen as text with its colours, in a form to store and to compare."""

from collections.abc import Sequence
from colorsys import rgb_to_hls
from itertools import groupby

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from textual.strip import Strip

_HUES = [(15, "red"), (50, "amber"), (70, "yellow"), (165, "green"), (195, "cyan"), (260, "blue"), (330, "violet")]
"""Names of the colours up to a hue in degrees. Beyond the last it is red again."""


def styled_text(strips: Sequence[Strip], foreground: str, background: str) -> str:
    """Describe the lines of a screen: first all of the text, then which cells stand out, and how.

    In the second part a note such as ``4: green 1-11, 20 · bold 14-24`` is about cells of line 4 of the screen, and
    ``5-8: grey19 28`` about the same cell of four lines. Lines and cells are counted from 0. Colours are named by
    hue and greys by their lightness in percent: a red that becomes green is noticed, another shade of red is not.

    Args:
        strips: the lines as they are drawn.
        foreground: the usual colour of text, which is not mentioned, as ``#e0e0e0`` or ``ansi_default``.
        background: the usual colour behind it.
    """
    usual = tuple(_colour_name(Color.parse(name.removeprefix("ansi_"))) for name in (foreground, background))
    notes = []
    for note, lines in groupby(enumerate(_note(strip, *usual) for strip in strips), key=lambda line: line[1]):
        numbers = [number for number, _ in lines]
        if note:
            notes.append(f"{_span(numbers[0], numbers[-1])}: {note}")
    return "\n".join([*(strip.text.rstrip() for strip in strips), "-- styles --", *notes])


def _note(strip: Strip, foreground: str, background: str) -> str:
    """The styles of a line, each with its cells."""
    cells: dict[str, list[list[int]]] = {}
    start = 0
    for text, style, _ in strip:
        end = start + cell_len(text)
        spans = cells.setdefault(_style_name(style or Style.null(), text.isspace(), foreground, background), [])
        if spans and spans[-1][1] == start:
            spans[-1][1] = end
        elif end > start:
            spans.append([start, end])
        start = end
    cells.pop("", None)
    return " · ".join(f"{name} {', '.join(_span(start, end - 1) for start, end in cells[name])}" for name in cells)


def _span(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}-{last}"


def _style_name(style: Style, is_blank: bool, foreground: str, background: str) -> str:
    """A style as ``bold red on blue``, without what is usual and what cannot be seen of blanks."""
    words = [attribute for attribute in ("underline", "reverse", "strike") if getattr(style, attribute)]
    if not is_blank:
        words += [attribute for attribute in ("bold", "dim", "italic") if getattr(style, attribute)]
        if style.color is not None and (colour := _colour_name(style.color)) != foreground:
            words.append(colour)
    if style.bgcolor is not None and (colour := _colour_name(style.bgcolor)) != background:
        words.append(f"on {colour}")
    return " ".join(words)


def _colour_name(colour: Color) -> str:
    if colour.is_default:
        return "default"
    red, green, blue = (part / 255 for part in colour.get_truecolor())
    hue, lightness, saturation = rgb_to_hls(red, green, blue)
    if saturation < 0.1:
        return f"grey{lightness:.0%}".removesuffix("%")
    name = next((name for limit, name in _HUES if hue * 360 <= limit), "red")
    return f"dark {name}" if lightness < 0.35 else name
