"""A shell with job control that runs one command in the foreground, as a program for `tests.support.terminal`.

It prints ``[pid N]``, ``[stopped]`` each time the command stops, and ``[exit N]``. It then reads ``fg``, ``bg`` or
``kill`` from the terminal, whose settings it changes as shells do.
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


def _start(command: list[str]) -> int:
    process = os.fork()
    if process == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        for number in _SHELL_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.execvp(command[0], command)
    return process


def main() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in _SHELL_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    process = _start(sys.argv[1:])
    print(f"[pid {process}]", flush=True)
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
