"""What the tests of the writer share: strict reading, processes and forks."""

import json
import os
import select
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.processes import ROOT
from tests.support.waiting import DEADLINE_SECS
from writer import SessionWriter

PROGRAMS = ROOT / "tests" / "writer" / "programs"

Json = dict[str, Any]


def read_lines(log: Path) -> list[str]:
    """The lines of a log, the last of which must be whole."""
    text = log.read_bytes().decode("utf-8")
    assert text.endswith("\n")
    return text.removesuffix("\n").split("\n")


def read_events(log: Path) -> list[Json]:
    """The events of a log, each of which must be one whole line."""
    return [json.loads(line) for line in read_lines(log)]


def own_fields(event: Json) -> Json:
    """An event without the envelope."""
    return {key: value for key, value in event.items() if key not in {"seq", "ts", "zig_session_id", "type"}}


def last_event(writer: SessionWriter) -> Json:
    """The event that was recorded last."""
    return read_events(writer.log_path)[-1]


def read_index(path: Path) -> list[Json]:
    """The entries of an index."""
    sessions: list[Json] = json.loads(path.read_bytes())["sessions"]
    return sessions


def project_index(writer: SessionWriter) -> Path:
    """The index of the project that the session is of."""
    return writer.log_path.parent.parent / "index.json"


def global_index(home: Path) -> Path:
    """The index of all projects."""
    return home / ".zig" / "sessions_index.json"


def start_python(*arguments: str | Path, cwd: Path | None = None) -> subprocess.Popen[str]:
    """An interpreter with pipes, which finds the package wherever it runs."""
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_python(code: str, *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in an interpreter of its own, for so long as the deadline allows."""
    with start_python("-c", code, *arguments, cwd=cwd) as process:
        try:
            output, errors = process.communicate(timeout=DEADLINE_SECS)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def only_log(home: Path) -> Path:
    """The one log there is below ``home``."""
    (log,) = home.rglob("*.jsonl")
    return log


def fork() -> int:
    """``os.fork``, without the warning of Python 3.12 and later about threads, which is what the tests are about."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


@contextmanager
def idle_fork() -> Iterator[None]:
    """A forked process that does nothing while the block runs."""
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        try:
            os.close(writing)
            os.read(reading, 1)  # until the parent closes its end, or is no more
        finally:
            os._exit(0)
    os.close(reading)
    try:
        yield
    finally:
        os.close(writing)
        os.waitpid(child, 0)


def in_fork(function: Callable[[], object]) -> str:
    """What ``function`` returns or raises in a forked child, as text; a child that hangs fails the test."""
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        try:
            answer = f"{function()}"
        except BaseException as error:
            answer = f"{type(error).__name__}: {error}"
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        if not select.select([pipe], [], [], DEADLINE_SECS)[0]:
            os.kill(child, signal.SIGKILL)
        answer = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    assert status == 0, f"the child hung or died: {status}"
    return answer


def fill(disk: Path) -> Path:
    """Leave no room on ``disk``."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return ballast
