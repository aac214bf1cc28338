"""Process groups: a program and the processes that it has started, to be signalled together.

Each program gets a session of its own, and so a group. A group in the session of the runner would be in the background
of its terminal: a program that asks for a password would be stopped there forever. Without a terminal it fails at
once.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from writer._programs import process_table
from writer._programs.exit_code import has_ended
from writer._programs.process_table import ProcessEntry

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
    """The processes of one program; without a group of its own, on Windows for example, only the program itself.

    Some programs give those that they start a group or a session of their own: shells with job control, ``timeout``,
    ``setsid``, and other runners. Where the system shows its processes, these are ended with the group.
    """

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._id = _own_group(process.pid)
        self._session = _own_session(process.pid)
        self._is_gone = self._id is None
        self._outside: set[ProcessEntry] = set()

    def signal(self, number: int) -> None:
        """Send a signal to all processes of the group, if there are any."""
        with suppress(ProcessLookupError, PermissionError):  # such as a program that runs as another user
            if self._id is not None:
                if self._process.returncode is None or not self._is_group_gone():
                    os.killpg(self._id, number)
            elif sys.platform == "win32":
                self._process.send_signal(number)
            elif not has_ended(self._process):
                os.kill(self._process.pid, number)

    def terminate(self) -> None:
        """Ask all processes that the program has started to end, also those that are stopped."""
        self._find_outside()
        self._signal_all(signal.SIGTERM)
        if self._id is not None:
            self._signal_all(signal.SIGCONT)

    def kill(self) -> None:
        """Kill all processes that the program has started."""
        if sys.platform == "win32":
            self._signal_all(signal.SIGTERM)
            return
        self._stop_outside()
        self._signal_all(signal.SIGKILL)

    def is_gone(self) -> bool:
        """Whether no process of the group is left, nor any other that is being ended.

        Called after the program itself has ended.
        """
        return self._is_group_gone() and not self._left_outside()

    def members(self) -> list[int] | None:
        """Return the ids of the processes of the group that have not ended, or None where that is not known."""
        if self._id is None or not process_table.is_known():
            return None
        return [process.pid for process in process_table.running() if process.group == self._id]

    def _is_group_gone(self) -> bool:
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

    def _stop_outside(self) -> None:
        """Stop the processes outside the group, so that none of them goes on, and starts another, as its child dies.

        Those in the group are killed at once, by one system call. Those of another user, as below ``sudo``, cannot be
        stopped, and may start others forever.
        """
        stopped: set[ProcessEntry] = set()
        while True:
            self._find_outside()
            new = self._outside - stopped
            if not new or not _send(signal.SIGSTOP, new):
                break
            stopped |= new

    def _find_outside(self) -> None:
        """Note the processes outside the group, before their parents end and nothing shows where they come from."""
        if self._id is None:
            return
        # As long as one of them has not ended, the system gives the number of the program to no other process.
        is_held = self._process.returncode is None or not self._is_group_gone()
        left = self._left_outside()
        roots = [process.pid for process in left] + ([self._process.pid] if is_held else [])
        is_session_held = is_held or any(process.session == self._session for process in left)
        found = process_table.relatives(roots, session=self._session if is_session_held else None)
        self._outside.update(process for process in found if process.group != self._id)

    def _left_outside(self) -> "set[ProcessEntry]":
        known = {process.pid: process_table.entry(process.pid) for process in self._outside}
        self._outside = {
            process for process in self._outside if (now := known[process.pid]) and now.started == process.started
        }
        return self._outside

    def _signal_all(self, number: int) -> None:
        self.signal(number)
        _send(number, self._left_outside())


def _send(number: int, processes: Iterable[ProcessEntry]) -> bool:
    """Send a signal to processes. Return whether one was there that got it, or all had ended."""
    sent = refused = 0
    for process in processes:
        try:
            os.kill(process.pid, number)
            sent += 1
        except ProcessLookupError:
            pass
        except PermissionError:
            refused += 1
    return sent > 0 or not refused


def kill_lost(write_ends: list[int]) -> None:
    """Kill a program whose start has been interrupted before `subprocess` could return it.

    It is known only by the files that it prints to. It has hardly begun, so that it gets no time to terminate.

    Args:
        write_ends: Descriptors of this process that only the program has as its standard output or error.
    """
    given = {(status.st_dev, status.st_ino) for status in map(os.fstat, write_ends)}
    if not given:
        return
    for pid in [process.pid for process in process_table.running()]:
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


def _own_session(pid: int) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        return pid if os.getsid(pid) == pid else None
    except ProcessLookupError:
        return None
