"""A file that links make part of several bases is one session."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bases import session_id, sessions_directory, write_log
from tests.support.logs import BEGAN, Log, at
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.scan.locations import list_all, location_of_file
from zigtui.reader.location import LogLocation


def hard_link(real: Path, other: Path) -> None:
    for log in sessions_directory(real).iterdir():
        os.link(log, sessions_directory(other, "renamed") / log.name)


def hard_link_with_another_name(real: Path, other: Path) -> None:
    for log in sessions_directory(real).iterdir():
        os.link(log, sessions_directory(other, None) / f"a copy of {log.name}")


def link_file(real: Path, other: Path) -> None:
    for log in sessions_directory(real).iterdir():
        (sessions_directory(other) / log.name).symlink_to(log)


def link_file_by_way_of_another(real: Path, other: Path) -> None:
    for log in sessions_directory(real).iterdir():
        (sessions_directory(other) / f"to {log.name}").symlink_to(log)
        (sessions_directory(other) / log.name).symlink_to(f"to {log.name}")


def link_sessions(real: Path, other: Path) -> None:
    (other / "logs").mkdir(parents=True)
    (other / "logs" / "sessions").symlink_to(sessions_directory(real))


def link_project(real: Path, other: Path) -> None:
    (other / "projects").mkdir(parents=True)
    (other / "projects" / "other-name").symlink_to(real / "projects" / "src-shop")


def link_projects(real: Path, other: Path) -> None:
    other.mkdir(parents=True)
    (other / "projects").symlink_to(real / "projects")


LINKS = [
    hard_link,
    hard_link_with_another_name,
    link_file,
    link_file_by_way_of_another,
    link_sessions,
    link_project,
    link_projects,
]


@pytest.fixture
def bases(tmp_path: Path) -> list[str]:
    """A base with two sessions in a project and one outside, and a base that does not exist yet."""
    real = tmp_path / "real"
    write_log(real, Log().start().end(), session_id(1))
    write_log(real, Log().start().end(), session_id(2))
    write_log(real, Log().start().end(), session_id(3), project=None)
    return [str(real), str(tmp_path / "other")]


def paths(catalog: Catalog) -> list[str]:
    return sorted(snapshot.location.path for snapshot in catalog.sessions())


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
@pytest.mark.parametrize("link", LINKS)
def test_a_file_in_two_bases_is_one_session(
    bases: list[str], link: Callable[[Path, Path], None], is_first: bool
) -> None:
    link(*map(Path, bases))
    ordered = bases if is_first else bases[::-1]
    assert len(list_all(ordered)) == 3
    catalog = Catalog(ordered)
    changes = catalog.changes()
    catalog.read_all()
    changed, _ = changes.take()
    assert sorted(snapshot.location.path for snapshot in changed) == paths(catalog)
    assert len(changed) == 3
    if is_first:
        assert all(path.startswith(bases[0]) for path in paths(catalog))


@pytest.mark.parametrize("link", LINKS)
def test_links_that_come_and_go_leave_one_session(bases: list[str], link: Callable[[Path, Path], None]) -> None:
    """What a screen shows, change by change, is what the catalog has."""
    catalog = Catalog(bases[::-1])  # what is linked is from the first base
    changes = catalog.changes()
    shown: set[str] = set()

    def update() -> None:
        catalog.read_all()
        changed, gone = changes.take()
        shown.difference_update(location.path for location in gone)
        shown.update(snapshot.location.path for snapshot in changed)
        assert sorted(shown) == paths(catalog)
        assert len(shown) == 3

    update()
    link(*map(Path, bases))
    update()
    Path(bases[1]).rename(f"{bases[1]}-hidden")
    update()
    assert all(path.startswith(bases[0]) for path in shown)


def test_a_log_that_is_replaced_by_a_file_of_its_own_is_another_session(bases: list[str]) -> None:
    real, other = map(Path, bases)
    link_file(real, other)
    catalog = Catalog(bases)
    changes = catalog.changes()
    catalog.read_all()
    changes.take()
    link = sessions_directory(other) / f"{session_id(1)}.jsonl"
    link.unlink()
    write_log(other, Log().start(), session_id(1))
    catalog.read_all()
    changed, gone = changes.take()
    assert [snapshot.location.path for snapshot in changed] == [str(link)]
    assert gone == []
    assert len(catalog.sessions()) == 4


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
@pytest.mark.parametrize("is_same_base", [True, False], ids=["same base", "other base"])
@pytest.mark.parametrize("project", ["aaa", "zzz", None])
def test_a_hard_link_hides_no_log_from_its_project(
    tmp_path: Path, project: str | None, *, is_same_base: bool, is_first: bool
) -> None:
    base = tmp_path / "base"
    other = base if is_same_base else tmp_path / "other"
    log = write_log(base, Log().start(cwd="/src/shop/lib").end(), session_id(1))
    link = sessions_directory(other, project) / log.name
    bases = list(map(str, [base, other] if is_first else [other, base]))
    catalog = Catalog(bases)
    changes = catalog.changes()
    catalog.read_all()
    changes.take()
    link.hardlink_to(log)
    for path in (log, link, log):
        os.utime(path)
        catalog.read_all()
        assert changes.take()[1] in ([], [location_of_file(str(link))])
        assert paths(catalog) == [str(log)]
        assert [location.path for location, _ in list_all(bases)] == [str(log)]
    fresh = Catalog(bases)
    changes = fresh.changes()
    fresh.read_all()
    assert [snapshot.location.path for snapshot in changes.take()[0]] == paths(fresh) == [str(log)]


def test_the_project_of_a_hard_link_counts_once_the_log_has_been_read(tmp_path: Path) -> None:
    """An index describes sessions without their working directory."""
    other, base = tmp_path / "a", tmp_path / "b"
    for number in range(120):
        log = write_log(base, Log().start(cwd="/src/shop").end(), session_id(number), modified=BEGAN)
        (sessions_directory(other, "aaa") / log.name).hardlink_to(log)
    for directory in (base / "projects" / "src-shop", other / "projects" / "aaa"):
        entries = [
            {
                "zig_session_id": session_id(number),
                "workflow_name": "flow",
                "started_at": at(0),
                "ended_at": at(1),
                "status": "success",
            }
            for number in range(120)
        ]
        (directory / "logs" / "index.json").write_text(json.dumps({"sessions": entries}))
    catalog = Catalog([str(other), str(base)])
    changes = catalog.changes()
    shown: set[LogLocation] = set()
    for watched in catalog.bases:
        watched.scan()
    has_read = True
    while has_read:
        changed, gone = changes.take()
        shown = (shown - set(gone)) | {snapshot.location for snapshot in changed}
        assert len(shown) == 120
        has_read = catalog.bases[0].work(0.001) | catalog.bases[1].work(0.001)
    assert {location.base for location in shown} == {str(base)}
