"""Fixtures: a session below ``tmp_path``, its first tier and a running step; a small disk; the root logger."""

import asyncio
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.disks import small_file_system
from tests.support.steps import Run
from tests.support.waiting import wait_until
from tests.support.writers import is_updating_indexes
from writer import SessionWriter, Step, Tier
from writer.log_handler import SessionLogHandler


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SessionWriter]:
    writer = SessionWriter.create("review", "review.zwf", base=tmp_path / "zig", cwd=tmp_path)
    yield writer
    writer.close()


@pytest.fixture
def tier(writer: SessionWriter) -> Iterator[Tier]:
    with writer.tier(["lint", "types"]) as tier:
        yield tier


@pytest.fixture
def step(tier: Tier) -> Step:
    step = tier.step("lint")
    step.__enter__()  # and never left: some tests close the log
    return step


def run_async(step: Step, argv: list[str], **options: Any) -> int:
    return asyncio.run(step.run_async(argv, **options))


@pytest.fixture(params=[Step.run, run_async], ids=["run", "run_async"])
def run(request: pytest.FixtureRequest) -> Run:
    """Both ways to run a process: called with the step first."""
    way: Run = request.param
    return way


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The root logger; handlers that record in a step are removed after the test."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.INFO)
    yield root
    root.setLevel(before)
    for handler in root.handlers[:]:
        if isinstance(handler, SessionLogHandler):
            root.removeHandler(handler)


def await_indexes() -> None:
    """Wait for updates of indexes in the background, which would warn in another test if their directory has gone."""
    wait_until(lambda: not is_updating_indexes())


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """A file system of 256 KB of its own."""
    disk = home.parent / "disk"
    with small_file_system(disk, "256k"):
        yield disk
        await_indexes()


@pytest.fixture
def shared_directory() -> Iterator[Path]:
    """An empty directory that other users can reach, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        yield directory
        await_indexes()


@pytest.fixture(autouse=True)
def no_handler_is_left() -> Iterator[None]:
    """A handler that stayed at the root logger would record in the steps of later tests too."""
    yield
    assert not [handler for handler in logging.getLogger().handlers if isinstance(handler, SessionLogHandler)]
