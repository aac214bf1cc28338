"""Fixtures for all tests: a home directory, a project and the recordings of the reference implementation."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parent / "fixtures" / "reference-sessions"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory, named by HOME."""
    directory = tmp_path / "home"
    directory.mkdir()
    monkeypatch.setenv("HOME", str(directory))
    return directory


@pytest.fixture
def project(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository, the current directory; ``home`` is empty."""
    directory = home.parent / "src" / "shop"
    (directory / ".git").mkdir(parents=True)
    monkeypatch.chdir(directory)
    return directory


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recordings of the reference implementation: ``dot-zig``, ``listen``, ``ids.txt``. Copy before changing.

    A checkout has just been written; these are as old as they were when they were recorded.
    """
    copy = tmp_path_factory.mktemp("recorded") / REFERENCE.name
    shutil.copytree(REFERENCE, copy)
    recorded = datetime(2026, 11, 22, 6, 50, tzinfo=UTC).timestamp()
    for log in copy.rglob("*.jsonl"):
        os.utime(log, (recorded, recorded))
    return copy
