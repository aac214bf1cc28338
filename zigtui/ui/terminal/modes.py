"""The modes of a terminal that the screen uses, as control sequences that begin and end each."""

__all__ = ["FOCUS", "KEYS", "MOUSE", "PASTES", "RESET", "SCREEN"]

# Only modes that are used. Textual sets these as well: 1003, reports of each movement of the mouse; 1015, an encoding
# that its parser does not know; 2048 and 1016, sizes and positions in pixels, the latter for good; and reports of every
# key as a sequence of its own, where a shell would not understand a single one.
MOUSE = ("\x1b[?1000h\x1b[?1002h\x1b[?1006h", "\x1b[?1006l\x1b[?1002l\x1b[?1000l")
"""Reports of the mouse."""

FOCUS = ("\x1b[?1004h\x1b[?1004$p", "\x1b[?1004l")
"""Reports of the focus, with a question whether the terminal has it."""

PASTES = ("\x1b[?2004h", "\x1b[?2004l")
"""Pastes between brackets."""

KEYS = ("\x1b[<u\x1b[>5u", "\x1b[<u")
"""Unambiguous keys in the protocol of kitty, with the key of a Latin layout in the same place.

First they are removed, since the terminal counts.
"""

SCREEN = ("\x1b[?1049h\x1b[?25l\x1b[?7l", "\x1b[?7h\x1b[?1049l\x1b[?25h")
"""A screen of its own, without a cursor and without wrapping."""

_OF_PROGRAMS = "\x1b[?1l\x1b>"  # application keys, which less sets

RESET = MOUSE[1] + FOCUS[1] + PASTES[1] + KEYS[1] + SCREEN[1] + _OF_PROGRAMS
"""The control sequences that end all modes, also those of a pager or an editor that could not end them itself."""
