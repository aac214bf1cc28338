"""Fixtures: homes whose sessions are listed."""

from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.commands import freeze
from tests.support.logs import BEGAN, Log, at


@pytest.fixture
def all_states(own: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session in each state, newest first."""
    now = BEGAN + 400
    freeze(monkeypatch, now)
    step = [Log().start().tier(0, "a").step("a") for _ in range(4)]
    killed = Log().wait(-9000).start().tier(0, "a").step("a")
    logs: dict[str, tuple[Log | bytes, float]] = {
        "running": (step[0].says("a", "busy").wait(395).says("a", "still busy"), now - 1),
        "stalled": (step[1].wait(390).beat(), now - 1),
        "succeeded": (step[2].done("a").end(), now - 100),
        "failed": (step[3].fails("a").end("failure"), now - 100),
        "unreadable": (b"garbage\n", BEGAN - 100),
        "lost": (killed, BEGAN - 8900),
    }
    for number, (state, (log, modified)) in enumerate(logs.items()):
        began = None if state == "lost" else at(-number)
        write_log(own, log, session_id(number), modified=modified, workflow=state, began=began)
    return own
