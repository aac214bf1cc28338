"""Check the fields of events: those that are missing, of the wrong type, or with a value that is not allowed."""

from collections.abc import Iterator

from writer import EVENT_FIELDS, EventType, OutputStream, SessionStatus
from zigtui.reader.lines.decode import Event, field_faults
from zigtui.reader.lines.problems import ProblemKind
from zigtui.reader.text.safe_text import safe_short

__all__ = ["faults_of"]

_MAX_QUOTED = 60  # characters of a value in a message

# The types of the fields of each event, for a quick check of the many events that are valid.
_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "text?": (str, type(None)),
    "integer": (int,),
    "integer?": (int, type(None)),
    "texts": (list,),
}
_FIELD_TYPES = {
    kind: [(name, _TYPES[type_name]) for name, type_name in fields.items()] for kind, fields in EVENT_FIELDS.items()
}

# The whole numbers that the reference implementation can read.
_RANGES = {
    "tier_count": range(2**32),
    "tier_index": range(2**32),
    "attempt": range(1, 2**32),
    "interval_secs": range(1, 2**32),
    "duration_ms": range(2**64),
    "exit_code": range(-(2**31), 2**31),
}
_WORDS = {
    (EventType.STEP_OUTPUT.value, "stream"): tuple(stream.value for stream in OutputStream),
    (EventType.SESSION_ENDED.value, "status"): tuple(status.value for status in SessionStatus),
}
_TYPE = {"type": "text"}
_TEXT_OF_A_LINE = EventType.STEP_OUTPUT.value, "line"


def faults_of(event: Event) -> Iterator[tuple[ProblemKind, str]]:
    """Check the fields that an event has because of its type.

    Yields:
        The kind and the description of each fault.
    """
    kind = event.get("type")
    if not isinstance(kind, str):
        yield from field_faults(event, _TYPE)
        return
    types = _FIELD_TYPES.get(kind)
    if types is None:
        yield ProblemKind.UNKNOWN_TYPE, f"unknown event type {kind!r}"
        return
    if not _has_types(event, types):
        for problem_kind, fault in field_faults(event, EVENT_FIELDS[kind]):
            yield problem_kind, f"{kind}: {fault}"
    for name, _ in types:
        description = _fault_of_value(kind, name, event.get(name))
        if description is not None:
            yield ProblemKind.BAD_VALUE, f"{kind}: {description}"


def _has_types(event: Event, types: list[tuple[str, tuple[type, ...]]]) -> bool:
    for name, expected in types:
        value = event.get(name)
        if type(value) not in expected:
            return False
        if type(value) is list and not all(type(item) is str for item in value):
            return False
    return True


def _fault_of_value(kind: str, name: str, value: object) -> str | None:
    """Describe what is wrong with a value; None if it is allowed, or of the wrong type."""
    if type(value) is int:
        return None if name not in _RANGES or value in _RANGES[name] else f"{name} is {value}"
    if type(value) is str:
        words = _WORDS.get((kind, name))
        if words is not None and value not in words:
            return f"unknown {name} {safe_short(value, _MAX_QUOTED)!r}"
        if (kind, name) == _TEXT_OF_A_LINE and "\n" in value:
            return "line contains a newline"
    return None
