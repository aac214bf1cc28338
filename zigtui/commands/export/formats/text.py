"""Plain text: the lines that ``listen`` prints, up to the present end of the log."""

from collections.abc import Callable

from writer import EventType
from zigtui.commands.event_text import decoded_events, event_text, safe_event
from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.overlong_lines import OverlongLines
from zigtui.reader.lines.decode import Event, output, texts
from zigtui.reader.lines.follow_log import LogFollower

__all__ = ["exporter"]


def _write(report: Report) -> None:
    redactor = report.redactor
    is_terminal = report.out.isatty()
    names: dict[str, str] = {}
    streams: dict[tuple[str, bool], Callable[[str], str]] = {}
    written = LogFollower(report.snapshot.location.path, OverlongLines().report).written()
    for _, event in decoded_events(line for lines in written for line in lines):
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
