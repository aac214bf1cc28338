"""The messages of a shared session: JSON objects, one per line, over a stream socket.

A client begins with ``{"do": "hello", "pid": N}``, and the step whose program it is part of, if there is one. Each
message with ``"do"`` has a reply, which repeats its ``number`` and has an ``error`` if it was refused. Output has no
reply, so that recording it costs no round trip, nor has the id of a program that a step runs.
"""

from collections.abc import Iterator

from writer._common.events import EVENT_FIELDS, EventType, as_stream
from writer._common.text import I32_MAX, I32_MIN, U32_MAX, U64_MAX, as_integer, as_text, as_texts

__all__ = ["CHOSEN", "LONGEST_BYTES", "Message", "MessageError", "Messages", "checked", "encode"]

Message = dict[str, object]

CHOSEN = -1
"""In place of the index of a tier: the one that is open, or a new one."""

LONGEST_BYTES = 32 * 1024 * 1024
"""The size of the longest message. A text has at most four million characters, each of which may be escaped."""

_RANGES = {
    "tier_index": (CHOSEN, U32_MAX),
    "exit_code": (I32_MIN, I32_MAX),
    "duration_ms": (0, U64_MAX),
    "attempt": (1, U32_MAX),
}

_FROM_CLIENTS = {
    EventType.TIER_STARTED,
    EventType.STEP_STARTED,
    EventType.STEP_OUTPUT,
    EventType.STEP_COMPLETED,
    EventType.STEP_FAILED,
    EventType.STEP_SKIPPED,
}


class MessageError(ValueError):
    """A message is not one of a client: its connection is closed."""


def encode(message: Message) -> bytes:
    """Return a message as it is sent."""
    from writer._common.safe_orjson import orjson

    try:
        return orjson.dumps(message, None, orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # half of a surrogate pair
        import json

        return json.dumps(message).encode() + b"\n"


class Messages:
    """Puts messages together from the pieces in which they arrive."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield the messages that ``data`` completes.

        Raises:
            MessageError: If one is not a JSON object, or too long.
        """
        self._rest += data
        if b"\n" in data:
            *lines, rest = bytes(self._rest).split(b"\n")
            self._rest = bytearray(rest)
            yield from map(_decode, lines)
        if len(self._rest) > LONGEST_BYTES:
            raise MessageError("a message is too long")


def _decode(line: bytes) -> Message:
    from writer._common.safe_orjson import orjson

    try:
        message = orjson.loads(line)
    except ValueError:
        message = _decode_surrogates(line)
    if not isinstance(message, dict):
        raise MessageError("a message is not a JSON object")
    return message


def _decode_surrogates(line: bytes) -> object:
    import json

    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise MessageError("a message is not JSON") from None


def checked(event_type: object, values: object) -> tuple[EventType, list[object]]:
    """Check an event of a client, and return its type and the values of its own fields.

    Raises:
        MessageError: If it is not an event that a client may record.
    """
    try:
        known = EventType(as_text(event_type, "event"))
        fields = EVENT_FIELDS[known]
        if known not in _FROM_CLIENTS or not isinstance(values, list) or len(values) != len(fields):
            raise MessageError(f"not an event of a client: {known}")
        return known, [_checked(name, kind, value) for (name, kind), value in zip(fields.items(), values, strict=True)]
    except ValueError as error:
        raise MessageError(str(error)) from None


def _checked(name: str, kind: str, value: object) -> object:
    if value is None and kind.endswith("?"):
        return None
    match kind.rstrip("?"):
        case "integer":
            return as_integer(value, name, *_RANGES[name])
        case "texts":
            return as_texts(value, name)  # type: ignore[arg-type]  # checked there
    return as_stream(value) if name == "stream" else as_text(value, name)
