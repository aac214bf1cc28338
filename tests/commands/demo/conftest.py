"""Fixtures: the directory for temporary files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import processes_that_name
from tests.support.waiting import wait_until


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """The directory for temporary files; the demo must leave neither files nor processes there."""
    directory = tmp_path / "tmp"
    directory.mkdir()
    yield directory
    wait_until(lambda: not processes_that_name(directory), seen=lambda: processes_that_name(directory))
    assert list(directory.iterdir()) == []
