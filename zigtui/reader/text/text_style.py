"""Text styles, and the control sequence that sets them: SGR (ECMA-48, 8.3.117).

The longer forms of colours follow ITU-T T.416 and xterm.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

__all__ = ["PLAIN", "SGR_PARAMETERS", "Color", "TextStyle", "style_after"]

SGR_PARAMETERS = "[0-9:;]{0,128}+"
"""A regular expression for the parameters of an SGR sequence, ``CSI parameters m``.

No program writes more than 128 characters; longer ones are treated as an unknown sequence. The possessive quantifier
prevents backtracking.
"""

Color: TypeAlias = int | tuple[int, int, int]
"""A palette index, or red, green and blue, from 0 to 255 each."""


class TextStyle(NamedTuple):
    """The style of a text. Blinking and concealed text are deliberately not supported."""

    foreground: Color | None = None
    background: Color | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False


PLAIN = TextStyle()

_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike", 21: "underline"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}
_FIRST_COLORS = {30: ("foreground", 0), 40: ("background", 0), 90: ("foreground", 8), 100: ("background", 8)}
_CHANGES: dict[int, dict[str, Any]] = {
    0: PLAIN._asdict(),
    39: {"foreground": None},
    49: {"background": None},
    **{code: {name: True} for code, name in _ON.items()},
    **{code: dict.fromkeys(names, False) for code, names in _OFF.items()},
    **{code + i: {name: index + i} for code, (name, index) in _FIRST_COLORS.items() for i in range(8)},
}
# The colour of an underline (58) is not supported, but its numbers must not be read as codes of their own.
_EXTENDED_COLORS = {38: "foreground", 48: "background", 58: ""}
_COLOR_NUMBERS = {2: 3, 5: 1}  # how many numbers follow the kind of a colour: RGB, palette


@lru_cache(maxsize=1024)
def style_after(style: TextStyle, parameters: str) -> TextStyle:
    """Apply an SGR sequence to a style.

    Args:
        style: the style before the sequence.
        parameters: the parameters of the sequence, which match `SGR_PARAMETERS`.
    """
    changes: dict[str, Any] = {}
    rest = iter([[int(number or "0") for number in part.split(":")] for part in parameters.split(";")])
    for code, *details in rest:
        if code in _EXTENDED_COLORS:
            color = _color(details or _following_numbers(rest))
            if color is not None and _EXTENDED_COLORS[code]:
                changes[_EXTENDED_COLORS[code]] = color
        elif code == 4 and details:
            changes["underline"] = details[0] != 0
        elif not details:
            changes |= _CHANGES.get(code, {})
    return style._replace(**changes)


def _following_numbers(rest: Iterator[list[int]]) -> list[int]:
    """Take the numbers of a colour written with semicolons; all remaining ones if its kind is unknown."""
    kind = next(rest, [0])[0]
    return [kind, *(numbers[0] for numbers in islice(rest, _COLOR_NUMBERS.get(kind)))]


def _color(numbers: list[int]) -> Color | None:
    match numbers:
        case [5, index] if index <= 255:
            return index
        # T.416 names a colour space after the 2, but most programs leave it out: `38:2::r:g:b`, `38:2:r:g:b`.
        case [2, red, green, blue] | [2, _, red, green, blue, *_] if max(red, green, blue) <= 255:
            return red, green, blue
    return None
