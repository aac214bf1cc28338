"""Which sessions the option ``--project`` selects."""

import shutil
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import freeze, refused, succeed, zigtui
from tests.support.logs import BEGAN, Log
from tests.support.terminal import Terminal
from writer import SessionWriter, project_name


def log_in(base: Path, number: int, directory: Path, repository: Path | None) -> None:
    """The log of a session that ran in a directory, perhaps of a repository."""
    log = Log().event(
        "zig_session_started",
        workflow_name="flow",
        workflow_path="flow.zwf",
        workspace_path=None,
        cwd=str(directory),
        prompt=None,
        tier_count=1,
    )
    project = None if repository is None else project_name(str(repository))
    write_log(base, log, session_id(number), modified=BEGAN, project=project)


@pytest.fixture
def src(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sessions 0 and 1 of the repository shop, 2 of old-shop, 3 and 4 outside any repository."""
    freeze(monkeypatch)
    src, base = home / "src", home / ".zig"
    for repository in ("shop", "old-shop", "new"):
        (src / repository / ".git").mkdir(parents=True)
    for directory in ("shop/lib", "notes/today", "empty", "new/shop"):
        (src / directory).mkdir(parents=True)
    log_in(base, 0, src / "shop", src / "shop")
    log_in(base, 1, src / "shop" / "lib", src / "shop")
    log_in(base, 2, src / "old-shop", src / "old-shop")
    log_in(base, 3, src / "notes", None)
    log_in(base, 4, src / "notes" / "today", None)
    monkeypatch.chdir(home)
    return src


def listed(*options: str | Path) -> list[int]:
    """The numbers of the sessions in a list, in ascending order."""
    return sorted(int(session["id"][:8]) for session in succeed("list", "--json", *options).objects)


@each_case(
    ("value", "numbers"),
    [
        ("src/shop", [0, 1]),
        ("src/shop/", [0, 1]),
        ("src/shop/lib", [0, 1]),
        ("src/new/../shop", [0, 1]),
        ("shop", [0, 1]),
        ("old-shop", [2]),
        ("notes", [3, 4]),
        ("today", [4]),
        ("src/notes", [3, 4]),
        ("src/notes/today/", [4]),
        ("src", [3, 4]),
        (".", [3, 4]),
    ],
)
def test_a_project_is_given_by_a_directory_or_its_name(src: Path, value: str, numbers: list[int]) -> None:
    assert listed("--project", value) == numbers


@pytest.mark.parametrize(
    ("where", "value", "numbers"),
    [
        (".", "src/shop", [0, 1]),
        (".", "src/new/../shop/lib", [0, 1]),
        (".", "~/src/old-shop", [2]),
        (".", "src/new", []),
        (".", "src/notes/", [3, 4]),
        (".", ".", [3, 4]),
        ("src/shop/lib", ".", [0, 1, 5]),
        ("src/shop/lib", "..", [0, 1, 5]),
        ("src/shop/lib", "../../old-shop,.", [0, 1, 2, 5]),
        ("src/shop", '"./lib"', [0, 1, 5]),
        ("src/notes", ".", [3, 4]),
        ("src/shop", "/nowhere,old-*", [2]),
    ],
)
def test_a_filter_takes_the_directory_of_a_project_too(
    src: Path, home: Path, monkeypatch: pytest.MonkeyPatch, where: str, value: str, numbers: list[int]
) -> None:
    if 5 in numbers:
        (home / "link").symlink_to(src)
        log_in(home / ".zig", 5, home / "link" / "shop", home / "link" / "shop")
    monkeypatch.chdir(home / where)
    assert listed(f"project:{value}") == numbers
    everything = set(listed())
    assert set(listed(f"-project:{value}")) == everything - set(numbers)


def test_a_filter_by_a_repository_without_sessions_is_an_empty_table_and_a_note(src: Path) -> None:
    done = zigtui("list", "project:src/new")
    assert (done.code, done.stderr) == (0, "zigtui: no session passes the filter\n")


def test_a_filter_names_a_working_directory_that_is_gone(src: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(src / "empty")
    (src / "empty").rmdir()
    assert "the working directory has been removed (at 9)" in refused("list", "project:.")


def test_a_project_is_given_by_its_directory_in_the_base(src: Path) -> None:
    assert listed("--project", project_name(str(src / "shop"))) == [0, 1]


@each_case(
    ("where", "value", "numbers"),
    [
        ("src", "shop", [0, 1]),
        ("src/shop", ".", [0, 1]),
        ("src/shop/lib", "..", [0, 1]),
        ("src/new", "shop", [0, 1]),  # the name in the list, though there is such a directory in another repository
        ("src/notes", ".", [3, 4]),
    ],
)
def test_a_name_is_the_same_project_in_every_directory(
    src: Path, home: Path, monkeypatch: pytest.MonkeyPatch, where: str, value: str, numbers: list[int]
) -> None:
    monkeypatch.chdir(home / where)
    assert listed("--project", value) == numbers


@pytest.mark.parametrize("part", ["shop", "shop/lib"])
def test_a_repository_is_found_by_each_path_that_leads_to_it(
    src: Path, home: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    (home / "link").symlink_to(src)
    log_in(home / ".zig", 5, home / "link" / "shop", home / "link" / "shop")  # of a writer that has kept the link
    assert listed("--project", f"link/{part}") == [0, 1, 5]
    assert listed("--project", f"src/{part}") == [0, 1, 5]
    monkeypatch.chdir(src / part)
    assert listed("--project", ".") == [0, 1, 5]


def test_a_repository_that_has_been_removed_is_found_by_its_path(src: Path) -> None:
    shutil.rmtree(src / "shop")
    assert listed("--project", src / "shop") == listed("--project", "src/shop") == listed("--project", "shop") == [0, 1]


def test_with_several_bases_a_name_may_have_its_base(src: Path, home: Path) -> None:
    other = home / "laptop" / ".zig"
    log_in(other, 6, Path("/src/shop"), Path("/src/shop"))
    log_in(other, 7, Path("/src/other"), Path("/src/other"))
    bases = ("--base", home / ".zig", "--base", other)
    assert "shop@laptop" in succeed("list", *bases).stdout
    assert listed(*bases, "--project", "shop") == [0, 1, 6]
    assert listed(*bases, "--project", "shop@laptop") == [6]
    assert listed(*bases, "--project", f"notes@{home.name}") == [3, 4]


def test_a_repository_without_sessions_is_an_empty_list_and_a_note(src: Path) -> None:
    done = zigtui("list", "--json", "--project", "src/new")
    assert (done.code, done.stdout) == (0, "")
    assert done.stderr == "zigtui: the project of src/new has no sessions yet\n"


NOT_FOUND = [
    "shpo",
    "op",
    "-shop",
    "Shop",
    "src/nowhere",
    "/nowhere",
    "src/empty",
    "shop@nowhere",
    "",
    "a\0b",
    "\x1b[2J",
]


@each_case("value", NOT_FOUND)
@each_case("output", [[], ["--json"]])
def test_what_can_match_no_session_is_refused(src: Path, value: str, output: list[str]) -> None:
    message = refused("list", "--project", value, *output)
    assert message.rstrip("\n").isprintable()


def test_a_repository_with_a_long_path_is_found_by_its_directory(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    repository = home.joinpath(*["\u5bbd" * 30] * 4)
    (repository / ".git").mkdir(parents=True)
    (home / "link").symlink_to(repository)
    session = SessionWriter.create("flow", "flow.zwf", base=home / ".zig", cwd=repository)
    SessionWriter.create("flow", "flow.zwf", base=home / ".zig", cwd=home)
    for value in (repository, "link", repository.name):
        assert [found["id"] for found in succeed("list", "--json", "--project", value).objects] == [session.session_id]


@pytest.mark.parametrize(("value", "count"), [("src/notes", 2), ("src/new", 0)])
def test_the_screen_shows_the_sessions_of_one_project(src: Path, home: Path, value: str, count: int) -> None:
    with Terminal("--project", value, home=home) as terminal:
        terminal.wait_for(f"{count} session" if count else "No sessions")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


def test_the_screen_refuses_what_can_match_no_session(src: Path, home: Path) -> None:
    with Terminal("--project", "shpo", home=home) as terminal:
        assert terminal.wait_for_exit() == 2
        assert "no session belongs to a project named shpo" in terminal.text


@pytest.mark.parametrize("value", ["a/shop", "elsewhere/old-shop", "/nowhere/shop"])
def test_a_path_that_does_not_exist_is_refused_with_a_hint_at_the_project_of_its_name(src: Path, value: str) -> None:
    name = Path(value).name
    assert refused("list", "--project", value) == (
        f"zigtui: there is no directory {value}, and no session of a project there; "
        f"for the project of that name, write --project {name}\n"
    )
    assert listed("--project", name)
