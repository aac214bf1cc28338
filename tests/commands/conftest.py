"""Fixtures: homes that many commands are run in. A package or file with others has fixtures of these names itself."""

from pathlib import Path

import pytest

from tests.support.bases import RECORDED_AT, recorded_base
from tests.support.commands import freeze


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorded sessions, two hours ago; the working directory is no repository."""
    monkeypatch.chdir(home)
    freeze(monkeypatch, RECORDED_AT + 7200)
    return recorded_base(home / ".zig")


@pytest.fixture
def own(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty base, at the time when the sessions of `Log` begin."""
    monkeypatch.chdir(home)
    freeze(monkeypatch)
    (home / ".zig").mkdir()
    return home / ".zig"
