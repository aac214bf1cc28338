"""The end of a process, found without the lock of `subprocess`.

`Popen.poll` and `Popen.wait` take a lock. If a signal handler raises at the wrong moment, as that of Ctrl-C does, the
lock is never released: from then on a process that has ended seems to run forever.

If the runner ignores SIGCHLD, or has a handler for it that collects all processes, the exit code is gone before anyone
can ask for it. `subprocess` takes it for 0 then. Newer versions of Linux keep it with a descriptor of the process.
"""

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

from writer._common.descriptors import high
from writer._common.pause import pause

__all__ = ["has_ended", "kept_exit_code", "open_process", "wait_for"]

_CHECK_SECS = 0.001

# Linux 6.15 and newer: `struct pidfd_info` has 64 bytes, of which the first 8 say what it has and the last 4 are the
# status that `waitpid` returns.
_GET_INFO = 0xC040FF0B
_HAS_EXIT = 1 << 3
_INFO = struct.Struct("=Q52xi")


def open_process(process: "subprocess.Popen[bytes]") -> int:
    """Return a descriptor of a process, or -1 if there is none: not on this system, or the process has gone."""
    if hasattr(os, "pidfd_open"):
        with suppress(OSError):  # also an old kernel, or a sandbox that forbids it
            return high(os.pidfd_open(process.pid))
    return -1


def has_ended(
    process: "subprocess.Popen[bytes]", descriptor: int = -1, when_unknown: Callable[[], object] = lambda: None
) -> bool:
    """Return whether a process has ended; its ``returncode`` is set then. An exception in the middle does no harm.

    Args:
        process: The process.
        descriptor: That of `open_process`, if its exit code matters.
        when_unknown: Called if something else has collected the process and the exit code is not known. It is 0 then.
    """
    if process.returncode is None:
        try:
            _collect(process)
        except ChildProcessError:
            exit_code = kept_exit_code(descriptor)
            if exit_code is not None:
                process.returncode = exit_code
            else:
                process.poll()  # gevent has collected the process and knows the exit code
                if type(process).__module__ == subprocess.__name__ and process.returncode is not None:
                    when_unknown()
    return process.returncode is not None


def wait_for(process: "subprocess.Popen[bytes]") -> None:
    """Wait for the end of a process that has been killed."""
    while not has_ended(process):
        pause(_CHECK_SECS)


def _collect(process: "subprocess.Popen[bytes]") -> None:
    if hasattr(os, "waitid"):
        end = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if end is not None:
            exit_code = end.si_status if end.si_code == os.CLD_EXITED else -end.si_status
            waitpid, pid = os.waitpid, process.pid
            with suppress(ChildProcessError):
                # No calls in between, which a signal handler could interrupt.
                process.returncode = exit_code
                waitpid(pid, 0)
    elif hasattr(os, "WNOHANG"):  # Python 3.11 and 3.12 on macOS
        pid, status = os.waitpid(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
    else:
        process.poll()


def kept_exit_code(descriptor: int) -> int | None:
    """Return the exit code of a process that has been collected, or None if the system does not tell it.

    Args:
        descriptor: That of the process, opened before its end. It need not be a child of this one.
    """
    if descriptor < 0 or sys.platform != "linux":
        return None
    import fcntl

    info = bytearray(_INFO.size)
    _INFO.pack_into(info, 0, _HAS_EXIT, 0)
    try:
        fcntl.ioctl(descriptor, _GET_INFO, info)
    except OSError:
        return None
    has, status = _INFO.unpack(info)
    return os.waitstatus_to_exitcode(status) if has & _HAS_EXIT else None
