"""Run ``zigtui`` in a pseudo-terminal, with an emulated screen."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pyte

from tests.support.processes import zigtui_command
from tests.support.pseudo_terminal import PseudoTerminal
from tests.support.waiting import until

_PRIVATE = re.compile(rb"\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")  # which pyte would print as text


def drawable(data: bytes) -> bytes:
    """Output without the sequences that the emulated screen would print as text."""
    return _PRIVATE.sub(b"", data)


class Terminal(PseudoTerminal):
    """Runs ``python -m zigtui`` with arguments in a terminal of its own.

    Args:
        arguments: what follows ``zigtui`` on the command line.
        home: the home directory, which is the working directory too.
        size: columns and lines.
        environment: variables to set.
        shell: a program and arguments that start zigtui, which follows as further arguments.

    Attributes:
        written: all that the program has written, as far as it has been read.
    """

    def __init__(
        self,
        *arguments: str | Path,
        home: Path,
        size: tuple[int, int] = (100, 30),
        environment: dict[str, str] | None = None,
        shell: Sequence[str | Path] = (),
    ) -> None:
        command = zigtui_command(*arguments, home=home, environment=environment)
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        super().__init__([*shell, *command["args"]], directory=command["cwd"], environment=command["env"], size=size)

    @property
    def text(self) -> str:
        """The text of the screen."""
        # Not `Screen.display`: it fails where half of a wide character has been written over.
        rows = (self._screen.buffer[row] for row in range(self._screen.lines))
        return "\n".join("".join(row[x].data for x in range(self._screen.columns)).rstrip() for row in rows)

    def cell(self, text: str) -> pyte.screens.Char:
        """The first cell of a text on the screen: its character, its colours and its attributes."""
        row = next(row for row, line in enumerate(self.text.splitlines()) if text in line)
        return self._screen.buffer[row][self.text.splitlines()[row].index(text)]

    @property
    def colours(self) -> set[str]:
        """All colours of texts and backgrounds on the screen."""
        cells = (cell for row in self._screen.buffer.values() for cell in row.values())
        return {colour for cell in cells for colour in (cell.fg, cell.bg)}

    @property
    def is_restored(self) -> bool:
        """Whether the terminal is as it was: its settings, the main screen, the cursor, no mouse reports."""
        return (
            self.has_settings_of_the_start
            and self.written.count(b"\x1b[?1049h") == self.written.count(b"\x1b[?1049l") == 1
            and self.written.rfind(b"\x1b[?25h") > self.written.rfind(b"\x1b[?25l")
            and self.written.rfind(b"\x1b[?1000l") > self.written.rfind(b"\x1b[?1000h")
        )

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size; it is blank until the program paints it."""
        self._screen.resize(lines, columns)
        self._screen.reset()
        super().resize(columns, lines)

    def read(self, seconds: float) -> bytes:
        """Wait for output, as `PseudoTerminal.read` does, and show it on the screen."""
        data = super().read(seconds)
        self.written += data
        self._stream.feed(drawable(data))
        return data

    def wait_until(self, condition: Callable[[], object]) -> None:
        """Read until a condition holds."""
        for _ in until(condition, lambda: self.text):
            self.read(0.05)

    def wait_for(self, text: str) -> None:
        """Read until a text is on the screen."""
        for _ in until(lambda: text in self.text, lambda: f"{self.text}\n(no {text!r} on it)"):
            self.read(0.05)

    def wait_for_exit(self) -> int:
        """The exit code, once the program has ended and all that it wrote is read."""
        self.wait_until(lambda: self.process.poll() is not None)
        while self.read(0):
            pass
        return self.process.wait()
