"""A bar: lines with texts at the left and at the right."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from zigtui.ui.widgets.drawing import strip
from zigtui.ui.widgets.painted import Painted
from zigtui.wording.text_fit import MORE, SEPARATOR, fit, fit_facts

__all__ = ["Bar", "BarLine", "BarTexts"]

_KEPT = 2  # texts at the left
_PREFERRED_SHARE = 0.6  # of the line
_LEAST_NAME = 8  # cells
_LEAST_PIECE = 8  # cells, in which a part of a text is useful

BarTexts = Sequence[tuple[str, str]]
"""Texts side by side, each with a component class or ``""``."""

BarLine = tuple[BarTexts, BarTexts]
"""The texts at the left and at the right of a line."""


class Bar(Painted):
    """Lines of text.

    If there is not enough room, texts at the right are left out, and a `SEPARATOR` with the text beside it. Then the
    first text of the first line is shortened, since it may be a name of any length. Finally, the left part is cut off
    after a fact or a word. A text that begins with a `SEPARATOR` has short facts, such as ``34 lines``, and is cut off
    only between them.

    Args:
        kept: the number of texts at the left of the first line for which the first of them is shortened.
        preferred: the number of those that take precedence over texts at the right; by default, the same.
        preferred_share: the share of the first line in which they do.
        are_kept_whole: whether those that are kept take precedence in more than that share, too, and so do all
            preferred ones if they then fit whole, or if else not even a part of them has room.
    """

    HAS_LOG_COLOURS: ClassVar[bool] = False

    def __init__(
        self,
        *,
        id: str | None = None,
        classes: str | None = None,
        kept: int = _KEPT,
        preferred: int | None = None,
        preferred_share: float = _PREFERRED_SHARE,
        are_kept_whole: bool = False,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._kept = kept
        self._preferred = kept if preferred is None else preferred
        self._preferred_share = preferred_share
        self._are_kept_whole = are_kept_whole
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
        texts, share = (_KEPT, _PREFERRED_SHARE) if y else (self._preferred, self._preferred_share)
        whole = sum(cell_len(text) for text, _ in left[:texts]) + 2
        preferred = min(int(width * share), whole)
        if self._are_kept_whole and not y:
            useful = sum(cell_len(text) for text, _ in left[: self._kept]) + _LEAST_PIECE + 2
            least = useful if useful <= width else self._least_width(left) + 2
            preferred = whole if whole <= width else max(preferred, least)
        while right and (right[0][0] == SEPARATOR or sum(cell_len(text) for text, _ in right) > width - preferred):
            del right[0]  # the least important one is first
        right_width = sum(cell_len(text) for text, _ in right)
        room = max(0, width - right_width - 2)
        parts: list[tuple[str, Style]] = [(" ", Style.null())]
        least = 1 if y else self._kept  # texts that are there in any room
        for number, (text, name) in enumerate(left if y else _with_shorter_name(left, room, self._kept)):
            is_rest = text == SEPARATOR or (number >= least and room < _LEAST_PIECE)
            if is_rest and cell_len(text) >= room:
                if parts[-1][0] == SEPARATOR:
                    room += cell_len(parts.pop()[0])
                text = fit(MORE, room)
            if cell_len(text) <= room:
                piece = text
            else:
                piece = _whole_facts(text, room) if text.startswith(SEPARATOR) else fit_facts(text, room)
            room -= cell_len(piece)
            parts.append((piece, self.paint(name) if name else Style.null()))
        parts.append((" " * (room + 1), Style.null()))
        parts += [(text, self.paint(name) if name else Style.null()) for text, name in right]
        return strip(parts, width, base)

    def _least_width(self, texts: BarTexts) -> int:
        """The cells of the texts that are kept, with the first one as short as it can be."""
        widths = [cell_len(text) for text, _ in texts[: self._kept]]
        return min(_LEAST_NAME, widths[0]) + sum(widths[1:]) if widths else 0


def _whole_facts(text: str, room: int) -> str:
    """The first of some facts in exactly ``room`` cells, as many as fit whole."""
    kept = text
    while kept and cell_len(kept) + cell_len(MORE) > room:
        kept = kept[: kept.rindex(SEPARATOR)]
    return fit(kept + MORE, room)


def _with_shorter_name(texts: BarTexts, room: int, kept: int) -> BarTexts:
    """The texts. The first one is shortened as far as the others need the room."""
    if not texts:
        return texts
    name, paint = texts[0]
    others = sum(cell_len(text) for text, _ in texts[1:kept])
    width = max(min(_LEAST_NAME, room), room - others)
    return texts if cell_len(name) <= width else [(fit(name, width), paint), *texts[1:]]
