"""Which session a word refers to, and in which order sessions are listed."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.cases import each_case
from tests.support.logs import BEGAN, Log, at
from zigtui.reader.catalog.find import SessionNotFoundError, choose_session
from zigtui.reader.catalog.newest_first import newest_first
from zigtui.reader.catalog.project import Project
from zigtui.reader.catalog.scan.file_facts import facts_of
from zigtui.reader.catalog.scan.found_session import FoundSession, found_at
from zigtui.reader.catalog.scan.locations import list_all
from zigtui.reader.lines.log_end import read_log_end
from zigtui.reader.lines.tail import NotALogError
from zigtui.reader.location import LogLocation

HERE = "src-here"


def session(
    base: Path, name: str | int, began: float, *, lasted: float = 5, project: str | None = None, workflow: str = "flow"
) -> None:
    """A session that began at a given second, with a log last modified after the given duration."""
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
    """The id of the session that a word refers to."""
    return choose_session(list_all([str(base)]), wanted, Project(project)).location.session_id


def candidates(base: Path, wanted: str | None, project: str | None = HERE) -> list[str]:
    """The ids of the candidates if no session fits."""
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


# What the first line holds


def found(path: Path) -> FoundSession:
    facts = facts_of(str(path))
    assert facts is not None
    return found_at(LogLocation(str(path), "", None), facts)


def test_the_first_line_holds_the_workflow_and_the_start(tmp_path: Path) -> None:
    first = found(write_log(tmp_path, Log().start(), workflow="deploy"))
    assert (first.workflow_name, first.started_at, first.began) == ("deploy", at(0), BEGAN)


@pytest.mark.parametrize("data", [b"", b"torn", b"\n", b"[]\n", b"{}\n", b'{"ts":"soon","workflow_name":7}\n'])
def test_without_one_the_modification_is_taken_for_the_start(tmp_path: Path, data: bytes) -> None:
    first = found(write_log(tmp_path, data, modified=BEGAN + 3))
    assert (first.workflow_name, first.began) == (None, BEGAN + 3)


def test_a_first_line_that_is_not_utf8_is_read_as_far_as_possible(tmp_path: Path) -> None:
    data = Log().start().data.replace(b"do it", b"caf\xe9")
    first = found(write_log(tmp_path, data, modified=BEGAN + 3))
    assert (first.workflow_name, first.began) == ("flow", BEGAN)


def test_a_log_that_has_gone_meanwhile_is_found_all_the_same(tmp_path: Path) -> None:
    session(tmp_path, "a", 0)
    logs = list_all([str(tmp_path)])
    Path(logs[0][0].path).unlink()
    (first,) = newest_first(logs)
    assert (first.location.session_id, first.workflow_name, first.began) == ("a", None, BEGAN + 5)


def test_a_pipe_that_replaces_a_log_is_not_waited_for(tmp_path: Path) -> None:
    session(tmp_path, "a", 0)
    logs = list_all([str(tmp_path)])
    path = Path(logs[0][0].path)
    path.unlink()
    os.mkfifo(path)
    (first,) = newest_first(logs)
    assert (first.location.session_id, first.began) == ("a", BEGAN + 5)
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


def test_files_whose_name_starts_with_a_dot_are_no_logs(tmp_path: Path) -> None:
    for name in ("", "._1", ".1", "1"):
        session(tmp_path, name, 0)
    assert ids(tmp_path) == ["1"]


def test_names_that_are_no_id_come_last(tmp_path: Path) -> None:
    session(tmp_path, 1, 10)
    session(tmp_path, 2, 20)
    session(tmp_path, "notes", 30)
    session(tmp_path, session_id(3) + " copy", 40)
    assert ids(tmp_path) == [session_id(2), session_id(1), session_id(3) + " copy", "notes"]
    marks = [found.location.has_session_id for found in newest_first(list_all([str(tmp_path)]))]
    assert marks == [True, True, False, False]


def link_sessions(base: Path, link: Path) -> None:
    (base / "projects" / "alias" / "logs").mkdir(parents=True)
    (base / "projects" / "alias" / "logs" / "sessions").symlink_to(base / "projects" / "p" / "logs" / "sessions")


def link_project(base: Path, link: Path) -> None:
    (base / "projects" / "alias").symlink_to("p")


def link_base_sessions(base: Path, link: Path) -> None:
    (base / "logs").mkdir()
    (base / "logs" / "sessions").symlink_to(base / "projects" / "p" / "logs" / "sessions")


def link_file(base: Path, link: Path) -> None:
    link.symlink_to(base / "projects" / "p" / "logs" / "sessions" / f"{session_id(1)}.jsonl")


def link_file_hard(base: Path, link: Path) -> None:
    link.hardlink_to(base / "projects" / "p" / "logs" / "sessions" / f"{session_id(1)}.jsonl")


def link_another_base(base: Path, link: Path) -> None:
    (base.parent / "other" / "projects").mkdir(parents=True)
    (base.parent / "other" / "projects" / "aaa").symlink_to(base / "projects" / "p")


LINKS = [link_sessions, link_project, link_base_sessions, link_file, link_file_hard, link_another_base]


@pytest.mark.parametrize("make_link", LINKS)
def test_a_file_is_listed_once_by_its_path_without_links(
    tmp_path: Path, make_link: Callable[[Path, Path], None]
) -> None:
    base = tmp_path / "base"
    session(base, 1, 0, project="p")
    session(base, 2, 0, project="q")
    path = base / "projects" / "p" / "logs" / "sessions" / f"{session_id(1)}.jsonl"
    make_link(base, base / "projects" / "q" / "logs" / "sessions" / f"{session_id(9)}.jsonl")
    for bases in ([base, tmp_path / "other"], [tmp_path / "other", base]):
        paths = sorted(location.path for location, _ in list_all(map(str, bases)))
        assert paths == [str(path), str(base / "projects" / "q" / "logs" / "sessions" / f"{session_id(2)}.jsonl")]


def test_of_several_paths_with_equally_many_links_one_with_an_id_counts(tmp_path: Path) -> None:
    session(tmp_path, 1, 0, project="q")
    sessions = tmp_path / "projects" / "q" / "logs" / "sessions"
    (sessions / "another name.jsonl").hardlink_to(sessions / f"{session_id(1)}.jsonl")
    (tmp_path / "linked" / "logs").mkdir(parents=True)
    (tmp_path / "linked" / "logs" / "sessions").symlink_to(sessions)
    (sessions / f"{session_id(0)}.jsonl").symlink_to(f"{session_id(1)}.jsonl")
    assert ids(tmp_path) == ids(tmp_path / "linked") == [session_id(1)]


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
    session(tmp_path, "cc77-long", 2, project="src-elsewhere", workflow="build")
    return tmp_path


@each_case(
    ("wanted", "project", "session_id"),
    [
        ("aa11", HERE, "aa11"),
        ("aa22", HERE, "aa22"),
        ("aa", HERE, "cc55"),  # the name of a workflow elsewhere, though ids here begin so
        ("cc44", HERE, "cc44"),
        ("cc77", HERE, "cc77-long"),
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
    found = choose_session(list_all([str(base)]), wanted, Project(project))
    assert (found.location.session_id, found.note) == (session_id, None)


FULL_ID = "db6d4330-6a0f-4a39-9d7f-2f8f6f1f7a11"
OTHER_ID = "db6d4339-6a0f-4a39-9d7f-2f8f6f1f7a11"


@pytest.mark.parametrize("named_in", [HERE, "src-elsewhere"])
@pytest.mark.parametrize("wanted", ["db6d", "db6d4330", FULL_ID[:-1]])
def test_the_name_of_a_workflow_beats_the_beginning_of_an_id_and_that_is_noted(
    tmp_path: Path, wanted: str, named_in: str
) -> None:
    session(tmp_path, FULL_ID, 10, project=HERE)
    session(tmp_path, 1, 0, project=named_in, workflow=wanted)
    found = choose_session(list_all([str(tmp_path)]), wanted, Project(HERE))
    assert found.location.session_id == session_id(1)
    assert found.note == f"{wanted!r} is taken as the name of a workflow; the id {FULL_ID} begins with it too"


def test_how_many_ids_begin_like_the_name_of_a_workflow_is_noted(tmp_path: Path) -> None:
    for name in (FULL_ID, OTHER_ID):
        session(tmp_path, name, 10, project=HERE)
    session(tmp_path, 1, 0, project=HERE, workflow="db6d")
    note = choose_session(list_all([str(tmp_path)]), "db6d", Project(HERE)).note
    assert note == "'db6d' is taken as the name of a workflow; 2 ids begin with it too"


def test_the_name_of_a_workflow_beats_a_short_beginning_without_a_note(tmp_path: Path) -> None:
    session(tmp_path, FULL_ID, 10, project="src-elsewhere")
    session(tmp_path, 1, 0, project=HERE, workflow="db")
    found = choose_session(list_all([str(tmp_path)]), "db", Project(HERE))
    assert (found.location.session_id, found.note) == (session_id(1), None)


def test_a_full_id_beats_the_name_of_a_workflow(tmp_path: Path) -> None:
    session(tmp_path, FULL_ID, 0, project="src-elsewhere")
    session(tmp_path, 1, 10, project=HERE, workflow=FULL_ID)
    assert meant(tmp_path, FULL_ID) == FULL_ID


@pytest.mark.parametrize("wanted", ["d", "db", "db6"])
def test_a_beginning_that_is_too_short_is_explained(tmp_path: Path, wanted: str) -> None:
    session(tmp_path, FULL_ID, 10, project=HERE)
    session(tmp_path, 1, 20, project=HERE)
    with pytest.raises(
        SessionNotFoundError, match="1 session has an id that begins with it, but at least 4"
    ) as refusal:
        meant(tmp_path, wanted)
    assert [found.location.session_id for found in refusal.value.candidates] == [FULL_ID]


def test_a_beginning_is_unique_among_all_projects(tmp_path: Path) -> None:
    session(tmp_path, FULL_ID, 10, project=HERE)
    session(tmp_path, OTHER_ID, 20, project="src-elsewhere")
    assert candidates(tmp_path, "db6d") == [OTHER_ID, FULL_ID]
    assert meant(tmp_path, "db6d4330") == FULL_ID


def test_an_index_saves_reading_logs_but_decides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session(tmp_path, FULL_ID, 10, project=HERE)
    for number in range(3):
        session(tmp_path, number, 20, project=HERE, workflow="db6d" if number == 1 else "flow")
    names = [("flow", session_id(0)), ("lie", FULL_ID), ("db6d", session_id(2))]  # 1 is missing, that of 2 is wrong
    entries = [{"zig_session_id": session, "workflow_name": name} for name, session in names]
    (tmp_path / "projects" / HERE / "logs" / "index.json").write_text(json.dumps({"sessions": entries}))
    opened: list[str] = []
    really_open = os.open

    def open_counted(path: str, flags: int) -> int:
        opened.append(Path(path).stem)
        return really_open(path, flags)

    monkeypatch.setattr("os.open", open_counted)
    assert meant(tmp_path, "db6d") == session_id(1)
    assert sorted(opened) == [session_id(1), session_id(2)]


@pytest.mark.parametrize(
    ("wanted", "project", "fitting"),
    [
        ("a", HERE, ["ab33", "aa22", "aa11"]),
        ("cc", HERE, ["cc44", "cc55", "cc77-long", "cc44-long"]),
    ],
)
def test_the_beginning_of_several_ids_proposes_them(base: Path, wanted: str, project: str, fitting: list[str]) -> None:
    assert candidates(base, wanted, project) == fitting


@each_case("wanted", ["zz", "Deploy", "deplo", "", "aa11x", "*"])
def test_what_nothing_fits_proposes_the_newest(base: Path, wanted: str) -> None:
    assert candidates(base, wanted) == ["cc44", "ab33", "aa22", "aa11", "cc55", "cc77-long", "cc44-long"]


def test_at_most_ten_are_proposed(tmp_path: Path) -> None:
    for number in range(15):
        session(tmp_path, number, number)
    assert candidates(tmp_path, "0000") == [session_id(number) for number in range(14, 4, -1)]


def test_without_any_session_there_is_nothing_to_propose(tmp_path: Path) -> None:
    assert candidates(tmp_path, None) == candidates(tmp_path, "a") == []


def test_the_same_id_twice_is_not_decided(tmp_path: Path) -> None:
    session(tmp_path, FULL_ID, 0, project="p")
    session(tmp_path, FULL_ID, 0, project="q")
    for wanted in (FULL_ID, FULL_ID[:8]):
        assert candidates(tmp_path, wanted, None) == [FULL_ID, FULL_ID]
        assert meant(tmp_path, wanted, "q") == FULL_ID
