"""OTLP/JSON, as in files that an OpenTelemetry Collector writes and reads."""

from collections.abc import Sequence

from zigtui import __version__
from zigtui.otlp.span import Attributes, Event, Link, Span, Value

__all__ = ["json_request"]

Json = dict[str, object]

_INTERNAL = 1  # the kind of all spans
_ERROR = 2


def json_request(resource: Attributes, spans: Sequence[Span]) -> Json:
    """The JSON object of an ``ExportTraceServiceRequest``, which is also that of ``TracesData``.

    Args:
        resource: what the spans come from.
        spans: the spans.
    """
    scope = {"name": "zigtui", "version": __version__}
    scoped = {"scope": scope, "spans": [_span(span) for span in spans]}
    return {"resourceSpans": [{"resource": {"attributes": _attributes(resource)}, "scopeSpans": [scoped]}]}


def _span(span: Span) -> Json:
    encoded: Json = {"traceId": span.id.trace, "spanId": span.id.span}
    if span.parent is not None:
        encoded["parentSpanId"] = span.parent.span
    encoded |= {
        "name": span.name,
        "kind": _INTERNAL,
        "startTimeUnixNano": str(span.start_ns),
        "endTimeUnixNano": str(span.end_ns),
        "attributes": _attributes(span.attributes),
    }
    if span.events:
        encoded["events"] = [_event(event) for event in span.events]
    if span.links:
        encoded["links"] = [_link(link) for link in span.links]
    encoded["status"] = {} if span.error is None else {"code": _ERROR, "message": span.error}
    return encoded


def _event(event: Event) -> Json:
    return {"timeUnixNano": str(event.time_ns), "name": event.name, "attributes": _attributes(event.attributes)}


def _link(link: Link) -> Json:
    return {"traceId": link.target.trace, "spanId": link.target.span, "attributes": _attributes(link.attributes)}


def _attributes(attributes: Attributes) -> list[Json]:
    return [{"key": key, "value": _value(value)} for key, value in attributes.items()]


def _value(value: Value) -> Json:
    match value:
        case str():
            return {"stringValue": value}
        case int():
            return {"intValue": str(value)}  # a JSON number has no 64 bits
        case float():
            return {"doubleValue": value}
        case list():
            return {"arrayValue": {"values": [{"stringValue": text} for text in value]}}
