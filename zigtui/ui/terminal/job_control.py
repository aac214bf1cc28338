"""Find out whether a shell could continue this process if it stopped."""

import os
import signal
from contextlib import suppress
from pathlib import Path

__all__ = ["can_be_continued"]

_INIT = 1  # the process ID of the first process, in a container the command that it was started with
_PARENT_FIELD = 1  # in what follows the name in /proc/PID/stat
_OUTSIDE = 0  # the parent in another namespace of processes


def can_be_continued() -> bool:
    """Whether a shell with job control started this process: only such a shell notices when it stops.

    ``ssh -t host zigtui``, ``docker run -it`` and a terminal that runs zigtui as its command have none. The rule is
    that of the kernel for orphaned process groups: the parent of the process group is in the same session.
    """
    group, session = os.getpgrp(), os.getsid(0)
    if group == session:
        return False  # the group of the process that the terminal was opened for
    parent: int | None = os.getppid()
    while parent and _group_of(parent) == group:
        parent = _parent_of(parent)
    if parent is None:
        return True  # not known, as on systems without /proc
    return parent != _OUTSIDE and _session_of(parent) == session and not _is_plain_init(parent)


def _group_of(process: int) -> int | None:
    with suppress(OSError):
        return os.getpgid(process)
    return None


def _session_of(process: int) -> int | None:
    with suppress(OSError):
        return os.getsid(process)
    return None


def _parent_of(process: int) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        status = Path(f"/proc/{process}/stat").read_text(errors="replace")
        return int(status.rpartition(")")[2].split()[_PARENT_FIELD])
    return None


def _is_plain_init(process: int) -> bool:
    """Whether a process is the init of a container, and no shell: it neither ignores nor handles SIGTSTP."""
    if process != _INIT:
        return False
    with suppress(OSError, ValueError):
        fields = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
        return not (int(fields["SigIgn"], 16) | int(fields["SigCgt"], 16)) & 1 << (signal.SIGTSTP - 1)
    return True
