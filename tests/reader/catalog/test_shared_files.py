"""A file that links make part of several bases is one session."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bases import session_id, sessions_directory, write_log
from tests.support.logs import Log
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.locations import list_all


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
