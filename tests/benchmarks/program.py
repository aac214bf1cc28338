"""A program in a pseudo terminal, as the benchmarks see it: what it writes and when, and what it takes to do so."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\|[ -/]*[0-~])")
_KEPT_BYTES = 65536
_SIZE = (48, 160)  # lines and columns


class Program:
    """Runs a command in a terminal of its own.

    Nothing emulates the terminal, which would take the processor from the program: a text is on the screen once it
    is in what the program writes between escape sequences. It must not have been there before.
    """

    def __init__(self, command: Sequence[str | Path], home: Path) -> None:
        self._terminal, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", *_SIZE, 0, 0))
        self._written = b""
        root = Path(__file__).parents[2]
        environment = {**os.environ, "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            cwd=home,
            env={**environment, "PYTHONPATH": str(root)},
            start_new_session=True,
        )
        os.close(inner)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._terminal)

    @property
    def text(self) -> str:
        """What was written since `forget`, without escape sequences."""
        return _ESCAPES.sub(b"", self._written).decode("utf-8", "replace")

    def forget(self) -> None:
        """What has been written is of no interest any more."""
        self._written = b""

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._terminal, keys.encode())

    def read(self, seconds: float) -> float | None:
        """Take what is written next, within so many seconds; tells when that was.

        Raises:
            EOFError: if the program has ended.
        """
        if not select.select([self._terminal], [], [], max(0.0, seconds))[0]:
            return None
        try:
            data = os.read(self._terminal, 65536)
        except OSError as error:
            raise EOFError(f"the program has ended: {self.text[-2000:]}") from error
        at = time.monotonic()
        self._written = (self._written + data)[-_KEPT_BYTES:]
        return at

    def wait_for(self, text: str, seconds: float = 30.0) -> float:
        """Read until a text is there that was not before `forget`; tells when it came.

        Raises:
            TimeoutError: if it does not come.
        """
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            at = self.read(give_up - time.monotonic())
            if at is not None and text in self.text:
                return at
        raise TimeoutError(f"{text!r} did not come; the last that did: {self.text[-2000:]}")

    def settle(self, seconds: float) -> None:
        """Read whatever comes for so long."""
        give_up = time.monotonic() + seconds
        while (left := give_up - time.monotonic()) > 0:
            self.read(left)

    @property
    def processor_secs(self) -> float:
        """The processor time that it has taken, by the clock that Linux keeps for each process."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    @property
    def private_megabytes(self) -> float:
        """The memory that it shares with no other process."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return sum(int(kilobytes) for kilobytes in re.findall(r"^Private_\w+: +(\d+) kB", rollup, re.M)) / 1000
