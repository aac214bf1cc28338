"""The logs below a base directory, found by listing directories.

Each file is one session, however many paths lead to it. If links give a file several paths, the one without symbolic
links counts; of several such paths, the one whose name is a session id and whose project is the one that the log
records. Only for the latter, a log is opened.
"""

import errno
import os
from collections.abc import Callable, Container, Iterable
from typing import NamedTuple

from writer import sessions_directory
from zigtui.reader.catalog.scan.directories import Directory, directories_of, first_spellings
from zigtui.reader.catalog.scan.file_facts import FileFacts, facts_of
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.location import LogLocation, is_log_name, recorded_repository
from zigtui.reader.machines import is_mirror_root, machine_bases, machine_of_base

__all__ = [
    "Listing",
    "Logs",
    "bases_with_machines",
    "fits_project",
    "is_better_link",
    "list_all",
    "list_logs",
    "location_of",
    "location_of_file",
]


Logs = list[tuple[LogLocation, FileFacts]]
"""Logs that were listed, in no order."""


class Listing(NamedTuple):
    """The logs of one directory.

    Attributes:
        directory: the directory.
        logs: location and facts of each log, by path.
        skipped: the paths of known logs that are still there; their facts were not read.
        trouble: why the directory cannot be listed; None if it can.
    """

    directory: Directory
    logs: dict[str, tuple[LogLocation, FileFacts]]
    skipped: list[str]
    trouble: str | None = None


def is_better_link(
    location: LogLocation, other: LogLocation, facts: FileFacts, real_paths: dict[str, str] | None = None
) -> bool:
    """Whether a location counts rather than another one that leads to the same log.

    Args:
        location: the location.
        other: the other one.
        facts: the metadata of the log.
        real_paths: a cache of the real paths of directories, shared between calls.
    """
    real_paths = {} if real_paths is None else real_paths
    rank, other_rank = _link_rank(location, real_paths), _link_rank(other, real_paths)
    if rank == other_rank and location.project != other.project:
        from zigtui.reader.catalog.scan.found_session import found_at  # rarely needed, and half a megabyte

        cwd = found_at(location, facts).cwd
        rank, other_rank = (*rank, not fits_project(location, cwd)), (*other_rank, not fits_project(other, cwd))
    return (rank, location.path) < (other_rank, other.path)


def _link_rank(location: LogLocation, real_paths: dict[str, str]) -> tuple[int, ...]:
    directory = os.path.dirname(location.path)
    if directory not in real_paths:
        real_paths[directory] = os.path.realpath(directory)
    links = (real_paths[directory] != directory) + os.path.islink(location.path)
    return links, not location.has_session_id


def fits_project(location: LogLocation, cwd: str | None) -> bool:
    """Whether a log is in the directory of the project that it records by its working directory."""
    return location.project is not None and recorded_repository(location.project, cwd) is not None


def bases_with_machines(bases: Iterable[str], on_trouble: Callable[[Listing], object] | None = None) -> list[str]:
    """Replace each root of a mirror with the base directories of its machines.

    Args:
        bases: the base directories, and roots of mirrors.
        on_trouble: called for each root that cannot be listed.
    """
    found: dict[str, None] = {}
    for base in bases:
        if not is_mirror_root(base):
            found[base] = None
            continue
        try:
            found.update(dict.fromkeys(machine_bases(base)))
        except OSError as error:
            if on_trouble is not None:
                on_trouble(Listing(Directory(base), {}, [], reason_of(error)))
    return list(found)


def list_all(bases: Iterable[str], on_trouble: Callable[[Listing], object] | None = None) -> Logs:
    """List all logs of some bases, each file once.

    Args:
        bases: the base directories; the root of a mirror stands for those of its machines.
        on_trouble: called for each directory that cannot be listed.
    """
    logs: dict[tuple[int, int], tuple[LogLocation, FileFacts]] = {}
    real_paths: dict[str, str] = {}
    for base in bases_with_machines(dict.fromkeys(first_spellings(bases).values()), on_trouble):
        machine = machine_of_base(base)
        for directory in directories_of(base):
            listing = list_logs(directory, base, machine=machine)
            for log in listing.logs.values():
                file = log[1][:2]
                other = logs.setdefault(file, log)
                if other is not log and is_better_link(log[0], other[0], log[1], real_paths):
                    logs[file] = log
            if listing.trouble is not None and on_trouble is not None:
                on_trouble(listing)
    return list(logs.values())


def list_logs(directory: Directory, base: str, known: Container[str] = (), *, machine: str | None = None) -> Listing:
    """List the logs in one directory of a base.

    Args:
        directory: the directory.
        base: the base it belongs to.
        known: paths of logs whose facts need not be read.
        machine: the machine that the base belongs to; see `LogLocation`.
    """
    if not directory.holds_logs:
        return Listing(directory, {}, [], directory.trouble)
    try:
        with os.scandir(directory.path) as entries:
            files = [file for file in entries if is_log_name(file.name)]
    except (FileNotFoundError, NotADirectoryError):
        return Listing(directory, {}, [])
    except OSError as error:
        return Listing(directory, {}, [], reason_of(error))
    logs: dict[str, tuple[LogLocation, FileFacts]] = {}
    skipped, project = [], directory.project
    for file in files:
        path = file.path
        if path in known:
            skipped.append(path)
        elif (facts := facts_of(file)) is not None:
            logs[path] = (LogLocation(path, base, project, machine), facts)
    if files and not logs and not os.access(directory.path, os.X_OK):
        # Without this permission names can be listed, but no file can be opened.
        return Listing(directory, {}, [], reason_of(PermissionError(errno.EACCES, os.strerror(errno.EACCES))))
    return Listing(directory, logs, skipped)


def location_of(
    path: str, base: str, projects: Container[str | None] | None = None, *, machine: str | None = None
) -> LogLocation | None:
    """Turn the path of a log below a base into its location.

    Args:
        path: a real path below the base, as watchfiles reports it.
        base: the base directory.
        projects: see `directories_of`.
        machine: the machine that the base belongs to; see `LogLocation`.

    Returns:
        None if the path is not that of a log, or the log belongs to another project or base. The file need not exist.
    """
    directory, name = os.path.split(path)
    workspace = os.path.dirname(os.path.dirname(directory))
    root = os.path.realpath(base)
    project = None if workspace == root else os.path.basename(workspace)
    if not is_log_name(name) or directory != sessions_directory(workspace):
        return None
    if project is not None and os.path.dirname(os.path.dirname(workspace)) != root:
        return None
    if projects is not None and project not in projects:
        return None
    return LogLocation(path, base, project, machine)


def location_of_file(path: str) -> LogLocation:
    """Turn any path into the location of a log; its base is the directory of the file if that belongs to no base."""
    path = os.path.realpath(path)
    directory = os.path.dirname(path)
    workspace = os.path.dirname(os.path.dirname(directory))
    if directory != sessions_directory(workspace):
        return LogLocation(path, directory, None)
    base = os.path.dirname(os.path.dirname(workspace))
    if workspace != os.path.join(base, "projects", os.path.basename(workspace)):
        return LogLocation(path, workspace, None, machine_of_base(workspace))
    return LogLocation(path, base, os.path.basename(workspace), machine_of_base(base))
