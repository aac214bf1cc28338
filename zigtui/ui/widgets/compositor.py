"""The compositor of a screen, which draws only what a frame sends to the terminal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias, cast

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

__all__ = ["QuickCompositor"]

_Span: TypeAlias = tuple[int, int, int]  # a line, its first column and the one after its last
_Pieces: TypeAlias = Sequence[Mapping[int, Strip]]  # of each line, by the column where they begin; None if not drawn


class QuickCompositor(Compositor):
    """Textual's compositor, without drawing what is not displayed or has not changed.

    Textual draws and divides the lines of all widgets between the topmost and the lowest change, including those
    beside it, and the lines of widgets that others cover completely, such as the containers of all others.
    """

    def render_partial_update(self) -> ChopsUpdate | None:
        """The changes since the last frame; None if there are none."""
        screen = self.size.region
        changed = [region.intersection(screen) for region in self._dirty_regions]
        self._dirty_regions.clear()
        spans = list(self._regions_to_spans(region for region in changed if region))
        if not spans:
            return None
        return ChopsUpdate(self._pieces(spans), spans, [line_cuts[1:] for line_cuts in self.cuts])

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> _Pieces:
        """The pieces of whole lines. Textual asks for them for a full frame, and for what is below a panel."""
        lines = crop.intersection(self.size.region).line_range
        return self._pieces((y, 0, self.size.width) for y in lines if is_rendered_line(y))

    def _pieces(self, spans: Iterable[_Span]) -> _Pieces:
        """The pieces of all lines, as the edges of widgets divide them. Only those in the spans are drawn."""
        cuts = self.cuts
        pieces: list[dict[int, Strip | None]] = [dict.fromkeys(line_cuts[:-1]) for line_cuts in cuts]
        wanted: dict[int, set[int]] = {}  # the pieces of each line that are still to be drawn
        for y, left, right in spans:
            starts = {start for start, end in pairwise(cuts[y]) if start < right and end > left}
            wanted.setdefault(y, set()).update(starts)
        for widget, (region, clip) in self.visible_widgets.items():  # those in front first
            if not wanted:
                break
            shown = region.intersection(clip)
            columns = range(shown.x, shown.right)
            lines = [y for y in shown.line_range if y in wanted and any(start in columns for start in wanted[y])]
            if not lines:
                continue
            first, height = lines[0], lines[-1] - lines[0] + 1
            drawn = widget.render_lines(Region(shown.x - region.x, first - region.y, shown.width, height))
            for y in lines:
                strip = drawn[y - first]
                edges = [cut for cut in cuts[y] if shown.x <= cut <= shown.right]
                parts = [strip] if len(edges) == 2 else strip.divide([edge - shown.x for edge in edges[1:]])
                for start, part in zip(edges, parts, strict=False):
                    if start in wanted[y]:
                        pieces[y][start] = part
                wanted[y].difference_update(edges[:-1])
                if not wanted[y]:
                    del wanted[y]
        return cast("_Pieces", pieces)  # as Textual does
