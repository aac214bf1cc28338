"""An inventory knows which logs there are and how large, whichever of its looks has told it so."""

import math
import os
import shutil
import time
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigtui.reader.catalog.inventory import Inventory

PROJECTS = ("a", "b")
NAMES = ("0", "1", "2")
TICKS = count(1)
SOME_FILE = st.tuples(st.sampled_from(PROJECTS), st.sampled_from(NAMES))
CHANGES = st.one_of(
    st.tuples(st.sampled_from(("write", "append", "delete")), SOME_FILE),
    st.tuples(st.just("look"), SOME_FILE),
    st.tuples(st.sampled_from(("remove project", "move project away or back")), SOME_FILE),
)


@pytest.fixture(autouse=True)
def only_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first look, none is due unless a hint asks for it; then however long the last one has taken."""
    monkeypatch.setattr("zigtui.reader.catalog.inventory._LOOK_SECS", math.inf)
    monkeypatch.setattr("zigtui.reader.catalog.inventory._LOOK_SHARE", math.inf)


def later() -> float:
    """A time from which on all directories have long been as they are."""
    return time.time() + 3600


def sessions_of(base: Path, project: str) -> Path:
    directory = base / "projects" / project / "logs" / "sessions"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def tick(directory: Path) -> None:
    """A name has come or gone: tell it by the time, though the clock of the file system may not have moved on."""
    while not directory.is_dir():
        directory = directory.parent
    os.utime(directory, ns=(0, next(TICKS) * 1_000_000_000))


def written(path: Path, size: int = 1) -> Path:
    is_new = not path.exists()
    path.write_bytes(b"x" * size)
    if is_new:
        tick(path.parent)
    return path


def looked(base: Path) -> Inventory:
    inventory = Inventory(str(base), later, None)
    for _ in inventory.scan():
        pass
    return inventory


def look_quickly(inventory: Inventory, going_on: Iterable[Path] = ()) -> tuple[set[str], set[str], set[str]]:
    """What a quick look finds: the names of new, changed and gone logs."""
    found: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    for news in inventory.refresh([""], [str(path) for path in going_on]):
        for names, files in zip(found, (news.new, news.changed, news.gone), strict=True):
            names |= {file.location.session_id for file in files}
    return found


def sizes(inventory: Inventory) -> dict[str, int]:
    return {path: file.facts.size for path, file in inventory.files.items()}


def sizes_on_disk(base: Path) -> dict[str, int]:
    return {str(path): path.stat().st_size for path in (base / "projects").rglob("*.jsonl")}


def test_a_quick_look_finds_what_has_come_grown_and_gone(tmp_path: Path) -> None:
    written(sessions_of(tmp_path, "a") / "stays.jsonl")
    grows, goes = (written(sessions_of(tmp_path, "a") / f"{name}.jsonl") for name in ("grows", "goes"))
    inventory = looked(tmp_path)
    assert look_quickly(inventory, [grows]) == (set(), set(), set())
    written(grows, 2)
    assert look_quickly(inventory, [grows]) == (set(), {"grows"}, set())
    assert inventory.files[str(grows)].grown is not None
    written(sessions_of(tmp_path, "a") / "comes.jsonl")
    goes.unlink()
    tick(goes.parent)
    assert look_quickly(inventory, [grows]) == ({"comes"}, set(), {"goes"})
    written(sessions_of(tmp_path, "b") / "elsewhere.jsonl")
    tick(tmp_path / "projects")
    assert look_quickly(inventory) == ({"elsewhere"}, set(), set())
    shutil.rmtree(tmp_path / "projects" / "a")
    tick(tmp_path / "projects")
    assert look_quickly(inventory) == (set(), set(), {"grows", "comes", "stays"})
    assert sizes(inventory) == sizes_on_disk(tmp_path)


def test_a_quick_look_asks_for_no_file_of_a_session_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = [written(sessions_of(tmp_path, "a") / f"{number}.jsonl") for number in range(20)]
    inventory = looked(tmp_path)
    asked: list[str] = []
    really_stat = os.stat

    def stat(path: str | os.PathLike[str]) -> os.stat_result:
        asked.append(os.fspath(path))
        return really_stat(path)

    monkeypatch.setattr("os.stat", stat)
    look_quickly(inventory, over[:1])
    assert [path for path in asked if path.endswith(".jsonl")] == [str(over[0])]


def test_names_that_come_while_the_time_of_the_directory_stands_still_are_found_all_the_same(tmp_path: Path) -> None:
    directory = written(sessions_of(tmp_path, "a") / "one.jsonl").parent
    now = directory.stat().st_mtime
    inventory = Inventory(str(tmp_path), lambda: now + 0.5, None)
    for _ in inventory.scan():
        pass
    (directory / "two.jsonl").write_bytes(b"x")
    os.utime(directory, (now, now))
    assert look_quickly(inventory) == ({"two"}, set(), set())


def test_a_log_that_comes_while_everything_is_looked_at_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.reader.catalog.inventory._SLICE_SECS", 0.0)  # a directory at a time
    for project in PROJECTS:
        written(sessions_of(tmp_path, project) / "one.jsonl")
    inventory = Inventory(str(tmp_path), later, None)
    while not inventory.files:
        list(inventory.refresh([], []))
    (listed,) = inventory.files
    comes = written(Path(listed).with_name("two.jsonl"))
    found = [file for news in inventory.refresh([str(comes)], []) for file in news.new]
    assert inventory.files[str(comes)] in found
    while inventory.is_looking:
        list(inventory.refresh([], []))
    assert sizes(inventory) == sizes_on_disk(tmp_path)


def test_a_project_that_comes_while_everything_is_looked_at_is_one_of_the_directories(tmp_path: Path) -> None:
    written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = looked(tmp_path)
    looking = inventory.scan()
    next(looking)
    comes = written(sessions_of(tmp_path, "b") / "two.jsonl")
    tick(tmp_path / "projects")
    assert look_quickly(inventory) == ({"two"}, set(), set())
    for _ in looking:
        pass
    assert str(comes.parent) in inventory.directories
    assert sizes(inventory) == sizes_on_disk(tmp_path)


def test_a_look_that_fails_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = Inventory(str(tmp_path), later, None)
    with monkeypatch.context() as patch:
        patch.setattr("os.scandir", lambda path: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            list(inventory.refresh([], []))
    assert inventory.is_looking
    assert not inventory.has_looked
    while inventory.is_looking:
        list(inventory.refresh([], []))
    assert sizes(inventory) == sizes_on_disk(tmp_path)


def test_hints_do_not_make_it_look_more_than_a_part_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = looked(tmp_path)
    monkeypatch.setattr("zigtui.reader.catalog.inventory._LOOK_SHARE", 1e-9)
    assert look_quickly(inventory) == (set(), set(), set())
    written(sessions_of(tmp_path, "a") / "two.jsonl")
    assert look_quickly(inventory) == (set(), set(), set())
    monkeypatch.setattr("zigtui.reader.catalog.inventory._LOOK_SHARE", math.inf)
    assert look_quickly(inventory) == ({"two"}, set(), set())


@pytest.mark.parametrize(
    ("waited", "grown"), [(1, True), (3600, False)], ids=["looked at just before", "not looked at for an hour"]
)
def test_a_log_is_seen_to_grow_only_by_who_has_looked_just_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waited: int, grown: bool
) -> None:
    monkeypatch.setattr("zigtui.reader.catalog.inventory._LOOK_SECS", 1.0)
    path = written(sessions_of(tmp_path, "a") / "one.jsonl")
    now = [0.0]
    inventory = Inventory(str(tmp_path), lambda: now[0], None)
    for size in (2, 3):
        for _ in inventory.scan():
            pass
        now[0] += waited
        written(path, size)
    look_quickly(inventory, [path])
    assert inventory.files[str(path)].grown == (now[0] if grown else None)


def test_a_log_that_was_seen_to_grow_was_so_whatever_else_becomes_of_it(tmp_path: Path) -> None:
    path = written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = looked(tmp_path)
    written(path, 9)
    look_quickly(inventory, [path])
    grown = inventory.files[str(path)].grown
    assert grown is not None
    os.utime(path, (0, 0))
    look_quickly(inventory, [path])
    os.truncate(path, 5)  # as a writer does with a line that the disk took only a part of
    look_quickly(inventory, [path])
    assert inventory.files[str(path)].grown == grown


def test_a_hint_that_comes_in_a_pause_is_put_off_and_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = looked(tmp_path)
    look_quickly(inventory)
    monkeypatch.setattr("zigtui.reader.catalog.inventory._LOOK_SHARE", 1e-9)
    written(sessions_of(tmp_path, "a") / "two.jsonl")
    assert look_quickly(inventory) == (set(), set(), set())
    monkeypatch.setattr("zigtui.reader.catalog.inventory._LOOK_SHARE", math.inf)
    assert inventory.wait_secs == 0
    assert {file.location.session_id for news in inventory.refresh([], []) for file in news.new} == {"two"}
    assert inventory.wait_secs > 0


@pytest.mark.parametrize("size", [1, 9], ids=["shorter", "longer"])
def test_another_file_in_the_place_of_a_log_has_not_been_seen_to_grow(tmp_path: Path, size: int) -> None:
    path = written(sessions_of(tmp_path, "a") / "one.jsonl", 2)
    inventory = looked(tmp_path)
    written(path, 3)
    look_quickly(inventory, [path])
    assert inventory.files[str(path)].grown is not None
    written(tmp_path / "other", size).replace(path)
    look_quickly(inventory, [path])
    assert inventory.files[str(path)].grown is None


def test_a_directory_that_cannot_be_listed_is_told_until_it_can(tmp_path: Path) -> None:
    stays = written(sessions_of(tmp_path, "a") / "one.jsonl")
    inventory = looked(tmp_path)
    stays.parent.rename(tmp_path / "away")
    stays.parent.symlink_to(stays.parent.name)
    told = {str(stays.parent): "Too many levels of symbolic links"}
    for _ in range(2):
        assert look_quickly(inventory) == (set(), set(), set())
        assert inventory.troubles == told
        assert list(inventory.files) == [str(stays)]  # it may still be there
    stays.parent.unlink()
    (tmp_path / "away").rename(stays.parent)
    assert look_quickly(inventory) == (set(), set(), set())
    assert inventory.troubles == {}


@pytest.mark.slow
@given(st.lists(CHANGES, max_size=30), st.sets(SOME_FILE))
def test_after_any_changes_a_quick_look_knows_the_names_and_what_goes_on_and_a_full_one_everything(
    changes: list[tuple[str, tuple[str, str]]], going_on: set[tuple[str, str]]
) -> None:
    with TemporaryDirectory() as directory:
        base = Path(directory).resolve()
        for project in PROJECTS:
            sessions_of(base, project)
        inventory = looked(base)
        watched = [base / "projects" / project / "logs" / "sessions" / f"{name}.jsonl" for project, name in going_on]
        for what, (project, name) in [*changes, ("look", ("", ""))]:
            if what == "look":
                look_quickly(inventory, watched)
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
