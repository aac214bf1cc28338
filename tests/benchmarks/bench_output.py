"""The cost of a line of output, as ratios to the cost of the same in other ways.

Run as ``python tests/benchmarks/bench_output.py`` from the root of the project. Events of structlog and of the
OpenTelemetry SDK are compared, too, where these are installed.
"""

import contextlib
import importlib.util
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import orjson  # noqa: E402

from tests.benchmarks.bench_writer import CALLS, LINE, Measurement, report, scratch_session, take_turns  # noqa: E402


def output_against(make_theirs: Callable[[int, bytes], Callable[[], object]]) -> float:
    """Compare lines of output with the work of ``make_theirs``, which gets a descriptor and a recorded event."""
    with scratch_session() as writer, tempfile.NamedTemporaryFile() as file:
        writer.step_output("lint", "stdout", LINE)
        data = writer.log_path.read_bytes().splitlines(keepends=True)[-1]
        descriptor = os.open(file.name, os.O_WRONLY | os.O_APPEND)

        def ours() -> None:
            output = writer.step_output
            for _ in range(CALLS):
                output("lint", "stdout", LINE)

        mine, theirs = take_turns(ours, make_theirs(descriptor, data), turns=21)
        os.close(descriptor)
    return mine / theirs


def output_against_bare_writes() -> float:
    """Compare a line of output with one ``os.write`` of the same bytes."""

    def bare(descriptor: int, data: bytes) -> Callable[[], object]:
        def work() -> None:
            write = os.write
            for _ in range(CALLS):
                write(descriptor, data)

        return work

    return output_against(bare)


def output_against_a_ready_event() -> float:
    """Compare a line of output with the least in Python: to encode a ready event, and write it."""

    def ready(descriptor: int, data: bytes) -> Callable[[], object]:
        event = orjson.loads(data)

        def work() -> None:
            write, dumps, newline = os.write, orjson.dumps, orjson.OPT_APPEND_NEWLINE
            for _ in range(CALLS):
                write(descriptor, dumps(event, None, newline))

        return work

    return output_against(ready)


def output_against_logging() -> float:
    """Compare a line of output with a record of `logging.FileHandler`."""

    def standard(descriptor: int, data: bytes) -> Callable[[], object]:
        handler = logging.FileHandler(f"/dev/fd/{descriptor}")
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
        logger = logging.Logger("bench")  # not one that others can find
        logger.addHandler(handler)

        def work() -> None:
            for _ in range(CALLS):
                logger.info(LINE)

        return work

    return output_against(standard)


def output_against_structlog() -> float:
    """Compare a line of output with an event of structlog, with a time and as JSON by orjson."""
    import structlog

    def events(descriptor: int, data: bytes) -> Callable[[], object]:
        file = os.fdopen(os.dup(descriptor), "ab", buffering=0)
        processors = [
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ]
        logger = structlog.wrap_logger(
            structlog.BytesLogger(file), processors, structlog.make_filtering_bound_logger(logging.INFO)
        ).bind(step_name="lint", stream="stdout")

        def work() -> None:
            for _ in range(CALLS):
                logger.info("step_output", line=LINE)

        return work

    return output_against(events)


def output_against_opentelemetry() -> float:
    """Compare a line of output with an event of a span of the OpenTelemetry SDK, which is not even exported."""
    from opentelemetry.sdk.trace import SpanLimits, TracerProvider

    def events(descriptor: int, data: bytes) -> Callable[[], object]:
        tracer = TracerProvider(span_limits=SpanLimits(max_events=CALLS)).get_tracer("bench")

        def work() -> None:
            with tracer.start_as_current_span("lint") as span:
                for _ in range(CALLS):
                    span.add_event("step_output", {"stream": "stdout", "line": LINE})

        return work

    return output_against(events)


def main() -> None:
    """Print a table of all measurements and their goals."""
    measurements: list[Measurement] = [
        ("a line of output / one os.write of the same bytes", output_against_bare_writes, "x", "at most 2.5x"),
        ("a line of output / encoding a ready event, os.write", output_against_a_ready_event, "x", "at most 1.8x"),
        ("a line of output / a record of logging.FileHandler", output_against_logging, "x", "below 1x"),
    ]
    if importlib.util.find_spec("structlog") is not None:
        measurements.append(("a line of output / an event of structlog", output_against_structlog, "x", "below 1x"))
    with contextlib.suppress(ModuleNotFoundError):
        if importlib.util.find_spec("opentelemetry.sdk") is not None:
            name = "a line of output / an event of an OpenTelemetry span"
            measurements.append((name, output_against_opentelemetry, "x", "below 1x"))
    report(measurements)


if __name__ == "__main__":
    main()
