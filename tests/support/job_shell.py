"""A shell with job control that runs one command in the foreground, as a program for `tests.support.terminal`.

It prints ``[pid N]``, ``[stopped]`` each time the command stops, and ``[exit N]``. It then reads ``fg``, ``bg`` or
``kill`` from the terminal, whose settings it changes as shells do. With ``&`` before the command, this begins in the
background, and the first line brings it to the foreground.
"""

import fcntl
import os
import signal
import sys
import termios
from pathlib import Path

JOB_SHELL = (sys.executable, str(Path(__file__)))
"""The program, to be followed by the command."""

_SHELL_SIGNALS = (signal.SIGTSTP, signal.SIGTTOU, signal.SIGTTIN)


def _start(command: list[str], *, is_background: bool) -> int:
    process = os.fork()
    if process == 0:
        os.setpgid(0, 0)
        if not is_background:
            os.tcsetpgrp(0, os.getpid())
        for number in _SHELL_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.execvp(command[0], command)
    return process


def main() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in _SHELL_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    is_background = sys.argv[1] == "&"
    process = _start(sys.argv[1 + is_background :], is_background=is_background)
    print(f"[pid {process}]", flush=True)
    if is_background:
        sys.stdin.readline()
        os.tcsetpgrp(0, process)  # and no SIGCONT, as the command is not stopped
    while True:
        _, status = os.waitpid(process, os.WUNTRACED)
        os.tcsetpgrp(0, os.getpgrp())
        if not os.WIFSTOPPED(status):
            print(f"[exit {os.waitstatus_to_exitcode(status)}]", flush=True)
            return
        print("[stopped]", flush=True)
        match sys.stdin.readline().strip():
            case "fg":
                os.tcsetpgrp(0, process)
            case "kill":
                os.killpg(process, signal.SIGTERM)
        os.killpg(process, signal.SIGCONT)


if __name__ == "__main__":
    main()
