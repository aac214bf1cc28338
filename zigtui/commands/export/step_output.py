"""The output of steps, redacted."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from zigtui.reader.session.model import StepRun
from zigtui.reader.session.session_log import SessionLog

if TYPE_CHECKING:
    from zigtui.commands.redaction import Redactor

__all__ = ["Line", "StepOutput"]

_FARTHEST = 20_000  # lines to go back


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
        self._output = log.output(step)
        self._has_lines = (step.stdout_lines > 0, step.stderr_lines > 0)
        self._redactor = redactor
        self._next = 0
        self._streams = [redactor.stream(), redactor.stream()]

    def lines(self, first: int, end: int) -> Iterator[Line]:
        """Yield the lines from ``first`` up to, but not including, ``end``. Request ranges in ascending order.

        They are redacted as if all lines before them had been redacted too.
        """
        starts = self._starts(first)
        self._next = max(self._next, end)
        for number in range(min(starts), end):
            line = self._output.line(number)
            if line is not None and number >= starts[line.is_stderr]:
                text = self._streams[line.is_stderr](line.text)
                if number >= first:
                    yield Line(number, line.is_stderr, text)

    def _starts(self, first: int) -> list[int]:
        """For each stream, a line to start from, which gives the same result as to redact all lines before it."""
        from zigtui.commands.redaction import LONGEST_KEY_LINES, is_independent  # slow to import, and not for the help

        earliest = max(self._next, first - _FARTHEST)
        starts = [earliest if has_lines else first for has_lines in self._has_lines]
        passed = [0, 0]
        sought = {is_stderr for is_stderr in (False, True) if self._has_lines[is_stderr]}
        number = first
        while sought and number > earliest:
            number -= 1
            line = self._output.line(number)
            if line is None or line.is_stderr not in sought:
                continue
            passed[line.is_stderr] += 1
            if passed[line.is_stderr] > LONGEST_KEY_LINES and is_independent(line.text):
                starts[line.is_stderr] = number
                sought.remove(line.is_stderr)
        for is_stderr, start in enumerate(starts):
            if start > self._next:
                self._streams[is_stderr] = self._redactor.stream()
        return starts
