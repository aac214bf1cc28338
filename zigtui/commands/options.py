"""The options that commands share: bases, sessions, projects, durations and moments."""

import os
import re
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from writer import LOG_SUFFIX, SessionError, default_base, project_name
from zigtui.commands.reading import read_session
from zigtui.reader.catalog.file_facts import facts_of
from zigtui.reader.catalog.find import SessionNotFoundError, choose_session, current_project
from zigtui.reader.catalog.locations import Listing, Logs, list_all, location_of_file
from zigtui.reader.catalog.newest_first import FoundSession, found_at, newest_first
from zigtui.reader.safe_text import safe_plain
from zigtui.wording.plain import age

__all__ = [
    "active_session",
    "base_option",
    "bases_of",
    "complete_session",
    "listed_logs",
    "log_named",
    "logs_of",
    "may_be_path",
    "moment_of",
    "not_a_log",
    "only_project",
    "project_named",
    "seconds_of",
    "session_of",
    "wanted_session",
]

_SECONDS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}

_LONGEST_SILENCE_SECS = 3600.0
_SIMPLE = re.compile(r"\w[\w.+-]*")  # without = : and @, at which bash begins another word
_COMPLETED = 200  # of the newest sessions are offered by the shell's completion

Command = Callable[..., Any]


def seconds_of(value: str) -> float:
    """The seconds that a duration like 90s, 15m, 2h or 1d means; a number alone is seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w|)", value.strip())
    if match is None:
        raise click.BadParameter(f"{value!r} is no duration; write 90s, 15m, 2h or 1d")
    return float(match[1]) * _SECONDS[match[2]]


def moment_of(value: str) -> float:
    """Seconds since the epoch of a duration ago, like 2h, or of a local date or time, like 2026-11-01T14:00."""
    with suppress(ValueError, OverflowError):  # the latter at the ends of the calendar
        return datetime.fromisoformat(value).astimezone().timestamp()
    with suppress(click.BadParameter):
        return time.time() - seconds_of(value)
    raise click.BadParameter(f"{value!r} is no time; write 2h or 3d for so long ago, or a date like 2026-11-01")


def base_option(command: Command) -> Command:
    """Add ``--base`` to a command; every command takes it."""
    return click.option(
        "--base",
        "bases",
        multiple=True,
        metavar="DIR",
        help="A directory that holds sessions; may be repeated.  [default: $ZIGTUI_BASE, else ~/.zig]",
    )(command)


def _named_bases(context: click.Context, bases: tuple[str, ...]) -> list[str]:
    return [*(context.find_root().params.get("bases") or ()), *(bases if context.parent is not None else ())]


def bases_of(context: click.Context, bases: tuple[str, ...]) -> list[str]:
    """The base directories, as absolute paths: by the options, else the environment, else the home directory."""
    named = _named_bases(context, bases)
    if "" in named:  # a variable that is not set, most often; it would mean the working directory
        raise click.UsageError("--base needs a directory")
    named = named or [part for part in os.environ.get("ZIGTUI_BASE", "").split(os.pathsep) if part]
    try:
        return list(dict.fromkeys(map(os.path.abspath, named))) or [default_base()]
    except SessionError as error:
        raise click.UsageError(str(error)) from error


def logs_of(context: click.Context, bases: tuple[str, ...], *, needs_sessions: bool = True) -> Logs:
    """All logs of the bases; says which directories cannot be listed.

    A base that does not exist is an error, unless sessions are not needed and nobody has named that base here: then
    it is one in which nothing has been run yet.
    """
    directories = bases_of(context, bases)
    may_be_missing = not needs_sessions and not _named_bases(context, bases)
    for base in directories:
        if not Path(base).is_dir() and not (may_be_missing and not os.path.lexists(base)):
            raise click.UsageError(f"there is no base directory {safe_plain(base)}")
    return listed_logs(directories)


def listed_logs(bases: list[str]) -> Logs:
    """All logs of the bases; says which directories cannot be listed."""
    closed: list[Listing] = []
    logs = list_all(bases, closed.append)
    if closed:
        more = f" (and {len(closed) - 1:,} more)" if len(closed) > 1 else ""
        told = f"zigtui: cannot list {safe_plain(closed[0].directory.path)}: {closed[0].trouble}{more}"
        click.echo(told, err=True)
    return logs


def only_project(logs: Logs, directory: str | None) -> Logs:
    """Those of the logs that belong to the project of a directory; all if none is named."""
    if directory is None:
        return logs
    project = project_named(directory)
    return [log for log in logs if log[0].project == project]


def project_named(name: str) -> str:
    """The project of a directory, or one that is named as its directory below ``projects/`` is."""
    if not Path(name).is_dir():
        if Path(name).name == name:
            return name
        return project_name(os.path.abspath(name))  # noqa: PTH100  # of a repository that has been removed
    project = current_project(name)
    if project is None:
        raise click.UsageError(f"{safe_plain(name)} is in no git repository, so it belongs to no project")
    return project


def complete_session(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids and workflow names that begin with what is typed, of the newest sessions; none where there is an error.

    Only words that every shell takes as they are: a session of another workflow is offered by its id. Commands take the
    path of a log too.
    """
    files = [CompletionItem(incomplete, type="file")] if context.parent is not None else []
    items: dict[str, CompletionItem] = {}
    try:
        logs = list_all(bases_of(context, context.params.get("bases") or ()))
    except (click.UsageError, OSError):  # told, it would stand in the middle of what is typed
        return files
    for found, _ in zip(newest_first(logs), range(_COMPLETED), strict=False):
        workflow = safe_plain(found.workflow_name or "")
        for word in (workflow, found.location.session_id):
            if _SIMPLE.fullmatch(word) and not may_be_path(word) and word.startswith(incomplete):
                items.setdefault(word, CompletionItem(word, help=f"{workflow}, {age(found.began, time.time())}"))
    return [*files, *items.values()]  # in this order: for bash, files are the last resort


