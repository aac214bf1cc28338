"""``zigtui check``: report the problems of logs."""

import os
import sys
from collections.abc import Sequence

import click

from zigtui.commands.options.base_option import base_option
from zigtui.commands.options.completion import complete_session
from zigtui.commands.options.session_argument import session_of
from zigtui.commands.printing.session_json import SCHEMA, print_json, problem_object
from zigtui.commands.printing.terminal import write
from zigtui.commands.reading.read_log import read_log
from zigtui.exit_codes import ExitCode
from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.standard_streams import OutputError, code_despite, note

__all__ = ["command", "log_to_check", "print_problems"]


@click.command("check", short_help="Check logs for problems.")
@click.argument("logs", nargs=-1, metavar="[SESSION|FILE]...", shell_complete=complete_session)
@base_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per log.")
@click.option("--live", "is_written", is_flag=True, help="Accept a last line without its end: it is being written.")
@click.pass_context
def command(
    context: click.Context, logs: tuple[str, ...], bases: tuple[str, ...], as_json: bool, is_written: bool
) -> None:
    """Check logs: print one line per problem, and exit with 1 if there are any, with 2 if a log cannot be read.

    \b
    zigtui check              the newest session
    zigtui check --live deploy
    zigtui check some.jsonl other.jsonl
    """
    snapshots = [log_to_check(context, bases, log) for log in logs or (None,)]
    code = _code_of(snapshots, is_written=is_written)
    try:
        print_problems(snapshots, as_json=as_json, is_written=is_written)
        sys.stdout.flush()
    except OutputError as error:
        code = code_despite(error, code)
    sys.exit(code)


def log_to_check(context: click.Context, bases: tuple[str, ...], log: str | None) -> SessionSnapshot:
    """Read the log that an argument of the command refers to.

    Raises:
        click.UsageError: if there is no such log.
    """
    location = session_of(context, bases, log).location
    if log is not None and os.path.realpath(log) == location.path:
        location = LogLocation(log, "", None)  # reported by the path that was typed, as compilers do
    return read_log(location).snapshot()


def _code_of(snapshots: Sequence[SessionSnapshot], *, is_written: bool) -> int:
    if any(snapshot.trouble is not None for snapshot in snapshots):
        return ExitCode.USAGE
    has_problems = any(snapshot.problems_if(is_written=is_written) for snapshot in snapshots)
    return ExitCode.FAILED if has_problems else ExitCode.OK


def print_problems(snapshots: Sequence[SessionSnapshot], *, as_json: bool, is_written: bool = False) -> None:
    """Print the problems of some logs, one per line. A log that cannot be read is reported on standard error.

    Args:
        snapshots: the sessions in the logs, read to their end.
        as_json: whether to print one JSON object per log instead.
        is_written: whether the logs are being written, so that a torn end is not a problem.
    """
    for snapshot in snapshots:
        problems, trouble = snapshot.problems_if(is_written=is_written), snapshot.trouble
        count = snapshot.problem_count_if(is_written=is_written)
        path = safe_plain(snapshot.location.path)
        if trouble is not None:
            note(f"zigtui: {safe_plain(trouble)}: {path}")
        if as_json:
            found = {
                "schema": SCHEMA,
                "log_path": snapshot.location.path,
                "sound": not problems and trouble is None,
                "unreadable": trouble,
                "problems": [problem_object(problem) for problem in problems],
                "problem_count": count,
            }
            print_json(found)
            continue
        for problem in problems:
            write(f"{path}:{problem.line}: {problem.kind}: {safe_plain(problem.detail)}\n")
        if count > len(problems):
            write(f"{path}: {count - len(problems):,} more problems\n")
