"""Fixtures for the tests of the screens: ``~`` is a directory of the test."""

from pathlib import Path

import pytest

from tests.support.bases import recorded_base


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot waits in steps of 20 ms until the process is idle, twice for each key; here in shorter ones."""
    step_secs = 0.005
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", step_secs)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", step_secs / 20)


@pytest.fixture(autouse=True)
def home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home directory is the test's own directory."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def base(home_directory: Path) -> Path:
    """The base ``~/.zig``, which does not exist yet."""
    return home_directory / ".zig"


@pytest.fixture
def recorded(base: Path) -> Path:
    """The base ``~/.zig`` with the recorded sessions."""
    return recorded_base(base)
