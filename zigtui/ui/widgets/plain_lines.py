"""Lines that a widget draws whole, without the time that Textual takes to add nothing to them."""

from typing import Any

from textual._styles_cache import StylesCache
from textual.css.styles import StylesBase
from textual.geometry import Size
from textual.strip import Strip

__all__ = ["PlainLines"]


class PlainLines(StylesCache):
    """Textual's cache of the lines of a widget.

    For each line, Textual works out borders, paddings, outlines, tints and hatches again, which takes as long as to
    draw the line. The stylesheet sets none of the last three, and the sizes show whether there are any of the others.
    """

    def render_line(self, styles: StylesBase, y: int, size: Size, content_size: Size, *arguments: Any) -> Strip:
        """The line at ``y``. Where the widget has neither border nor padding, that is its own line as it is."""
        _padding, base_background, background, render_content_line, _title, _subtitle, opacity, *_ = arguments
        if size != content_size or opacity != 1 or y >= size.height:
            return super().render_line(styles, y, size, content_size, *arguments)
        line: Strip = render_content_line(y)
        if line.cell_length == size.width:
            return line
        inner, _ = self.get_inner_outer(base_background, background)
        return line.adjust_cell_length(size.width, inner.rich_style)
