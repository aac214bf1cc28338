"""The end of a process, found without the lock of `subprocess`.

`Popen.poll` and `Popen.wait` take a lock. If a signal handler raises at the wrong moment, as that of Ctrl-C does, the
lock is never released: from then on a process that has ended seems to run forever.
"""

import os
import subprocess
from contextlib import suppress

from writer._common.pause import pause

__all__ = ["has_ended", "wait_for"]

_CHECK_SECS = 0.001


def has_ended(process: "subprocess.Popen[bytes]") -> bool:
    """Return whether a process has ended; its ``returncode`` is set then. An exception in the middle does no harm."""
    if process.returncode is None:
        try:
            _collect(process)
        except ChildProcessError:  # something else has collected it: gevent does so and knows the exit code, or nobody
            process.poll()
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
