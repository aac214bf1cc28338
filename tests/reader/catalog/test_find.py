"""Which session is meant, and in what order sessions come."""

import os
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log, at
from zigtui.reader.catalog.find import (
    Found,
    SessionNotFoundError,
    choose_session,
    current_project,
    found_at,
    list_all,
    newest_first,
)
from zigtui.reader.catalog.locations import facts_of
from zigtui.reader.lines.log_end import read_log_end
from zigtui.reader.lines.tail import NotALogError
from zigtui.reader.location import LogLocation

HERE = "src-here"


def session(
    base: Path, name: str | int, began: float, *, lasted: float = 5, project: str | None = None, workflow: str = "flow"
) -> None:
    """A session that began at a second, and whose log was last modified when it had lasted so long."""
    write_log(
        base,
        Log().start(),
        session_id(name) if isinstance(name, int) else name,
        modified=BEGAN + began + lasted,
        project=project,
        workflow=workflow,
        began=at(began),
    )


def ids(base: Path) -> list[str]:
    """The ids of the sessions of a base, newest first."""
    return [found.location.session_id for found in newest_first(list_all([str(base)]))]


def meant(base: Path, wanted: str | None, project: str | None = HERE) -> str:
    """The id of the session that is meant."""
    return choose_session(list_all([str(base)]), wanted, project).location.session_id


def candidates(base: Path, wanted: str | None, project: str | None = HERE) -> list[str]:
    """The ids that are proposed when none is meant."""
    with pytest.raises(SessionNotFoundError) as refusal:
        meant(base, wanted, project)
    return [found.location.session_id for found in refusal.value.candidates]


# The order


def test_sessions_come_by_their_start_not_by_their_last_line(tmp_path: Path) -> None:
    session(tmp_path, "long", 0, lasted=1000)
    session(tmp_path, "late", 100)
    session(tmp_path, "early", -100)
    assert ids(tmp_path) == ["late", "long", "early"]


def test_the_order_is_that_of_all_starts_whatever_the_lengths(tmp_path: Path) -> None:
    began = [(number * 7919) % 101 for number in range(60)]
    for number, second in enumerate(began):
        session(tmp_path, number, second, lasted=(number * 31) % 40)
    assert ids(tmp_path) == [session_id(number) for number in sorted(range(60), key=lambda number: -began[number])]


def test_a_log_whose_start_cannot_be_read_comes_by_its_modification(tmp_path: Path) -> None:
    session(tmp_path, "newer", 20)
    write_log(tmp_path, b"torn", "broken", modified=BEGAN + 10, project=None)
    session(tmp_path, "older", 0)
    assert ids(tmp_path) == ["newer", "broken", "older"]


def test_a_session_that_started_after_its_log_was_modified_comes_by_the_modification(tmp_path: Path) -> None:
    session(tmp_path, "ahead", 1000, lasted=-985)  # modified at 15
    session(tmp_path, "newer", 20)
    session(tmp_path, "older", 0)
    session(tmp_path, "between", 10, lasted=100)
    assert ids(tmp_path) == ["newer", "ahead", "between", "older"]


def test_sessions_whose_logs_have_all_lost_their_time_come_by_their_start(tmp_path: Path) -> None:
    for number in (2, 0, 3, 1):
        session(tmp_path, number, number, lasted=-number - 1e6)
    assert ids(tmp_path) == [session_id(number) for number in (3, 2, 1, 0)]


def test_of_no_logs_there_is_none() -> None:
    assert list(newest_first([])) == []


# What the first line tells


def found(path: Path) -> Found:
    facts = facts_of(str(path))
    assert facts is not None
    return found_at(LogLocation(str(path), "", None), facts)


def test_the_first_line_tells_the_workflow_and_the_start(tmp_path: Path) -> None:
    told = found(write_log(tmp_path, Log().start(), workflow="deploy"))
    assert (told.workflow_name, told.started_at, told.began) == ("deploy", at(0), BEGAN)


@pytest.mark.parametrize("data", [b"", b"torn", b"\n", b"[]\n", b"{}\n", b'{"ts":"soon","workflow_name":7}\n'])
def test_without_one_the_modification_is_taken_for_the_start(tmp_path: Path, data: bytes) -> None:
    told = found(write_log(tmp_path, data, modified=BEGAN + 3))
    assert (told.workflow_name, told.began) == (None, BEGAN + 3)


def test_a_first_line_that_is_not_utf8_tells_what_it_can(tmp_path: Path) -> None:
    data = Log().start().data.replace(b"do it", b"caf\xe9")
    told = found(write_log(tmp_path, data, modified=BEGAN + 3))
    assert (told.workflow_name, told.began) == ("flow", BEGAN)


def test_a_log_that_has_gone_meanwhile_is_found_all_the_same(tmp_path: Path) -> None:
    session(tmp_path, "a", 0)
    logs = list_all([str(tmp_path)])
    Path(logs[0][0].path).unlink()
    (told,) = newest_first(logs)
    assert (told.location.session_id, told.workflow_name, told.began) == ("a", None, BEGAN + 5)


