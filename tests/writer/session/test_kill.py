"""A runner that is killed: what it has recorded stays, and other runners are not disturbed."""

import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.examples import amount
from tests.support.waiting import DEADLINE_SECS
from tests.support.writers import PROGRAMS, global_index, project_index, read_index, start_python
from writer import SessionWriter


def kill_runners(kills: int, at_once: int, latest_secs: float, *arguments: str) -> None:
    """Kill runners, ``at_once`` of which are alive at any time, each at a moment of its life that no seed decides."""
    runners: list[subprocess.Popen[str]] = []
    for _ in range(kills):
        while len(runners) < at_once:
            runners.append(start_python(PROGRAMS / "restless.py", *arguments))
        runner = runners.pop(0)
        assert runner.stdout is not None
        assert runner.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0, latest_secs))
        runner.send_signal(signal.SIGKILL)
        _, errors = runner.communicate(timeout=DEADLINE_SECS)
        assert (runner.returncode, errors) == (-signal.SIGKILL, "")
    for runner in runners:
        runner.kill()
        runner.communicate(timeout=DEADLINE_SECS)


def check_log(log: Path) -> tuple[bool, bool]:
    """A log is a prefix of whole events and at most one torn line; whether it has an end, and whether it is torn."""
    *whole, torn = log.read_bytes().split(b"\n")
    events = [json.loads(line) for line in whole]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert {event["zig_session_id"] for event in events} <= {log.stem}
    if torn:
        with pytest.raises(ValueError, match=r"\w"):
            json.loads(torn)
    has_end = bool(events) and events[-1]["type"] == "zig_session_ended"
    assert "zig_session_ended" not in {event["type"] for event in events[:-1]}
    return has_end, bool(torn)


def check_home(home: Path, kills: int) -> None:
    """Logs and indexes are in order after ``kills``, and the next runner finds them so."""
    logs = list(home.rglob("*.jsonl"))
    ended = {log.stem for log in logs if check_log(log)[0]}
    assert len(ended) >= kills  # each runner has ended one before it was killed
    assert len(logs) > len(ended)
    writer = SessionWriter.create("after", "after.zwf")
    writer.ended("success", 1)
    for index in (project_index(writer), global_index(home)):
        entries = read_index(index)
        assert entries[-1]["zig_session_id"] == writer.session_id
        assert entries[-1]["status"] == "success"
        ids = [entry["zig_session_id"] for entry in entries]
        assert len(set(ids)) == len(ids)
        stamped = {entry["zig_session_id"] for entry in entries if entry["status"] is not None}
        assert stamped <= ended | {writer.session_id}
        assert len(ended - stamped) <= kills  # killed between the end and the stamp
    left = {path.suffix for path in home.rglob("*") if path.is_file()}
    assert left - {".spare"} == {".jsonl", ".json", ".lock"}


@pytest.mark.slow
def test_killed_runners_leave_whole_events_and_whole_indexes(project: Path, home: Path) -> None:
    kills = amount(60, usual=12)
    kill_runners(kills, 3, 0.04)
    check_home(home, kills)


def test_a_kill_in_the_midst_of_a_long_line_leaves_it_torn_at_most(project: Path, home: Path) -> None:
    kill_runners(amount(8, usual=3), 1, 0.02, "long")
    for log in home.rglob("*.jsonl"):
        check_log(log)
