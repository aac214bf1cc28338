"""The two indexes: their form, and that no entry is ever lost."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.growth import assert_grows_linearly
from tests.support.writers import Json, global_index, project_index, read_events, read_index, run_python
from writer import SessionWriter
from writer._indexes import text
from writer._indexes.entries import Entry

DAMAGE = {
    "empty": b"",
    "cut": b'{\n  "sessions": [\n    {\n      "zig_session_id": "1842',
    "no object": b"[]",
    "no list": b'{"sessions": {}}',
    "no sessions": b"{}",
    "a list of numbers": b'{"sessions": [1]}',
    "not UTF-8": b'{"sessions": ["\xff"]}',
    "two": b'{"sessions": []}{"sessions": []}',
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait long for a damaged index to become whole."""
    monkeypatch.setattr("writer._indexes.text._PARSE_AGAIN_SECS", 0.05)


def begin(name: str = "review") -> SessionWriter:
    return SessionWriter.create(name, "review.zwf", index="now")


def use_reference_as_home(reference: Path, home: Path, writer: SessionWriter) -> None:
    """Make the recorded sessions those of the home and, the ones of the shop, those of the writer's project."""
    workspace = writer.log_path.parent.parent.parent
    shutil.rmtree(home / ".zig")
    shutil.copytree(reference / "dot-zig", home / ".zig")
    (home / ".zig" / "projects" / "home-dev-src-shop").rename(workspace)


def aside(index: Path) -> list[Path]:
    return list(index.parent.glob(f"{index.name}.corrupt-*"))


def as_in_the_logs(index: Path, entries: list[Json]) -> list[Json]:
    """Entries with the paths of the logs as they are now, and the times of the logs, not those of the reference."""
    expected = []
    for entry in entries:
        (log,) = index.parent.rglob(f"{entry['zig_session_id']}.jsonl")
        first, *_, last = read_events(log)
        end = last["ts"] if last["type"] == "zig_session_ended" else None
        expected.append({**entry, "log_path": str(log), "started_at": first["ts"], "ended_at": end})
    return expected


def test_entries_have_the_form_of_the_recordings(project: Path, home: Path, reference: Path) -> None:
    writer = begin()
    use_reference_as_home(reference, home, writer)
    indexes = (project_index(writer), global_index(home))
    recorded = [index.read_text() for index in indexes]
    added = begin("größer")
    for index, before in zip(indexes, recorded, strict=True):
        after = index.read_text()
        head = before.removesuffix("\n  ]\n}")
        assert after.startswith(head + ",\n    {\n")
        assert after == json.dumps(json.loads(after), indent=2, ensure_ascii=False)
        keys = [list(entry) for entry in read_index(index)]
        assert keys[-1] == keys[0]
        assert read_index(index)[-1]["zig_session_id"] == added.session_id


def test_an_entry_agrees_with_the_log(project: Path, home: Path) -> None:
    writer = begin("größer")
    started = read_events(writer.log_path)[0]
    common = {"zig_session_id": writer.session_id, "workflow_name": "größer", "log_path": str(writer.log_path)}
    workspace = str(writer.log_path.parent.parent.parent)
    open_end: Json = {"started_at": started["ts"], "ended_at": None, "status": None}
    in_project = common | {"workflow_path": "review.zwf", "workspace_path": workspace}
    in_all = common | {"project": workspace}
    assert read_index(project_index(writer)) == [in_project | open_end]
    assert read_index(global_index(home)) == [in_all | open_end]
    writer.ended("failure", 5)
    end = {"ended_at": read_events(writer.log_path)[-1]["ts"], "status": "failure"}
    assert read_index(project_index(writer)) == [in_project | open_end | end]
    assert read_index(global_index(home)) == [in_all | open_end | end]


def test_entries_are_kept_oldest_first_whatever_ends_when(project: Path, home: Path) -> None:
    writers = [begin(str(number)) for number in range(4)]
    for number in (2, 0, 3):
        writers[number].ended("success", 1)
    for index in (project_index(writers[0]), global_index(home)):
        entries = read_index(index)
        assert [entry["workflow_name"] for entry in entries] == ["0", "1", "2", "3"]
        assert [entry["status"] for entry in entries] == ["success", None, "success", "success"]


def test_what_a_later_version_adds_survives_with_its_order(project: Path, home: Path) -> None:
    writer = begin()
    for index in (project_index(writer), global_index(home)):
        (own,) = read_index(index)
        other = {"tags": ["ä", 1.5, None, {"deep": []}], "status": "odd", "zig_session_id": "other"}
        index.write_text(json.dumps({"version": 2, "sessions": [other, {**own, "note": "mine"}, {}], "last": True}))
    writer.ended("success", 1)
    later = begin()
    for index in (project_index(writer), global_index(home)):
        content = json.loads(index.read_bytes())
        assert list(content) == ["version", "sessions", "last"]
        first, own, empty, new = content["sessions"]
        assert list(first.items()) == list(other.items())
        assert (own["status"], own["note"]) == ("success", "mine")
        assert empty == {}
        assert new["zig_session_id"] == later.session_id


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_project_index_is_put_aside_and_rebuilt(
    project: Path, home: Path, reference: Path, damage: bytes
) -> None:
    use_reference_as_home(reference, home, writer := begin())
    index = project_index(writer)
    recorded = read_index(index)
    index.write_bytes(damage)
    added = begin()
    (kept,) = aside(index)
    assert kept.read_bytes() == damage
    *rebuilt, last = read_index(index)
    assert rebuilt == as_in_the_logs(index, recorded)
    assert [list(entry) for entry in rebuilt] == [list(entry) for entry in recorded]
    assert last["zig_session_id"] == added.session_id
    added.ended("success", 1)
    assert read_index(index)[-1]["status"] == "success"
    assert aside(index) == [kept]


