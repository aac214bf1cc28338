"""The thread that writes to the terminal."""

from collections.abc import Callable
from queue import Full
from typing import IO

from textual.drivers._writer_thread import WriterThread

__all__ = ["TerminalWriter"]

_STUCK_SECS = 1.0


class TerminalWriter(WriterThread):
    """Writes to the terminal, and drops output that it does not take.

    The thread of Textual 8.2 ends when the terminal is gone. Once its queue is full, the application waits for it, and
    no longer reacts to signals.

    Args:
        file: the stream of the terminal.
        redraw: called in this thread when the terminal takes output again after some was dropped.
    """

    def __init__(self, file: IO[str], redraw: Callable[[], object]) -> None:
        super().__init__(file)
        self._redraw = redraw
        self._is_stuck = False

    def write(self, text: str) -> None:
        """Request to write a text. Waits at most a second if the terminal takes none."""
        try:
            self._queue.put(text, timeout=0 if self._is_stuck else _STUCK_SECS)
        except Full:
            self._is_stuck = True

    def run(self) -> None:
        """Write until `stop` is called."""
        is_gone = False
        while (text := self._queue.get()) is not None:
            if is_gone:
                continue
            try:
                self._file.write(text)
                if self._queue.qsize() <= 1:  # perhaps the last request, to stop
                    self._file.flush()
            except (OSError, ValueError):
                is_gone = True
            if self._is_stuck:
                self._is_stuck = False
                self._redraw()
