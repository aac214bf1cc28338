"""Plain text: the lines that ``listen`` prints, up to the present end of the log."""

from collections.abc import Callable
from itertools import takewhile

from writer import EventType
from zigtui.commands.event_text import decoded_events, event_text, safe_event
from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.overlong_lines import OverlongLines
from zigtui.reader.lines.decode import Event, output, texts
from zigtui.reader.lines.follow_log import follow

__all__ = ["exporter"]


def _write(report: Report) -> None:
    redactor = report.redactor
    is_terminal = report.out.isatty()
    names: dict[str, str] = {}
    streams: dict[tuple[str, bool], Callable[[str], str]] = {}
    groups = follow(report.snapshot.location.path, OverlongLines().report)
    written = takewhile(bool, groups)  # an empty group follows the last line written
    for _, event in decoded_events(line for lines in written for line in lines):
        line = output(event)
        if line is None:
            if (
                event.get("type") == EventType.TIER_STARTED
            ):  # the output of new step runs is independent of earlier ones
                for name in texts(event, "step_names"):
                    streams.pop((name, False), None)
                    streams.pop((name, True), None)
            redacted = redactor.value(_flat(event))
            shown = redacted if isinstance(redacted, dict) else {}
        else:
            if line.step_name not in names:
                names[line.step_name] = redactor.text(line.step_name)
            stream = streams.setdefault((line.step_name, line.is_stderr), redactor.stream())
            shown = event | {"step_name": names[line.step_name], "line": stream(line.text)}
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
