"""Draw URLs and paths in lines as links of the terminal (OSC 8), which opens them when they are clicked."""

import os
import socket
from collections.abc import Callable, Mapping
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style

from zigtui.ui.output.lines.file_references import Link, links_in
from zigtui.ui.terminal.kind import has_links

__all__ = ["Linker", "linked", "linker", "takes_links"]

Linker = Callable[[str], list[Link]]
"""Returns the links of a displayed line."""


def takes_links(setting: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to draw links.

    Args:
        setting: ``on``, ``off``, or ``auto`` for terminals that are known to take them.
        environment: the variables of the process.
    """
    if setting != "auto":
        return setting == "on"
    return has_links(environment)


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
    """Segments with links on parts of their text. Their other styles are kept."""
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
            done.append(Segment(text[start - position : stop - position], (style or Style.null()) + _style(link.url)))
            text, position = text[stop - position :], stop
        if text:
            done.append(Segment(text, style))
        position = end
    return done


@lru_cache(maxsize=512)
def _style(url: str) -> Style:
    return Style(link=url)
