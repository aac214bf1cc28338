"""An inventory has the logs and their sizes, whichever scan found them."""

import math
import os
import shutil
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigtui.reader.catalog.scan.inventory import Inventory

PROJECTS = ("a", "b")
NAMES = ("0", "1", "2")
TICKS = count(1)
SOME_FILE = st.tuples(st.sampled_from(PROJECTS), st.sampled_from(NAMES))
CHANGES = st.one_of(
    st.tuples(st.sampled_from(("write", "append", "delete")), SOME_FILE),
    st.tuples(st.just("scan"), SOME_FILE),
    st.tuples(st.sampled_from(("remove project", "move project away or back")), SOME_FILE),
)


@pytest.fixture(autouse=True)
def only_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first scan, none is due without a hint. With one, a scan is due however long the last one took."""
    monkeypatch.setattr("zigtui.reader.catalog.scan.inventory._SCAN_SECS", math.inf)
    monkeypatch.setattr("zigtui.reader.catalog.scan.scan_schedule._TIME_SHARE", math.inf)


def later() -> float:
    """A time so late that no directory has changed recently."""
    return time.time() + 3600


def sessions_of(base: Path, project: str) -> Path:
    directory = base / "projects" / project / "logs" / "sessions"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def tick(directory: Path) -> None:
    """A name has come or gone: change its time, though the clock of the file system may not have moved on."""
    while not directory.is_dir():
        directory = directory.parent
    os.utime(directory, ns=(0, next(TICKS) * 1_000_000_000))


def written(path: Path, size: int = 1) -> Path:
    is_new = not path.exists()
    path.write_bytes(b"x" * size)
    if is_new:
        tick(path.parent)
    return path


def scanned(base: Path) -> Inventory:
    inventory = Inventory(str(base), later, None)
    for _ in inventory.scan():
        pass
    return inventory


def quick_scan(inventory: Inventory, live_paths: Iterable[Path] = ()) -> tuple[set[str], set[str], set[str]]:
    """What a quick scan finds: the names of new, changed and gone logs."""
    found: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    for changes in inventory.refresh([""], [str(path) for path in live_paths]):
        for names, files in zip(found, (changes.new, changes.changed, changes.gone), strict=True):
            names |= {file.location.session_id for file in files}
    return found


def sizes(inventory: Inventory) -> dict[str, int]:
    return {path: file.facts.size for path, file in inventory.files.items()}


def sizes_on_disk(base: Path) -> dict[str, int]:
    return {str(path): path.stat().st_size for path in (base / "projects").rglob("*.jsonl")}


def test_a_quick_scan_finds_what_has_come_grown_and_gone(tmp_path: Path) -> None:
    written(sessions_of(tmp_path, "a") / "stays.jsonl")
    grows, goes = (written(sessions_of(tmp_path, "a") / f"{name}.jsonl") for name in ("grows", "goes"))
    inventory = scanned(tmp_path)
    assert quick_scan(inventory, [grows]) == (set(), set(), set())
    written(grows, 2)
    assert quick_scan(inventory, [grows]) == (set(), {"grows"}, set())
    assert inventory.files[str(grows)].grown is not None
    written(sessions_of(tmp_path, "a") / "comes.jsonl")
    goes.unlink()
    tick(goes.parent)
    assert quick_scan(inventory, [grows]) == ({"comes"}, set(), {"goes"})
    written(sessions_of(tmp_path, "b") / "elsewhere.jsonl")
    tick(tmp_path / "projects")
    assert quick_scan(inventory) == ({"elsewhere"}, set(), set())
    shutil.rmtree(tmp_path / "projects" / "a")
    tick(tmp_path / "projects")
    assert quick_scan(inventory) == (set(), set(), {"grows", "comes", "stays"})
    assert sizes(inventory) == sizes_on_disk(tmp_path)


def test_a_quick_scan_asks_for_no_file_of_a_session_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = [written(sessions_of(tmp_path, "a") / f"{number}.jsonl") for number in range(20)]
    inventory = scanned(tmp_path)
    asked: list[str] = []
    really_stat = os.stat

    def stat(path: str | os.PathLike[str]) -> os.stat_result:
        asked.append(os.fspath(path))
        return really_stat(path)

    monkeypatch.setattr("os.stat", stat)
    monkeypatch.setattr("os.lstat", stat)
    quick_scan(inventory, over[:1])
    assert [path for path in asked if path.endswith(".jsonl")] == [str(over[0])]


def test_names_that_come_while_the_time_of_the_directory_stands_still_are_found(tmp_path: Path) -> None:
    directory = written(sessions_of(tmp_path, "a") / "one.jsonl").parent
    now = directory.stat().st_mtime
    inventory = Inventory(str(tmp_path), lambda: now + 0.5, None)
    for _ in inventory.scan():
        pass
    (directory / "two.jsonl").write_bytes(b"x")
    os.utime(directory, (now, now))
    assert quick_scan(inventory) == ({"two"}, set(), set())


def test_a_log_that_comes_during_a_full_scan_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zigtui.reader.catalog.scan.inventory._SLICE_SECS", 0.0)  # a directory at a time
    for project in PROJECTS:
        written(sessions_of(tmp_path, project) / "one.jsonl")
    inventory = Inventory(str(tmp_path), later, None)
    while not inventory.files:
        list(inventory.refresh([], []))
    (listed,) = inventory.files
    comes = written(Path(listed).with_name("two.jsonl"))
    found = [file for changes in inventory.refresh([str(comes)], []) for file in changes.new]
    assert inventory.files[str(comes)] in found
    while inventory.is_scanning:
        list(inventory.refresh([], []))
    assert sizes(inventory) == sizes_on_disk(tmp_path)


def test_a_project_that_comes_during_a_full_scan_is_one_of_the_directories(tmp_path: Path) -> None:
    written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = scanned(tmp_path)
    scanning = inventory.scan()
    next(scanning)
    comes = written(sessions_of(tmp_path, "b") / "two.jsonl")
    tick(tmp_path / "projects")
    assert quick_scan(inventory) == ({"two"}, set(), set())
    for _ in scanning:
        pass
    assert str(comes.parent) in inventory.directories
    assert sizes(inventory) == sizes_on_disk(tmp_path)


def test_a_scan_that_fails_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = Inventory(str(tmp_path), later, None)
    with monkeypatch.context() as patch:
        patch.setattr("os.scandir", lambda path: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            list(inventory.refresh([], []))
    assert inventory.is_scanning
    assert not inventory.has_scanned
    while inventory.is_scanning:
        list(inventory.refresh([], []))
    assert sizes(inventory) == sizes_on_disk(tmp_path)


def test_hints_do_not_make_it_scan_more_than_a_part_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = scanned(tmp_path)
    monkeypatch.setattr("zigtui.reader.catalog.scan.scan_schedule._TIME_SHARE", 1e-9)
    assert quick_scan(inventory) == (set(), set(), set())
    written(sessions_of(tmp_path, "a") / "two.jsonl")
    assert quick_scan(inventory) == (set(), set(), set())
    monkeypatch.setattr("zigtui.reader.catalog.scan.scan_schedule._TIME_SHARE", math.inf)
    assert quick_scan(inventory) == ({"two"}, set(), set())


@pytest.mark.parametrize(
    ("waited", "grown"), [(1, True), (3600, False)], ids=["checked just before", "not checked for an hour"]
)
def test_a_log_is_seen_to_grow_only_by_who_has_scanned_just_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waited: int, grown: bool
) -> None:
    monkeypatch.setattr("zigtui.reader.catalog.scan.inventory._SCAN_SECS", 1.0)
    path = written(sessions_of(tmp_path, "a") / "one.jsonl")
    now = [0.0]
    inventory = Inventory(str(tmp_path), later, None, lambda: now[0])
    for size in (2, 3):
        for _ in inventory.scan():
            pass
        now[0] += waited
        written(path, size)
    quick_scan(inventory, [path])
    assert inventory.files[str(path)].grown == (now[0] if grown else None)


def test_growth_is_remembered_whatever_else_happens_to_a_log(tmp_path: Path) -> None:
    path = written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = scanned(tmp_path)
    written(path, 9)
    quick_scan(inventory, [path])
    grown = inventory.files[str(path)].grown
    assert grown is not None
    os.utime(path, (0, 0))
    quick_scan(inventory, [path])
    os.truncate(path, 5)  # as a writer does with a line that the disk took only a part of
    quick_scan(inventory, [path])
    assert inventory.files[str(path)].grown == grown


def test_a_hint_that_comes_in_a_pause_is_deferred_and_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = scanned(tmp_path)
    quick_scan(inventory)
    monkeypatch.setattr("zigtui.reader.catalog.scan.scan_schedule._TIME_SHARE", 1e-9)
    written(sessions_of(tmp_path, "a") / "two.jsonl")
    assert quick_scan(inventory) == (set(), set(), set())
    monkeypatch.setattr("zigtui.reader.catalog.scan.scan_schedule._TIME_SHARE", math.inf)
    assert inventory.wait_secs == 0
    assert {file.location.session_id for changes in inventory.refresh([], []) for file in changes.new} == {"two"}
    assert inventory.wait_secs > 0


@pytest.mark.parametrize("size", [1, 9], ids=["shorter", "longer"])
def test_a_file_that_replaces_a_log_has_not_been_seen_to_grow(tmp_path: Path, size: int) -> None:
    path = written(sessions_of(tmp_path, "a") / "one.jsonl", 2)
    inventory = scanned(tmp_path)
    written(path, 3)
    quick_scan(inventory, [path])
    assert inventory.files[str(path)].grown is not None
    written(tmp_path / "other", size).replace(path)
    quick_scan(inventory, [path])
    assert inventory.files[str(path)].grown is None


def test_a_directory_that_cannot_be_listed_is_reported_until_it_can(tmp_path: Path) -> None:
    stays = written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = scanned(tmp_path)
    stays.parent.rename(tmp_path / "away")
    stays.parent.symlink_to(stays.parent.name)
    troubles = {str(stays.parent): "Too many levels of symbolic links"}
    for _ in range(2):
        assert quick_scan(inventory) == (set(), set(), set())
        assert inventory.troubles == troubles
        assert list(inventory.files) == [str(stays)]  # it may still be there
    stays.parent.unlink()
    (tmp_path / "away").rename(stays.parent)
    assert quick_scan(inventory) == (set(), set(), set())
    assert inventory.troubles == {}


def link_file(path: Path, link: Path) -> None:
    link.symlink_to(path)


def link_file_hard(path: Path, link: Path) -> None:
    link.hardlink_to(path)


def link_sessions(path: Path, link: Path) -> None:
    link.parent.rmdir()
    link.parent.symlink_to(path.parent)


@pytest.mark.parametrize("make_link", [link_file, link_file_hard, link_sessions])
@pytest.mark.parametrize("comes_later", [False, True], ids=["scanned together", "linked later"])
def test_a_file_with_several_paths_is_known_once_by_its_path_without_links(
    tmp_path: Path, make_link: Callable[[Path, Path], None], comes_later: bool
) -> None:
    path, link = sessions_of(tmp_path, "b") / "one.jsonl", sessions_of(tmp_path, "a") / "two.jsonl"
    if make_link is link_file_hard:
        path, link = link, path  # of two equal names the first counts
    written(path)
    inventory = scanned(tmp_path) if comes_later else None
    make_link(path, link)
    inventory = inventory or scanned(tmp_path)
    for _ in range(2):
        list(inventory.scan())
        assert list(inventory.files) == [str(path)]
    assert quick_scan(inventory, [path]) == (set(), set(), set())
    written(path, 5)
    assert quick_scan(inventory, [path]) == (set(), {path.stem}, set())


@pytest.mark.parametrize("make_link", [link_file, link_file_hard])
def test_a_better_path_replaces_another_which_returns_when_the_better_one_goes(
    tmp_path: Path, make_link: Callable[[Path, Path], None]
) -> None:
    elsewhere = written(tmp_path / "elsewhere.jsonl")
    later, first = sessions_of(tmp_path, "b") / "later.jsonl", sessions_of(tmp_path, "a") / "first.jsonl"
    make_link(elsewhere, later)
    inventory = scanned(tmp_path)
    assert list(inventory.files) == [str(later)]
    make_link(elsewhere, first)
    tick(first.parent)
    assert quick_scan(inventory) == ({"first"}, set(), {"later"})
    first.unlink()
    gone, new = set(), set()
    for changes in [*inventory.scan(), *inventory.scan()]:
        new |= {file.location.session_id for file in changes.new}
        gone |= {file.location.session_id for file in changes.gone}
    assert (new, gone) == ({"later"}, {"first"})
    assert list(inventory.files) == [str(later)]


def test_a_log_that_is_moved_to_another_name_is_found_in_the_same_scan(tmp_path: Path) -> None:
    path = written(sessions_of(tmp_path, "a") / "one.jsonl")
    path.with_name("link.jsonl").hardlink_to(path)
    inventory = scanned(tmp_path)
    assert list(inventory.files) == [str(path.with_name("link.jsonl"))]
    path.with_name("link.jsonl").rename(path.with_name("moved.jsonl"))
    tick(path.parent)
    assert quick_scan(inventory) == ({"moved"}, set(), {"link"})


def test_files_whose_name_starts_with_a_dot_are_no_logs(tmp_path: Path) -> None:
    directory = written(sessions_of(tmp_path, "a") / "one.jsonl").parent
    inventory = scanned(tmp_path)
    for name in ("._one.jsonl", ".jsonl"):
        written(directory / name)
        assert quick_scan(inventory, [directory / name]) == (set(), set(), set())
    assert list(inventory.files) == [str(directory / "one.jsonl")]


@pytest.mark.slow
@given(st.lists(CHANGES, max_size=30), st.sets(SOME_FILE))
def test_after_any_changes_a_quick_scan_knows_the_names_and_what_goes_on_and_a_full_one_everything(
    changes: list[tuple[str, tuple[str, str]]], live_paths: set[tuple[str, str]]
) -> None:
    with TemporaryDirectory() as directory:
        base = Path(directory).resolve()
        for project in PROJECTS:
            sessions_of(base, project)
        inventory = scanned(base)
        watched = [base / "projects" / project / "logs" / "sessions" / f"{name}.jsonl" for project, name in live_paths]
        for what, (project, name) in [*changes, ("scan", ("", ""))]:
            if what == "scan":
                quick_scan(inventory, watched)
                assert inventory.files.keys() == sizes_on_disk(base).keys()
                assert {str(path) for path in watched if path.exists()} <= inventory.files.keys()
                assert all(sizes(inventory)[str(path)] == path.stat().st_size for path in watched if path.exists())
                continue
            home, away = base / "projects" / project, base / project
            if what == "remove project":
                shutil.rmtree(home, ignore_errors=True)
                tick(base / "projects")
                continue
            if what == "move project away or back":
                if away.exists():
                    shutil.rmtree(home, ignore_errors=True)
                    away.rename(home)
                elif home.exists():
                    home.rename(away)
                tick(base / "projects")
                continue
            is_new_project = not (base / "projects" / project).exists()
            path = sessions_of(base, project) / f"{name}.jsonl"
            if what == "delete":
                path.unlink(missing_ok=True)
                tick(path.parent)
            else:
                written(path, path.stat().st_size + 1 if what == "append" and path.exists() else 1)
            if is_new_project:
                tick(base / "projects")
        for _ in inventory.scan():
            pass
        assert sizes(inventory) == sizes_on_disk(base)
