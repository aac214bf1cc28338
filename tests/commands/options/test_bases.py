"""Which bases a command works on."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.options.test_session_argument import shown
from tests.support.bases import session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import AS_NOBODY, refused, run_python, succeed, zigtui
from tests.support.logs import BEGAN, Log


def listed(*arguments: str) -> list[int]:
    """The numbers of the sessions that a command lists."""
    return [int(session["id"][:8]) for session in succeed(*arguments).objects]


def test_a_base_may_be_named_before_and_behind_the_command(bases: list[str]) -> None:
    one, two = bases
    assert listed("--base", one, "list", "--json") == [1]
    assert listed("list", "--json", "--base", two) == [2]
    assert listed("--base", one, "list", "--json", "--base", two) == [2, 1]
    assert listed("list", "--base", one, "--json", "--base", two) == [2, 1]
    assert listed("--base", one, "--base", two, "list", "--json") == [2, 1]


def test_a_base_may_be_named_from_the_working_directory_and_in_several_ways(bases: list[str]) -> None:
    assert listed("list", "--json", "--base", "base1", "--base", "./base1", "--base", bases[0]) == [1]
    assert shown("--base", "base1", "--base", "base2/../base1", "0000") == session_id(1)


def test_a_session_is_looked_for_in_all_bases(bases: list[str]) -> None:
    both = ["--base", bases[0], "--base", bases[1]]
    assert shown(*both, "00000001") == session_id(1)
    assert shown(*both, "00000002") == session_id(2)
    assert shown(*both) == session_id(2)
    assert "2 sessions" in refused("show", *both, "0000")


def test_the_environment_names_bases(bases: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZIGTUI_BASE", bases[0])
    assert listed("list", "--json") == [1]
    monkeypatch.setenv("ZIGTUI_BASE", f"{bases[0]}::{bases[1]}:")
    assert listed("list", "--json") == [2, 1]


def test_options_go_before_the_environment(bases: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZIGTUI_BASE", bases[0])
    assert listed("list", "--json", "--base", bases[1]) == [2]
    assert listed("--base", bases[1], "list", "--json") == [2]


@pytest.mark.parametrize("value", ["", ":"])
def test_an_environment_that_names_none_leaves_the_home_directory(
    bases: list[str], home: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("ZIGTUI_BASE", value)
    write_log(home / ".zig", Log().start(), session_id(3))
    assert listed("list", "--json") == [3]


@pytest.mark.parametrize("command", ["show", "listen", "check", "export --format md"])
def test_a_base_that_does_not_exist_is_refused_where_a_session_is_needed(home: Path, command: str) -> None:
    assert refused(*command.split()) == f"zigtui: there is no base directory {home}/.zig\n"
    assert refused(*command.split(), "--base", home / "no\x1b[2Jwhere").endswith("/nowhere\n")


def test_before_the_first_run_the_list_is_empty(bases: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert succeed("list", "--json").stdout == ""
    done = zigtui("list")
    assert (done.code, len(done.lines)) == (0, 1)  # the headings
    assert "there are no sessions in " in done.stderr
    monkeypatch.setenv("ZIGTUI_BASE", f"{bases[0]}:not/yet")
    assert listed("list", "--json") == [1]


def test_a_list_of_a_base_that_is_named_and_missing_is_refused(home: Path) -> None:
    reported = f"zigtui: there is no base directory {home}/a\n"
    assert refused("list", "--base", home / "a") == reported
    assert refused("--base", home / "a", "list", "--json") == reported


@each_case("command", ["list", "show", "listen", "check", "export --format md", "deploy"])
def test_a_base_without_a_name_is_refused(base: Path, command: str) -> None:
    assert refused(*command.split(), "--base", "") == "zigtui: --base needs a directory\n"


def test_a_file_in_the_place_of_the_default_base_is_refused(home: Path) -> None:
    (home / ".zig").touch()
    assert refused("list") == f"zigtui: there is no base directory {home}/.zig\n"


def test_one_of_several_that_does_not_exist_is_refused(bases: list[str], home: Path) -> None:
    reported = refused("list", "--base", bases[0], "--base", "missing")
    assert reported == f"zigtui: there is no base directory {home}/missing\n"


def test_a_file_is_no_base(home: Path) -> None:
    (home / "file").touch()
    assert "no base directory" in refused("list", "--base", home / "file")


def test_without_a_home_directory_a_base_must_be_named(bases: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    assert refused("list") == "zigtui: no home directory: set HOME, or give a base directory\n"
    assert listed("list", "--json", "--base", bases[0]) == [1]


def test_an_empty_base_has_no_sessions(home: Path) -> None:
    (home / ".zig").mkdir()
    assert listed("list", "--json") == []


# Directories that may not be listed


@pytest.fixture
def closed() -> Iterator[Path]:
    """A base with a session and with directories that cannot be listed or entered, outside of pytest's private ones."""
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory).resolve()
        for path in [base, *(write_log(base, Log().start().end(), session_id(1), modified=BEGAN).parents[:4])]:
            path.chmod(0o755)
        unlisted, unentered = (base / "projects" / name / "logs" / "sessions" for name in ("unlisted", "unentered"))
        write_log(base, Log().start(), session_id(2), project="unlisted")
        write_log(base, Log().start(), session_id(3), project="unentered")
        unentered.parents[1].chmod(0o755)
        unentered.parent.chmod(0o755)
        unlisted.parent.chmod(0o000)
        unentered.chmod(0o444)
        yield base


@pytest.mark.parametrize(
    ("command", "code"), [("list --json", 0), ("show --json", 0), ("check --json", 0), ("show nobody", 2)]
)
def test_directories_that_cannot_be_listed_are_reported_in_a_line(
    home: Path, closed: Path, command: str, code: int
) -> None:
    done = run_python(AS_NOBODY, closed, *command.split(), "--base", closed)
    reported = done.stderr.splitlines()
    assert re.fullmatch(
        rf"zigtui: cannot list {closed}/projects/un\w+/logs/sessions: Permission denied \(and 1 more\)", reported[0]
    )
    assert done.returncode == code
    assert len(reported) == (1 if code == 0 else 3)
    assert (session_id(1) in done.stdout) == (code == 0)


@pytest.mark.parametrize("command", ["list", "list --json", "show", "listen x", "check"])
def test_if_nothing_can_be_listed_that_is_the_error(home: Path, closed: Path, command: str) -> None:
    (closed / "projects").chmod(0o000)
    done = run_python(AS_NOBODY, closed, *command.split(), "--base", closed)
    (closed / "projects").chmod(0o755)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"zigtui: cannot list {closed}/projects: Permission denied\n"
