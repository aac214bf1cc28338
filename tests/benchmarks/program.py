"""A program in a pseudo-terminal, as the benchmarks see it: what it writes and when, and what it takes to do so."""

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

from tests.support.pseudo_terminal import PseudoTerminal
from tests.support.waiting import DEADLINE_SECS, until

_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\|[ -/]*[0-~])")
_KEPT_BYTES = 65536
_SIZE = (160, 48)
_ESCAPE_SECS = 0.02  # in which an escape is not answered: the program waits a little longer for what may follow it
_NO_ANSWER_SECS = 0.2  # after which a key without a frame has none
_PAUSE_SECS = 0.05  # without work or output, after which a frame is not the key's; three frames at the rate of Textual
_POLL_SECS = 0.002

ESCAPE = "\x1b"


class Program(PseudoTerminal):
    """Runs a command in a terminal of its own.

    Nothing emulates the terminal, which would take the processor from the program: a text is on the screen once it
    is in what the program writes between escape sequences. It must not have been there before.
    """

    def __init__(self, command: Sequence[str | Path], home: Path) -> None:
        self._written = b""
        root = Path(__file__).parents[2]
        environment = {**os.environ, "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled
        environment["PYTHONPATH"] = str(root)
        super().__init__(command, directory=home, environment=environment, size=_SIZE)

    @property
    def text(self) -> str:
        """What was written since `forget`, without escape sequences."""
        return _ESCAPES.sub(b"", self._written).decode("utf-8", "replace")

    def forget(self) -> None:
        """Forget what has been written so far."""
        self._written = b""

    def read(self, seconds: float) -> bytes:
        """Wait for output, as `PseudoTerminal.read` does, and keep the end of it.

        Raises:
            EOFError: if the program has ended.
        """
        data = super().read(seconds)
        if not data and self.process.poll() is not None:
            raise EOFError(f"the program has ended: {self.text[-2000:]}")
        self._written = (self._written + data)[-_KEPT_BYTES:]
        return data

    def wait_for(self, text: str, seconds: float = DEADLINE_SECS) -> float:
        """Read until a text appears that was not there before `forget`.

        Returns:
            When it came, by the monotonic clock.
        """
        at = time.monotonic()
        for _ in until(lambda: text in self.text, lambda: f"{self.text[-2000:]}\n(no {text!r} in it)", seconds):
            if self.read(0.05):
                at = time.monotonic()
        return at

    def settle(self, seconds: float) -> None:
        """Read all output for this many seconds."""
        give_up = time.monotonic() + seconds
        while (left := give_up - time.monotonic()) > 0:
            self.read(left)

    def answer_secs(self, key: str) -> float:
        """The processor time of the thread that draws, from a key to the last frame that answers it.

        Frames belong to the key as long as there is no pause between them. After a pause, a frame is that of another
        second or of a search. Returns once the program rests, so that no work for this key is charged to the next one.
        """
        before = self.main_thread_secs
        self.press(key)
        if key == ESCAPE:
            self.settle(_ESCAPE_SECS)
            before = self.main_thread_secs
        took = before
        has_frame = is_answered = False
        drawn_at = worked_at = time.monotonic()
        while time.monotonic() < worked_at + (_PAUSE_SECS if has_frame else _NO_ANSWER_SECS):
            has_output = bool(self.read(_POLL_SECS))
            if has_output and not is_answered:
                has_frame, took = True, self.main_thread_secs
            if has_output or self.is_drawing:
                drawn_at = worked_at = time.monotonic()
            elif self.is_runnable:  # a search, whose frames show how far it is
                worked_at = time.monotonic()
            is_answered = has_frame and time.monotonic() > drawn_at + _PAUSE_SECS
        return took - before

    @property
    def processor_secs(self) -> float:
        """The processor time of the program in seconds, as Linux counts it."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    @property
    def main_thread_secs(self) -> float:
        """The processor time of the main thread, which draws the screen, in seconds."""
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e9

    @property
    def is_runnable(self) -> bool:
        """Whether a thread of the program runs, or would run if a processor were free."""
        return any(_is_runnable(thread) for thread in Path(f"/proc/{self.process.pid}/task").glob("*/stat"))

    @property
    def is_drawing(self) -> bool:
        """Whether the main thread runs, or would run if a processor were free."""
        pid = self.process.pid
        return _is_runnable(Path(f"/proc/{pid}/task/{pid}/stat"))

    @property
    def private_megabytes(self) -> float:
        """The memory of the program that no other process shares, in megabytes."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return sum(int(kilobytes) for kilobytes in re.findall(r"^Private_\w+: +(\d+) kB", rollup, re.M)) / 1000


def _is_runnable(thread: Path) -> bool:
    try:
        return thread.read_text().rpartition(")")[2].split()[0] == "R"
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return False
