"""The output of steps, redacted."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from zigtui.reader.lines.line_table import LineTable
from zigtui.reader.session.model.session import StepRun
from zigtui.redacted.start import SHORT, redacted_start

if TYPE_CHECKING:
    from zigtui.redacted.text_redactor import TextRedactor

__all__ = ["Line", "StepOutput"]

_FARTHEST = 20_000  # lines to go back


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

    def __init__(self, table: LineTable, step: StepRun, redactor: "TextRedactor", shown: int) -> None:
        self._table = table
        self._step = step
        self._redactor = redactor
        self._shown = shown
        self._next = 0
        self._streams: list[Callable[[str], str] | None] = [None, None]  # most steps print on one of them only

    def lines(self, first: int, end: int) -> Iterator[Line]:
        """Yield the lines from ``first`` up to, but not including, ``end``. Request ranges in ascending order.

        They are redacted as if all lines before them had been redacted too.
        """
        starts = self._starts(first)
        self._next = max(self._next, end)
        begin = min(starts)
        streams = self._streams
        for number, line in enumerate(self._table.lines(self._step.serial, begin, end), begin):
            if line is None:
                continue
            is_stderr, text = line
            if number >= starts[is_stderr]:
                redact, rest = streams[is_stderr], 0
                if redact is None:
                    redact = streams[is_stderr] = self._redactor.stream()
                if len(text) <= SHORT:  # as most lines are
                    text = redact(text)
                else:
                    text, rest = redacted_start(redact, text, self._shown)
                if number >= first:
                    yield Line(number, is_stderr, text, rest)

    def _starts(self, first: int) -> list[int]:
        """For each stream, a line to start from, which gives the same result as to redact all lines before it."""
        if not self._redactor.lookback:
            return [first, first]
        from zigtui.commands.redaction import is_independent  # slow to import

        earliest = max(self._next, first - _FARTHEST)
        has_lines = (self._step.stdout_lines > 0, self._step.stderr_lines > 0)
        starts = [earliest if has else first for has in has_lines]
        passed = [0, 0]
        sought = {is_stderr for is_stderr in (False, True) if has_lines[is_stderr]}
        number = first
        while sought and number > earliest:
            number -= 1
            line = next(self._table.lines(self._step.serial, number, number + 1), None)
            if line is None or line[0] not in sought:
                continue
            is_stderr, text = line
            passed[is_stderr] += 1
            if passed[is_stderr] > self._redactor.lookback and is_independent(text):
                starts[is_stderr] = number
                sought.remove(is_stderr)
        for stream, start in enumerate(starts):
            if start > self._next:
                self._streams[stream] = None
        return starts
