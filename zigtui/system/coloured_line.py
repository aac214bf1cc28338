"""Recorded lines with their colours, as text for a terminal."""

from collections.abc import Callable
from functools import lru_cache

from zigtui.reader.text.safe_text import safe_runs
from zigtui.reader.text.text_style import PLAIN, Color, TextStyle
from zigtui.system.colours import Colours, nearest_basic

__all__ = ["coloured_line"]

_ATTRIBUTES = {"bold": 1, "dim": 2, "italic": 3, "underline": 4, "reverse": 7, "strike": 9}


def coloured_line(text: str, colours_of: Callable[[], Colours]) -> str:
    """A recorded line of output made safe for a terminal, with its own colours as far as the terminal has them.

    Args:
        text: the line as recorded.
        colours_of: returns the colours of the terminal. It is called for a line that has any.
    """
    runs = safe_runs(text)
    styles = {style for _, style in runs}
    colours = Colours.NONE if styles <= {PLAIN} else colours_of()
    if colours is Colours.NONE:
        return "".join(part for part, _ in runs)
    ends = {style: ("", "") if style == PLAIN else (f"\x1b[{_codes(style, colours)}m", "\x1b[0m") for style in styles}
    return "".join([f"{ends[style][0]}{part}{ends[style][1]}" for part, style in runs])


@lru_cache(maxsize=4096)
def _codes(style: TextStyle, colours: Colours) -> str:
    codes = [str(code) for name, code in _ATTRIBUTES.items() if getattr(style, name)]
    code_of = _full_code if colours is Colours.FULL else _basic_code
    if style.foreground is not None:
        codes.append(code_of(style.foreground, 30))
    if style.background is not None:
        codes.append(code_of(style.background, 40))
    return ";".join(codes)


def _full_code(color: Color, ground: int) -> str:
    """The parameters for a colour: of the text if ``ground`` is 30, behind it if it is 40."""
    if isinstance(color, int):
        return f"{ground + 8};5;{color}"
    return f"{ground + 8};2;{color[0]};{color[1]};{color[2]}"


def _basic_code(color: Color, ground: int) -> str:
    """The parameter for the nearest of the 16 basic colours; the arguments are as for `_full_code`."""
    number = color if isinstance(color, int) and color < 16 else nearest_basic(color)
    return str(ground + number if number < 8 else ground + 60 + number - 8)
