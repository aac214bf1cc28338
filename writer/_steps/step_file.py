"""A file object whose lines become the output of a step."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from writer._common.events import OutputStream
from writer._log.line_splitter import LineSplitter
from writer._programs.process_output import Recorder

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["open_file"]


def open_file(
    recorder: Recorder, stream: OutputStream, exclusive: Callable[[], AbstractContextManager[object]]
) -> TextIO:
    """Open a file for text; what is written to its ``buffer`` is taken as UTF-8.

    Args:
        recorder: How lines are recorded.
        stream: The stream that they are recorded as.
        exclusive: Returns a lock, under which lines are completed and recorded.
    """
    lines = _Lines(recorder, stream, exclusive)
    return io.TextIOWrapper(lines, encoding="utf-8", errors="surrogatepass", newline="\n", write_through=True)  # type: ignore[type-var]  # a raw file will do, since nothing is read or buffered


class _Lines(io.RawIOBase):
    """Records each line that is written, and at the end the rest."""

    def __init__(
        self, recorder: Recorder, stream: OutputStream, exclusive: Callable[[], AbstractContextManager[object]]
    ) -> None:
        self._record = recorder.record
        self._stream = stream
        self._exclusive = exclusive
        self._splitter = LineSplitter(recorder.held_back)

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        printed = bytes(data)
        with self._exclusive():
            now = monotonic()
            if lines := self._splitter.feed(printed, now) + self._splitter.take_part(now):
                self._record(lines, self._stream)
        return len(printed)

    def close(self) -> None:
        if not self.closed:
            try:
                with self._exclusive():
                    if lines := self._splitter.end():
                        self._record(lines, self._stream)
            finally:
                super().close()
