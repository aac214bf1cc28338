"""``zigtui check``: whether a log is sound, and what is wrong with it if it is not."""

from collections.abc import Sequence
from contextlib import suppress

import click

from zigtui.commands.options import logs_of, may_be_path, not_a_log, wanted_session
from zigtui.commands.reading import SessionView, read_file, read_session
from zigtui.commands.session_json import SCHEMA, json_line, problem_object
from zigtui.commands.terminal import write
from zigtui.reader.safe_text import safe_plain

__all__ = ["check_logs", "view_to_check"]


def view_to_check(context: click.Context, bases: tuple[str, ...], log: str | None) -> SessionView:
    """What is asked for: a log by its path, else a session, else a file whose name could be that of a session.

    Raises:
        click.UsageError: if it is none of these.
    """
    if log is not None and may_be_path(log):
        with suppress(FileNotFoundError):  # a workflow's name may look like a path
            return read_file(log)
    try:
        return read_session(wanted_session(logs_of(context, bases), log).location)
    except click.UsageError as error:
        if log is not None and not may_be_path(log):
            with suppress(FileNotFoundError):
                return read_file(log)
        raise not_a_log(log) or error from None


def check_logs(views: Sequence[SessionView], *, as_json: bool) -> bool:
    """Print what is wrong with some logs, a line per problem.

    Returns:
        Whether all of them are sound.
    """
    is_sound = True
    for view in views:
        problems = view.problems
        trouble = view.log.trouble
        is_sound = is_sound and not problems and trouble is None
        if as_json:
            found = {
                "schema": SCHEMA,
                "log_path": view.location.path,
                "sound": not problems and trouble is None,
                "unreadable": trouble,
                "problems": [problem_object(problem) for problem in problems],
                "problem_count": view.problem_count,
            }
            write(json_line(found))
            continue
        path = safe_plain(view.location.path)
        if trouble is not None:
            write(f"{path}: {safe_plain(trouble)}\n")
        for problem in problems:
            write(f"{path}:{problem.line}: {problem.kind}: {safe_plain(problem.detail)}\n")
        if view.problem_count > len(problems):
            write(f"{path}: {view.problem_count - len(problems):,} more problems\n")
    return is_sound
