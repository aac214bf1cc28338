"""The threads of heartbeats: one for each session that has lived for some seconds."""

import gc
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import wait_until
from tests.support.writers import read_events, run_python
from writer import SessionCoordinator, SessionWriter
from writer._session import heartbeats


def begin(**options: Any) -> SessionCoordinator:
    return SessionCoordinator.start(SessionWriter.create("review", "review.zwf", index="never"), **options)


@pytest.fixture
def started(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[SessionWriter]:
    """The sessions whose threads have been started. Young sessions are checked in quick succession."""
    monkeypatch.setattr(heartbeats, "_CHECK_SECS", 0.002)
    started: list[SessionWriter] = []
    start = heartbeats.Heartbeats._start_thread

    def start_thread(beats: heartbeats.Heartbeats) -> None:
        started.append(beats._writer)
        start(beats)

    monkeypatch.setattr(heartbeats.Heartbeats, "_start_thread", start_thread)
    return started


def test_sessions_that_go_on_get_a_thread_each_and_others_none(started: list[SessionWriter]) -> None:
    short = begin()
    short.finish()
    sessions = [begin() for _ in range(3)]
    wait_until(lambda: {session.writer for session in sessions} <= set(started))
    assert short.writer not in started
    for session in sessions:
        session.finish()
        assert [event["type"] for event in read_events(session.writer.log_path)][1:] == ["zig_session_ended"]
    wait_until(lambda: heartbeats._young.items() == [])


def test_a_young_session_that_is_dropped_ends(started: list[SessionWriter]) -> None:
    session = begin()
    path = session.writer.log_path
    del session
    gc.collect()
    assert read_events(path)[-1]["type"] == "zig_session_ended"


def test_the_first_heartbeat_is_due_after_the_interval(
    started: list[SessionWriter], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    class Stop:
        def acquire(self, timeout: float) -> bool:
            waits.append(timeout)
            return len(waits) == 3

    writer = SessionWriter.create("review", "review.zwf", index="never")
    stop: Any = Stop()
    beats = heartbeats.Heartbeats(writer, stop, 20)
    beats._started -= 8
    beats._beat()
    assert 0 <= waits[0] <= 12
    assert waits[1:] == [20, 20]
    assert [event["type"] for event in read_events(writer.log_path)][1:] == ["heartbeat"] * 2
    writer.close()


@pytest.mark.parametrize("seconds", [1, 10])
def test_a_session_whose_thread_cannot_be_started_says_so(home: Path, seconds: int) -> None:
    code = """
import _thread, logging, sys
from writer import SessionCoordinator, SessionWriter
def refuse(*_): raise RuntimeError("can't start new thread")
_thread.start_new_thread = refuse
logging.basicConfig(format="%(message)s")
SessionCoordinator.start(SessionWriter.create("a", "b"), heartbeat_secs=int(sys.argv[1])).finish()
"""
    done = run_python(code, str(seconds))
    assert "cannot send heartbeats, so the session will seem to be lost: can't start new thread" in done.stderr
    assert done.returncode == 0
