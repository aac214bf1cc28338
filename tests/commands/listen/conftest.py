"""Fixtures: homes whose sessions are listened to."""

from pathlib import Path

import pytest

from tests.support.bases import recorded_base, session_id, write_log
from tests.support.logs import Log


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorded sessions, as the user's own; the working directory is no repository."""
    monkeypatch.chdir(home)
    return recorded_base(home / ".zig")


@pytest.fixture
def own(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty base of the user."""
    monkeypatch.chdir(home)
    (home / ".zig").mkdir()
    return home / ".zig"


@pytest.fixture
def own_running(base: Path) -> Path:
    """A running session among the recorded ones."""
    return write_log(base, Log().start(), session_id(1))
