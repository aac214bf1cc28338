"""``zigtui export``: write a report of one session, to share it."""

from typing import TextIO

import click

from zigtui.commands.base_option import base_option
from zigtui.commands.completion import complete_session
from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.export.output_file import refuse_output, written_file
from zigtui.commands.export.registry import exporter_named, format_names
from zigtui.commands.export.session_facts import session_paths
from zigtui.commands.file_name import FileName
from zigtui.commands.program_options import settings_of
from zigtui.commands.read_log import read_settled_log
from zigtui.commands.session_argument import session_of
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.standard_streams import note

__all__ = ["command", "write_report"]

_EXPORTERS = {name: exporter_named(name) for name in format_names()}
_FORMAT_HELP = "; ".join(f"{name}: {exporter.description}" for name, exporter in _EXPORTERS.items())
_REDACTED_FORMATS = " and ".join(name for name, exporter in _EXPORTERS.items() if exporter.redacts)


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
@click.pass_context
def command(
    context: click.Context,
    session: str | None,
    bases: tuple[str, ...],
    format_name: str,
    output: str,
    redact: bool | None,
) -> None:
    """Write a report of a session, to share it.

    \b
    zigtui export --format md                     for a pull request or an issue
    zigtui export deploy --format html -o deploy.html
    """
    exporter = _EXPORTERS[format_name]
    location = session_of(context, bases, session).location
    refuse_output(output, location.path)
    log = read_settled_log(location)
    log.check_readable()
    if redact is False:
        note("zigtui: not redacted: secrets that the session printed are in the report")
    snapshot = log.snapshot(stall_secs=settings_of(context).stall_secs)
    with written_file(output) as out:
        write_report(log, snapshot, exporter, out, redact=exporter.redacts if redact is None else redact)


def write_report(log: SessionLog, snapshot: SessionSnapshot, exporter: Exporter, out: TextIO, *, redact: bool) -> None:
    """Write the report of a session.

    Args:
        log: the session's log, read to its end.
        snapshot: the session.
        exporter: the format of the report.
        out: the text stream to write to.
        redact: whether to mask secrets and personal paths in every text of the session.

    Raises:
        OSError: if the log can no longer be read, or the stream cannot be written to.
    """
    from zigtui.commands.redaction import Redactor, Verbatim  # slow to import, and not needed for the help

    redactor = Redactor.of_here(session_paths(snapshot)) if redact else Verbatim()
    exporter.write(Report(snapshot, log, redactor, redact, out))
