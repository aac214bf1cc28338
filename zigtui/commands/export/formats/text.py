"""Plain text: the lines that ``listen`` prints, up to the current end of the log."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from writer import EventType
from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.printing.event_text import decoded_events, event_text, safe_event
from zigtui.commands.printing.overlong_lines import OverlongLines
from zigtui.reader.lines.decode import Event, output, texts
from zigtui.reader.lines.follow_log import LogFollower, lines_between
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.wording.signs import ENDED_EARLY_IN_FULL
from zigtui.wording.states import sign_of

__all__ = ["exporter"]


def _write(report: Report) -> None:
    names: dict[str, str] = {}  # of steps, redacted
    streams: dict[tuple[str, bool], Callable[[str], str]] = {}  # what redacts each stream of each step
    if not report.passes.is_whole and report.passes.is_divided:
        report.out.write(f"── {'; '.join(filter(None, (report.passes.totals(), report.passes.left_out())))}\n")
    for heading, lines in _parts(report):
        if heading:
            report.out.write(f"{heading}\n")
        _write_events(report, decoded_events(lines), names, streams)


def _write_events(
    report: Report,
    events: Iterable[tuple[bytes, Event]],
    names: dict[str, str],
    streams: dict[tuple[str, bool], Callable[[str], str]],
) -> None:
    """Write the lines for some events; for ``names`` and ``streams`` see `_write`."""
    redactor, is_terminal = report.redactor, report.out.isatty()
    for _, event in events:
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


def _parts(report: Report) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The lines of the log that are written, without their newlines; those of a pass with a heading.

    All of a log is what ``listen`` prints, and has no headings.
    """
    path = report.snapshot.location.path
    if report.passes.is_whole:
        yield "", chain.from_iterable(LogFollower(path, OverlongLines().report).written())
        return
    for run, start, end in report.passes.ranges():
        yield "" if run is None else _heading(run, report), lines_between(path, start, end)


def _heading(run: PassRun, report: Report) -> str:
    sign = sign_of(report.snapshot.pass_state(run))
    early = f" · {ENDED_EARLY_IN_FULL}" if run.ended_early else ""
    return f"── pass {run.number:,} · {sign.glyph} {sign.word}{early}"


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
