"""A report of one session to send to somebody: Markdown, a web page, JSON or plain text."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import orjson

from zigtui.commands.event_text import event_text, safe_event, told_events
from zigtui.commands.export.facts import session_paths
from zigtui.commands.export.html import export_html
from zigtui.commands.export.markdown import export_markdown
from zigtui.commands.reading import SessionView
from zigtui.commands.redaction import Redactor, Verbatim
from zigtui.commands.session_json import show_object
from zigtui.reader.lines.decode import Event, output
from zigtui.reader.lines.follow import follow
from zigtui.reader.session.fold import Fold

__all__ = ["FORMATS", "export"]

FORMATS = ("md", "html", "json", "text")


def export(view: SessionView, format: str, write: Callable[[str], object], *, redact: bool) -> None:
    """Write a report of a session, piece by piece.

    Args:
        view: the session, read to its end.
        format: one of `FORMATS`.
        write: takes the pieces; where it is a method of a file, that is written to its end.
        redact: whether secrets and personal paths are masked, in every text of the session.

    Raises:
        OSError: if the log cannot be read (any more), or the report cannot be written: it names the file.
    """
    stream = getattr(write, "__self__", None)
    try:
        _export(view, format, write, redact=redact, is_safe=isinstance(stream, io.IOBase) and stream.isatty())
        if isinstance(stream, io.IOBase):
            stream.flush()  # or what is wrong with it would be told by who closes it, without its name
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None and isinstance(stream, io.IOBase) and stream is not sys.stdout:
            error.filename = getattr(stream, "name", None)
            with suppress(OSError):
                stream.close()
        raise


def _export(view: SessionView, format: str, write: Callable[[str], object], *, redact: bool, is_safe: bool) -> None:
    redactor = Redactor.of_here(session_paths(view)) if redact else Verbatim()
    match format:
        case "md":
            export_markdown(view, redactor, write)
        case "html":
            export_html(view, redactor, write, is_redacted=redact)
        case "json":
            write(orjson.dumps(redactor.value(show_object(view))).decode() + "\n")
        case "text":
            _export_text(view, redactor, write, is_safe=is_safe)
        case _:
            raise ValueError(f"format is {format!r}, not one of {', '.join(FORMATS)}")


def _export_text(view: SessionView, redactor: Redactor, write: Callable[[str], object], *, is_safe: bool) -> None:
    names: dict[str, str] = {}
    streams: dict[tuple[str, bool], Callable[[str], str]] = {}
    for event in _events(view.log.path):
        line = output(event)
        if line is None:
            redacted = redactor.value(event)
            told = redacted if isinstance(redacted, dict) else {}
        else:
            if line.step_name not in names:
                names[line.step_name] = redactor.text(line.step_name)
            stream = streams.setdefault((line.step_name, line.is_stderr), redactor.stream())
            told = event | {"step_name": names[line.step_name], "line": stream(line.text)}
        said = event_text(safe_event(told) if is_safe else told)
        if said is not None:
            write(said + "\n")


def _events(path: str) -> Iterator[Event]:
    """The events that ``listen`` tells of a log as it is now."""
    fold = Fold(Path(path).stem)
    for lines in follow(path):
        if not lines or fold.session.has_ended:
            return
        for _, event in told_events(lines, fold):
            yield event
