"""OTLP/JSON: a trace of OpenTelemetry, in lines as a Collector writes and reads them."""

from collections.abc import Iterator
from itertools import chain, islice

from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.printing.session_json import json_line
from zigtui.otlp.environment import captures_content
from zigtui.otlp.json_request import json_request
from zigtui.otlp.session_trace import SessionTrace
from zigtui.otlp.span import Span
from zigtui.system.standard_streams import note

__all__ = ["exporter"]

_SPANS_IN_A_LINE = 1000


def _write(report: Report) -> None:
    trace = SessionTrace(report.snapshot, report.redactor, with_prompts=captures_content())
    session_span = trace.session_span()
    if session_span is None:
        note("zigtui: the session is not over, so the trace has only the parts that have ended; export it again then")
    resource = trace.resource()
    spans = chain(_spans(report, trace), () if session_span is None else (session_span,))
    for batch in _batches(spans):
        report.out.write(json_line(json_request(resource, batch), for_terminal=report.out.isatty()))


def _batches(spans: Iterator[Span]) -> Iterator[list[Span]]:
    """The spans of each line. There is one, even if nothing has ended yet."""
    yield list(islice(spans, _SPANS_IN_A_LINE))
    yield from iter(lambda: list(islice(spans, _SPANS_IN_A_LINE)), [])


def _spans(report: Report, trace: SessionTrace) -> Iterator[Span]:
    for run, part in report.passes:
        yield from trace.spans(run, part)


exporter = Exporter("a trace for OpenTelemetry, as OTLP/JSON", redacts=False, write=_write, most_failed=None)
