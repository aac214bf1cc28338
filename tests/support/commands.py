"""Run plain commands in a test, with a clock that stands still."""

import io
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from tests.support.logs import BEGAN, Json
from tests.support.processes import user_environment, zigtui_command
from tests.support.waiting import DEADLINE_SECS
from zigtui.cli import main
from zigtui.settings import Settings

AS_NOBODY = r"""
import difflib, os, pkgutil, sys
from importlib import import_module
import platformdirs
import zigtui.reader
from zigtui import debug_log
from zigtui.cli import main
from zigtui import similar
from zigtui.commands import check, list, listen, show
from zigtui.wording.text_fit import cell_width
cell_width("\u2620")  # imports tables of widths
for module in pkgutil.walk_packages(zigtui.reader.__path__, "zigtui.reader."):
    import_module(module.name)
os.geteuid() or os.setuid(65534)
main(sys.argv[1:])
"""
"""Code that runs a command as a user without rights. All modules are imported first: that user may not read them."""


def freeze(monkeypatch: pytest.MonkeyPatch, now: float = BEGAN) -> None:
    """Stop the clock at a time."""
    monkeypatch.setattr(time, "time", lambda: now)


@dataclass(frozen=True)
class Done:
    """The result of a command."""

    code: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[str]:
        """The lines of standard output."""
        return self.stdout.splitlines()

    @property
    def objects(self) -> list[Json]:
        """The JSON objects on the lines of standard output."""
        return [json.loads(line) for line in self.stdout.split("\n")[:-1]]

    @property
    def object(self) -> Json:
        """The only one of them."""
        (only,) = self.objects
        return only


class _TerminalOutput(io.TextIOWrapper):
    """A standard output that passes for a terminal."""

    def isatty(self) -> bool:
        return True


def zigtui(*arguments: str | Path, settings: Settings | None = None, on_terminal: bool = False) -> Done:
    """Run a command in this process; unless ``on_terminal``, its standard output is not a terminal."""
    kind = _TerminalOutput if on_terminal else io.TextIOWrapper
    stdout, stderr = (type_(io.BytesIO(), encoding="utf-8", newline="") for type_ in (kind, io.TextIOWrapper))
    code: object = 0
    with redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            main([str(argument) for argument in arguments], settings)
        except SystemExit as end:
            code = end.code or 0
    written = []
    for stream in (stdout, stderr):
        stream.flush()
        stream.seek(0)
        written.append(stream.read())
    assert isinstance(code, int)
    return Done(code, *written)


def succeed(*arguments: str | Path) -> Done:
    """Run a command that must exit with 0 and write nothing to standard error."""
    done = zigtui(*arguments)
    assert (done.code, done.stderr) == (0, "")
    return done


def refused(*arguments: str | Path) -> str:
    """Run a command that must exit with 2 and print nothing; return its message on standard error."""
    done = zigtui(*arguments)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("zigtui: ")
    return done.stderr


def run_python(code: str, home: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run code in an interpreter of its own, for a user with that home directory."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=home,
        env=user_environment(home),
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_SECS,
        check=False,
    )


def run_shell(script: str, home: Path, **variables: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a bash script in which ``$zigtui`` is the program, in the home directory of a user."""
    return subprocess.run(
        ["bash", "-c", script],
        cwd=home,
        env=user_environment(home)
        | {"zigtui": f"{sys.executable} -m zigtui"}
        | {k: str(v) for k, v in variables.items()},
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_SECS,
        check=False,
    )


def run_with_closed_output(*arguments: str | Path, home: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command whose standard output is a pipe that nothing reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return subprocess.run(
            stdout=writing,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=DEADLINE_SECS,
            check=False,
            **zigtui_command(*arguments, home=home),
        )
    finally:
        os.close(writing)


class Running:
    """A command that runs, and its lines as they come."""

    def __init__(self, *arguments: str | Path, home: Path) -> None:
        # Where the tests run in the background, a shell may have them ignore Ctrl-C, and a child inherits that.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **zigtui_command(*arguments, home=home)
        )
        signal.signal(signal.SIGINT, before)
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self._reader.join()
        self.process.communicate()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(b"")  # no more will come

    def line(self) -> str:
        """Wait for the next line of standard output and return it."""
        line = self._lines.get(timeout=DEADLINE_SECS)
        assert line, f"it has ended: {self.finish()}"
        return line.decode()

    @property
    def bytes_read(self) -> int:
        """The bytes that the process has read so far, from all files."""
        facts = Path(f"/proc/{self.process.pid}/io").read_text().split()
        return int(facts[facts.index("rchar:") + 1])

    def interrupt(self) -> None:
        """Interrupt the command as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)

    def finish(self) -> Done:
        """Wait for the end; return the exit code, the lines that were not taken, and standard error."""
        assert self.process.stderr is not None
        code = self.process.wait(DEADLINE_SECS)
        self._reader.join(DEADLINE_SECS)
        rest = b"".join(self._lines.get() for _ in range(self._lines.qsize()))
        return Done(code, rest.decode(), self.process.stderr.read().decode())
