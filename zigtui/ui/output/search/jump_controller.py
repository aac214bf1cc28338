"""Go to a time, a line or a percentage of the output, as soon as it has been read."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from zigtui.reader.lines.line_source import TimedLines
from zigtui.reader.user_input.jump_target import Jump, jump_steps
from zigtui.ui.output.view.viewport import Viewport

__all__ = ["JumpController", "LogSpan"]


class LogSpan(NamedTuple):
    """The time span of a log.

    Attributes:
        started: when the session started, in seconds since the epoch; None if that is not known.
        ended: the same for its end, or for its last event so far.
        is_complete: whether all lines have been read.
    """

    started: float | None
    ended: float | None
    is_complete: bool


class _Waiting(NamedTuple):
    target: str
    moves: int  # how many times the user had scrolled by then
    steps: Iterator[Jump | None]
    is_complete: bool  # whether these steps include all lines


class JumpController:
    """Moves a view to jump targets.

    Args:
        viewport: the view to move.
        go_to_line: moves it to a line.
    """

    def __init__(self, viewport: Viewport, go_to_line: Callable[[int], object]) -> None:
        self._viewport = viewport
        self._go_to_line = go_to_line
        self._waiting: _Waiting | None = None

    @property
    def waiting_for(self) -> str | None:
        """The target that is waited for; None if there is none."""
        return None if self._waiting is None else self._waiting.target

    def go_to(self, target: str, lines: TimedLines, span: LogSpan) -> Jump | None:
        """Go to a target, or wait for it if it depends on lines that have not been read, or many have to be searched.

        Args:
            target: as the user typed it.
            lines: the lines of the output.
            span: the time span of the log.

        Returns:
            The line; None if it is not known yet.

        Raises:
            JumpTargetError: if the target has an unknown form, or there is no such line.
            NoAnswerError: if the disk does not answer.
        """
        steps = jump_steps(target, lines, started=span.started, ended=span.ended, is_complete=span.is_complete)
        return self._continue(_Waiting(target, self._viewport.moves, steps, span.is_complete))

    def resume(self, lines: TimedLines, span: LogSpan) -> Jump | None:
        """Go to the target that is waited for if it is known now, unless the user has scrolled in the meantime.

        Returns and raises the same as `go_to`.
        """
        waiting = self._waiting
        if waiting is None or waiting.moves != self._viewport.moves:
            self._waiting = None
            return None
        return self._continue(waiting) if waiting.is_complete else self.go_to(waiting.target, lines, span)

    def _continue(self, waiting: _Waiting) -> Jump | None:
        self._waiting = None
        jump = next(waiting.steps, None)
        if jump is None:
            self._waiting = waiting
        else:
            self._go_to_line(jump.line)
        return jump

    def cancel(self) -> None:
        """Stop waiting."""
        self._waiting = None
