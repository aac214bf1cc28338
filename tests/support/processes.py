"""Run ``zigtui`` as a user does, without a terminal, and list processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.waiting import DEADLINE_SECS

ROOT = Path(__file__).parents[2]
"""The root of the repository."""


def user_environment(home: Path) -> dict[str, str]:
    """The environment of a user with that home directory, in a terminal with colours."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TMPDIR")}
    return {
        **kept,
        "HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",  # what is written on a full disk would be half a module, for all later runs
    }


def zigtui_command(*arguments: str | Path, home: Path, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """The arguments with which `subprocess` starts ``zigtui`` for the user with that home directory, from there."""
    return {
        "args": [sys.executable, "-m", "zigtui", *map(str, arguments)],
        "cwd": home,
        "env": {**user_environment(home), **(environment or {})},
    }


def run_zigtui(
    *arguments: str | Path, home: Path, environment: dict[str, str] | None = None, **options: Any
) -> "subprocess.CompletedProcess[str]":
    """Run ``zigtui`` to its end."""
    return subprocess.run(
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=DEADLINE_SECS,
        check=False,
        **zigtui_command(*arguments, home=home, environment=environment),
        **options,
    )


@contextmanager
def started(
    *arguments: str | Path, home: Path, environment: dict[str, str] | None = None
) -> "Iterator[subprocess.Popen[str]]":
    """``zigtui``, running until the block is left."""
    with subprocess.Popen(
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **zigtui_command(*arguments, home=home, environment=environment),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def processes_that_name(text: str | Path, home: Path | None = None) -> list[str]:
    """The command lines of the processes that name something, except this one.

    Args:
        text: what is part of the command line.
        home: the home directory of the processes; None for any. Other tests may run the same program meanwhile.
    """
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            if str(text) not in command or int(directory.name) == os.getpid():
                continue
            variables = (directory / "environ").read_bytes().split(b"\0") if home is not None else []
        except OSError:
            continue
        if home is None or os.fsencode(f"HOME={home}") in variables:
            found.append(command)
    return found
