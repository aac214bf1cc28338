"""Salvage the events of lines that are not one JSON object in UTF-8."""

import codecs
import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from zigtui.reader.lines.problems import ProblemKind
from zigtui.reader.text.safe_text import valid_unicode
from zigtui.safe_orjson import orjson

__all__ = ["Event", "FoundEvent", "MalformedLineError", "malformed"]

Event = dict[str, object]
"""An event as recorded. Fields may be missing or hold any value: read them with `text`, `integer` and `texts`."""

_MAX_GAPS = 10  # parts of a line that are skipped; each may cost a scan of the rest of the line
_ENVELOPE = {"seq": int, "ts": str, "zig_session_id": str, "type": str}
_ENVELOPE_START = re.compile(rf'\{{\s*"(?:{"|".join(_ENVELOPE)})"\s*:')
_SPACE = re.compile(r"\s*")
_json = json.JSONDecoder(strict=False)


class FoundEvent(NamedTuple):
    """An event, and the offset in its line where it begins, in bytes."""

    start: int
    event: Event


class MalformedLineError(Exception):
    """A line that is not exactly one event.

    Attributes:
        kind: the kind of the problem.
        found: the events salvaged from the line, in order.
        is_part_lost: whether some of the line could not be salvaged.
    """

    def __init__(
        self, kind: ProblemKind, detail: str, found: Sequence[FoundEvent] = (), *, is_part_lost: bool = True
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.found = found
        self.is_part_lost = is_part_lost

    @property
    def event(self) -> Event | None:
        """The first event salvaged from the line; None if nothing could be."""
        return self.found[0].event if self.found else None


def malformed(line: bytes, error: orjson.JSONDecodeError) -> MalformedLineError:
    """Salvage the events of a line that orjson has rejected with ``error``."""
    kind, detail = ProblemKind.BAD_JSON, f"not JSON: {error.msg} at column {error.colno}"
    if line.startswith(codecs.BOM_UTF8):
        detail = "a byte order mark"
    else:
        try:
            line.decode()
        except UnicodeDecodeError as bad_bytes:
            kind, detail = ProblemKind.NOT_UTF8, f"bytes that are not UTF-8 at column {bad_bytes.start + 1}"
    event = _event_of(line)
    if event is not None:
        return MalformedLineError(kind, detail, [FoundEvent(0, event)], is_part_lost=False)
    found, is_part_lost = _events_apart(line)
    if len(found) > 1:
        rest = ", and a part that is not an event" if is_part_lost else ""
        return MalformedLineError(
            ProblemKind.GLUED, f"{len(found)} events on one line{rest}", found, is_part_lost=is_part_lost
        )
    if found:
        detail += f"; the event at column {found[0].start + 1} is used"
    return MalformedLineError(kind, detail, found)


def _event_of(line: bytes) -> Event | None:
    """Salvage a line that is one event but for a byte order mark, bad bytes or halves of surrogate pairs."""
    line = line.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").encode()
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError:
        if b"\\ud" not in line.lower():  # writers that cut off text leave half of an escaped pair
            return None
        try:
            event = orjson.loads(valid_unicode(json.dumps(json.loads(line), ensure_ascii=False)))
        except (ValueError, RecursionError):
            return None
    return event if type(event) is dict else None


def _events_apart(line: bytes) -> tuple[list[FoundEvent], bool]:
    """Find the events of a line that are glued together, or that follow a torn one.

    Returns:
        The events, and whether anything but spaces is left of the line. After a part that is left, only an object
        with a whole envelope is an event: any other may have been a value in a torn event.
    """
    text = line.decode("latin-1")  # a character for each byte; only the structure of the JSON matters here
    found: list[FoundEvent] = []
    gaps, is_after_gap = 0, False
    start = _after_space(text, len(codecs.BOM_UTF8) if line.startswith(codecs.BOM_UTF8) else 0)
    while start < len(text):
        end = _end_of_object(text, start)
        event = None if end is None else _event_of(line[start:end])
        if end is not None and event is not None and (not is_after_gap or _has_envelope(event)):
            found.append(FoundEvent(start, event))
            is_after_gap = False
            start = _after_space(text, end)
            continue
        gaps, is_after_gap = gaps + 1, True
        following = _ENVELOPE_START.search(text, start + 1 if end is None else end)
        if following is None or gaps > _MAX_GAPS:
            break
        start = following.start()
    return found, gaps > 0


def _after_space(text: str, start: int) -> int:
    space = _SPACE.match(text, start)
    return start if space is None else space.end()


def _end_of_object(text: str, start: int) -> int | None:
    if not text.startswith("{", start):
        return None
    try:
        return _json.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None


def _has_envelope(event: Event) -> bool:
    return all(type(event.get(name)) is kind for name, kind in _ENVELOPE.items())
