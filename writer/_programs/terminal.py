"""Pseudo-terminals: what a program prints to, if it is to print as it does in a terminal.

They are not the controlling terminal of the program. One that asks for a password fails at once, as it does with pipes.
"""

import errno
import os
import shutil
import struct
import sys
from typing import Any

__all__ = ["open_terminal", "with_terminal"]

_SIZE = (120, 40)  # columns and lines, where neither the environment nor a terminal of the runner has others

# Programs that show their output in a pager would wait for keys that are never pressed.
_ENVIRONMENT = {"PAGER": "cat", "GIT_PAGER": "cat", "MANPAGER": "cat", "SYSTEMD_PAGER": ""}


def open_terminal() -> tuple[int, int]:
    r"""Open a pseudo-terminal, as wide as the terminal of the runner, in which lines end with ``\n``.

    Returns:
        The descriptor to read from, and the one that the program writes to.

    Raises:
        OSError: If no descriptor is free.
    """
    assert sys.platform != "win32"
    try:
        import fcntl
        import termios
    except ImportError as error:  # as if they did not exist: their files cannot be opened either
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE)) from error

    reader, writer = os.openpty()
    columns, lines = shutil.get_terminal_size(_SIZE)
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", min(lines, 0xFFFF), min(columns, 0xFFFF), 0, 0))
    attributes = termios.tcgetattr(writer)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(writer, termios.TCSANOW, attributes)
    return reader, writer


def with_terminal(options: dict[str, Any]) -> dict[str, Any]:
    """Add an environment for a program in a terminal to options of `subprocess.Popen`, unless they have one.

    Raises:
        ValueError: If there are no pseudo-terminals.
    """
    if not hasattr(os, "openpty"):
        raise ValueError("pty cannot be set: there are no pseudo-terminals on this system")
    if options.get("env") is not None:
        return options
    term = os.environ.get("TERM", "dumb")
    return {**options, "env": {**os.environ, **_ENVIRONMENT, "TERM": "xterm-256color" if term == "dumb" else term}}
