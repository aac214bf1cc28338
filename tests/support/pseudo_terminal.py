"""Start a program in a pseudo-terminal."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

_POLL_SECS = 0.05


class PseudoTerminal:
    """Runs a command in a terminal of its own until the block is left.

    Nothing emulates the terminal here: see `tests.support.terminal.Terminal` for the screen.

    Args:
        command: the program and its arguments.
        directory: the working directory.
        environment: all of the environment variables.
        size: columns and lines.

    Attributes:
        process: the program.
        started_at: when it was started, by the monotonic clock.
    """

    def __init__(
        self, command: Sequence[str | Path], *, directory: Path, environment: Mapping[str, str], size: tuple[int, int]
    ) -> None:
        self._controller, self._terminal = pty.openpty()
        os.set_blocking(self._controller, False)  # it takes no more than 4 kB that nobody reads
        self._set_size(*size)
        self._settings = self._current_settings()
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            command,
            stdin=self._terminal,
            stdout=self._terminal,
            stderr=self._terminal,
            cwd=directory,
            env=environment,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.hang_up()
        os.close(self._terminal)

    @property
    def has_settings_of_the_start(self) -> bool:
        """Whether the terminal echoes, buffers lines and so on as it did before the program started."""
        return self._current_settings() == self._settings

    def press(self, keys: str | bytes) -> None:
        """Type keys, or send any bytes. What a program has not read when it ends is dropped."""
        data = keys.encode() if isinstance(keys, str) else keys
        while data and self.process.poll() is None:
            if select.select([], [self._controller], [], _POLL_SECS)[1]:
                with suppress(BlockingIOError):
                    data = data[os.write(self._controller, data) :]

    def read(self, seconds: float) -> bytes:
        """Wait for output of the program for at most that long; return it, or nothing if there was none."""
        if not select.select([self._controller], [], [], max(0.0, seconds))[0]:
            return b""
        return os.read(self._controller, 65536)

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size."""
        self._set_size(columns, lines)
        self.process.send_signal(signal.SIGWINCH)  # it is not the controlling terminal of the program's session

    def hang_up(self) -> None:
        """Close the terminal, as a user closes its window."""
        if self._controller >= 0:
            os.close(self._controller)
            self._controller = -1

    def _current_settings(self) -> list[Any]:
        return termios.tcgetattr(self._terminal)  # of this end, which stays open when the program has ended

    def _set_size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
