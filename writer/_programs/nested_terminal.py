"""A pseudo-terminal for a program, between it and the terminal of the runner."""

import fcntl
import os
import pty
import signal
import termios
import tty
from contextlib import suppress
from typing import Any

__all__ = ["NestedTerminal"]

_STDIN, _STDOUT = 0, 1
_READ_BYTES = 64 * 1024
_LOCAL_MODES = 3  # an index in the settings of a terminal
_CHARACTERS = 6
_OUTPUT_MODES = 1

# The keys that send a signal, by the signal.
_KEYS = {signal.SIGINT: termios.VINTR, signal.SIGQUIT: termios.VQUIT, signal.SIGTSTP: termios.VSUSP}


class NestedTerminal:
    """The runner's terminal while a program runs in a pseudo-terminal of the same size and with the same settings.

    Keys are passed on as they are typed. Those that send a signal send it to the runner first, since others in its
    group, such as a shell script, must get it too. The handlers pass it on.

    If standard input is something else, such as a pipe, the program only prints to the pseudo-terminal. It stays in the
    group of the runner, and reads keys from the real terminal: the program before it in a pipe may do so too.

    Attributes:
        is_controlling: Whether the program also reads keys from it.
        controller: The descriptor that reads what the program prints; -1 if there is none.
    """

    def __init__(self, *, is_controlling: bool) -> None:
        self.is_controlling = is_controlling
        self.controller = -1
        self._program_end = -1
        self._process = 0
        self._settings: list[Any] | None = None  # of the real terminal, while they are changed
        self._reads_keys = False
        self._lacks_returns = False  # the program prints only the \n of \r\n

    @classmethod
    def of_output(cls) -> "NestedTerminal | None":
        """Return the terminal, or None if standard output is not a terminal."""
        return cls(is_controlling=os.isatty(_STDIN)) if os.isatty(_STDOUT) else None

    def open(self) -> tuple[int, int]:
        """Make the pseudo-terminal; return the end to read from, and the one for the program."""
        self.controller, self._program_end = pty.openpty()
        with suppress(termios.error):
            settings = termios.tcgetattr(_STDOUT)
            if not self._may_read_keys():  # then the real terminal itself makes \r\n of \n
                self._lacks_returns = bool(settings[_OUTPUT_MODES] & termios.OPOST)
                settings[_OUTPUT_MODES] &= ~termios.OPOST
            termios.tcsetattr(self._program_end, termios.TCSANOW, settings)
        self._copy_size()
        return self.controller, self._program_end

    def become_controlling(self) -> None:
        """Make the pseudo-terminal the controlling terminal; called in the process of the program, by `subprocess`."""
        fcntl.ioctl(_STDOUT, termios.TIOCSCTTY, 0)

    def begin(self, process: int) -> None:
        """Pass keys to the program from now on."""
        self._process = process
        self.take_keys()

    def end(self) -> None:
        """Give the terminal its settings back."""
        self._reads_keys = False
        if self._settings is not None:
            settings, self._settings = self._settings, None
            with suppress(termios.error):
                termios.tcsetattr(_STDIN, termios.TCSANOW, settings)

    def close(self) -> None:
        """Close the pseudo-terminal: processes that still use it are hung up."""
        if self.controller >= 0:
            descriptor, self.controller = self.controller, -1
            os.close(descriptor)

    @property
    def awaits_keys(self) -> bool:
        """Whether this process is in the background: a shell that brings it to the foreground need not say so."""
        return self.is_controlling and self.controller >= 0 and not self._reads_keys

    def typing(self) -> int:
        """Return the descriptor to read keys from, or -1 if they are not for the program."""
        return _STDIN if self._reads_keys else -1

    def type(self) -> None:
        """Pass on what has been typed."""
        try:
            keys = os.read(_STDIN, _READ_BYTES)
        except OSError:  # the terminal has gone
            keys = b""
        if keys:
            self._write(keys)
        else:
            self._reads_keys = False

    def handlers(self) -> dict[int, Any]:
        """Return the handlers of the signals that come from the terminal."""
        size: dict[int, Any] = {signal.SIGWINCH: lambda number, frame: self._copy_size()}
        if not self.is_controlling:
            return size
        return size | dict.fromkeys(_KEYS, self._on_key) | {signal.SIGCONT: lambda number, frame: self.take_keys()}

    def _on_key(self, number: int, frame: object) -> None:
        """Pass on a signal as the key that sends it: what it means is up to the settings of the program's terminal."""
        if self.controller < 0:
            return
        settings = termios.tcgetattr(self.controller)
        if number == signal.SIGTSTP and settings[_LOCAL_MODES] & termios.ISIG:
            self._suspend()
        else:
            self._write(settings[_CHARACTERS][_KEYS[signal.Signals(number)]])

    def _suspend(self) -> None:
        """Stop the program and this process. A shell continues it, which resumes here."""
        handler = signal.getsignal(signal.SIGTSTP)
        groups = {self._process, os.tcgetpgrp(self.controller)} - {0}  # none yet, or any more: 0 would be our own
        self._signal(groups, signal.SIGSTOP)  # as leader of a session, it would not be stopped by SIGTSTP
        self.end()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, handler)
        self.take_keys()
        self._copy_size()
        self._signal(groups, signal.SIGCONT)

    def _signal(self, groups: set[int], number: int) -> None:
        for group in groups:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)

    def _may_read_keys(self) -> bool:
        """Whether this process is in the foreground of the terminal that it reads from."""
        try:
            return os.tcgetpgrp(_STDIN) == os.getpgrp()
        except OSError:
            return False

    def take_keys(self) -> None:
        """Pass keys to the program if it runs and this process is in the foreground."""
        if not self.is_controlling or self.controller < 0 or self._process == 0:
            return
        self._reads_keys = self._may_read_keys()
        if self._reads_keys and self._settings is None:
            with suppress(termios.error):
                settings = termios.tcgetattr(_STDIN)
                tty.setraw(_STDIN, termios.TCSANOW)
                raw = termios.tcgetattr(_STDIN)
                raw[_LOCAL_MODES] |= termios.ISIG
                termios.tcsetattr(_STDIN, termios.TCSANOW, raw)
                self._settings = settings
                self._make_returns()

    def _make_returns(self) -> None:
        r"""Let the pseudo-terminal make ``\r\n`` of ``\n``, as the real one no longer does."""
        if self._lacks_returns:
            self._lacks_returns = False
            settings = termios.tcgetattr(self.controller)
            settings[_OUTPUT_MODES] |= termios.OPOST
            termios.tcsetattr(self.controller, termios.TCSANOW, settings)

    def _copy_size(self) -> None:
        """Give the pseudo-terminal the size of the real one; its programs get a SIGWINCH."""
        with suppress(OSError):
            if self.controller >= 0:
                size = fcntl.ioctl(_STDOUT, termios.TIOCGWINSZ, b"\0" * 8)
                fcntl.ioctl(self.controller, termios.TIOCSWINSZ, size)
                if self._process and not self.is_controlling:  # it may have got one before the size was new
                    os.kill(self._process, signal.SIGWINCH)

    def _write(self, keys: bytes) -> None:
        with suppress(OSError):
            os.write(self.controller, keys)
