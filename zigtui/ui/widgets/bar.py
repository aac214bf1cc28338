"""A bar: lines with texts at the left and at the right."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from zigtui.ui.widgets.drawing import strip
from zigtui.ui.widgets.painted import Painted
from zigtui.wording.text_fit import fit

__all__ = ["Bar", "BarLine", "BarTexts"]

_KEPT = 2  # texts at the left that take precedence over those at the right
_KEPT_SHARE = 0.6  # of the line, which they may take up
_LEAST_NAME = 8  # cells

BarTexts = Sequence[tuple[str, str]]
"""Texts side by side, each with a component class or ``""``."""

BarLine = tuple[BarTexts, BarTexts]
"""The texts at the left and at the right of a line."""


class Bar(Painted):
    """Lines of text.

    If there is not enough room, texts at the right are left out. Then the first text of the first line is shortened,
    since it may be a name of any length. At last, the left part is cut off.

    Args:
        kept: the number of texts at the left of the first line that take precedence over those at the right.
        kept_share: the share of the line in which they do.
    """

    def __init__(
        self,
        *,
        id: str | None = None,
        classes: str | None = None,
        kept: int = _KEPT,
        kept_share: float = _KEPT_SHARE,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._kept = kept
        self._kept_share = kept_share
        self._lines: list[BarLine] = []

    def show(self, *lines: BarLine) -> None:
        """Display other lines."""
        if list(lines) != self._lines:
            self._lines = list(lines)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line at ``y``."""
        width, base = self.size.width, self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, base)
        left, right = self._lines[y]
        right = list(right)
        kept = min(
            int(width * self._kept_share), sum(cell_len(text) for text, _ in left[: _KEPT if y else self._kept]) + 2
        )
        while right and sum(cell_len(text) for text, _ in right) > width - kept:
            del right[0]  # the least important one is first
        right_width = sum(cell_len(text) for text, _ in right)
        room = max(0, width - right_width - 2)
        parts: list[tuple[str, Style]] = [(" ", Style())]
        for text, name in left if y else _with_shorter_name(left, room, self._kept):
            piece = text if cell_len(text) <= room else fit(text, room)
            room -= cell_len(piece)
            parts.append((piece, self.paint(name) if name else Style()))
        parts.append((" " * (room + 1), Style()))
        parts += [(text, self.paint(name) if name else Style()) for text, name in right]
        return strip(parts, width, base)


def _with_shorter_name(texts: BarTexts, room: int, kept: int) -> BarTexts:
    """The texts. The first one is shortened as far as the others need the room."""
    if not texts:
        return texts
    name, paint = texts[0]
    others = sum(cell_len(text) for text, _ in texts[1:kept])
    width = max(min(_LEAST_NAME, room), room - others)
    return texts if cell_len(name) <= width else [(fit(name, width), paint), *texts[1:]]
