"""``zigtui check``: report the problems of logs."""

import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from zigtui.commands.base_option import base_option, logs_of
from zigtui.commands.completion import complete_session
from zigtui.commands.read_log import read_file, read_log
from zigtui.commands.session_argument import find_wanted, path_fault
from zigtui.commands.session_json import SCHEMA, json_line, problem_object
from zigtui.commands.terminal import write
from zigtui.exit_codes import ExitCode
from zigtui.reader.catalog.find import may_be_path
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.standard_streams import note

__all__ = ["check_logs", "command", "log_to_check"]


@click.command("check")
@click.argument("logs", nargs=-1, metavar="[SESSION|FILE]...", shell_complete=complete_session)
@base_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per log.")
@click.pass_context
def command(context: click.Context, logs: tuple[str, ...], bases: tuple[str, ...], as_json: bool) -> None:
    """Check logs: print one line per problem, and exit with 1 if there are any, with 2 if a log cannot be read.

    \b
    zigtui check              the newest session
    zigtui check deploy
    zigtui check some.jsonl other.jsonl
    """
    snapshots = [log_to_check(context, bases, log) for log in logs or (None,)]
    is_sound = check_logs(snapshots, as_json=as_json)
    sys.stdout.flush()  # inside the command, where a broken pipe is handled
    if any(snapshot.trouble is not None for snapshot in snapshots):
        sys.exit(ExitCode.USAGE)
    sys.exit(ExitCode.OK if is_sound else ExitCode.FAILED)


def log_to_check(context: click.Context, bases: tuple[str, ...], log: str | None) -> SessionSnapshot:
    """Read a log: the file at that path, else that session, else a file whose name could also be that of a session.

    Raises:
        click.UsageError: if none of these exists.
    """
    if log is not None and may_be_path(log):
        with suppress(FileNotFoundError):  # the name of a workflow may look like a path
            return read_file(log).snapshot()
    try:
        return read_log(find_wanted(logs_of(context, bases), log).location).snapshot()
    except click.UsageError as error:
        if log is not None and not may_be_path(log):
            with suppress(FileNotFoundError):
                return read_file(log).snapshot()
        raise path_fault(log) or error from None


def check_logs(snapshots: Sequence[SessionSnapshot], *, as_json: bool) -> bool:
    """Print the problems of some logs, one per line.

    Returns:
        Whether none of the logs has a problem.
    """
    is_sound = True
    for snapshot in snapshots:
        problems = snapshot.problems
        trouble = snapshot.trouble
        is_sound = is_sound and not problems and trouble is None
        if as_json:
            found = {
                "schema": SCHEMA,
                "log_path": snapshot.location.path,
                "sound": not problems and trouble is None,
                "unreadable": trouble,
                "problems": [problem_object(problem) for problem in problems],
                "problem_count": snapshot.problem_count,
            }
            write(json_line(found))
            continue
        path = safe_plain(snapshot.location.path)
        if trouble is not None:
            note(f"zigtui: {safe_plain(trouble)}: {path}")
        for problem in problems:
            write(f"{path}:{problem.line}: {problem.kind}: {safe_plain(problem.detail)}\n")
        if snapshot.problem_count > len(problems):
            write(f"{path}: {snapshot.problem_count - len(problems):,} more problems\n")
    return is_sound
