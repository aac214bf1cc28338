"""Wait for the end of a process in a thread, where no signal handler can interrupt."""

import subprocess
from typing import Any

from zigtui.reader.threads import start_thread

__all__ = ["ProcessEnd"]


class ProcessEnd:
    """The end of a process, for a program whose main thread gets signals.

    `Popen.poll` and `Popen.wait` take a lock. If a signal handler raises at the wrong moment, as that of Ctrl-C does,
    the lock is never released, and each later wait for the process takes forever. Handlers run in the main thread only.

    Args:
        process: the process. Nothing else may wait for its end before this has seen it.
    """

    def __init__(self, process: "subprocess.Popen[Any]") -> None:
        self._process = process
        self._thread = start_thread(process.wait, "end of a process")

    @property
    def exit_code(self) -> int | None:
        """The exit code; None while the process runs."""
        code: int | None = self._process.returncode
        return code

    def wait(self, seconds: float) -> bool:
        """Wait for the end, for at most some seconds, and return whether it has come."""
        self._thread.join(seconds)
        return self.exit_code is not None
