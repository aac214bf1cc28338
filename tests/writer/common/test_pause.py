"""Pauses of a thread."""

import time
from pathlib import Path

import pytest

from tests.support.writers import read_index, run_python
from writer._common.pause import pause


def test_a_clock_that_refuses_to_sleep_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(secs: float) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(time, "sleep", refuse)
    began = time.monotonic()
    pause(0.05)
    assert time.monotonic() - began >= 0.05


REFUSING = """
import sys, time

def refuse(secs):
    raise OSError(22, "Invalid argument")

time.sleep = refuse
from writer import SessionCoordinator, SessionWriter

for name in ("a", "b"):
    writer = SessionWriter.create(name, "a.zwf", base=sys.argv[1], cwd=sys.argv[1])
    with SessionCoordinator.start(writer) as session, session.tier(["x"]) as tier, tier.step("x") as step:
        step.run(["echo", "hi"])
"""


def test_where_the_clock_refuses_to_sleep_sessions_are_recorded_and_listed(tmp_path: Path) -> None:
    done = run_python(REFUSING, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (index,) = tmp_path.glob("sessions_index.json")
    assert [session["status"] for session in read_index(index)] == ["success", "success"]
