"""Draw URLs and paths in lines as links of the terminal (OSC 8), which opens them when they are clicked."""

import os
import re
import socket
from collections.abc import Callable, Mapping
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style

from zigtui.ui.output.file_references import Link, links_in

__all__ = ["Linker", "linked", "linker", "takes_links"]

Linker = Callable[[str], list[Link]]
"""Returns the links of a displayed line."""

_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "WarpTerminal", "Tabby"})
_VARIABLES = ("KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "WEZTERM_PANE", "ALACRITTY_WINDOW_ID")
_TERMS = ("xterm-kitty", "xterm-ghostty", "foot", "alacritty", "wezterm", "contour", "rio")
_LEAST_VTE = 5000  # 0.50
_LEAST_TMUX = (3, 4)


def takes_links(setting: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to draw links.

    Args:
        setting: ``on``, ``off``, or ``auto`` for terminals that are known to take them.
        environment: the variables of the process.
    """
    if setting != "auto":
        return setting == "on"
    program, term = environment.get("TERM_PROGRAM", ""), environment.get("TERM", "")
    if program == "tmux":
        version = re.match(r"(\d+)\.(\d+)", environment.get("TERM_PROGRAM_VERSION", ""))
        return version is not None and (int(version[1]), int(version[2])) >= _LEAST_TMUX
    if environment.get("TMUX") or term.startswith(("screen", "tmux")):  # which keeps the variables of its terminal
        return False
    vte = environment.get("VTE_VERSION", "")
    return (
        program in _PROGRAMS
        or any(environment.get(name) for name in _VARIABLES)
        or term.startswith(_TERMS)
        or (vte.isdecimal() and int(vte) >= _LEAST_VTE)
    )


def linker(setting: str, directory: str | None) -> Linker | None:
    """What finds the links of lines; None if none are drawn.

    Args:
        setting: see `takes_links`.
        directory: the working directory of the session; None if it is not known.
    """
    if not takes_links(setting):
        return None
    host = socket.gethostname()
    return lambda text: links_in(text, directory, host)


def linked(line: list[Segment], links: list[Link]) -> list[Segment]:
    """Segments with links on parts of their text, which otherwise look as before."""
    done: list[Segment] = []
    position = 0
    for text, style, _ in line:
        end = position + len(text)
        for link in links:
            start, stop = max(link.start, position), min(link.end, end)
            if start >= stop:
                continue
            if start > position:
                done.append(Segment(text[: start - position], style))
            done.append(Segment(text[start - position : stop - position], (style or Style()) + _style(link.url)))
            text, position = text[stop - position :], stop
        if text:
            done.append(Segment(text, style))
        position = end
    return done


@lru_cache(maxsize=512)
def _style(url: str) -> Style:
    return Style(link=url)
