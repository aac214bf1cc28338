"""Colours of the log as classes of the HTML page that are legible on light and dark backgrounds."""

import colorsys
import html
from functools import lru_cache

from zigtui.reader.text.safe_text import PLAIN, Color, Span, TextStyle

__all__ = ["span_html"]

_GREYS = ((0.2, 0), (0.6, 8), (0.85, 7), (1.1, 15))  # by lightness
_HUES = ((20, 1), (70, 3), (165, 2), (200, 6), (260, 4), (335, 5), (361, 1))  # by degrees
_LEVELS = (0, 95, 135, 175, 215, 255)  # of the 6 x 6 x 6 colour cube, which xterm numbers from 16 to 231


def span_html(span: Span) -> str:
    """A span of safe text as HTML."""
    text = html.escape(span.text)
    if span.marker:
        return f"<mark>{text}</mark>"
    return text if span.style is PLAIN or span.style == PLAIN else f'<span class="{_classes(span.style)}">{text}</span>'


@lru_cache(maxsize=1024)
def _classes(style: TextStyle) -> str:
    foreground, background = (
        None if color is None else _basic(color) for color in (style.foreground, style.background)
    )
    if style.reverse:
        foreground, background = background, foreground
    flags = {"b": style.bold, "d": style.dim, "i": style.italic, "u": style.underline, "s": style.strike}
    names = [name for name, is_on in flags.items() if is_on]
    if style.reverse and foreground is None and background is None:
        names.append("v")
    if background is not None:
        names += ["g", f"g{background}"]
    if foreground is not None:
        names.append(f"f{foreground}")
    return " ".join(names) or "p"


def _basic(color: Color) -> int:
    """The nearest of the 16 basic colours, since only these are known to be legible on both backgrounds."""
    if isinstance(color, int):
        if color < 16:
            return color
        color = _rgb(color)
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in color))
    if saturation < 0.15:
        return next(index for limit, index in _GREYS if lightness < limit)
    index = next(index for limit, index in _HUES if hue * 360 < limit)
    return index + 8 if lightness > 0.6 else index


def _rgb(index: int) -> tuple[int, int, int]:
    if index >= 232:
        grey = 8 + 10 * (index - 232)
        return grey, grey, grey
    index -= 16
    return _LEVELS[index // 36], _LEVELS[index // 6 % 6], _LEVELS[index % 6]
