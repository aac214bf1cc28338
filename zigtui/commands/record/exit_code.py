"""The exit code of a process that is not a child of this one, as far as the system tells it."""

import os
import signal
import struct
from contextlib import suppress
from pathlib import Path

__all__ = ["exit_code_of"]

# Of <linux/pidfd.h>, since Linux 6.15
_INFO = struct.Struct("QQ11Ii")
_HAS_EXIT = 1 << 3
_GET_INFO = 3 << 30 | _INFO.size << 16 | 0xFF << 8 | 11


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
    status = _until_collected(process, descriptor)
    if status is None:
        status = _afterwards(descriptor)
    return None if status is None else os.waitstatus_to_exitcode(status)


def _until_collected(process: int, descriptor: int) -> int | None:
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        signal.pidfd_send_signal(descriptor, 0)  # fails if the id is that of another process by now
        if fields[0] == b"Z":
            return int(fields[-1])
    return None


def _afterwards(descriptor: int) -> int | None:
    with suppress(ImportError, OSError):
        import fcntl

        answer = bytearray(_INFO.pack(_HAS_EXIT, *(0,) * 13))
        fcntl.ioctl(descriptor, _GET_INFO, answer)
        known, *_, status = _INFO.unpack(answer)
        if known & _HAS_EXIT:
            return int(status)
    return None
