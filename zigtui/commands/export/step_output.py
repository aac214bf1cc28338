"""The output of steps, redacted."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from zigtui.reader.session.model import StepRun
from zigtui.reader.session.session_log import SessionLog

if TYPE_CHECKING:
    from zigtui.commands.redaction import Redactor

__all__ = ["Line", "StepOutput"]


class Line(NamedTuple):
    """An output line of a step run. Its number counts from 0; its text is redacted, but not safe to show."""

    number: int
    is_stderr: bool
    text: str


class StepOutput:
    """The redacted output of a step run.

    Each stream is redacted separately: a private key that spans several lines is found even if lines of the other
    stream are between them.

    Args:
        log: the session's log, read to its end.
        step: the step run.
        redactor: masks secrets.
    """

    def __init__(self, log: SessionLog, step: StepRun, redactor: "Redactor") -> None:
        from zigtui.commands.redaction import LONGEST_KEY_LINES  # slow to import, and not needed for the help

        self._output = log.output(step)
        self._redactor = redactor
        self._lookback = LONGEST_KEY_LINES
        self._next = 0
        self._streams = self._new_streams()

    def _new_streams(self) -> tuple[Callable[[str], str], Callable[[str], str]]:
        return self._redactor.stream(), self._redactor.stream()

    def lines(self, first: int, end: int) -> Iterator[Line]:
        """Yield the lines from ``first`` up to, but not including, ``end``. Request ranges in ascending order."""
        start = max(self._next, first - self._lookback)  # a private key may begin before the range
        if start > self._next:
            self._streams = self._new_streams()
        self._next = max(self._next, end)
        for number in range(start, end):
            line = self._output.line(number)
            if line is not None:
                text = self._streams[line.is_stderr](line.text)
                if number >= first:
                    yield Line(number, line.is_stderr, text)
