"""The end of a log: the part of a large log that is displayed until all of it has been read."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from zigtui.reader.lines.decode import Event, MalformedLineError, Output, decode, output
from zigtui.reader.lines.tail import open_log

__all__ = ["LogEnd", "read_log_end"]

_BYTES = 256 * 1024


class LogEnd(NamedTuple):
    """The last events of a log. It is a line source, as `zigtui.reader.lines.output_index.OutputLines` is.

    Attributes:
        events: the events; of malformed lines, what could be salvaged.
        lines: the output lines among the events.
        end_offset: the offset in the file after the last whole line.
    """

    events: list[Event]
    lines: list[Output]
    end_offset: int

    def __len__(self) -> int:
        return len(self.lines)

    def line(self, number: int) -> Output | None:
        """Line ``number``, from 0; None if there is no such line."""
        return self.lines[number] if number < len(self.lines) else None


def read_log_end(path: str, start: int = 0) -> LogEnd:
    """Read the events at the end of the log at ``path``, but none before the offset ``start``.

    Raises:
        OSError: if the log cannot be read.
    """
    with open(open_log(path), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        begin = max(start, size - _BYTES)
        file.seek(begin)
        data = file.read(size - begin)
    first = 0 if begin == start else data.find(b"\n") + 1  # reading may have begun inside a line, which is left out
    end = data.rfind(b"\n") + 1
    events = list(_decoded(data[first:end].split(b"\n")))
    lines = [line for event in events if (line := output(event)) is not None]
    return LogEnd(events, lines, begin + end)


def _decoded(lines: list[bytes]) -> Iterator[Event]:
    for line in lines:
        try:
            yield decode(line)
        except MalformedLineError as error:
            if error.event is not None:
                yield error.event
