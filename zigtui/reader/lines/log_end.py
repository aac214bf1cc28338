"""The end of a log, read at once: what a large one shows until all of it has been read."""

import os
from dataclasses import dataclass

from zigtui.reader.lines.decode import MalformedLineError, Output, decode, integer, output, text
from zigtui.reader.lines.tail import open_log

__all__ = ["RecentEvents", "recent_events"]

_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class RecentEvents:
    """The last events of a log.

    Attributes:
        lines: the output among them; a source of lines like `zigtui.reader.lines.output_index.OutputLines`.
        end_offset: where in the file they end.
        status: the recorded word of the session's end, None if there is none.
    """

    lines: list[Output]
    end_offset: int
    status: str | None
    ended_at: str | None
    duration_ms: int | None
    last_event_at: str | None
    last_activity_at: str | None

    def __len__(self) -> int:
        return len(self.lines)

    def line(self, number: int) -> Output | None:
        """Line ``number``, from 0."""
        return self.lines[number] if number < len(self.lines) else None


def recent_events(path: str, start: int = 0) -> RecentEvents:
    """The events at the end of the log at ``path``, but none before ``start``.

    Raises:
        OSError: if it cannot be read.
    """
    with open(open_log(path), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        begin = max(start, size - _BYTES)
        file.seek(begin)
        data = file.read(size - begin)
    first = 0 if begin == start else data.find(b"\n") + 1  # the line that we came into the middle of is left out
    end = data.rfind(b"\n") + 1
    lines = []
    status = ended_at = duration_ms = last_event_at = last_activity_at = None
    for line in data[first:end].split(b"\n"):
        try:
            event = decode(line)
        except MalformedLineError as error:
            if error.event is None:
                continue
            event = error.event
        printed = output(event)
        if printed is not None:
            lines.append(printed)
        last_event_at = text(event, "ts") or last_event_at
        kind = text(event, "type")
        if kind != "heartbeat":
            last_activity_at = last_event_at
        if kind == "zig_session_ended":
            status, ended_at = text(event, "status") or "failure", text(event, "ts")
            duration_ms = integer(event, "duration_ms")
    return RecentEvents(lines, begin + end, status, ended_at, duration_ms, last_event_at, last_activity_at)
