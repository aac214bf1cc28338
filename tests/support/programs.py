"""Programs that stand for a pager or an editor, and report how they were called."""

import json
import signal
import sys
from pathlib import Path

# Reports its arguments, the file that it is given and the modes of that file, and waits for a line.
_PROGRAM = """\
#!{python}
import json, os, pathlib, stat, sys
path = pathlib.Path(sys.argv[-1])
mode = oct(stat.S_IMODE(path.stat().st_mode)), oct(stat.S_IMODE(path.parent.stat().st_mode))
pathlib.Path({report!r}).write_text(json.dumps([sys.argv[1:], path.read_text(), mode]))
print("PROGRAM RUNS", flush=True)
answer = sys.stdin.readline().strip()
if answer == "stop":
    os.kill(os.getpid(), {stop})
    print("PROGRAM GOES ON", flush=True)
    sys.stdin.readline()
sys.exit(int(answer) if answer.isdecimal() else 0)
"""


def program(directory: Path, name: str) -> Path:
    """Make a program that writes ``PROGRAM RUNS``, and ends with the exit code that it is given in a line."""
    path = directory / name
    report = str(directory / "report.json")
    path.write_text(_PROGRAM.format(python=sys.executable, report=report, stop=int(signal.SIGTSTP)))
    path.chmod(0o755)
    return path


# As `less` does, unless it has time to tidy up.
_RAW_PROGRAM = """\
#!{python}
import os, signal, sys, tty
{at_end}
tty.setraw(0)
print("\\x1b[?1049h\\x1b[?25l\\x1b[?1h\\x1b=PROGRAM RUNS\\r\\n[program", os.getpid(), "]", flush=True)
os.read(0, 1)
"""
_TIDIES_UP = """
settings = tty.tcgetattr(0)
def end(*_):
    tty.tcsetattr(0, tty.TCSANOW, settings)  # which stops it in the background
    print("\\x1b[?1l\\x1b>\\x1b[?1049l\\x1b[?25hPROGRAM ENDS", flush=True)
    sys.exit()
signal.signal(signal.SIGHUP, end)"""


def raw_program(directory: Path, name: str, *, tidies_up: bool) -> Path:
    """Make a program that takes the whole terminal, and writes ``PROGRAM RUNS`` and ``[program N ]``.

    Args:
        directory: where.
        name: its name.
        tidies_up: whether it restores the terminal when it is hung up, and writes ``PROGRAM ENDS``.
    """
    path = directory / name
    path.write_text(_RAW_PROGRAM.format(python=sys.executable, at_end=_TIDIES_UP if tidies_up else ""))
    path.chmod(0o755)
    return path


def report_of(directory: Path) -> tuple[list[str], str, list[str]]:
    """The arguments of the program that was called last, the text of its file, and the modes of file and directory."""
    arguments, content, mode = json.loads((directory / "report.json").read_text())
    return arguments, content, mode
