"""``zigtui export``: write a report of one session, to share it."""

import gc
from typing import TextIO

import click

from zigtui.commands.export.exporter import ALL_LINES, Exporter, Report
from zigtui.commands.export.output_file import refuse_output, written_file
from zigtui.commands.export.registry import exporter_named, format_names
from zigtui.commands.options.base_option import base_option
from zigtui.commands.options.completion import complete_session
from zigtui.commands.options.file_name import FileName
from zigtui.commands.options.session_argument import session_of
from zigtui.commands.program.program_options import settings_of
from zigtui.commands.reading.pass_selection import PassChoice, SelectedPasses, pass_option
from zigtui.commands.reading.read_log import read_settled_log
from zigtui.redacted.session_paths import session_paths
from zigtui.redacted.text_redactor import TextRedactor, Verbatim
from zigtui.system.standard_streams import note

__all__ = ["command", "write_report"]

_EXPORTERS = {name: exporter_named(name) for name in format_names()}
_FORMAT_HELP = "; ".join(f"{name}: {exporter.description}" for name, exporter in _EXPORTERS.items())
_REDACTED_FORMATS = " and ".join(name for name, exporter in _EXPORTERS.items() if exporter.redacts)
_FORMATS_THAT_LEAVE_OUT = " and ".join(name for name, exporter in _EXPORTERS.items() if exporter.leaves_out_lines)


def _parse_lines(value: str) -> int:
    if value.strip().lower() == "all":
        return ALL_LINES
    if not value.strip().isdecimal():
        raise click.BadParameter(f"{value!r} is not a number of lines; write a number or 'all'")
    return min(int(value), ALL_LINES)


@click.command("export")
@click.argument("session", required=False, shell_complete=complete_session)
@base_option
@click.option("--format", "format_name", type=click.Choice(list(_EXPORTERS)), required=True, help=f"{_FORMAT_HELP}.")
@click.option(
    "-o",
    "--output",
    type=FileName(dir_okay=False, allow_dash=True),
    default="-",
    metavar="FILE",
    help="Write the report to FILE, which is replaced once the report is complete.  [default: standard output]",
)
@click.option(
    "--redact/--no-redact",
    default=None,
    help=f"Mask secrets and personal paths in every text.  [default: yes for {_REDACTED_FORMATS}]",
)
@click.option(
    "--lines",
    "most_lines",
    type=_parse_lines,
    metavar="N|all",
    help=f"Write at most N output lines of each step, or all of them; only for {_FORMATS_THAT_LEAVE_OUT}."
    "  [default: as many as a reader can use; the report has the number of the others]",
)
@pass_option
@click.pass_context
def command(
    context: click.Context,
    session: str | None,
    bases: tuple[str, ...],
    format_name: str,
    output: str,
    redact: bool | None,
    most_lines: int | None,
    pass_choice: PassChoice,
) -> None:
    """Write a report of a session, to share it.

    \b
    zigtui export --format md                     for a pull request or an issue
    zigtui export deploy --format html -o deploy.html
    zigtui export deploy --format html --lines all -o deploy.html
    """
    exporter = _EXPORTERS[format_name]
    if most_lines is not None and not exporter.leaves_out_lines:
        raise click.UsageError(f"--lines is only for {_FORMATS_THAT_LEAVE_OUT}: {format_name} leaves out no lines")
    location = session_of(context, bases, session).location
    refuse_output(output, location.path)
    log = read_settled_log(location)
    if redact is False:
        note("zigtui: not redacted: secrets that the session printed are in the report")
    snapshot = log.snapshot(stall_secs=settings_of(context).stall_secs)
    passes = SelectedPasses(log, snapshot, pass_choice, most_failed=exporter.most_failed)
    with written_file(output) as out:
        redacts = exporter.redacts if redact is None else redact
        write_report(passes, exporter, out, redact=redacts, most_lines=most_lines)


def write_report(
    passes: SelectedPasses,
    exporter: Exporter,
    out: TextIO,
    *,
    redact: bool,
    most_lines: int | None = None,
) -> None:
    """Write the report of a session.

    Args:
        passes: the session, and those of its passes to write.
        exporter: the format of the report.
        out: the text stream to write to.
        redact: whether to mask secrets and personal paths in every text of the session.
        most_lines: see `Report`.

    Raises:
        OSError: if the log can no longer be read, or the stream cannot be written to.
    """
    redactor: TextRedactor = Verbatim()
    if redact:
        from zigtui.commands.redaction import Redactor  # slow to import

        redactor = Redactor.of_here(session_paths(passes.snapshot))
    gc.freeze()  # the session is not garbage: to examine it again and again would take a third of the time
    try:
        exporter.write(Report(passes.snapshot, passes.log, passes, redactor, redact, most_lines, out))
    finally:
        gc.unfreeze()