@pytest.mark.timeout(10)
def test_a_pipe_that_has_taken_the_place_of_a_log_is_not_waited_for(tmp_path: Path) -> None:
    session(tmp_path, "a", 0)
    logs = list_all([str(tmp_path)])
    path = Path(logs[0][0].path)
    path.unlink()
    os.mkfifo(path)
    (told,) = newest_first(logs)
    assert (told.location.session_id, told.began) == ("a", BEGAN + 5)
    with pytest.raises(NotALogError):
        read_log_end(str(path))


# Which logs there are


def test_logs_of_all_bases_and_projects_are_listed(tmp_path: Path) -> None:
    session(tmp_path / "a", "1", 0)
    session(tmp_path / "a", "2", 0, project="p")
    session(tmp_path / "b", "3", 0, project="q")
    logs = list_all([str(tmp_path / name) for name in ("a", "b", "missing")])
    assert sorted((location.session_id, location.project) for location, _ in logs) == [
        ("1", None),
        ("2", "p"),
        ("3", "q"),
    ]


def test_a_log_is_listed_once_however_its_base_is_named(tmp_path: Path) -> None:
    session(tmp_path / "a", "1", 0)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert len(list_all([str(tmp_path / "a"), str(tmp_path / "link"), f"{tmp_path}/a/../a"])) == 1


def test_the_project_of_a_directory_is_that_of_the_repository_around_it(tmp_path: Path) -> None:
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    (tmp_path / "shop" / "src" / "deep").mkdir(parents=True)
    name = str(tmp_path / "shop").lstrip("/").replace("/", "-")
    assert current_project(str(tmp_path / "shop")) == name
    assert current_project(str(tmp_path / "shop" / "src" / "deep")) == name
    assert current_project(str(tmp_path)) is None


# Which one is meant


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Sessions here and elsewhere."""
    session(tmp_path, "aa11", 10, project=HERE, workflow="deploy")
    session(tmp_path, "aa22", 20, project="src-elsewhere", workflow="deploy")
    session(tmp_path, "ab33", 30, project=HERE, workflow="build")
    session(tmp_path, "cc44", 40, project=None, workflow="build")
    session(tmp_path, "cc55", 5, project="src-elsewhere", workflow="aa")
    session(tmp_path, "cc44-long", 1, project="src-elsewhere", workflow="build")
    return tmp_path


@pytest.mark.parametrize(
    ("wanted", "project", "session_id"),
    [
        ("aa11", HERE, "aa11"),
        ("aa22", HERE, "aa22"),
        ("aa2", HERE, "aa22"),
        ("aa", HERE, "aa11"),
        ("cc5", HERE, "cc55"),
        ("cc44", HERE, "cc44"),
        ("cc44-", HERE, "cc44-long"),
        ("deploy", HERE, "aa11"),
        ("deploy", "src-elsewhere", "aa22"),
        ("deploy", None, "aa22"),
        ("deploy", "nowhere", "aa22"),
        ("build", HERE, "ab33"),
        ("build", None, "cc44"),
        (None, HERE, "ab33"),
        (None, "src-elsewhere", "aa22"),
        (None, None, "cc44"),
        (None, "nowhere", "cc44"),
    ],
)
def test_a_session_is_meant_by(base: Path, wanted: str | None, project: str | None, session_id: str) -> None:
    assert meant(base, wanted, project) == session_id


@pytest.mark.parametrize(
    ("wanted", "project", "fitting"),
    [
        ("a", HERE, ["ab33", "aa11"]),
        ("a", "nowhere", ["ab33", "aa22", "aa11"]),
        ("cc", HERE, ["cc44", "cc55", "cc44-long"]),
    ],
)
def test_the_beginning_of_several_ids_proposes_them(base: Path, wanted: str, project: str, fitting: list[str]) -> None:
    assert candidates(base, wanted, project) == fitting


@pytest.mark.parametrize("wanted", ["zz", "Deploy", "deplo", "", "aa11x", "*"])
def test_what_nothing_fits_proposes_the_newest(base: Path, wanted: str) -> None:
    assert candidates(base, wanted) == ["cc44", "ab33", "aa22", "aa11", "cc55", "cc44-long"]


def test_at_most_ten_are_proposed(tmp_path: Path) -> None:
    for number in range(15):
        session(tmp_path, number, number)
    assert candidates(tmp_path, "0") == [session_id(number) for number in range(14, 4, -1)]


def test_without_any_session_there_is_nothing_to_propose(tmp_path: Path) -> None:
    assert candidates(tmp_path, None) == candidates(tmp_path, "a") == []


def test_the_same_id_twice_is_not_decided(tmp_path: Path) -> None:
    session(tmp_path, "aa", 0, project="p")
    session(tmp_path, "aa", 0, project="q")
    assert candidates(tmp_path, "aa", None) == ["aa", "aa"]
    assert meant(tmp_path, "aa", "q") == "aa"
