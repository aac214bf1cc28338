"""Fixtures for commands that read sessions which may be lost."""

import pytest


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For each wait for heartbeats in this process, of how many sessions."""
    waits: list[int] = []
    monkeypatch.setattr("zigtui.commands.reading.read_log._report_wait", lambda logs, secs: waits.append(logs))
    return waits
