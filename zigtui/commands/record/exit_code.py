"""The exit code of a process that is not a child of this one, as far as the system tells it."""

import os
import signal
from contextlib import suppress

from writer._programs.exit_code import kept_exit_code
from writer._programs.process_table import status_fields

__all__ = ["exit_code_of"]


def exit_code_of(process: int, descriptor: int) -> int | None:
    """Return the exit code of a process that has just ended; a negative one is the number of the signal that killed it.

    Args:
        process: its id.
        descriptor: of `os.pidfd_open`; a negative number if there is none.

    Returns:
        None if it is not known: Linux before 6.15 tells it only until the parent of the process asks for it.
    """
    if descriptor < 0:
        return None
    exit_code = _until_collected(process, descriptor)
    return kept_exit_code(descriptor) if exit_code is None else exit_code


def _until_collected(process: int, descriptor: int) -> int | None:
    with suppress(OSError):
        fields = status_fields(process)
        signal.pidfd_send_signal(descriptor, 0)  # fails if the id is that of another process by now
        if fields[0] == b"Z":
            return os.waitstatus_to_exitcode(int(fields[-1]))
    return None
