"""Plain text: the lines that ``listen`` prints, up to the present end of the log."""

from collections.abc import Callable, Iterator

from writer import EventType
from zigtui.commands.event_text import event_text, safe_event
from zigtui.commands.export.exporter import Exporter, Report
from zigtui.reader.lines.decode import Event, decode_or_salvage, output, texts
from zigtui.reader.lines.follow_log import follow

__all__ = ["exporter"]


def _write(report: Report) -> None:
    redactor = report.redactor
    is_terminal = report.out.isatty()
    names: dict[str, str] = {}
    streams: dict[tuple[str, bool], Callable[[str], str]] = {}
    for event in _events(report.snapshot.location.path):
        line = output(event)
        if line is None:
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


def _events(path: str) -> Iterator[Event]:
    """The events up to the end of the session, as far as they can be salvaged."""
    for lines in follow(path):
        if not lines:
            return
        for line in lines:
            event = decode_or_salvage(line)
            if event is not None:
                yield event
                if event.get("type") == EventType.SESSION_ENDED:
                    return


exporter = Exporter("the lines that listen prints", redacts=False, write=_write)
