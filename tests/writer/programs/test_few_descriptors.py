"""Programs of steps in a runner that can open hardly any files: what has been opened is closed again."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.few_descriptors import few_descriptors
from tests.support.waiting import wait_until
from writer import SessionError, SessionWriter, Step


def open_files() -> list[str]:
    files = []
    for path in Path("/dev/fd").iterdir():
        with suppress(OSError):  # another thread, such as that of the indexes, has closed it meanwhile
            files.append(str(path.readlink()))
    return sorted(files)


def pipes_and_terminals() -> list[str]:
    return [name for name in open_files() if name.startswith(("pipe:", "/dev/pt", "socket:", "anon_inode:"))]


def await_descriptors(before: list[str]) -> None:
    """Wait until the descriptors are those from before: threads of other tests may open some for a moment."""
    wait_until(lambda: pipes_and_terminals() == before, pipes_and_terminals)


@pytest.mark.parametrize("options", [{}, {"pty": True}, {"timeout": 5}], ids=["pipes", "terminal", "timeout"])
def test_a_program_that_cannot_be_run_leaves_no_descriptor(step: Step, options: dict[str, Any]) -> None:
    step.run(["true"], **options)  # imports what it needs
    before = pipes_and_terminals()
    for count in range(16):
        with few_descriptors(count), suppress(OSError):
            step.run(["true"], **options)
        await_descriptors(before)


def test_a_program_in_the_foreground_that_cannot_be_run_leaves_no_descriptor(step: Step) -> None:
    step.run_in_foreground(["true"])
    before = pipes_and_terminals()
    for count in range(16):
        with few_descriptors(count), suppress(OSError):
            step.run_in_foreground(["true"])
        await_descriptors(before)


def test_a_session_that_cannot_be_created_leaves_no_descriptor(tmp_path: Path) -> None:
    SessionWriter.create("a", "b", base=tmp_path, index="now").ended("success", 1)
    for count in range(6):
        with few_descriptors(count), suppress(SessionError, OSError):
            SessionWriter.create("a", "b", base=tmp_path, index="now").ended("success", 1)
        assert [name for name in open_files() if name.startswith(str(tmp_path))] == [], count
