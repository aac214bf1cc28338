"""Waiting until it is known which of some sessions are lost."""

import time
from pathlib import Path

import pytest

from tests.support.logs import Log, append, log_file, read_log
from tests.support.skewed import SKEWS, beating, skewed_log
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.settle import settle, watched_log
from zigtui.reader.session.states.liveness import LARGEST_SKEW_SECS
from zigtui.reader.sessions import follow_session


@pytest.mark.slow
def test_sessions_with_other_clocks_are_watched_all_at_once_for_a_heartbeat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = {skewed_log(tmp_path, f"live{skew}", skew): skew for skew in SKEWS}
    dead = [skewed_log(tmp_path, f"dead{skew}", skew) for skew in SKEWS]
    logs = [read_log(path) for path in [*live, *dead]]
    assert {log.snapshot().state for log in logs} == {SessionState.RUNNING}
    assert all(log.snapshot().is_doubtful for log in logs)
    waits: list[tuple[int, float]] = []
    slept = []

    def sleep(secs: float) -> None:
        slept.append(secs)
        time.sleep(secs)

    monkeypatch.setattr("zigtui.reader.session.settle.pause", sleep)
    began = time.monotonic()
    with beating(live):
        settle(map(watched_log, logs), on_wait=lambda count, secs: waits.append((count, secs)))
    ((count, secs),) = waits
    assert count == 8
    assert 0 < secs <= 3
    assert sum(slept) < 4
    took_ms = 1000 * (time.monotonic() - began)
    states = [log.snapshot().state for log in logs]
    assert states == [SessionState.RUNNING] * 4 + [SessionState.LOST] * 4
    for log in logs:
        elapsed = log.snapshot().elapsed_ms
        assert elapsed is not None
        assert 0 <= elapsed < took_ms + 10_000


def test_nothing_is_waited_for_if_all_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = read_log(log_file(tmp_path, Log().start().end().data))
    monkeypatch.setattr("zigtui.reader.session.settle.pause", lambda secs: pytest.fail("there is no reason to wait"))
    settle([watched_log(log)], on_wait=lambda count, secs: pytest.fail("there is no reason to wait"))


@pytest.mark.slow
def test_a_session_of_this_morning_is_followed_before_it_counts_as_lost(tmp_path: Path) -> None:
    path = skewed_log(tmp_path, "morning", 2000 - LARGEST_SKEW_SECS)
    assert read_log(path).snapshot().state is SessionState.LOST
    with beating({path: 2000 - LARGEST_SKEW_SECS}):
        states = []
        for snapshot in follow_session(path):
            states.append(snapshot.state)
            if len(states) == 3:
                append(path, Log().end().data)
    assert states == [SessionState.RUNNING] * (len(states) - 1) + [SessionState.SUCCEEDED]
    dead = skewed_log(tmp_path, "dead", -8000)
    assert [snapshot.state for snapshot in follow_session(dead)] == [SessionState.RUNNING, SessionState.LOST]
