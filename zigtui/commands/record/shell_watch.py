"""Wait until a shell ends, or until a command ends the session."""

import os
import select
import signal
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from writer import SessionStatus
from writer._programs.process_table import status_fields
from zigtui.commands.record.exit_code import exit_code_of

__all__ = ["PRINTED", "SHELL", "ShellWatch", "ancestors"]

PRINTED = b"printed"
"""What the command that starts the session tells the owner, once the shell has its answer."""

SHELL = "shell"
"""The name of the pipe, beside the socket of the session, into which the shell writes its process id."""

_CHECK_SECS = 0.5  # how often to check what cannot be waited for
_UNNAMED_SECS = 10.0  # how long the shell may take until it names itself
_NO_PROCESS = 0


def ancestors() -> list[int]:
    """The ids of the processes that have started this one, the nearest first; without ``/proc`` only the nearest."""
    found = [os.getppid()]
    while (parent := _parent(found[-1])) > 1:
        found.append(parent)
    return [process for process in found if process > 1]


def _parent(process: int) -> int:
    try:
        return int(status_fields(process)[1])
    except OSError:
        return 0


class ShellWatch:
    """Watches a shell.

    The command that starts the session may run in a subshell, which ends at once: it is the shell that evaluates what
    the command prints. That writes its process id, which is ``$$``, into a pipe. In a subshell ``$$`` is the outer
    shell, so the one to watch is the nearest ancestor that still runs then.

    Attributes:
        error: why the session has failed, if the command that ends it has given a reason.
    """

    def __init__(self, candidates: list[int], process: int | None) -> None:
        """Watch a process.

        Args:
            candidates: the ancestors of the command, the nearest first. They wait for it, so they run.
            process: the process to watch in place of the shell, or None.
        """
        self.error: str | None = None
        self._candidates = candidates
        self._descriptors = {one: _descriptor(one) for one in candidates}
        self._watched = process
        self._is_shell = process is None
        self._status: SessionStatus | None = None
        self._is_finished = threading.Event()
        self._pipe = -1
        self._wake_reader, self._wake_writer = os.pipe()
        for descriptor in (self._wake_reader, self._wake_writer):
            os.set_blocking(descriptor, False)

    def __enter__(self) -> Self:
        # The system may deliver a signal to any thread. Its handler runs in the main thread, but only if that wakes up.
        signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(-1)
        for descriptor in (self._pipe, *self._descriptors.values(), self._wake_reader, self._wake_writer):
            if descriptor >= 0:
                os.close(descriptor)

    def open_pipe(self, path: Path) -> None:
        """Make the pipe that the shell names itself by."""
        os.mkfifo(path, 0o600)
        self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    @property
    def exit_code(self) -> int | None:
        """That of the shell, once it has ended. None if it is not known, or if another process was watched."""
        if self._watched is None or not self._is_shell:
            return None
        return exit_code_of(self._watched, self._descriptors.get(self._watched, -1))

    def finish(self, status: SessionStatus, error: str | None = None) -> None:
        """Let `wait` return a status; called from any thread or signal handler."""
        if self._status is None:
            self._status, self.error = status, error
        self._is_finished.set()
        with suppress(OSError):
            os.write(self._wake_writer, b"x")

    def wait(self) -> SessionStatus | None:
        """Wait until the session is to end; return its status, or None if the shell has ended."""
        unnamed_until = monotonic() + _UNNAMED_SECS
        while not self._is_finished.is_set():
            if self._watched is None and monotonic() >= unnamed_until:
                self._watched = next(filter(_is_alive, self._candidates), _NO_PROCESS)
            if self._watched is not None and not _is_alive(self._watched):
                break
            self._sleep()
        return self._status

    def _sleep(self) -> None:
        descriptor = -1
        if self._watched is not None:
            if self._descriptors.get(self._watched, -1) < 0:
                self._descriptors[self._watched] = _descriptor(self._watched)
            descriptor = self._descriptors[self._watched]
        watched = [one for one in (self._wake_reader, self._pipe, descriptor) if one >= 0]
        ready, _, _ = select.select(watched, [], [], None if descriptor >= 0 else _CHECK_SECS)
        if self._wake_reader in ready:
            os.read(self._wake_reader, 4096)
        if self._pipe in ready:
            self._read_pipe()

    def _read_pipe(self) -> None:
        words = os.read(self._pipe, 4096).split()
        if self._watched is None and words and words[0].isdigit():
            shell = int(words[0])
            known = self._candidates
            nearer = known[: known.index(shell)] if shell in known else known[:1]
            self._watched = next(filter(_is_alive, [*nearer, shell]), shell)


def _descriptor(process: int) -> int:
    """A descriptor that becomes readable when the process ends; -1 if there is none."""
    if hasattr(os, "pidfd_open"):
        with suppress(OSError):  # an old kernel, or the process has just ended
            return os.pidfd_open(process)
    return -1


def _is_alive(process: int) -> bool:
    if process == _NO_PROCESS:  # which `kill` takes for the process group of this process
        return False
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    with suppress(OSError):
        return status_fields(process)[0] != b"Z"
    return True
