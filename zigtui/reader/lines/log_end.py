"""The end of a log: the part of a large log that is displayed until all of it has been read."""

import os
from typing import NamedTuple

from zigtui.reader.lines.decode import Event, Output, events_in, output
from zigtui.reader.lines.tail import open_log

__all__ = ["LogEnd", "read_log_end"]

_BYTES = 256 * 1024


class LogEnd(NamedTuple):
    """The last events of a log. It is a line source, as `zigtui.reader.lines.output_index.OutputLines` is.

    Attributes:
        events: the events; of malformed lines, what could be salvaged.
        lines: the output lines among the events.
        first_line: the offset in the file of the first output line; None if there is none.
    """

    events: list[Event]
    lines: list[Output]
    first_line: int | None

    def __len__(self) -> int:
        return len(self.lines)

    def line(self, number: int) -> Output | None:
        """Line ``number``, from 0; None if there is no such line."""
        return self.lines[number] if 0 <= number < len(self.lines) else None


def read_log_end(path: str, *, follows_link: bool = True) -> LogEnd:
    """Read the events at the end of the log at ``path``; for ``follows_link`` see `open_log`.

    Raises:
        OSError: if the log cannot be read.
    """
    with open(open_log(path, follows_link=follows_link), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        begin = max(0, size - _BYTES)
        file.seek(begin)
        data = file.read(size - begin)
    position = data.find(b"\n") + 1 if begin else 0  # reading may have begun inside a line, which is left out
    events, lines, first_line = [], [], None
    for record in data[position:].split(b"\n"):  # the last one may be torn, or a whole event without its newline
        for start, event in events_in(record):
            events.append(event)
            if (line := output(event)) is not None:
                lines.append(line)
                first_line = begin + position + start if first_line is None else first_line
        position += len(record) + 1
    return LogEnd(events, lines, first_line)
