"""Continue in a smaller process, which takes the place of one that has loaded more than is needed from now on.

It has the same id, standard streams and ignored signals.
"""

import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

__all__ = ["handed_over", "release_signals", "replace_process"]

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_NAME = Path("/proc/self/comm")  # on Linux


def replace_process(module: str, content: bytes) -> None:
    """Run a module in a new process in place of this one. Return if that is not possible.

    Until the module calls `release_signals`, SIGINT, SIGTERM and SIGHUP wait: Python itself does not end quietly.

    Args:
        module: its full name.
        content: what it gets from `handed_over`. It may be secret: it is sent through a pipe, since others may see the
            arguments and the environment of a process.
    """
    is_alone = threading.active_count() == 1  # a thread that waits for a hanging disk would hold up the new process
    if not (is_alone and sys.executable and hasattr(signal, "pthread_sigmask")):
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    fits = os.write(writing, content) == len(content)
    os.close(writing)
    if fits:
        os.set_inheritable(reading, True)
        # The words of the user are there only for those who look for the process.
        arguments = [sys.executable, "-P", "-m", module, str(reading), "zigtui", *sys.argv[1:]]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}  # by which zigtui was found
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        with suppress(OSError):
            os.execve(sys.executable, arguments, environment)
        release_signals()
    os.close(reading)


def handed_over() -> bytes:
    """What the process before has handed over to this one."""
    with suppress(OSError):
        _NAME.write_text("zigtui")  # for top and pkill
    with os.fdopen(int(sys.argv[1]), "rb") as pipe:
        return pipe.read()


def release_signals() -> None:
    """Let the signals that `replace_process` holds back take effect."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
