"""The output of steps, redacted."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from zigtui.commands.export.redacted_start import redacted_start
from zigtui.reader.lines.line_table import LineTable
from zigtui.reader.session.model import StepRun

if TYPE_CHECKING:
    from zigtui.commands.redaction import Redactor

__all__ = ["Line", "StepOutput"]


class Line(NamedTuple):
    """The beginning of an output line of a step run.

    Attributes:
        number: the number of the line, from 0.
        is_stderr: whether it was printed on standard error.
        text: its beginning, redacted, but not safe to show.
        rest: the number of characters after that.
    """

    number: int
    is_stderr: bool
    text: str
    rest: int


class StepOutput:
    """The redacted output of a step run.

    Each stream is redacted separately: a private key that spans several lines is found even if lines of the other
    stream are between them.

    Args:
        table: the lines of the session's log.
        step: the step run.
        redactor: masks secrets.
        shown: the number of characters that are shown of a line.
    """

    def __init__(self, table: LineTable, step: StepRun, redactor: "Redactor", shown: int) -> None:
        self._table = table
        self._step = step
        self._redactor = redactor
        self._shown = shown
        self._next = 0
        self._streams = self._new_streams()

    def _new_streams(self) -> tuple[Callable[[str], str], Callable[[str], str]]:
        return self._redactor.stream(), self._redactor.stream()

    def lines(self, first: int, end: int) -> Iterator[Line]:
        """Yield the lines from ``first`` up to, but not including, ``end``. Request ranges in ascending order."""
        start = max(self._next, first - self._redactor.lookback)  # a private key may begin before the range
        if start > self._next:
            self._streams = self._new_streams()
        self._next = max(self._next, end)
        for number, line in enumerate(self._table.lines(self._step.serial, start, end), start):
            if line is not None:
                text, rest = redacted_start(self._streams[line.is_stderr], line.text, self._shown)
                if number >= first:
                    yield Line(number, line.is_stderr, text, rest)
