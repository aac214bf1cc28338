"""A log may be named by its path."""

from pathlib import Path

import pytest

from tests.commands.options.test_session_argument import shown
from tests.support.bases import IDS, session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import refused, succeed, zigtui
from tests.support.logs import BEGAN, Log, at


@pytest.fixture
def copies(bases: list[str]) -> list[Path]:
    """The logs of a session that is in both bases."""
    return [write_log(Path(base), Log().start(), session_id(9), modified=BEGAN, began=at(9)) for base in bases]


@each_case("command", ["show", "listen --no-follow", "check", "export --format json"])
@each_case("wanted", [session_id(9), "00000009"])
def test_a_session_in_two_bases_is_refused_with_both_paths(
    bases: list[str], copies: list[Path], command: str, wanted: str
) -> None:
    reported = refused(*command.split(), "--base", bases[0], "--base", bases[1], wanted).splitlines()
    assert reported[0] == (
        f"zigtui: 2 sessions have the id '{session_id(9)}': give the path of one log, or only its --base"
    )
    assert sorted(line.split("  ")[-1] for line in reported[1:]) == sorted(map(str, copies))
    assert zigtui(*command.split(), "--base", bases[0], wanted).code in (0, 3)


@pytest.mark.parametrize("command", ["show --json", "listen --no-follow", "check", "export --format json"])
def test_a_log_may_be_named_by_its_path(bases: list[str], copies: list[Path], command: str) -> None:
    done = zigtui(*command.split(), copies[1])
    assert done.code in (0, 3)
    if "json" in command:
        reported = done.object
        assert (reported["id"], reported["project"], reported["log_path"]) == (
            session_id(9),
            "src-shop",
            str(copies[1]),
        )


def test_a_log_outside_of_any_base_may_be_named_by_its_path(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    write_log(home / "x", Log().start(), session_id(1)).rename(home / "some.jsonl")
    for path in ("some.jsonl", "./some.jsonl", str(home / "some.jsonl")):
        reported = succeed("show", "--json", path).object
        assert (reported["id"], reported["project"], reported["problems"]) == ("some", None, [])


def test_a_file_that_has_the_name_of_a_workflow_is_not_taken_for_a_log(base: Path, home: Path) -> None:
    (home / "deploy").write_text("#!/bin/sh\n")
    assert shown("deploy") == IDS["retry-then-success"]
    assert succeed("check", "--json", "deploy").object["log_path"].endswith(f"{IDS['retry-then-success']}.jsonl")
    assert zigtui("check", "./deploy").code == 1


SESSION_COMMANDS = ["show", "listen --no-follow", "check", "export --format json"]


@pytest.mark.parametrize("command", SESSION_COMMANDS)
@pytest.mark.parametrize("name", ["build.log", "build", "-x", "ed1"])
@pytest.mark.parametrize("start", [b"", b"torn\n"])
def test_a_log_in_the_working_directory_is_meant_by_its_name(
    base: Path, home: Path, command: str, name: str, start: bytes
) -> None:
    (home / name).write_bytes(start + Log().start().tier(0, "only-here").data)
    done = zigtui(*command.split(), *(["--json"] if command == "check" else []), "--", name)
    if command == "check":
        assert done.object["log_path"] == name
    else:
        assert "only-here" in done.stdout
    assert "is taken as" not in done.stderr


@pytest.mark.parametrize("command", SESSION_COMMANDS)
@pytest.mark.parametrize("name", ["deploy", "ed19ee0d", IDS["retry-then-success"]])
def test_a_log_in_the_working_directory_goes_before_a_session_and_that_is_said(
    base: Path, home: Path, command: str, name: str
) -> None:
    (home / name).write_bytes(Log().start().tier(0, "only-here").step("only-here").end().data)
    done = zigtui(*command.split(), name)
    assert ("only-here" in done.stdout) is (command != "check")
    other = f"the session {IDS['retry-then-success']} of the workflow 'deploy'"
    assert f"zigtui: '{name}' is taken as the path of a log; it also means {other}\n" in done.stderr


@pytest.mark.parametrize(
    "content", ["", "#!/bin/sh\nexit 1\n", '{"name": "deploy"}\n', '{"type": ["a"], "version": 2}\n', "[1]\n"]
)
def test_another_file_with_the_name_of_a_workflow_changes_nothing(base: Path, home: Path, content: str) -> None:
    (home / "deploy").write_text(content)
    assert shown("deploy") == IDS["retry-then-success"]
    (home / "deploy").unlink()
    (home / "deploy").mkdir()
    assert shown("deploy") == IDS["retry-then-success"]


@pytest.mark.parametrize("command", SESSION_COMMANDS)
def test_a_log_needs_no_base(home: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(home)
    for start in (b"", b"torn\n"):
        (home / "build.log").write_bytes(start + Log().start().end().data)
        done = zigtui(*command.split(), "build.log")
        assert "no base directory" not in done.stderr
        assert done.code == (1 if start and command == "check" else 0)


def test_a_workflow_goes_before_the_beginning_of_several_ids(base: Path) -> None:
    write_log(base, Log().start(), session_id(1), workflow="e")
    assert shown("e") == session_id(1)


def test_a_workflow_goes_before_the_beginning_of_an_id_and_that_is_said(base: Path) -> None:
    write_log(base, Log().start(), session_id(2), workflow="ed19")
    done = zigtui("show", "--json", "ed19")
    assert (done.code, done.object["id"]) == (0, session_id(2))
    assert done.stderr == (
        f"zigtui: 'ed19' is taken as the name of a workflow; the id {IDS['retry-then-success']} begins with it too\n"
    )
