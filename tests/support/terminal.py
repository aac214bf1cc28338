"""A program in a real pseudo terminal: what it writes, and what a terminal makes of it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

ROOT = Path(__file__).parents[2]
DEADLINE_SECS = 30.0
_PRIVATE = re.compile(rb"\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")  # which pyte would print as text


class Terminal:
    """Runs ``python -m zigtui`` with arguments in a terminal of its own.

    Args:
        arguments: what follows ``zigtui`` on the command line.
        home: the home directory, which is the working directory too.
        size: columns and lines.
        environment: variables to set.
    """

    def __init__(
        self,
        *arguments: str | Path,
        home: Path,
        size: tuple[int, int] = (100, 30),
        environment: dict[str, str] | None = None,
    ) -> None:
        self._controller, terminal = pty.openpty()
        columns, lines = size
        _set_size(terminal, columns, lines)
        self._before = termios.tcgetattr(terminal)
        self._terminal = terminal  # kept open, to ask for its settings after the program has ended
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        self.process = subprocess.Popen(
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            **program(*arguments, home=home, environment=environment),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        if self._controller >= 0:
            os.close(self._controller)
        os.close(self._terminal)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        # Not `Screen.display`: it fails where half of a wide character has been written over.
        rows = (self._screen.buffer[row] for row in range(self._screen.lines))
        return "\n".join("".join(row[x].data for x in range(self._screen.columns)).rstrip() for row in rows)

    @property
    def is_restored(self) -> bool:
        """Whether the terminal is as it was: its settings, the main screen, the cursor, no mouse reports."""
        return (
            termios.tcgetattr(self._terminal) == self._before
            and self.written.count(b"\x1b[?1049h") == self.written.count(b"\x1b[?1049l") == 1
            and self.written.rfind(b"\x1b[?25h") > self.written.rfind(b"\x1b[?25l")
            and self.written.rfind(b"\x1b[?1000l") > self.written.rfind(b"\x1b[?1000h")
        )

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size; it is blank until the program paints it."""
        _set_size(self._terminal, columns, lines)
        self._screen.resize(lines, columns)
        self._screen.reset()
        self.process.send_signal(signal.SIGWINCH)  # it is not the terminal that controls the program's session

    def hang_up(self) -> None:
        """Close the terminal."""
        os.close(self._controller)
        self._controller = -1

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._controller, keys.encode())

    def read(self, seconds: float) -> bool:
        """Take what the program writes within so many seconds, and tell whether there was something."""
        if not select.select([self._controller], [], [], seconds)[0]:
            return False
        data = os.read(self._controller, 65536)
        self.written += data
        self._stream.feed(_PRIVATE.sub(b"", data))
        return True

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Read until a condition holds; fail, with the screen as it is, when it takes too long."""
        give_up = time.monotonic() + DEADLINE_SECS
        while not condition():
            assert time.monotonic() < give_up, f"waited in vain; the screen:\n{self.text}"
            self.read(0.05)

    def wait_for(self, text: str) -> None:
        """Read until a text stands on the screen."""
        self.wait_until(lambda: text in self.text)

    def wait_for_exit(self) -> int:
        """The exit code, once the program has ended and all that it wrote is read."""
        self.wait_until(lambda: self.process.poll() is not None)
        while self.read(0):
            pass
        return self.process.returncode


def _set_size(terminal: int, columns: int, lines: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def terminal_environment(home: Path) -> dict[str, str]:
    """The environment of a user whose home is there, in a terminal with colours."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TMPDIR")}
    return {**kept, "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)}


def program(*arguments: str | Path, home: Path, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """What `subprocess` needs to start ``zigtui`` for the user whose home is there, and who works there."""
    return {
        "args": [sys.executable, "-m", "zigtui", *map(str, arguments)],
        "cwd": home,
        "env": {**terminal_environment(home), **(environment or {})},
    }


def run_zigtui(
    *arguments: str | Path, home: Path, environment: dict[str, str] | None = None, **options: Any
) -> "subprocess.CompletedProcess[str]":
    """Run ``zigtui`` without a terminal."""
    return subprocess.run(
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=DEADLINE_SECS,
        check=False,
        **program(*arguments, home=home, environment=environment),
        **options,
    )


@contextmanager
def started(
    *arguments: str | Path, home: Path, environment: dict[str, str] | None = None
) -> "Iterator[subprocess.Popen[str]]":
    """``zigtui``, running without a terminal, until the block is left."""
    with subprocess.Popen(
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **program(*arguments, home=home, environment=environment),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def processes_that_name(text: str | Path) -> list[str]:
    """The command lines of the processes that name something, this one left out."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if str(text) in command and int(directory.name) != os.getpid():
            found.append(command)
    return found
