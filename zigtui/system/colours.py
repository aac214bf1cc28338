"""How many colours the terminal displays, and whether it can display the screen at all.

The screen and the commands both decide here. The stylesheet has the colours themselves.
"""

import os
import sys
from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from typing import NamedTuple

__all__ = ["Colours", "can_display_screen", "colours_of", "nearest_basic"]

# Terminals that only print, with or without an entry in terminfo.
_PRINTING = frozenset({"dumb", "unknown", "network", "dialup", "plugboard", "switch", "ethernet", "arpanet"})
# The names by which Rich, which draws the screen, recognizes terminals of more than 16 colours.
_FULL_COLORTERM = frozenset({"truecolor", "24bit"})
_FULL_SUFFIXES = frozenset({"256color", "kitty"})


class Colours(IntEnum):
    """How many colours a terminal displays.

    Attributes:
        NONE: no colours: the terminal has none, or the user wants none.
        BASIC: the 8 or 16 colours that the user's terminal defines.
        FULL: 256 or all colours.
    """

    NONE = 0
    BASIC = 16
    FULL = 256


def colours_of(environment: Mapping[str, str] = os.environ) -> Colours:
    """The colours of the terminal that a process with these variables runs in.

    ``NO_COLOR`` takes precedence, then ``TEXTUAL_COLOR_SYSTEM``, which also sets the colours that Textual sends.
    """
    term = _term(environment)
    if environment.get("NO_COLOR") or _only_prints(term):
        return Colours.NONE
    system = environment.get("TEXTUAL_COLOR_SYSTEM", "auto")
    if system != "auto":
        return Colours.FULL if system in ("256", "truecolor") else Colours.BASIC
    if _is_full(environment):
        return Colours.FULL
    entry = _terminfo(term) if term else None
    return Colours.BASIC if entry is None or entry.colours >= 8 else Colours.NONE


def can_display_screen(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal can move its cursor, by the sequences that Textual sends.

    A terminal that the machine does not know, for example after ssh from another one, is assumed to do so; likewise
    one without a name, as in a container.
    """
    term = _term(environment)
    if _only_prints(term):
        return False
    if _is_full(environment):
        return True
    entry = _terminfo(term) if term else None
    return entry is None or entry.moves_cursor


def nearest_basic(color: int | tuple[int, int, int]) -> int:
    """The number of the basic colour, from 0 to 15, that is nearest to another one.

    Args:
        color: the number of one of 256 colours, or the parts of one in red, green and blue.
    """
    from rich.color import Color, ColorSystem  # only for logs with such colours, on old terminals

    full = Color.from_ansi(color) if isinstance(color, int) else Color.from_rgb(*color)
    return full.downgrade(ColorSystem.STANDARD).number or 0


def _term(environment: Mapping[str, str]) -> str:
    return environment.get("TERM", "").strip().lower()


def _only_prints(term: str) -> bool:
    return term in _PRINTING or term.startswith("dumb-")


def _is_full(environment: Mapping[str, str]) -> bool:
    if sys.platform == "win32" or environment.get("COLORTERM", "").strip().lower() in _FULL_COLORTERM:
        return True
    return _term(environment).rpartition("-")[2] in _FULL_SUFFIXES


class _Terminfo(NamedTuple):
    moves_cursor: bool
    colours: int


@cache
def _terminfo(term: str) -> _Terminfo | None:
    """The entry of a terminal; None if there is none. Only the first entry that a process reads is right."""
    try:
        import curses  # only for terminals whose names are not enough
    except ImportError:
        return None
    try:
        curses.setupterm(term, 1)
    except (curses.error, ValueError):  # ValueError for a name that is not UTF-8
        return None
    return _Terminfo((curses.tigetstr("cup") or b"").startswith(b"\x1b["), curses.tigetnum("colors"))
