"""Shell completion of commands and sessions."""

from pathlib import Path

import pytest

from tests.support.bases import IDS, recorded_base, session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import zigtui
from tests.support.logs import Log
from tests.support.machines import mirror_root
from tests.support.processes import run_zigtui


@pytest.fixture
def base(home: Path) -> Path:
    """The recorded sessions, as the user's own."""
    return recorded_base(home / ".zig")


def offered(home: Path, words: str, **environment: str) -> list[str]:
    """The completions of the last word."""
    return [
        line.removeprefix("plain,") for line in reported(home, words, **environment) if line and line[:5] != "file,"
    ]


def reported(home: Path, words: str, **environment: str) -> list[str]:
    """The lines for bash about the last word: each has a kind and a word."""
    number = len(words.split("\n" if "\n" in words else " ")) - 1
    asked = {"_ZIGTUI_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        for name, value in (asked | environment).items():
            patch.setenv(name, value)
        done = zigtui()
    assert (done.code, done.stderr) == (0, "")
    return done.lines


@each_case(
    ("words", "expected"),
    [
        ("zigtui li", ["list", "listen"]),
        ("zigtui show dep", ["deploy"]),
        ("zigtui dep", ["deploy"]),
        ("zigtui listen --tail 3 dep", ["deploy"]),
        ("zigtui export --format h", ["html"]),
        ("zigtui show ed1", [IDS["retry-then-success"]]),
        ("zigtui check deploy resea", ["research"]),
        ("zigtui help li", ["list", "listen"]),
        ("zigtui show --js", ["--json"]),
        ("zigtui list st", ["state:"]),
        ("zigtui list workflow:dep", ["workflow:deploy"]),
    ],
)
def test_words_are_completed(home: Path, base: Path, words: str, expected: list[str]) -> None:
    assert offered(home, words) == expected


def test_sessions_of_the_bases_that_are_named_are_offered(home: Path) -> None:
    write_log(home / "other", Log().start(), session_id(1), workflow="build")
    assert offered(home, f"zigtui --base {home}/other show bui") == ["build"]
    assert offered(home, f"zigtui show --base {home}/other bui") == ["build"]
    assert offered(home, "zigtui show bui") == offered(home, "zigtui --base missing show bui") == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("show web-07/bui", ["web-07/build"]),
        ("show web-07/0", [f"web-07/{session_id(1)}"]),
        ("show db/bui", []),
        ("show bui", ["build"]),
        ("list --machine ", ["db", "web-07"]),
        ("list --machine w", ["web-07"]),
    ],
)
def test_machines_and_their_sessions_are_offered(home: Path, typed: str, expected: list[str]) -> None:
    root = mirror_root(home / "fleet")
    write_log(root / "web-07", Log().start(), session_id(1), workflow="build")
    write_log(root / "db", Log().start(), session_id(2), workflow="dump")
    assert offered(home, f"zigtui --base {root} {typed}") == expected


@pytest.mark.parametrize(
    ("workflow", "typed", "offer"),
    [
        ("my flow", "my", "my\\ flow"),
        ("my flow", "my\\ f", "my\\ flow"),
        ("my flow", "'my f", "my flow"),
        ("a:b c", "a", "a:b\\ c"),
        ("a;b", "a", "a\\;b"),
        ("$(x)", "\\$", "\\$\\(x\\)"),
        ("it's", "it", "it\\'s"),
        ("x=y", "x", "x=y"),
        ("user@host", "us", "user@host"),
    ],
)
def test_a_workflow_that_needs_quoting_is_offered(home: Path, workflow: str, typed: str, offer: str) -> None:
    write_log(home / ".zig", Log().start(), session_id(1), workflow=workflow)
    lines = reported(home, f"zigtui show {typed}".replace(" ", "\n", 2))
    assert [line for line in lines if line.startswith("plain,")] == [f"plain,{offer}"]


@pytest.mark.parametrize("workflow", ["-x", "~x", "a/b", "x.jsonl", "a\nb", "a\x1bb", " ", ""])
def test_what_could_not_be_typed_or_would_mean_something_else_is_offered_by_its_id(home: Path, workflow: str) -> None:
    write_log(home / ".zig", Log().start(), session_id(1), workflow=workflow)
    write_log(home / ".zig", Log().start(), session_id(2), workflow="日本-x.1_y")
    write_log(home / ".zig", Log().start(), "id with spaces", workflow=workflow)
    expected = [session_id(1), session_id(2), "id\\ with\\ spaces", "日本-x.1_y"]
    assert sorted(offered(home, "zigtui show ")) == expected


@each_case("command", ["check", "check deploy", "show", "export", "listen --no-follow"])
@each_case("typed", ["", "./lo", "dep"])
def test_files_are_offered_where_a_path_will_do(home: Path, base: Path, command: str, typed: str) -> None:
    items = reported(home, f"zigtui {command} {typed}")
    assert items[0] == f"file,{typed}"
    assert ("plain,deploy" in items) == (typed != "./lo")


@each_case("words", ["zigtui dep", "zigtui show dep", "zigtui check dep", "zigtui --active dep", "zigtui help dep"])
@each_case("user_home", ["", "relative"])
def test_without_a_home_no_sessions_are_offered_and_nothing_is_said(home: Path, words: str, user_home: str) -> None:
    assert offered(home, words, HOME=user_home) == []


@pytest.mark.parametrize("words", ["zigtui --base '' show dep", "zigtui show --base '' dep", "zigtui --base '' dep"])
def test_of_a_base_without_a_name_nothing_is_offered_and_nothing_is_said(home: Path, base: Path, words: str) -> None:
    assert offered(home, words) == []


def test_commands_are_offered_without_a_home(home: Path) -> None:
    assert offered(home, "zigtui li", HOME="") == ["list", "listen"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_its_script(home: Path, shell: str) -> None:
    done = run_zigtui(home=home, environment={"_ZIGTUI_COMPLETE": f"{shell}_source"})
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_ZIGTUI_COMPLETE={shell}_complete" in done.stdout
