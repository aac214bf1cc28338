"""Decode the lines of a log into events, and read the fields of events.

Nothing in a log can be trusted: other writers exist, and lines get damaged. A line that is not an event is reported
with a reason and whatever can be salvaged from it.
"""

import codecs
import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import orjson

from writer import EventType, OutputStream
from zigtui.reader.lines.problems import ProblemKind
from zigtui.reader.safe_text import valid_unicode

__all__ = [
    "Event",
    "MalformedLineError",
    "Output",
    "decode",
    "decode_or_salvage",
    "field_faults",
    "integer",
    "output",
    "text",
    "texts",
]

# Plain strings: comparing with an enum member in each line would be slower.
_STEP_OUTPUT = EventType.STEP_OUTPUT.value
_STDERR = OutputStream.STDERR.value

Event = dict[str, object]
"""An event as recorded. Fields may be missing or hold any value: read them with `text`, `integer` and `texts`."""


class MalformedLineError(Exception):
    """A line that is not an event.

    Attributes:
        kind: the kind of the problem.
        event: the event salvaged from the line; None if nothing could be.
    """

    def __init__(self, kind: ProblemKind, detail: str, event: Event | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.event = event


def decode(line: bytes) -> Event:
    """Decode a line into its event.

    Raises:
        MalformedLineError: if the line is not a JSON object in UTF-8. In the salvaged `event`, bad bytes and lone
            surrogates are replacement characters, and a byte order mark is dropped.
    """
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _malformed(line, error) from None
    if type(event) is not dict:
        raise MalformedLineError(ProblemKind.BAD_JSON, "not a JSON object")
    return event


def decode_or_salvage(line: bytes) -> Event | None:
    """Decode a line into its event, or into what can be salvaged; None if nothing can be."""
    try:
        return decode(line)
    except MalformedLineError as error:
        return error.event


def _malformed(line: bytes, error: orjson.JSONDecodeError) -> MalformedLineError:
    if line.startswith(codecs.BOM_UTF8):
        event = decode_or_salvage(line[len(codecs.BOM_UTF8) :])
        return MalformedLineError(ProblemKind.BAD_JSON, "a byte order mark", event)
    try:
        line.decode()
    except UnicodeDecodeError as bad_bytes:
        event = decode_or_salvage(line.decode("utf-8", "replace").encode())
        return MalformedLineError(
            ProblemKind.NOT_UTF8, f"bytes that are not UTF-8 at column {bad_bytes.start + 1}", event
        )
    detail = f"not JSON: {error.msg} at column {error.colno}"
    return MalformedLineError(ProblemKind.BAD_JSON, detail, _without_lone_surrogates(line))


def _without_lone_surrogates(line: bytes) -> Event | None:
    """Salvage a line whose only fault is half of a surrogate pair: writers that cut off text leave such escapes."""
    if b"\\ud" not in line.lower():
        return None
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return decode_or_salvage(valid_unicode(json.dumps(event, ensure_ascii=False)).encode())


def text(event: Event, name: str) -> str | None:
    """Return a field that should be text; None if it is missing or of another type."""
    value = event.get(name)
    return value if isinstance(value, str) else None


def integer(event: Event, name: str) -> int | None:
    """Return a field that should be a whole number; None if it is missing or of another type."""
    value = event.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def texts(event: Event, name: str) -> list[str]:
    """Return the texts in a field that should be a list of text."""
    value = event.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


class Output(NamedTuple):
    """A line of output.

    Attributes:
        step_name: the step that printed it.
        is_stderr: whether it was printed on the standard error stream.
        text: the line as recorded. It is hostile: make it safe before showing it.
        time: the recorded time; None if there is none.
    """

    step_name: str
    is_stderr: bool
    text: str
    time: str | None


def output(event: Event) -> Output | None:
    """Return the line of output that an event records; None if it is another event, or lacks the step or the text."""
    if event.get("type") != _STEP_OUTPUT:
        return None
    step_name = event.get("step_name")
    line = event.get("line")
    if type(step_name) is not str or type(line) is not str:
        return None
    return Output(step_name, event.get("stream") == _STDERR, line, text(event, "ts"))


def field_faults(event: Event, fields: Mapping[str, str]) -> Iterator[str]:
    """Describe the missing and wrong fields of an event.

    Args:
        event: the event.
        fields: the fields of its type, from `writer.EVENT_FIELDS`.
    """
    for name, kind in fields.items():
        if not _has_kind(event.get(name), kind):
            yield f"{name} is not {kind.removesuffix('?')}" if name in event else f"{name} is missing"


def _has_kind(value: object, kind: str) -> bool:
    if kind.endswith("?") and value is None:
        return True
    match kind.removesuffix("?"):
        case "integer":
            return type(value) is int
        case "texts":
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        case _:
            return isinstance(value, str)
