"""The ids of traces and spans, which follow from what they stand for."""

from hashlib import blake2b

from zigtui.otlp.span import SpanId
from zigtui.reader.location import is_session_id

__all__ = ["session_span_id", "span_id_in"]

_TRACE_BYTES, _SPAN_BYTES = 16, 8


def session_span_id(session_id: str) -> SpanId:
    """The ids of the span of a session. The trace has the id of the session, if that is a UUID other than zero."""
    digits = session_id.replace("-", "")
    is_trace_id = is_session_id(session_id) and digits.strip("0") != ""  # receivers refuse a trace with only zeros
    trace = digits if is_trace_id else _digest(session_id, _TRACE_BYTES)
    return SpanId(trace, span_id_in(session_id, "session"))


def span_id_in(session_id: str, position: str) -> str:
    """The id of a span of a session, for a text that no other span of the session has."""
    return _digest(f"{session_id} {position}", _SPAN_BYTES)


def _digest(text: str, size: int) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
