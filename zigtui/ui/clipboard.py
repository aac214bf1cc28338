"""Copy text to the clipboard of the terminal, which may be on another machine.

OSC 52 asks the terminal to take a text. tmux passes it on only if an option that is off by default is set, except for
what its own command ``load-buffer -w`` copies.
"""

import base64
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence

from zigtui.reader.error_reasons import end_of_process
from zigtui.settings import Settings
from zigtui.ui.terminal.kind import for_tmux, is_tmux

__all__ = ["Clipboard", "ClipboardError", "osc52"]

_PROGRAM_SECS = 5.0
_LOAD_BUFFER = ("tmux", "load-buffer", "-w", "-")
_LARGEST_FOR_PROGRAM = 64 * 1024 * 1024  # bytes


class ClipboardError(Exception):
    """A text that could not be copied. The message gives the reason, and is safe to show."""


class Clipboard:
    """Copies text by OSC 52, or by the command that the user has set.

    Args:
        settings: the user's settings.
        write: writes a control sequence to the terminal. May be called from any thread.
        environment: the variables of the process.
        is_remote: whether the terminal is in a browser, for whose user no program is run: not even tmux, in which the
            process may have been started.
    """

    def __init__(
        self,
        settings: Settings,
        write: Callable[[str], object],
        environment: Mapping[str, str] = os.environ,
        *,
        is_remote: bool = False,
    ) -> None:
        self._command = () if is_remote else settings.copy_command
        self._write = write
        self._environment = {} if is_remote else environment
        self._other_ways = "save it with >" if is_remote else "save it with >, or open it with o"
        self.most_bytes = _LARGEST_FOR_PROGRAM if self._command else settings.longest_copy
        """The length of the longest text that is copied, in bytes of UTF-8."""

    @property
    def runs_program(self) -> bool:
        """Whether copying runs a program, which takes time."""
        return bool(self._command) or bool(self._environment.get("TMUX"))

    def copy(self, text: str) -> None:
        """Copy a text.

        Raises:
            ClipboardError: if it is too long, or the user's command fails.
        """
        data = text.encode("utf-8", "replace")
        if len(data) > self.most_bytes:
            raise ClipboardError(self.excess(len(data)))
        if self._command:
            _run(self._command, data)
            return
        if self._environment.get("TMUX") and _load_buffer(data):
            return
        for sequence in osc52(data, self._environment):
            self._write(sequence)

    def excess(self, size: int | None = None) -> str:
        """The reason for which a text is not copied.

        Args:
            size: the length of the text, in bytes; None if only a part of it was read.
        """
        length = "more than" if size is None else f"{_amount(size)}, and more than"
        reason = "a command is given" if self._command else "terminals are known to take"
        return f"it has {length} the {_amount(self.most_bytes)} that {reason}: {self._other_ways}"


def osc52(data: bytes, environment: Mapping[str, str]) -> Sequence[str]:
    """The control sequences that copy a text; inside tmux, one for each of the options by which it passes them on."""
    sequence = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    return [sequence, for_tmux(sequence)] if is_tmux(environment) else [sequence]


def _load_buffer(data: bytes) -> bool:
    """Give a text to tmux, which also gives it to its terminal; return whether it has taken it."""
    try:
        _run(_LOAD_BUFFER, data)
    except ClipboardError:
        return False
    return True


def _run(words: Sequence[str], data: bytes) -> None:
    """Run a program with a text as its input.

    Its output is dropped rather than read: programs such as ``xclip`` stay in the background, with the output open.
    They have a session of their own, so that they outlive this program.
    """
    # Wait for the disk of the program here: in Python 3.11, no thread goes on while `subprocess` waits for it.
    shutil.which(words[0])
    try:
        subprocess.run(
            words,
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PROGRAM_SECS,
            start_new_session=True,
            check=True,
        )
    except FileNotFoundError:
        raise ClipboardError(f"there is no program {words[0]!r}") from None
    except subprocess.TimeoutExpired:
        raise ClipboardError(f"{words[0]!r} did not end within {_PROGRAM_SECS:.0f} s") from None
    except subprocess.CalledProcessError as error:
        raise ClipboardError(f"{words[0]!r} {end_of_process(error.returncode)}") from None
    except OSError as error:
        raise ClipboardError(f"{words[0]!r} cannot be run: {error.strerror}") from None


def _amount(size: int) -> str:
    for unit, factor in (("MB", 1_000_000), ("KB", 1000)):
        if size >= factor:
            return f"{size / factor:,.1f}".removesuffix(".0") + f" {unit}"
    return f"{size:,} bytes"
