"""Decode traces as receivers of OpenTelemetry do, and look at their spans."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

__all__ = ["Trace", "decoded", "trace_of"]

_IDS = {"traceId", "spanId", "parentSpanId"}  # in hexadecimal digits, unlike other bytes in JSON of Protocol Buffers


def decoded(text: str) -> list[ExportTraceServiceRequest]:
    """The requests in OTLP/JSON, one a line. An unknown field or a value of the wrong type is an error."""
    requests = []
    for line in text.splitlines():
        request = ExportTraceServiceRequest()
        json_format.ParseDict(json.loads(line, object_hook=_with_bytes), request)
        requests.append(request)
    return requests


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    return {key: base64.b64encode(bytes.fromhex(one)).decode() if key in _IDS else one for key, one in value.items()}


def plain_attributes(attributes: Any) -> dict[str, Any]:
    """Attributes with plain values."""
    return {one.key: _plain(one.value) for one in attributes}


def _plain(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_plain(one) for one in value.array_value.values]
    return getattr(value, str(kind))


@dataclass
class Seen:
    """A span."""

    span: Span

    @property
    def name(self) -> str:
        return self.span.name

    @property
    def attributes(self) -> dict[str, Any]:
        return plain_attributes(self.span.attributes)

    @property
    def error(self) -> str | None:
        """The message of its status; None if it did not fail."""
        status = self.span.status
        assert status.code in (Status.STATUS_CODE_UNSET, Status.STATUS_CODE_ERROR)
        return status.message if status.code == Status.STATUS_CODE_ERROR else None

    @property
    def seconds(self) -> float:
        return (self.span.end_time_unix_nano - self.span.start_time_unix_nano) / 1e9

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        return [(event.name, plain_attributes(event.attributes)) for event in self.span.events]


@dataclass
class Trace:
    """The spans of some requests, and the attributes of what they come from."""

    resources: list[dict[str, Any]] = field(default_factory=list)
    spans: list[Seen] = field(default_factory=list)

    def named(self, name: str) -> Seen:
        """The only span of that name."""
        (found,) = (span for span in self.spans if span.name == name)
        return found

    @property
    def ids(self) -> list[tuple[bytes, bytes]]:
        return [(seen.span.trace_id, seen.span.span_id) for seen in self.spans]

    @property
    def outline(self) -> list[str]:
        """The names of the spans in the order in which they began, indented by what they are parts of."""
        ids = {seen.span.span_id for seen in self.spans}
        roots = [seen for seen in self.spans if seen.span.parent_span_id not in ids]
        return [line for root in roots for line in self._outline(root, 0)]

    def _outline(self, parent: Seen, depth: int) -> list[str]:
        found = ["  " * depth + parent.name]
        for seen in self.spans:
            if seen.span.parent_span_id == parent.span.span_id:
                found += self._outline(seen, depth + 1)
        return found


def trace_of(requests: list[ExportTraceServiceRequest]) -> Trace:
    """All spans of some requests."""
    trace = Trace()
    for request in requests:
        for part in request.resource_spans:
            trace.resources.append(plain_attributes(part.resource.attributes))
            for scoped in part.scope_spans:
                assert scoped.scope.name == "zigtui"
                trace.spans += map(Seen, scoped.spans)
    return trace
