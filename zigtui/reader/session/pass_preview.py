"""Read what a past pass is about, without folding it."""

from collections.abc import Iterator

from writer import EventType
from zigtui.reader.lines.decode import Event, events_in, text, texts
from zigtui.reader.lines.tail import open_log

__all__ = ["read_preview"]

_MOST_BYTES = 256 * 1024
_LONGEST_LINE = 64 * 1024  # bytes; the events that begin a pass are shorter


def read_preview(path: str, start: int, end: int) -> str:
    """Return the prompt preview of the first step of a pass; empty if there is none near its beginning.

    Args:
        path: the log.
        start: the position of the first event of the pass, in bytes.
        end: the position of the first event after it.

    Raises:
        OSError: if the log cannot be read.
    """
    first: str | None = None
    for event in _events(path, start, min(end, start + _MOST_BYTES)):
        match event.get("type"):
            case EventType.TIER_STARTED:
                if first is not None:
                    return ""
                first = next(iter(texts(event, "step_names")), None)
            case EventType.STEP_STARTED if first in (None, text(event, "step_name")):
                return text(event, "prompt_preview") or ""
    return ""


def _events(path: str, start: int, end: int) -> Iterator[Event]:
    with open(open_log(path), "rb") as file:
        at = file.seek(start)
        while at < end and (line := file.readline(_LONGEST_LINE)):
            at += len(line)
            for _, event in events_in(line):
                yield event
