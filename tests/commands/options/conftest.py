"""Fixtures: several bases."""

from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import Log, at


@pytest.fixture
def bases(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two bases with a session each; the user has no base of his own."""
    monkeypatch.chdir(home)
    for number in (1, 2):
        write_log(home / f"base{number}", Log().start(), session_id(number), began=at(number))
    return [str(home / "base1"), str(home / "base2")]
