"""Indexes save time in large homes, and are never trusted for longer than it takes to read the logs."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.bases import session_id
from writer import SessionWriter
from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot

SESSIONS = 120


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A home with enough sessions that its index is used; each has one line of output."""
    for number in range(SESSIONS):
        session = SessionWriter.create(f"flow-{number}", "flow.zwf", tier_count=1, base=tmp_path, cwd="/", index="now")
        session.tier_started(0, ["a"])
        session.step_output("a", "stdout", "line")
        session.ended("failure" if number % 2 else "success", 1000)
    return tmp_path


def index_of(base: Path) -> Path:
    return base / "logs" / "index.json"


def scanned(base: Path) -> BaseCatalog:
    catalog = BaseCatalog(str(base), lambda: datetime.now(UTC).timestamp(), 300)
    catalog.scan()
    return catalog


def states(snapshots: list[SessionSnapshot]) -> list[SessionState]:
    return sorted(snapshot.at(datetime.now(UTC).timestamp()).state for snapshot in snapshots)


def workflows(snapshots: list[SessionSnapshot]) -> set[str]:
    return {snapshot.session.workflow_name for snapshot in snapshots}


TRUE_STATES = sorted([SessionState.SUCCEEDED, SessionState.FAILED] * (SESSIONS // 2))


def test_the_index_gives_what_ended_before_any_log_is_read(base: Path) -> None:
    snapshots = scanned(base).sessions()
    assert states(snapshots) == TRUE_STATES
    assert {snapshot.session.workflow_name for snapshot in snapshots} == {
        f"flow-{number}" for number in range(SESSIONS)
    }
    assert {snapshot.session.lines for snapshot in snapshots} == {0}


def test_a_linked_log_is_one_session_although_the_index_has_each_of_its_names(base: Path) -> None:
    index = json.loads(index_of(base).read_text())
    for number, log in enumerate(sorted((base / "logs" / "sessions").glob("*.jsonl"))[:40]):
        name = session_id(number)
        log.with_name(f"{name}.jsonl").hardlink_to(log)
        entry = next(entry for entry in index["sessions"] if entry["zig_session_id"] == log.stem)
        index["sessions"].append({**entry, "zig_session_id": name})
    index_of(base).write_text(json.dumps(index))
    catalog = scanned(base)
    assert len(catalog.sessions()) == SESSIONS
    while catalog.is_behind:
        catalog.work(1.0)
    assert len(catalog.sessions()) == SESSIONS


def test_the_logs_are_read_nevertheless(base: Path) -> None:
    catalog = scanned(base)
    while catalog.is_behind:
        catalog.work(1)
    assert {snapshot.session.lines for snapshot in catalog.sessions()} == {1}


def test_a_wrong_index_is_corrected_by_the_logs(base: Path) -> None:
    text = index_of(base).read_text()
    index_of(base).write_text(text.replace('"failure"', '"success"').replace("flow-", "lie-"))
    catalog = scanned(base)
    assert states(catalog.sessions()) == [SessionState.SUCCEEDED] * SESSIONS
    while catalog.is_behind:
        catalog.work(1)
    assert states(catalog.sessions()) == TRUE_STATES
    assert {snapshot.session.workflow_name for snapshot in catalog.sessions()} == {
        f"flow-{number}" for number in range(SESSIONS)
    }


def test_a_session_whose_log_was_touched_after_its_end_by_the_index_is_not_believed_to_have_ended(base: Path) -> None:
    touched = next((base / "logs" / "sessions").glob("*.jsonl"))
    later = touched.stat().st_mtime + 60
    os.utime(touched, (later, later))
    assert len(scanned(base).sessions()) == SESSIONS - 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sessions": 1}', '{"sessions": [1, {"zig_session_id": 5}]}'])
def test_an_index_that_cannot_be_used_costs_nothing_but_time(base: Path, text: str) -> None:
    index_of(base).write_text(text)
    catalog = scanned(base)
    assert catalog.sessions() == []
    while catalog.is_behind:
        catalog.work(1)
    assert states(catalog.sessions()) == TRUE_STATES


def test_entries_without_a_log_are_no_sessions(base: Path) -> None:
    for log in list((base / "logs" / "sessions").glob("*.jsonl"))[:10]:
        log.unlink()
    assert len(scanned(base).sessions()) == SESSIONS - 10
