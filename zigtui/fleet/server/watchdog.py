"""End another process with this one, where the system has nothing for that."""

import os
import subprocess

__all__ = ["Watchdog"]

_SCRIPT = 'read -r line; kill "$1"'


class Watchdog:
    """A shell that ends a process as soon as this one is gone, even if it was killed.

    It waits for the end of a pipe that only this process holds open.

    Args:
        process_id: the process to end, by SIGTERM.

    Raises:
        OSError: if there is no shell.
    """

    def __init__(self, process_id: int) -> None:
        reading, self._writing = os.pipe()
        try:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _SCRIPT, "watchdog", str(process_id)],
                stdin=reading,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is for this process
            )
        except OSError:
            os.close(self._writing)
            raise
        finally:
            os.close(reading)

    def stop(self) -> None:
        """Give up, before the process ends: another one may have its number then."""
        self._process.kill()
        self._process.wait()
        os.close(self._writing)
