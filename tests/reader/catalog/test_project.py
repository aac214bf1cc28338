"""Which sessions belong to a project."""

import os
from itertools import count
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.cases import each_case
from tests.support.growth import assert_grows_linearly
from tests.support.logs import BEGAN, Log
from writer import SessionWriter
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.find import choose_session
from zigtui.reader.catalog.project import Project, current_project, of_projects, project_of, projects_here
from zigtui.reader.catalog.scan.locations import list_all
from zigtui.reader.location import LogLocation


def test_the_current_project_is_that_of_the_repository_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    (tmp_path / "shop" / "src" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to("shop/src")
    name = str(tmp_path / "shop").lstrip("/").replace("/", "-")
    for directory in ("shop", "shop/src/deep", "link"):
        monkeypatch.chdir(tmp_path / directory)
        assert current_project() == project_of(str(tmp_path / "shop"))
        assert current_project().name == name
        assert projects_here() == [current_project()]
    monkeypatch.chdir(tmp_path)
    assert current_project() == Project(None)


def test_outside_any_repository_the_sessions_that_ran_below_are_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (here,) = projects_here()
    location = LogLocation("/x.jsonl", "/home/.zig", None)
    assert here.includes(location, f"{tmp_path}/below")
    assert not here.includes(location, f"{tmp_path}-beside")


def test_without_a_working_directory_there_is_no_current_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert current_project() == Project(None)
    assert projects_here() == []


@each_case(
    ("project", "included"),
    [
        (Project("shop"), {"shop"}),
        (Project(None), {"own", "below", "beside", "unknown"}),
        (Project(None, "/src/shop"), {"own", "below"}),
        (Project(None, "/"), {"own", "below", "beside"}),
        (Project("shop", "/src/shop"), {"shop", "own", "below"}),
        (Project("shop", base="/home/.zig"), {"shop"}),
        (Project("shop", base="/mnt/.zig"), set()),
        (Project(None, "/src/shop", "/mnt/.zig"), set()),
    ],
)
def test_a_project_includes(project: Project, included: set[str]) -> None:
    sessions = {
        "shop": ("shop", "/src/shop"),
        "other": ("other", "/src/shop"),
        "own": (None, "/src/shop"),
        "below": (None, "/src/shop/lib"),
        "beside": (None, "/src/shop-two"),
        "unknown": (None, None),
    }
    found = {
        name
        for name, (directory, cwd) in sessions.items()
        if project.includes(LogLocation("/x.jsonl", "/home/.zig", directory), cwd)
    }
    assert found == included


@pytest.fixture(params=["directory", "\u5bbd" * 30, "\udce9" * 40], ids=["deep", "wide", "not UTF-8"])
def long_repository(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A repository whose path is too long for the name of a project."""
    repository = tmp_path.joinpath(*[request.param] * (300 // len(os.fsencode(request.param)) + 1))
    (repository / ".git").mkdir(parents=True)
    (repository / "lib").mkdir()
    return repository


def test_a_repository_with_a_long_path_has_its_sessions_in_the_base(
    tmp_path: Path, long_repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tmp_path / "base"
    inside = [SessionWriter.create("flow", "flow.zwf", base=base, cwd=long_repository / part) for part in (".", "lib")]
    SessionWriter.create("flow", "flow.zwf", base=base, cwd=tmp_path)
    write_log(base, Log().start(), session_id(1), project="src-shop")
    ids = {session.session_id for session in inside}

    project = project_of(str(long_repository))
    logs = list_all([str(base)])
    assert {location.session_id for location, _ in of_projects(logs, [project])} == ids
    monkeypatch.chdir(long_repository / "lib")
    assert choose_session(logs, None, current_project()).location.session_id in ids
    assert choose_session(logs, "flow", current_project()).location.session_id in ids

    catalog = Catalog([str(base)], projects=[project])
    changes = catalog.changes()
    catalog.read_all()
    assert {snapshot.location.session_id for snapshot in catalog.sessions()} == ids
    assert {snapshot.location.session_id for snapshot in changes.take()[0]} == ids


def test_only_logs_whose_working_directory_matters_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        project = ["src-shop", "src-other", None, "src-third"][number % 4]
        write_log(tmp_path, Log().start(cwd="/src/third"), session_id(number), project=project)
    logs = list_all([str(tmp_path)])
    opened: list[str] = []
    real_open = os.open

    def open_noted(path: str, *args: int) -> int:
        opened.append(path)
        return real_open(path, *args)

    monkeypatch.setattr("os.open", open_noted)
    assert len(of_projects(logs, [Project(None)])) == 10
    assert opened == []
    assert len(of_projects(logs, [Project("src-shop")])) == 10
    # Another project may be the same by way of a link. One log is enough if its directory fits its name.
    assert [sum(name in path for path in opened) for name in ("shop", "third", "other")] == [0, 1, 10]


def test_a_session_recorded_by_way_of_a_link_belongs_to_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that has kept the link; and a repository that was moved, with a link in its old location."""
    base, real, link = tmp_path / "base", tmp_path / "src" / "shop", tmp_path / "link" / "shop"
    for part in (real / ".git", real / "lib" / "nested" / ".git", tmp_path / "other" / ".git"):
        part.mkdir(parents=True)
    link.parent.symlink_to(real.parent)
    (tmp_path / "notes").symlink_to(real)
    recorded = [
        (real, real),
        (link, link),
        (link, link / "lib"),
        (tmp_path / "notes", tmp_path / "notes"),
        (link / "lib" / "nested", link / "lib" / "nested"),
        (tmp_path / "other", tmp_path / "other"),
        (tmp_path / "other", link),  # a copy in another project
        (None, tmp_path / "notes" / "lib"),
    ]
    for number, (repository, cwd) in enumerate(recorded):
        name = None if repository is None else str(repository).lstrip("/").replace("/", "-")
        log = Log().start(cwd=str(cwd))
        write_log(base, log, session_id(number), project=name, workflow=f"flow-{number}", modified=BEGAN + number)
    write_log(base, Log().start(), session_id(100), project="src-other", workflow="flow-3")  # a newer one elsewhere
    logs = list_all([str(base)])

    def numbers(project: Project) -> list[int]:
        kept = of_projects(logs, [project])
        return sorted(number for location, _ in kept if (number := int(location.session_id[:8])) < 100)

    assert numbers(project_of(str(real))) == [0, 1, 2, 3]
    assert numbers(project_of(str(real / "lib" / "nested"))) == [4]
    assert numbers(project_of(str(tmp_path / "other"))) == [5, 6]
    assert numbers(Project(None, str(real))) == [7]
    assert numbers(Project(None, str(real / "lib"))) == [7]
    monkeypatch.chdir(real)
    found = choose_session(logs, "flow-3", current_project())
    assert found.location.session_id == session_id(3)

    catalog = Catalog([str(base)], projects=[Project(None, str(real))])
    catalog.read_all()
    assert [snapshot.location.session_id for snapshot in catalog.sessions()] == [session_id(7)]


def test_a_working_directory_of_any_length_is_examined_in_time_that_grows_with_it() -> None:
    project, location = Project(None, "/home"), LogLocation("/base/logs/sessions/a.jsonl", "/base", None)
    numbers = count()  # since what is known of a directory is kept

    def directory(size: int) -> str:
        return f"/{next(numbers)}{'/a' * size}"

    assert_grows_linearly(16_000, directory, lambda cwd: project.includes(location, cwd))