def session_of(context: click.Context, bases: tuple[str, ...], wanted: str | None) -> FoundSession:
    """The session that is asked for in the bases; one that is named by its log's path needs none."""
    named = log_named(wanted)
    if named is not None:
        return named
    try:
        return wanted_session(logs_of(context, bases), wanted)
    except click.UsageError as error:
        raise not_a_log(wanted) or error from None


def not_a_log(wanted: str | None) -> click.UsageError | None:
    """Why there is no log at a path; None if the word may as well be meant as something else than a path."""
    if wanted is None or not may_be_path(wanted):
        return None
    try:
        mode = Path(wanted).stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if wanted.endswith(LOG_SUFFIX) or wanted.startswith(("/", "./", "../", "~")):
            return click.UsageError(f"no such file: {wanted!r}")
        return None  # names of workflows may have slashes
    except (OSError, ValueError) as error:
        return click.UsageError(f"{getattr(error, 'strerror', None) or error}: {wanted!r}")
    return None if stat.S_ISREG(mode) else click.UsageError(f"not a regular file: {wanted!r}")


def log_named(wanted: str | None) -> FoundSession | None:
    """The session whose log lies at a path; None if this is none, or may as well be a workflow's name."""
    if wanted is None or not may_be_path(wanted):
        return None
    facts = facts_of(wanted)
    return None if facts is None else found_at(location_of_file(wanted), facts)


def may_be_path(wanted: str) -> bool:
    """Whether a word may be the path of a log, rather than an id or a workflow's name."""
    return wanted.endswith(LOG_SUFFIX) or Path(wanted).name != wanted


def wanted_session(logs: Logs, wanted: str | None) -> FoundSession:
    """The session that is asked for, those of the current project first; says which were meant if none is."""
    try:
        found = choose_session(logs, wanted, _here())
    except SessionNotFoundError as error:
        lines = [safe_plain(str(error))]
        now = time.time()
        are_copies = len({found.location.session_id for found in error.candidates}) < len(error.candidates)
        for found in error.candidates:
            path = f"  {safe_plain(found.location.path)}" if are_copies else ""
            workflow = safe_plain(found.workflow_name or "?")
            lines.append(f"  {safe_plain(found.location.session_id)}  {workflow}  {age(found.began, now)}{path}")
        raise click.UsageError("\n".join(lines)) from None
    if found.note is not None:
        click.echo(f"zigtui: {safe_plain(found.note)}", err=True)
    return found


def _here() -> str | None:
    try:
        return current_project(os.curdir)
    except OSError:
        return None


def active_session(logs: Logs) -> FoundSession:
    """The session that lives and wrote last, those of the current project first."""
    here = _here()
    latest_first = sorted(logs, key=lambda log: (log[0].project != here, -log[1].modified_ns))
    for location, facts in latest_first:
        if time.time() - facts.modified > _LONGEST_SILENCE_SECS:
            continue  # nothing was written for so long that no heartbeat can be in time
        if read_session(location).state.is_live:
            return found_at(location, facts)
    raise click.UsageError("no session is running")
