"""Many runners at once: no entry is lost, and the indexes are whole at every moment."""

import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.examples import amount
from tests.support.waiting import until
from tests.support.writers import PROGRAMS, global_index, read_events, read_index, start_python
from writer import SessionWriter


def is_whole_or_missing(index: Path) -> bool:
    try:
        return isinstance(json.loads(index.read_bytes())["sessions"], list)
    except FileNotFoundError:
        return True


def raise_storm(directories: Sequence[Path], indexes: Sequence[Path], sessions_each: int) -> int:
    """Run a process in each of ``directories``, all at once. Return how often the indexes were read meanwhile."""
    processes = [start_python(PROGRAMS / "storm.py", f"{sessions_each}", cwd=directory) for directory in directories]
    try:
        for process in processes:
            assert process.stdin is not None
            process.stdin.close()
            process.stdin = None  # communicate() would close it again
        reads = 0
        for _ in until(lambda: all(process.poll() is not None for process in processes)):
            assert all(is_whole_or_missing(index) for index in indexes)
            reads += 1
            time.sleep(0.005)  # the runners need the processor, too
        results = [(*process.communicate(), process.returncode) for process in processes]
    except (AssertionError, subprocess.SubprocessError, ValueError):
        for process in processes:
            process.kill()
        raise
    assert results == [("", "", 0)] * len(processes)
    return reads


def indexes_by_project(home: Path, projects: Sequence[Path]) -> dict[Path, Path]:
    """The index of each project, where a first session makes it."""
    indexes = {}
    for project in projects:
        writer = SessionWriter.create("first", "first.zwf", cwd=project)
        writer.ended("success", 1)
        indexes[project] = writer.log_path.parent.parent / "index.json"
    return indexes


def check_against_logs(index: Path, logs: Sequence[Path]) -> None:
    """The index has one entry for each log, stamped with its end, and the logs are whole."""
    entries = {entry["log_path"]: entry for entry in read_index(index)}
    assert len(entries) == len(read_index(index)) == len(logs)
    for log in logs:
        first, *_, last = events = read_events(log)
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        entry = entries[str(log)]
        assert (entry["started_at"], entry["ended_at"]) == (first["ts"], last["ts"])
        assert entry["status"] == last["status"] == "success"


@pytest.mark.slow
def test_sixteen_runners_of_one_project_lose_no_entry(project: Path, home: Path) -> None:
    (index,) = indexes_by_project(home, [project]).values()
    sessions_each = amount(25, usual=8)
    reads = raise_storm([project] * 16, [index, global_index(home)], sessions_each)
    logs = list(home.rglob("*.jsonl"))
    assert len(logs) == 16 * sessions_each + 1
    assert reads > 1
    check_against_logs(index, logs)
    check_against_logs(global_index(home), logs)
    names = {path.name for path in index.parent.iterdir()}
    assert names - {"index.json.spare"} == {"index.json", "index.json.lock", "sessions"}


def test_runners_of_two_projects_share_the_global_index(project: Path, home: Path) -> None:
    other = project.parent / "notes"
    (other / ".git").mkdir(parents=True)
    indexes = indexes_by_project(home, [project, other])
    raise_storm([project, other] * 3, [*indexes.values(), global_index(home)], sessions_each=10)
    logs = list(home.rglob("*.jsonl"))
    assert len(logs) == 2 * (3 * 10 + 1)
    check_against_logs(global_index(home), logs)
    for index in indexes.values():
        check_against_logs(index, [log for log in logs if log.is_relative_to(index.parent)])


def test_the_first_runners_of_a_new_home_do_not_get_in_each_others_way(project: Path, home: Path) -> None:
    raise_storm([project] * 6, [global_index(home)], sessions_each=1)
    check_against_logs(global_index(home), list(home.rglob("*.jsonl")))
    assert len(read_index(global_index(home))) == 6
