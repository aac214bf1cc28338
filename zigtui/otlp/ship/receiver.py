"""Send spans to a receiver with the exporter of the OpenTelemetry SDK, and find out what became of them."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Any, NamedTuple, Protocol

import requests
from google.protobuf.message import DecodeError
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.trace.export import SpanExportResult

from zigtui.otlp.ship.endpoint import shown_endpoint
from zigtui.otlp.ship.sdk_spans import sdk_resource, sdk_spans
from zigtui.otlp.span import Attributes, Span
from zigtui.reader.text.safe_text import safe_short

__all__ = ["Fate", "OtlpReceiver", "Outcome", "Receiver", "SettingsError"]

_REFUSALS = frozenset({400, 413, 422})
"""The status codes with which a receiver refuses a request for good. After others it may accept the same request."""

_FAILURE = 500

_LONGEST_REASON = 200

_NO_HANDLER = logging.NullHandler()


class Fate(Enum):
    """What became of spans.

    Attributes:
        SENT: they were received. If there is a reason, it is why some of them never will be.
        NOT_NOW: nothing can be received at present.
        FAILED: the receiver has failed, perhaps because of them.
        REFUSED: they will never be received.
    """

    SENT = "sent"
    NOT_NOW = "not now"
    FAILED = "failed"
    REFUSED = "refused"


class Outcome(NamedTuple):
    """What became of spans, and why. The reason is safe to show."""

    fate: Fate
    reason: str = ""


class Receiver(Protocol):
    """Takes spans."""

    def send(self, resource: Attributes, spans: Sequence[Span]) -> Outcome:
        """Send spans of one session, and wait until they have been received or that has failed."""


class SettingsError(Exception):
    """A setting of the exporter is wrong. The text is safe to show."""


class OtlpReceiver:
    """A receiver of OTLP by HTTP.

    Headers, certificates, compression and the timeout are those of the variables ``OTEL_EXPORTER_OTLP_...``.

    Args:
        endpoint: its URL.

    Attributes:
        warnings: variables with values that the exporter does not use, and what it uses instead.

    Raises:
        SettingsError: if the URL is wrong, or if a variable has a value that the exporter cannot do without.
    """

    def __init__(self, endpoint: str) -> None:
        for name in ("opentelemetry", "urllib3"):  # they report each failure, and would print it
            logger = logging.getLogger(name)
            logger.addHandler(_NO_HANDLER)
            logger.propagate = False
        self._http = _Http()
        try:
            requests.Request("POST", endpoint).prepare()  # later, it would be reported as a fault of the spans
        except (requests.RequestException, ValueError) as error:
            raise SettingsError(f"{shown_endpoint(endpoint)!r} is not the URL of a receiver") from error
        self.warnings: list[str] = []
        with _collected("opentelemetry", self.warnings):
            try:
                self._exporter = OTLPSpanExporter(endpoint, session=self._http)
            except (OSError, ValueError) as error:
                raise SettingsError(f"a variable OTEL_EXPORTER_OTLP_... is wrong: {_shown(error)}") from error

    def send(self, resource: Attributes, spans: Sequence[Span]) -> Outcome:
        """Send spans of one session, and wait until they have been received or that has failed."""
        self._http.response = self._http.error = None
        try:
            result = self._exporter.export(sdk_spans(sdk_resource(resource), spans))
        except (requests.RequestException, ValueError):  # which older releases of the exporter do not catch
            result = SpanExportResult.FAILURE
        response, error = self._http.response, self._http.error
        if response is not None:
            is_sent = result is SpanExportResult.SUCCESS and response.status_code < 300
            return _partial_success(response) if is_sent else _failure(response)
        if error is not None:
            return Outcome(Fate.NOT_NOW, _reason(error))
        return Outcome(Fate.REFUSED, "they cannot be encoded, or are too large")  # the exporter has sent no request


class _Http(requests.Session):
    """A connection that keeps what the exporter only logs: the last response, or the error in its place.

    It follows no redirection. The request would become one for a page, such as that of a login, whose answer the
    exporter takes for success, and the headers with keys would go to another server.
    """

    response: requests.Response | None = None
    error: Exception | None = None

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send a request."""
        self.response = self.error = None
        try:
            self.response = super().send(request, **{**options, "allow_redirects": False})
        except Exception as error:
            self.error = error
            raise
        return self.response


@contextmanager
def _collected(logger_name: str, messages: list[str]) -> Iterator[None]:
    """Add what a logger reports to a list."""

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(_shown(_without_headers(record.getMessage())))

    collector, logger = Collector(logging.WARNING), logging.getLogger(logger_name)
    logger.addHandler(collector)
    try:
        yield
    finally:
        logger.removeHandler(collector)


def _without_headers(message: str) -> str:
    """A message without the headers in variables, which may have keys."""
    for name in ("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"):
        for header in os.environ.get(name, "").split(","):
            if header.strip():
                message = message.replace(header.strip(), "...")
    return message


def _failure(response: requests.Response) -> Outcome:
    """What became of spans that were not received."""
    reason = f"HTTP {response.status_code} {response.reason or ''}".strip()
    if response.is_redirect:
        reason += f", which leads to {shown_endpoint(response.headers['Location'])}"
    fate = Fate.FAILED if response.status_code == _FAILURE else Fate.NOT_NOW
    return Outcome(Fate.REFUSED if response.status_code in _REFUSALS else fate, _shown(reason))


def _partial_success(response: requests.Response) -> Outcome:
    """What became of spans that were received: the answer may be that some were refused."""
    answer = ExportTraceServiceResponse()
    try:
        answer.ParseFromString(response.content)
    except DecodeError:  # a proxy or a simple receiver
        return Outcome(Fate.SENT)
    rejected = answer.partial_success.rejected_spans
    if not rejected:
        return Outcome(Fate.SENT)
    return Outcome(Fate.SENT, _shown(f"{rejected:,} spans: {answer.partial_success.error_message}"))


def _reason(error: BaseException) -> str:
    """Why no answer came: what the system reported, if it did."""
    causes: list[BaseException] = [error]
    while len(causes) < 20:
        last = causes[-1]
        if isinstance(last, OSError) and last.errno is not None and last.strerror:
            return _shown(last.strerror)
        inner = getattr(last, "reason", None) or next(
            (one for one in last.args if isinstance(one, BaseException)), None
        )
        following = inner if isinstance(inner, BaseException) else last.__cause__ or last.__context__
        if following is None:
            break
        causes.append(following)
    if any(isinstance(cause, requests.Timeout) for cause in causes):
        return "no answer in time"
    return _shown(causes[-1])


def _shown(text: object) -> str:
    return safe_short(str(text), _LONGEST_REASON)
