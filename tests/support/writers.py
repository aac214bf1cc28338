"""Helpers for the tests of the writer: strict readers, processes, forks, full disks."""

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
from tests.support.waiting import DEADLINE_SECS, wait_until
from writer import SessionWriter
from writer._indexes import thread

PROGRAMS = ROOT / "tests" / "support" / "runners"

NOBODY = 65534
BECOME_NOBODY = f"""
# The other user may not be able to read these modules, which are imported when they are needed.
import logging, uuid
import writer._common.safe_orjson, writer._indexes.session_entries, writer._indexes.thread, writer._steps.error_text
import os
if os.getuid() == 0:
    os.setgroups([]), os.setgid({NOBODY}), os.setuid({NOBODY})
"""

Json = dict[str, Any]


def read_lines(log: Path) -> list[str]:
    """Read the lines of a log; the last one must be whole."""
    text = log.read_bytes().decode("utf-8")
    assert text.endswith("\n")
    return text.removesuffix("\n").split("\n")


def read_events(log: Path) -> list[Json]:
    """Read the events of a log; each must be one whole line."""
    return [json.loads(line) for line in read_lines(log)]


def own_fields(event: Json) -> Json:
    """Return the fields of an event that are not those of every event."""
    return {key: value for key, value in event.items() if key not in {"seq", "ts", "zig_session_id", "type"}}


def last_event(writer: SessionWriter) -> Json:
    """Read the last event of a session."""
    return read_events(writer.log_path)[-1]


def pending_marks(index: Path) -> list[Path]:
    """List the marks of sessions whose entries in this index need an update."""
    return [mark for parent in index.parents for mark in parent.glob("sessions_index.json.pending/*")]


def read_index(path: Path) -> list[Json]:
    """Read the entries of an index, after the updates in the background."""
    wait_until(lambda: not pending_marks(path), lambda: pending_marks(path))
    sessions: list[Json] = json.loads(path.read_bytes())["sessions"]
    return sessions


def is_updating_indexes() -> bool:
    """Whether the thread of this process runs that updates indexes in the background."""
    return thread._jobs._thread is not None


def project_index(writer: SessionWriter) -> Path:
    """Return the index of the project of a session."""
    return writer.log_path.parent.parent / "index.json"


def global_index(home: Path) -> Path:
    """Return the index of all projects."""
    return home / ".zig" / "sessions_index.json"


def start_python(*arguments: str | Path, cwd: Path | None = None) -> subprocess.Popen[str]:
    """Start an interpreter with pipes, which finds the package in any working directory."""
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_python(code: str, *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in an interpreter of its own, until the deadline."""
    with start_python("-c", code, *arguments, cwd=cwd) as process:
        try:
            output, errors = process.communicate(timeout=DEADLINE_SECS)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def only_log(home: Path) -> Path:
    """Return the only log below ``home``."""
    (log,) = home.rglob("*.jsonl")
    return log


def fork() -> int:
    """Fork, without the warning about threads of Python 3.12 and later: forks beside threads are tested here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


@contextmanager
def idle_fork() -> Iterator[None]:
    """Keep a forked process that does nothing while the block runs."""
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        try:
            os.close(writing)
            os.read(reading, 1)  # until the parent closes its end or dies
        finally:
            os._exit(0)
    os.close(reading)
    try:
        yield
    finally:
        os.close(writing)
        os.waitpid(child, 0)


def in_fork(function: Callable[[], object]) -> str:
    """Return as text what ``function`` returns or raises in a forked child; a child that hangs fails the test."""
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
    """Fill ``disk`` to the last byte, and return the file that does it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return ballast
