"""Plain text: the lines that ``listen`` prints, up to the present end of the log."""

from collections.abc import Callable, Iterator

from writer import EventType
from zigtui.commands.event_text import decoded_events, event_text, safe_event
from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.overlong_lines import OverlongLines
from zigtui.reader.lines.decode import Event, output, texts
from zigtui.reader.lines.follow_log import LogFollower, lines_between

__all__ = ["exporter"]


def _write(report: Report) -> None:
    redactor = report.redactor
    is_terminal = report.out.isatty()
    names: dict[str, str] = {}
    streams: dict[tuple[str, bool], Callable[[str], str]] = {}
    if not report.passes.is_whole and report.passes.is_divided:
        report.out.write(f"── {'; '.join(filter(None, (report.passes.totals(), report.passes.left_out())))}\n")
    for _, event in decoded_events(_lines(report)):
        line = output(event)
        if line is None:
            if event.get("type") == EventType.TIER_STARTED:  # its step runs print independently of earlier ones
                for step_name in texts(event, "step_names"):
                    streams.pop((step_name, False), None)
                    streams.pop((step_name, True), None)
            redacted = redactor.value(_flat(event))
            shown = redacted if isinstance(redacted, dict) else {}
        else:
            name, stream = names.get(line.step_name), streams.get((line.step_name, line.is_stderr))
            if name is None:
                name = names[line.step_name] = redactor.text(line.step_name)
            if stream is None:
                stream = streams[line.step_name, line.is_stderr] = redactor.stream()
            shown = {"type": EventType.STEP_OUTPUT.value, "step_name": name, "line": stream(line.text)}
        text = event_text(safe_event(shown) if is_terminal else shown)
        if text is not None:
            report.out.write(text + "\n")


def _lines(report: Report) -> Iterator[bytes]:
    """The lines of the log that are written, without their newlines."""
    path = report.snapshot.location.path
    if report.passes.is_whole:
        for lines in LogFollower(path, OverlongLines().report).written():
            yield from lines
        return
    for start, end in report.passes.ranges():
        yield from lines_between(path, start, end)


def _flat(event: Event) -> Event:
    """The event without nested values, which are not printed and may be nested too deeply to process."""
    flat: Event = {}
    for name, value in event.items():
        if isinstance(value, list):
            flat[name] = texts(event, name)
        elif not isinstance(value, dict):
            flat[name] = value
    return flat


exporter = Exporter("the lines that listen prints", redacts=False, write=_write)
