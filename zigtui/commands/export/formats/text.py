"""Plain text: the lines that ``listen`` prints, up to the present end of the log."""

from collections.abc import Callable, Iterator

from zigtui.commands.event_text import event_text, fold_events, safe_event
from zigtui.commands.export.exporter import Exporter, Report
from zigtui.reader.lines.decode import Event, output, texts
from zigtui.reader.lines.follow_log import follow
from zigtui.reader.location import session_id_of
from zigtui.reader.session.fold import Fold

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


def _events(path: str) -> Iterator[Event]:
    fold = Fold(session_id_of(path))
    for lines in follow(path):
        if not lines or fold.has_ended:
            return
        for _, event in fold_events(lines, fold):
            yield event


exporter = Exporter("the lines that listen prints", redacts=False, write=_write)
