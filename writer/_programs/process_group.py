"""Process groups: a program and the processes that it has started, to be signalled together.

Each program gets a session of its own, and so a group. A group in the session of the runner would be in the background
of its terminal: a program that asks for a password would be stopped there forever. Without a terminal it fails at
once.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Any

from writer._programs.exit_code import has_ended

__all__ = ["ProcessGroup", "kill_lost", "with_group"]


def with_group(options: dict[str, Any]) -> dict[str, Any]:
    """Add the option of `subprocess.Popen` that gives a program a group of its own.

    The runner's own choice is kept. A program that reads from the terminal must stay in the runner's group.
    """
    chosen = any(options.get(name) is not None for name in ("start_new_session", "process_group", "preexec_fn"))
    if sys.platform == "win32" or chosen or _is_terminal(options["stdin"]):
        return options
    return {**options, "start_new_session": True}


def _is_terminal(stdin: Any) -> bool:
    descriptor = 0 if stdin is None else stdin if isinstance(stdin, int) else stdin.fileno()
    with suppress(OSError):
        return descriptor >= 0 and os.isatty(descriptor)
    return False


class ProcessGroup:
    """The processes of one program; without a group of its own, on Windows for example, only the program itself."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._id = _own_group(process.pid)
        self._is_gone = self._id is None

    def signal(self, number: int) -> None:
        """Send a signal to all processes of the group, if there are any."""
        with suppress(ProcessLookupError, PermissionError):  # such as a program that runs as another user
            if self._id is not None:
                if self._process.returncode is None or not self.is_gone():
                    os.killpg(self._id, number)
            elif sys.platform == "win32":
                self._process.send_signal(number)
            elif not has_ended(self._process):
                os.kill(self._process.pid, number)

    def terminate(self) -> None:
        """Ask all processes of the group to end, also those that are stopped."""
        self.signal(signal.SIGTERM)
        if self._id is not None:
            self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill all processes of the group."""
        self.signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)

    def is_gone(self) -> bool:
        """Whether no process of the group is left; called after the program itself has ended."""
        if not self._is_gone:
            assert self._id is not None
            try:
                os.killpg(self._id, 0)
                # Where nothing collects orphans, as in many containers, ended ones stay in their group forever.
                self._is_gone = self.members() == []
            except ProcessLookupError:
                self._is_gone = True  # and stays so: the system may give the number to another group
            except PermissionError:
                self._is_gone = self.members() == []
        return self._is_gone

    def members(self) -> list[int] | None:
        """Return the ids of the processes of the group that have not ended, or None where that is not known."""
        if self._id is None or not os.path.exists("/proc/self/stat"):
            return None
        return sorted(pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if self._has_member(pid))

    def _has_member(self, pid: int) -> bool:
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                # The name of the program comes before, in parentheses, and may contain any character.
                state, _parent, group = file.read().rpartition(b")")[2].split()[:3]
        except (OSError, ValueError):  # it has just ended
            return False
        return int(group) == self._id and state not in (b"Z", b"X")


def kill_lost(write_ends: list[int]) -> None:
    """Kill a program whose start has been interrupted before `subprocess` could return it.

    It is known only by the files that it prints to. It has hardly begun, so that it gets no time to terminate.

    Args:
        write_ends: Descriptors of this process that only the program has as its standard output or error.
    """
    given = {(status.st_dev, status.st_ino) for status in map(os.fstat, write_ends)}
    if not given or not os.path.exists("/proc/self/stat"):
        return
    for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))):
        with suppress(OSError):  # it has just ended, or is another user's
            streams = [os.stat(f"/proc/{pid}/fd/{stream}") for stream in (1, 2)]
            if pid != os.getpid() and given & {(status.st_dev, status.st_ino) for status in streams}:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _own_group(pid: int) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        return pid if os.getpgid(pid) == pid else None
    except ProcessLookupError:  # it has ended, and another part of the runner has collected it
        return None
