"""A catalog finds every session, whether or not an index lists it."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.reader.catalog.catalogs import SESSIONS, ids, log_at, only, read
from tests.support.logs import BEGAN, Log, append
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.session.model.session import SessionState


def test_sessions_of_the_base_and_of_its_projects_are_found(recorded: Path, reference: Path) -> None:
    recorded_ids = {line.split()[1] for line in (reference / "ids.txt").read_text().splitlines()}
    catalog = read(recorded)
    assert ids(catalog) == recorded_ids
    projects = {snapshot.location.session_id[:8]: snapshot.location.project for snapshot in catalog.sessions()}
    assert projects.pop("63c27bc6") is None
    assert set(projects.values()) == {"home-dev-src-shop"}


def test_sessions_are_found_without_any_index(recorded: Path) -> None:
    for index in recorded.rglob("*index.json"):
        index.unlink()
    assert len(ids(read(recorded))) == 13


def test_indexes_that_lie_change_nothing(recorded: Path) -> None:
    lie = {"sessions": [{"id": "11111111-2222-3333-4444-555555555555", "log_path": "/nowhere.jsonl"}]}
    (recorded / "sessions_index.json").write_text(json.dumps(lie))
    (recorded / "projects" / "home-dev-src-shop" / "logs" / "index.json").write_bytes(b"\x00 not JSON")
    assert len(ids(read(recorded))) == 13


def test_only_regular_files_that_end_in_jsonl_are_sessions(base: Path) -> None:
    log_at(base, "real", Log().start().tier(0, "a").step("a"))
    (base / SESSIONS / "directory.jsonl").mkdir()
    os.mkfifo(base / SESSIONS / "pipe.jsonl")
    (base / SESSIONS / "dangling.jsonl").symlink_to("nothing")
    (base / SESSIONS / "notes.txt").write_bytes(Log().start().tier(0, "a").step("a").data)
    assert ids(read(base)) == {"real"}


def test_links_to_anything_but_a_log_are_passed_over(base: Path, tmp_path: Path) -> None:
    log_at(base, "real", Log().start().tier(0, "a").step("a"))
    os.mkfifo(tmp_path / "pipe")
    targets = {"up": "/", "self": ".", "pipe": str(tmp_path / "pipe"), "null": "/dev/null", "zero": "/dev/zero"}
    for name, target in {**targets, "loop": "loop.jsonl"}.items():
        (base / SESSIONS / f"{name}.jsonl").symlink_to(target)
    assert ids(read(base)) == {"real"}


@pytest.mark.parametrize("skew", [-3600, 3600], ids=["an hour behind", "an hour ahead"])
def test_the_file_shows_whether_a_session_is_live_whatever_the_clock_of_its_writer(base: Path, skew: int) -> None:
    ahead = Log().wait(skew).start().tier(0, "a").step("a")
    live = log_at(base, "live", ahead, modified=BEGAN)
    log_at(base, "dead", ahead, modified=BEGAN - 600)
    now = [BEGAN + 5]
    catalog = Catalog([str(base)], clock=lambda: now[0])
    catalog.read_all()
    assert {snapshot.state for snapshot in catalog.sessions()} == {SessionState.RUNNING}
    for second in range(1, 13):
        now[0] = BEGAN + 5 + second
        if second == 4:
            append(live, Log().wait(skew).beat().data, modified=now[0])
        catalog.read_all()
    states = {snapshot.location.session_id: snapshot.state.value for snapshot in catalog.sessions()}
    assert states == {"live": "running", "dead": "lost"}


def test_links_to_logs_and_to_project_directories_are_followed(base: Path, tmp_path: Path) -> None:
    archived = log_at(tmp_path / "archive", "archived", Log().start().tier(0, "a").step("a"))
    (base / SESSIONS).mkdir(parents=True, exist_ok=True)
    (base / SESSIONS / "linked.jsonl").symlink_to(archived)
    log_at(tmp_path / "elsewhere", "far", Log().start().tier(0, "a").step("a"))
    (base / "projects" / "by-link").symlink_to(tmp_path / "elsewhere" / "projects" / "src-shop")
    catalog = read(base)
    found = {(snapshot.location.project, snapshot.location.session_id) for snapshot in catalog.sessions()}
    assert found == {("src-shop", "linked"), ("by-link", "far")}


def test_files_in_the_place_of_directories_are_passed_over(base: Path) -> None:
    log_at(base, "real", Log().start().tier(0, "a").step("a"))
    (base / "logs").write_text("a file")
    (base / "projects" / "stray.json").write_text("{}")
    catalog = read(base)
    assert ids(catalog) == {"real"}
    assert catalog.troubles == []


def test_a_file_name_that_is_not_utf8_is_a_session_like_others(base: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    log_at(base, name, Log().start().tier(0, "a").step("a"))
    assert ids(read(base)) == {name}


def test_a_log_without_a_start_is_a_session_that_cannot_be_read_as_one(base: Path) -> None:
    log_at(base, "empty", b"")
    log_at(base, "noise", b"\x00\xff not a log\n[]\n")
    states = {snapshot.at(BEGAN).state for snapshot in read(base).sessions()}
    assert states == {SessionState.UNREADABLE}


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_directory_that_cannot_be_read_is_reported_and_the_others_are_shown(mode: int) -> None:
    code = (
        "import os, sys; from zigtui.reader.catalog.catalog import Catalog; os.geteuid() or os.setuid(65534);"  # nobody
        "catalog = Catalog([sys.argv[1]]); catalog.read_all(); catalog.bases[0].refresh(['']);"
        "print([snapshot.location.session_id for snapshot in catalog.sessions()], catalog.troubles)"
    )
    with tempfile.TemporaryDirectory() as directory:  # pytest's own may be entered by its owner only
        base = Path(directory)
        locked = base / "projects" / "locked" / "logs" / "sessions"
        locked.mkdir(parents=True)
        log_at(base, "readable", Log().start().tier(0, "a").step("a"))
        base.chmod(0o755)
        (locked / "unknown.jsonl").touch()
        locked.chmod(mode)
        done = subprocess.run([sys.executable, "-c", code, base], capture_output=True, text=True, check=True)
        assert done.stdout == f"['readable'] ['{locked}: Permission denied']\n"


# Several bases


def test_sessions_of_several_bases_are_one_list_and_each_knows_its_base(base: Path, recorded: Path) -> None:
    log_at(base, "here", Log().start().tier(0, "a").step("a"))
    catalog = read(base, recorded, base)
    assert len(ids(catalog)) == 14
    for snapshot in catalog.sessions():
        assert catalog.find(snapshot.location) == snapshot
        assert snapshot.location.base == str(base if snapshot.location.session_id == "here" else recorded)


def test_a_base_that_appears_later_is_found(tmp_path: Path) -> None:
    base = tmp_path / "later"
    catalog = read(base)
    assert catalog.sessions() == []
    assert catalog.troubles == []
    log_at(base, "first", Log().start().tier(0, "a").step("a"))
    catalog.read_all()
    assert ids(catalog) == {"first"}


def test_a_base_is_known_by_its_real_path_which_watchers_name(base: Path, tmp_path: Path) -> None:
    log_at(base, "here", Log().start().tier(0, "a").step("a"))
    (tmp_path / "link").symlink_to(base)
    location = only(read(tmp_path / "link")).location
    assert [location.path, location.base] == [str((base / SESSIONS / "here.jsonl").resolve()), str(tmp_path / "link")]
