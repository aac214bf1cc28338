"""Fit text into columns: measure its width in terminal cells, and cut or pad it.

Widths are those of rich, which also lays out the screen, so that plain tables and the screen align alike. A character
with everything that combines with it (accents, joined emoji, variation selectors) is a cluster. No cluster is cut in
two.
"""

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len, get_character_cell_size

__all__ = [
    "MORE",
    "SEPARATOR",
    "cell_width",
    "clusters",
    "column_width",
    "cut",
    "fit",
    "fit_facts",
    "pad",
    "shortened",
    "shrunk",
]

_JOINER = "\u200d"

SEPARATOR = " · "
"""A text between two facts."""

MORE = " …"
"""The end of facts of which the rest is cut off."""


def cell_width(text: str) -> int:
    """The width of a safe text, in terminal cells."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int) -> str:
    """The longest beginning of a safe text that takes at most ``width`` cells."""
    length = cells = 0
    for cluster in clusters(text):
        cells += cell_width(cluster)
        if cells > width:
            return text[:length]
        length += len(cluster)
    return text


def fit(text: str, width: int, *, right: bool = False) -> str:
    """A safe text in exactly ``width`` cells: padded with spaces, or cut off with an ellipsis.

    Args:
        text: the text.
        width: the number of cells; the result is empty if it is not positive.
        right: whether to align to the right.
    """
    if width <= 0:
        return ""
    text = text.rstrip(_JOINER)  # which would join the padding
    if cell_width(text) > width:
        text = cut(text, width - 1) + "…"
    padding = " " * (width - cell_width(text))
    return padding + text if right else text + padding


def fit_facts(text: str, width: int) -> str:
    """Facts or words in exactly ``width`` cells: padded, or cut off with an ellipsis after the last one that fits.

    If that left less than half of the width, one of them is cut off, as by `fit`. A path keeps its end, where paths
    differ.

    Args:
        text: a safe text. Its facts are separated by `` · ``.
        width: the number of cells; the result is empty if it is not positive.
    """
    if width <= 0 or cell_width(text) <= width:
        return fit(text, width)
    room = width - cell_width(MORE)
    for border in (SEPARATOR, " "):
        end = cut(text, room + len(border)).rfind(border)
        kept = text[: max(0, end)].rstrip(SEPARATOR)
        if 2 * cell_width(kept) >= width:
            return fit(kept + MORE, width)
    return fit(text, width) if " " in text.strip() or "/" not in text else _fit_path(text, width)


def _fit_path(text: str, width: int) -> str:
    """A path in exactly ``width`` cells, without as many of the first directories as necessary."""
    before, path = text.partition("/")[0], text[text.index("/") :]
    end = _end(path, width - cell_width(f"{before}…"))
    return fit(f"{before}…{end[end.index('/') :]}" if "/" in end else text, width)


def shortened(text: str, width: int) -> str:
    """A safe text in at most ``width`` cells. A longer one keeps its beginning and its end: names may differ in either.

    Args:
        text: the text.
        width: the number of cells; the result is empty if it is not positive.
    """
    if cell_width(text) <= width or width <= 0:
        return text if width > 0 else ""
    before = cut(text, width // 2)
    return f"{before}…{_end(text, width - 1 - cell_width(before))}"


def _end(text: str, width: int) -> str:
    """The longest end of a safe text that takes at most ``width`` cells."""
    end = ""
    for cluster in reversed(list(clusters(text))):
        if cell_width(cluster) + cell_width(end) > width:
            break
        end = cluster + end
    return end


def pad(text: str, width: int) -> str:
    """A safe text in at least ``width`` cells: a shorter one is padded with spaces, a longer one is kept."""
    text = text.rstrip(_JOINER)  # which would join the padding
    return text + " " * (width - cell_width(text))


def column_width(texts: Iterable[str], most: int) -> int:
    """The width of a column in which each text of at most ``most`` cells fits. Longer ones do not widen it."""
    return max((width for width in map(cell_width, texts) if width <= most), default=0)


def shrunk(widths: Sequence[int], room: int, least: int) -> list[int]:
    """Shrink columns until they fit together into ``room`` cells, the widest first, but none below ``least``."""
    kept = list(widths)
    while sum(kept) > room and max(kept) > least:
        kept[kept.index(max(kept))] -= 1
    return kept


def clusters(text: str) -> Iterator[str]:
    """Split a text into its clusters. Joined again, they are the text."""
    if text.isascii():
        yield from text
        return
    start = 0
    is_joined = False
    for position, character in enumerate(text):
        if is_joined or character == _JOINER:  # rich counts no cell for the character after a joiner
            is_joined = not is_joined
        elif position > start and get_character_cell_size(character):
            yield text[start:position]
            start = position
    yield text[start:]