@pytest.mark.usefixtures("impatient")
def test_a_damaged_global_index_is_rebuilt_from_all_projects(project: Path, home: Path, reference: Path) -> None:
    use_reference_as_home(reference, home, begin())
    index = global_index(home)
    recorded = read_index(index)
    index.write_bytes(b'{"sessions": [')
    added = begin()
    *rebuilt, last = read_index(index)
    assert len(aside(index)) == 1
    assert rebuilt == as_in_the_logs(index, recorded)
    assert last["zig_session_id"] == added.session_id


@pytest.mark.usefixtures("impatient")
def test_files_that_are_not_logs_are_left_out_of_a_rebuilt_index(project: Path) -> None:
    writer = begin()
    sessions = writer.log_path.parent
    start = read_events(writer.log_path)[0]
    (sessions / "empty.jsonl").touch()
    (sessions / "torn.jsonl").write_bytes(writer.log_path.read_bytes()[:70])
    (sessions / "number.jsonl").write_text("7\n")
    (sessions / "other.jsonl").write_text('{"type":"heartbeat"}\n')
    (sessions / "no-start.jsonl").write_text('{"type":"zig_session_started"}\n')
    (sessions / "notes.txt").write_bytes(writer.log_path.read_bytes())
    (sessions / "directory.jsonl").mkdir()
    (sessions / "bare.jsonl").write_text(json.dumps({**start, "zig_session_id": "bare", "later": 1}) + '\n{"seq":2,"t')
    project_index(writer).write_bytes(b"")
    added = begin()
    ids = {entry["zig_session_id"] for entry in read_index(project_index(writer))}
    assert ids == {writer.session_id, "bare", added.session_id}


@pytest.mark.usefixtures("impatient")
def test_what_the_reference_would_not_read_does_not_get_into_a_rebuilt_index(project: Path) -> None:
    writer = begin()
    sessions = writer.log_path.parent
    start = read_events(writer.log_path)[0]
    end = {**start, "type": "zig_session_ended", "duration_ms": 1}
    logs: dict[str, tuple[dict[str, object], dict[str, object]]] = {
        "nameless": ({"workflow_name": None}, {"status": "success"}),
        "pathless": ({"workflow_path": 7}, {"status": "success"}),
        "timeless": ({"ts": "yesterday"}, {"status": "success"}),
        "without-offset": ({"ts": "2026-11-25T10:00:00"}, {"status": "success"}),
        "homeless": ({"workspace_path": ["a"]}, {"status": "success"}),
        "cancelled": ({}, {"status": "cancelled"}),
        "strange-end": ({}, {"status": {"success": None}}),
        "by-week": ({"ts": "2026-W48-3T10:00:00+00:00"}, {"status": "success"}),
        "without-dashes": ({"ts": "20261125T100000Z"}, {"status": "success"}),
        "endless": ({}, {"status": "success", "ts": None}),
        "succeeded": ({}, {"status": "success", "ts": "2026-11-25T10:00:00.123456789+00:00"}),
    }
    for name, (own, own_of_end) in logs.items():
        events = ({**start, "zig_session_id": name, **own}, {**end, **own_of_end})
        (sessions / f"{name}.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    project_index(writer).write_bytes(b"")
    begin()
    statuses = {entry["zig_session_id"]: entry["status"] for entry in read_index(project_index(writer))}
    assert {name: statuses[name] for name in logs if name in statuses} == {
        "cancelled": "failure",
        "strange-end": "failure",
        "endless": None,
        "succeeded": "success",
    }


def test_a_damaged_index_is_reported_to_the_logger_only(project: Path, home: Path) -> None:
    project_index(begin()).write_bytes(b"")
    result = run_python("from writer import SessionWriter\nSessionWriter.create('review', 'review.zwf')")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert len(read_index(global_index(home))) == 2


def test_an_entry_that_was_dropped_is_added_at_the_end_of_the_session(project: Path, home: Path) -> None:
    writer = begin()
    for index in (project_index(writer), global_index(home)):
        index.unlink()
    begin("other")
    writer.ended("success", 1)
    for index in (project_index(writer), global_index(home)):
        assert [entry["workflow_name"] for entry in read_index(index)] == ["other", "review"]
        assert read_index(index)[1]["status"] == "success"


def test_the_time_to_add_entries_grows_with_their_number() -> None:
    def entries(beginning: str, count: int) -> list[Entry]:
        return [{"zig_session_id": f"{beginning}{number}", "ended_at": None} for number in range(count)]

    assert_grows_linearly(
        1000,
        lambda size: ({"sessions": entries("old", size)}, entries("new", size)),
        lambda made: text.put(*made),
    )
