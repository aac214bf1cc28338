"""Spans as the OpenTelemetry SDK has them. It has no other way to export what was recorded elsewhere."""

from collections.abc import Iterable

from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from zigtui import __version__
from zigtui.otlp.span import Attributes, Span, SpanId

__all__ = ["sdk_resource", "sdk_spans"]

_SCOPE = InstrumentationScope("zigtui", __version__)
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


def sdk_resource(attributes: Attributes) -> Resource:
    """A resource. ``OTEL_SERVICE_NAME`` and ``OTEL_RESOURCE_ATTRIBUTES`` take precedence."""
    return Resource(attributes).merge(OTELResourceDetector().detect())


def sdk_spans(resource: Resource, spans: Iterable[Span]) -> list[ReadableSpan]:
    """Spans with their resource."""
    return [_span(resource, span) for span in spans]


def _span(resource: Resource, span: Span) -> ReadableSpan:
    return ReadableSpan(
        span.name,
        context=_context(span.id),
        parent=None if span.parent is None else _context(span.parent),
        resource=resource,
        attributes=span.attributes,
        events=[Event(event.name, event.attributes, event.time_ns) for event in span.events],
        links=[Link(_context(link.target), link.attributes) for link in span.links],
        kind=SpanKind.INTERNAL,
        status=Status() if span.error is None else Status(StatusCode.ERROR, span.error),
        start_time=span.start_ns,
        end_time=span.end_ns,
        instrumentation_scope=_SCOPE,
    )


def _context(span_id: SpanId) -> SpanContext:
    return SpanContext(int(span_id.trace, 16), int(span_id.span, 16), is_remote=False, trace_flags=_SAMPLED)
