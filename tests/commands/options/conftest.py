"""Fixtures: a home with sessions, and several bases."""

from pathlib import Path

import pytest

from tests.support.bases import RECORDED_AT, recorded_base, session_id, write_log
from tests.support.commands import freeze
from tests.support.logs import Log, at


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorded sessions, two hours ago; the working directory is no repository."""
    monkeypatch.chdir(home)
    freeze(monkeypatch, RECORDED_AT + 7200)
    return recorded_base(home / ".zig")


# Which bases


@pytest.fixture
def bases(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two bases with a session each; the user has no base of his own."""
    monkeypatch.chdir(home)
    for number in (1, 2):
        write_log(home / f"base{number}", Log().start(), session_id(number), began=at(number))
    return [str(home / "base1"), str(home / "base2")]
