"""``zigtui check``: whether a log is sound, and what is wrong with it if it is not."""

from collections.abc import Sequence

from zigtui.commands.reading import SessionView
from zigtui.commands.session_json import SCHEMA, json_line, problem_object
from zigtui.commands.terminal import write
from zigtui.reader.safe_text import safe_plain

__all__ = ["check_logs"]


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
                "log_path": view.place.path,
                "sound": not problems and trouble is None,
                "unreadable": trouble,
                "problems": [problem_object(problem) for problem in problems],
                "problem_count": view.problem_count,
            }
            write(json_line(found))
            continue
        path = safe_plain(view.place.path)
        if trouble is not None:
            write(f"{path}: {safe_plain(trouble)}\n")
        for problem in problems:
            write(f"{path}:{problem.line}: {problem.kind}: {safe_plain(problem.detail)}\n")
        if view.problem_count > len(problems):
            write(f"{path}: {view.problem_count - len(problems):,} more problems\n")
    return is_sound
