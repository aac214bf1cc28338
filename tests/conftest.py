"""Fixtures for all tests: a home directory, a project and the recordings of the reference implementation."""

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


@pytest.fixture
def reference() -> Path:
    """The recordings of the reference implementation: ``dot-zig``, ``listen``, ``ids.txt``. Copy before changing."""
    return REFERENCE
