"""The processes of the system and how they are related, as Linux shows them in ``/proc``."""

import os
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["ProcessEntry", "entry", "is_known", "relatives", "running", "status_fields"]


class ProcessEntry(NamedTuple):
    """A process that has not ended. The time of its start distinguishes it from a later one with the same id."""

    pid: int
    parent: int
    group: int
    session: int
    started: int


def is_known() -> bool:
    """Whether the system shows its processes."""
    return os.path.exists("/proc/self/stat")


def status_fields(pid: int) -> list[bytes]:
    """Return the fields of ``/proc/PID/stat`` from the state on: the state, the id of the parent, and so on.

    Raises:
        OSError: If there is no such process, or no ``/proc``.
    """
    with open(f"/proc/{pid}/stat", "rb") as file:
        # The name of the program comes before, in parentheses, and may contain any character.
        return file.read().rpartition(b")")[2].split()


def entry(pid: int) -> ProcessEntry | None:
    """Look a process up; None if it has ended."""
    try:
        fields = status_fields(pid)
        state, (parent, group, session), started = fields[0], map(int, fields[1:4]), int(fields[19])
    except (OSError, ValueError, IndexError):  # it has just ended
        return None
    # Where nothing collects orphans, as in many containers, ended ones stay forever.
    return None if state in (b"Z", b"X") else ProcessEntry(pid, parent, group, session, started)


def running() -> list[ProcessEntry]:
    """List all processes that have not ended, by their ids; empty where the system does not show them."""
    if not is_known():
        return []
    found = map(entry, sorted(map(int, filter(str.isdecimal, os.listdir("/proc")))))
    return [process for process in found if process is not None]


def relatives(roots: Iterable[int], *, session: int | None) -> list[ProcessEntry]:
    """List the descendants of some processes, and the processes of a session with their descendants.

    A process whose parent has ended is nobody's descendant any more, but still of its session.
    """
    processes = running()
    children: dict[int, list[ProcessEntry]] = {}
    for process in processes:
        children.setdefault(process.parent, []).append(process)
    found = {process.pid: process for process in processes if session is not None and process.session == session}
    waiting = {*roots, *found}
    while waiting:
        for child in children.pop(waiting.pop(), []):
            found[child.pid] = child
            waiting.add(child.pid)
    return list(found.values())
