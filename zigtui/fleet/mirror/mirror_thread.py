"""A mirror beside a screen, on a thread of its own."""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from zigtui.fleet.connection import RefusedError
from zigtui.fleet.join import Join
from zigtui.fleet.mirror.cursor import Cursor
from zigtui.fleet.mirror.machines import Machines
from zigtui.fleet.mirror.mirror import Mirror, MirrorGoneError, MirrorInUseError
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.machines import MIRROR_MARKER, Hearing, MachineStatus, WriteHint
from zigtui.reader.pause import pause
from zigtui.reader.recorded_machines import RecordedMachines
from zigtui.reader.threads import start_thread

__all__ = ["MirrorThread"]

_TAKE_OVER_SECS = 1.0
_REFUSED_RETRY_SECS = 30.0
_POLL_SECS = 0.01
_STOP_SECS = 1.0


class MirrorThread:
    """Mirrors the logs of all machines into a directory, until it is stopped.

    If another process mirrors into the directory, this one leaves it to that, and takes over when the other ends.

    Args:
        directory: the directory of the mirror. It is created if it does not exist, accessible only to its owner.
        join: the server, and who connects.

    Attributes:
        refusal: why the server refuses the watcher; None if it does not. The thread has ended then. Once there has been
            a connection, a refusal is only a notice.

    Raises:
        OSError: if the directory cannot be used.
    """

    def __init__(self, directory: Path, join: Join) -> None:
        self.refusal: str | None = None
        self._directory = directory
        self._join = join
        self._recorded = RecordedMachines(str(directory))
        self._mirror: Mirror | None = None
        self._follows = False
        self._hint: WriteHint | None = None
        self._trouble: str | None = None
        self._stopping = threading.Event()
        self._cancel: Callable[[], object] | None = None
        self._thread: threading.Thread | None = None
        _prepare(directory)

    def start(self) -> None:
        """Start the thread. Called once."""
        self._thread = start_thread(self._run, "mirror", self._report_end)

    def wait_for_answer(self, seconds: float) -> None:
        """Wait until it is known whether the server can be reached, for some time at most."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up and not self._has_answer:
            pause(_POLL_SECS)

    @property
    def _has_answer(self) -> bool:
        mirror = self._mirror
        if mirror is not None and (mirror.machines.has_connected or mirror.machines.offline_since is not None):
            return True
        return self._follows or self.refusal is not None or self._trouble is not None

    def pass_hints(self, hint: WriteHint) -> None:
        """Call a function for each file that is written from now on."""
        self._hint = hint

    def stop(self) -> None:
        """End the thread, and wait a moment for what it keeps for the next run."""
        self._stopping.set()
        cancel = self._cancel
        if cancel is not None:
            with suppress(RuntimeError):  # the loop has ended
                cancel()
        if self._thread is not None:
            self._thread.join(_STOP_SECS)

    @property
    def notices(self) -> list[str]:
        """The current problems, one sentence each."""
        mirror = self._mirror
        notices = [] if self._trouble is None else [self._trouble]
        return notices if mirror is None else notices + mirror.notices

    # The machines, as far as this process or the one that mirrors knows

    @property
    def _machines(self) -> Machines | RecordedMachines:
        mirror = self._mirror
        return self._recorded if mirror is None else mirror.machines

    @property
    def root(self) -> str:
        """The directory of the mirror."""
        return str(self._directory)

    @property
    def gives_hints(self) -> bool:
        """Whether this process writes the files."""
        return self._mirror is not None

    @property
    def offline_since(self) -> float | None:
        """When the connection was lost, in seconds since the epoch; None while there is one."""
        return self._machines.offline_since

    def statuses(self) -> list[MachineStatus]:
        """What is known about each machine."""
        return self._machines.statuses()

    def hearing_of(self, base: str) -> Hearing:
        """What is heard of the machine with a base directory."""
        return self._machines.hearing_of(base)

    # The thread

    def _run(self) -> None:
        while not self._stopping.is_set() and self.refusal is None:
            try:
                mirror = Mirror(self._directory, _ignore, written=self._note_written)
            except MirrorInUseError:
                self._follows, self._trouble = True, None
            except OSError as error:
                self._trouble = f"the logs of other machines cannot be written: {reason_of(error)}; trying again"
            else:
                self._follows, self._trouble, self._mirror = False, None, mirror
                try:
                    with suppress(MirrorGoneError):  # the next one makes it again
                        asyncio.run(self._receive(mirror))
                finally:
                    self._mirror = self._cancel = None
                    mirror.close()
            self._stopping.wait(_TAKE_OVER_SECS)

    async def _receive(self, mirror: Mirror) -> None:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        with suppress(asyncio.CancelledError):
            while not self._stopping.is_set():
                try:
                    await mirror.run(self._join)
                except RefusedError as error:
                    if not mirror.machines.has_connected:
                        self.refusal = str(error)
                        return
                    await asyncio.sleep(_REFUSED_RETRY_SECS)

    def _note_written(self, path: str) -> None:
        if self._hint is not None:
            self._hint(path)

    def _report_end(self, error: BaseException) -> None:
        self._trouble = f"the logs of other machines are not kept up to date any more: {reason_of(error)}"


def _ignore(line: str) -> None:
    """Leave out a line for people: the screen has `MirrorThread.notices`."""


def _prepare(directory: Path) -> None:
    """Make a directory that readers recognize as that of a mirror, before the mirror itself has started."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        marker = os.open(directory / MIRROR_MARKER, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(marker, "wb") as file:
            file.write(Cursor().encoded())
