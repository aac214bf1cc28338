"""The error of a failed step, above its output."""

from functools import lru_cache

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from zigtui.reader.session.model.informative_line import informative_line
from zigtui.reader.text.safe_text import safe_spans
from zigtui.ui.widgets.drawing import one_line, strip
from zigtui.ui.widgets.painted import Painted
from zigtui.ui.widgets.wrapping import wrapped
from zigtui.wording.amounts import count
from zigtui.wording.text_fit import fit

__all__ = ["FailureText", "error_rows"]

_MARGINS = 2  # cells: one at each side, as in a bar


class FailureText(Painted):
    """Displays an error with its lines as lines. It takes no room if there is no error.

    The stylesheet sets the most rows it may take. If the error needs more, the last row counts the other lines.
    """

    def __init__(self) -> None:
        super().__init__()
        self._error = ""
        self._where = ""

    def show(self, error: str, where: str = "") -> None:
        """Display another error, or none if it is empty; for ``where`` see `error_rows`."""
        if (error, where) != (self._error, self._where):
            self._error, self._where = error, where
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The number of rows for the whole error, or of the terminal if that has fewer."""
        return len(error_rows(self._error, width - _MARGINS, viewport.height))

    def render_line(self, y: int) -> Strip:
        """The line at ``y``."""
        width, height = self.size
        rows = error_rows(self._error, width - _MARGINS, height, self._where)
        if y >= len(rows):
            return Strip.blank(width, self.rich_style)
        return strip([(f" {rows[y]}", self.paint("paint--failed"))], width, self.rich_style)


@lru_cache(maxsize=8)  # an error is the same for many frames
def error_rows(error: str, width: int, most: int, where: str = "") -> tuple[str, ...]:
    """Lay out an error as rows that are safe to print. The time taken depends only on how much fits.

    If the most informative line is among those that do not fit, such as the last one of a traceback, it comes first.

    Args:
        error: the error as recorded.
        width: the width of a row, in cells.
        most: the largest number of rows. If the error needs more, the last one counts the lines that are left out.
        where: where these are, such as `` below``.
    """
    error = error.strip("\r\n")
    if not error or width < 2 or most < 1:
        return ()
    rows: list[str] = []
    row_lines: list[int] = []  # the number of the line that each row belongs to
    longest = 4 * width * most  # characters: combining marks and control sequences take no cell
    for number, line in enumerate(error.split("\n", most)):  # the last one may be all that is left
        text = "".join(span.text for span in safe_spans(line.partition("\n")[0][:longest]))
        pieces = wrapped([Segment(text)], width)
        rows += ["".join(segment.text for segment in piece) for piece in pieces]
        row_lines += [number] * len(pieces)
        if len(rows) > most:
            break
    if len(rows) <= most:
        return tuple(rows)
    informative = one_line(informative_line(error))
    if not any(row.strip() and informative.startswith(row.strip()) for row in rows[: most - 1]):
        rows, row_lines = [fit(informative, width).rstrip(), *rows], [-1, *row_lines]
    if most == 1:
        return (fit(f"{rows[0]} …", width).rstrip(),)
    shown, next_line = rows[: most - 1], row_lines[most - 1]
    begun = next_line == row_lines[most - 2]
    hidden = error.count("\n") + 1 - next_line - begun
    return *shown, (f"… {count(hidden, 'more line')}" if hidden else "… more") + where
