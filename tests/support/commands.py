"""What the tests of the plain commands share: bases to read, a clock that stands still, and ways to run a command."""

import io
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.conftest import REFERENCE
from tests.support.logs import BEGAN, SESSION_ID, Json, Log
from tests.support.recordings import path_of
from tests.support.terminal import DEADLINE_SECS, program, terminal_environment
from zigtui.cli import main

RECORDED_AT = datetime(2026, 11, 22, 6, 50, tzinfo=UTC).timestamp()
"""When the logs of a copy of the recorded sessions were last modified: just after they were recorded."""

IDS = dict(line.split() for line in (REFERENCE / "ids.txt").read_text().splitlines())
"""The ids of the recorded sessions, by the names of the recordings."""


# Bases


def recorded_base(base: Path, modified: float = RECORDED_AT) -> Path:
    """A copy of the recorded sessions, all last modified at the same time."""
    shutil.copytree(REFERENCE / "dot-zig", base)
    for log in base.rglob("*.jsonl"):
        os.utime(log, (modified, modified))
    return base


def log_of(base: Path, name: str) -> Path:
    """Where a recorded session lies in a copy."""
    return base / path_of(REFERENCE, name).relative_to(REFERENCE / "dot-zig")


def session_id(number: int) -> str:
    """The id of the session of that number; they begin with the number in eight digits."""
    return f"{number:08}-6a0f-4a39-9d7f-2f8f6f1f7a11"


def write_log(
    base: Path,
    log: Log | bytes,
    name: str = SESSION_ID,
    *,
    modified: float | None = None,
    project: str | None = "src-shop",
    workflow: str = "flow",
    began: str | None = None,
) -> Path:
    """A session's log in a base.

    Args:
        base: the base.
        log: its events; those of a `Log` are made the session's.
        name: the session's id.
        modified: when it was last modified; now by default.
        project: None for the base's own sessions.
        workflow: its workflow's name.
        began: when it started, in place of the time of the first event of a `Log`.
    """
    data = log if isinstance(log, bytes) else log.data.replace(SESSION_ID.encode(), json.dumps(name)[1:-1].encode())
    data = data.replace(b'"workflow_name":"flow"', b'"workflow_name":' + json.dumps(workflow).encode(), 1)
    if began is not None and isinstance(log, Log):
        first = json.loads(data.split(b"\n", 1)[0])
        data = data.replace(first["ts"].encode(), began.encode(), 1)
    path = (base if project is None else base / "projects" / project) / "logs" / "sessions" / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if modified is not None:
        os.utime(path, (modified, modified))
    return path.resolve()


def freeze(monkeypatch: pytest.MonkeyPatch, now: float = BEGAN) -> None:
    """Let the clock stand still."""
    monkeypatch.setattr(time, "time", lambda: now)


# Commands


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

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


def zigtui(*arguments: str | Path) -> Done:
    """Run a command in this process; neither standard output nor standard error is a terminal."""
    stdout, stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    code: object = 0
    with redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            main([str(argument) for argument in arguments])
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
    """Run a command that is to exit with 0 and to say nothing on standard error."""
    done = zigtui(*arguments)
    assert (done.code, done.stderr) == (0, "")
    return done


def refused(*arguments: str | Path) -> str:
    """Run a command that is to exit with 2 and to print nothing; what it says on standard error."""
    done = zigtui(*arguments)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("zigtui: ")
    return done.stderr


def run_python(code: str, home: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run code in an interpreter of its own, for a user whose home is there."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=home,
        env=terminal_environment(home),
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
        env=terminal_environment(home)
        | {"zigtui": f"{sys.executable} -m zigtui"}
        | {k: str(v) for k, v in variables.items()},
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_SECS,
        check=False,
    )


def run_with_closed_output(*arguments: str | Path, home: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command whose reader has gone before the first line."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return subprocess.run(
            stdout=writing,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=DEADLINE_SECS,
            check=False,
            **program(*arguments, home=home),
        )
    finally:
        os.close(writing)


class Running:
    """A command that runs, and its lines as they come."""

    def __init__(self, *arguments: str | Path, home: Path) -> None:
        # Where the tests run in the background, a shell may have them ignore Ctrl-C, and a child inherits that.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **program(*arguments, home=home)
        )
        signal.signal(signal.SIGINT, before)
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.kill()
        self._reader.join()
        self.process.communicate()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(b"")  # no more will come

    def line(self) -> str:
        """The next line of standard output; fails if none comes for too long."""
        line = self._lines.get(timeout=DEADLINE_SECS)
        assert line, f"it has ended: {self.finish()}"
        return line.decode()

    @property
    def bytes_read(self) -> int:
        """How many bytes the process has read so far, of whatever files."""
        facts = Path(f"/proc/{self.process.pid}/io").read_text().split()
        return int(facts[facts.index("rchar:") + 1])

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)

    def finish(self) -> Done:
        """Wait for the end: the code, the lines that were not taken, and standard error."""
        assert self.process.stderr is not None
        code = self.process.wait(DEADLINE_SECS)
        self._reader.join(DEADLINE_SECS)
        rest = b"".join(self._lines.get() for _ in range(self._lines.qsize()))
        return Done(code, rest.decode(), self.process.stderr.read().decode())


def wait_until(condition: Callable[[], bool]) -> None:
    """Return as soon as a condition holds; fail when it takes too long."""
    give_up = time.monotonic() + DEADLINE_SECS
    while not condition():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.005)
