"""A line of a log to an event, or to the reason why it is none."""

import codecs
import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import orjson

from zigtui.reader.lines.problems import ProblemKind
from zigtui.reader.safe_text import valid_unicode

__all__ = ["Event", "MalformedLineError", "Output", "decode", "field_faults", "integer", "output", "text", "texts"]

Event = dict[str, object]
"""An event as recorded. Nothing is promised of its fields: read them with `text`, `integer` and `texts`."""


class MalformedLineError(Exception):
    """A line that is no event.

    Attributes:
        kind: what is wrong with it.
        event: what could be made of it all the same, if anything.
    """

    def __init__(self, kind: ProblemKind, detail: str, event: Event | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.event = event


def decode(line: bytes) -> Event:
    """The event on a line.

    Raises:
        MalformedLineError: if the line is not JSON, not an object, or not UTF-8. In the last case its `event` has
            replacement characters in the place of the bad bytes.
    """
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _malformed(line, error) from None
    if type(event) is not dict:
        raise MalformedLineError(ProblemKind.BAD_JSON, "not a JSON object")
    return event


def _malformed(line: bytes, error: orjson.JSONDecodeError) -> MalformedLineError:
    if line.startswith(codecs.BOM_UTF8):
        return MalformedLineError(ProblemKind.BAD_JSON, "a byte order mark", _salvaged(line[len(codecs.BOM_UTF8) :]))
    try:
        line.decode()
    except UnicodeDecodeError as bad_bytes:
        event = _salvaged(line.decode("utf-8", "replace").encode())
        return MalformedLineError(
            ProblemKind.NOT_UTF8, f"bytes that are not UTF-8 at column {bad_bytes.start + 1}", event
        )
    detail = f"not JSON: {error.msg} at column {error.colno}"
    return MalformedLineError(ProblemKind.BAD_JSON, detail, _without_lone_surrogates(line))


def _without_lone_surrogates(line: bytes) -> Event | None:
    """What a line means if its only fault is half an emoji: writers that cut text leave such escapes behind."""
    if b"\\ud" not in line.lower():
        return None
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return _salvaged(valid_unicode(json.dumps(event, ensure_ascii=False)).encode())


def _salvaged(line: bytes) -> Event | None:
    try:
        return decode(line)
    except MalformedLineError as error:
        return error.event


def text(event: Event, name: str) -> str | None:
    """A field that should be text; None if it is anything else."""
    value = event.get(name)
    return value if isinstance(value, str) else None


def integer(event: Event, name: str) -> int | None:
    """A field that should be a whole number; None if it is anything else."""
    value = event.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def texts(event: Event, name: str) -> list[str]:
    """A field that should be a list of text: what is text in it."""
    value = event.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


class Output(NamedTuple):
    """A line that a step printed. Its text is as recorded: hostile until made safe."""

    step_name: str
    is_stderr: bool
    text: str
    time: str | None


def output(event: Event) -> Output | None:
    """The output line that an event records, None if it records none (or none that can be told whose it is)."""
    if event.get("type") != "step_output":
        return None
    step_name = event.get("step_name")
    line = event.get("line")
    if type(step_name) is not str or type(line) is not str:
        return None
    return Output(step_name, event.get("stream") == "stderr", line, text(event, "ts"))


def field_faults(event: Event, fields: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with an event's own fields; ``fields`` are of `writer.EVENT_FIELDS`."""
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
