"""Decode the lines of a log into events, and read the fields of events.

Nothing in a log can be trusted: other writers exist, and lines get damaged. A line that is not an event is reported
with a reason and whatever can be salvaged from it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from writer import EventType, OutputStream
from zigtui.reader.lines.malformed import Event, FoundEvent, MalformedLineError, malformed
from zigtui.reader.lines.problems import ProblemKind
from zigtui.safe_orjson import orjson

__all__ = [
    "Event",
    "MalformedLineError",
    "Output",
    "decode",
    "events_in",
    "field_faults",
    "integer",
    "output",
    "outputs_in",
    "text",
    "texts",
]

# Plain strings: comparing with an enum member in each line would be slower.
_STEP_OUTPUT = EventType.STEP_OUTPUT.value
_STDERR = OutputStream.STDERR.value

# What the fields of `writer.EVENT_FIELDS` are, in words.
_DESCRIPTIONS = {"text": "text", "integer": "a whole number", "texts": "a list of texts"}
_LARGE = 2.0**63  # orjson makes floating-point numbers of whole ones that are not within 64 bits


def decode(line: bytes) -> Event:
    """Decode a line into its event.

    Raises:
        MalformedLineError: if the line is not exactly one JSON object in UTF-8. In the salvaged events, bad bytes and
            lone surrogates are replacement characters, and a byte order mark is dropped.
    """
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise malformed(line, error) from None
    if type(event) is not dict:
        raise MalformedLineError(ProblemKind.BAD_JSON, "not a JSON object")
    return event


def events_in(line: bytes) -> Sequence[FoundEvent]:
    """Decode a line into its event, or into those that can be salvaged: none, one or several."""
    try:
        return (FoundEvent(0, decode(line)),)
    except MalformedLineError as error:
        return error.found


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


def outputs_in(line: bytes) -> list[tuple[int, Output]]:
    """Decode a line into the output it records, as far as it can be salvaged.

    Returns:
        Each line of output, after the offset in ``line`` where its event begins. There is more than one only if events
        are glued together.
    """
    try:
        printed = output(decode(line))
    except MalformedLineError as error:
        return [(start, printed) for start, event in error.found if (printed := output(event)) is not None]
    return [] if printed is None else [(0, printed)]


def field_faults(event: Event, fields: Mapping[str, str]) -> Iterator[tuple[ProblemKind, str]]:
    """Describe the missing and wrong fields of an event.

    Args:
        event: the event.
        fields: the fields of its type, from `writer.EVENT_FIELDS`.

    Yields:
        The kind of each fault, and a description that begins with the name of the field.
    """
    for name, kind in fields.items():
        value = event.get(name)
        if _has_kind(value, kind):
            continue
        wanted = kind.removesuffix("?")
        if wanted == "integer" and type(value) is float and value.is_integer() and abs(value) >= _LARGE:
            yield ProblemKind.BAD_VALUE, f"{name} is not within 64 bits"
        else:
            fault = f"is not {_DESCRIPTIONS[wanted]}" if name in event else "is missing"
            yield ProblemKind.MISSING_FIELD, f"{name} {fault}"


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
