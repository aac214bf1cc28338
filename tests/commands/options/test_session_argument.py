"""Which bases a command works on, and which session it takes."""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bases import IDS, RECORDED_AT, recorded_base, session_id, write_log
from tests.support.commands import AS_NOBODY, freeze, refused, run_python, succeed, zigtui
from tests.support.logs import BEGAN, Log, at, log_file
from zigtui.commands.reading.read_log import read_beginning
from zigtui.reader.catalog.scan.locations import location_of_file

CAN_WAIT = " (--wait waits for it)"
"""Follows the fault of commands that have the option."""


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorded sessions, two hours ago; the working directory is no repository."""
    monkeypatch.chdir(home)
    freeze(monkeypatch, RECORDED_AT + 7200)
    return recorded_base(home / ".zig")


def shown(*arguments: str | Path) -> str:
    """The id of the session that ``show`` shows."""
    name: str = succeed("show", "--json", *arguments).object["id"]
    return name


# Which session


@pytest.mark.parametrize(
    "wanted",
    [
        IDS["retry-then-success"],
        IDS["retry-then-success"].upper(),
        "ed19ee0d",
        "ED19EE0D",
        "ed19",
        "Ed19",
        "deploy",
    ],
)
def test_a_session_is_meant_by_its_id_the_beginning_of_it_or_its_workflow(base: Path, wanted: str) -> None:
    assert shown(wanted) == IDS["retry-then-success"]


def test_a_workflow_means_its_newest_session(base: Path) -> None:
    write_log(base, Log().start(), session_id(1), modified=RECORDED_AT, workflow="deploy", began=at(0))
    newest = "2026-11-22T07:00:00+00:00"
    write_log(base, Log().start(), session_id(2), modified=RECORDED_AT + 900, workflow="deploy", began=newest)
    assert shown("deploy") == session_id(2)


def test_a_name_in_another_case_is_another_workflow(base: Path) -> None:
    assert "no session has the id or the workflow name 'DEPLOY'" in refused("show", "DEPLOY")


def test_an_id_in_upper_case_is_found_before_a_workflow_of_that_name(base: Path) -> None:
    wanted = IDS["retry-then-success"]
    write_log(base, Log().start(), session_id(1), modified=RECORDED_AT + 900, workflow=wanted.upper())
    write_log(base, Log().start(), session_id(2), modified=RECORDED_AT + 900, workflow="ED19")
    assert shown(wanted.upper()) == wanted
    assert json.loads(zigtui("show", "ED19", "--json").stdout)["id"] == session_id(2)
    assert json.loads(zigtui("show", "ed19", "--json").stdout)["id"] == wanted


def test_a_beginning_that_several_ids_have_is_refused_and_names_them(base: Path) -> None:
    assert refused("show", "e").splitlines() == [
        "zigtui: no workflow is named 'e'; 3 sessions have an id that begins with it, "
        "but at least 4 characters of an id are needed",
        f"  {IDS['failed-session']}  migrate-db  2h ago",
        f"  {IDS['retry-then-success']}  deploy  2h ago",
        f"  {IDS['sequential-success']}  code-review  2h ago",
    ]


@pytest.mark.parametrize("command", ["show", "listen", "check"])
def test_a_word_that_fits_no_session_is_refused_and_the_newest_are_listed(base: Path, command: str) -> None:
    reported = refused(command, "nobody").splitlines()
    assert reported[0].removesuffix(CAN_WAIT) == "zigtui: no session has the id or the workflow name 'nobody'"
    assert reported[1] == f"  {IDS['quiet-with-heartbeats']}  think-hard  2h ago"
    assert len(reported) == 11


@pytest.mark.parametrize(
    "arguments", [("show",), ("listen",), ("check",), ("export", "--format", "md"), ("listen", "--wait")]
)
def test_an_empty_word_means_no_session_even_if_a_workflow_has_no_name(base: Path, arguments: tuple[str, ...]) -> None:
    write_log(base, Log().start().end(), session_id(1), workflow="")
    reported = refused(*arguments, "").splitlines()
    assert reported[0] == "zigtui: no session has the id or the workflow name ''"
    assert len(reported) == 11


@pytest.mark.parametrize("arguments", [("show",), ("list", "--project"), ("list", "--since")])
def test_a_message_does_not_repeat_all_of_a_very_long_word(base: Path, arguments: tuple[str, ...]) -> None:
    reported = refused(*arguments, "x" * 100_000).splitlines()[0]
    assert 1000 < len(reported) < 5100
    assert "xxx…xxx" in reported


@pytest.mark.parametrize("command", ["show", "listen", "check"])
def test_a_base_without_sessions_is_reported(home: Path, command: str) -> None:
    (home / ".zig").mkdir()
    assert refused(command).replace(CAN_WAIT, "") == "zigtui: there are no sessions\n"


def test_messages_are_safe(home: Path) -> None:
    evil = "\x1b]0;owned\x07evil\r\n"
    for number in range(2):
        write_log(home / ".zig", Log().start(), f"{evil.strip()}{number}", modified=BEGAN, workflow=evil)
    for wanted in ("\x1b", "\x1bnobody"):
        reported = refused("show", wanted)
        assert [character for character in reported if not character.isprintable() and character != "\n"] == []
        assert reported.count("\n") == 3


def test_a_session_whose_log_is_damaged_has_no_workflow_to_tell(home: Path) -> None:
    for number in range(2):
        write_log(home / ".zig", b"garbage\n", session_id(number))
    assert refused("show", "0").count("  ?  0s ago\n") == 2


@pytest.fixture
def here(base: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The project of the working directory, with two old sessions of its own."""
    directory = home / "src" / "mine"
    (directory / ".git").mkdir(parents=True)
    (directory / "lib").mkdir()
    monkeypatch.chdir(directory / "lib")
    name = str(directory).lstrip("/").replace("/", "-")
    write_log(base, Log().start(), "ed-mine", modified=BEGAN, project=name, workflow="deploy")
    write_log(base, Log().start(), "e3-mine", modified=BEGAN, project=name, workflow="other", began=at(-60))
    return name


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        (["deploy"], "ed-mine"),
        ([], "ed-mine"),
        (["ed-m"], "ed-mine"),
        (["other"], "e3-mine"),
        (["ed19"], IDS["retry-then-success"]),
        (["research"], IDS["parallel-fan-out"]),
        ([IDS["failed-session"]], IDS["failed-session"]),
    ],
    ids=str,
)
def test_sessions_of_the_current_project_come_first(here: str, wanted: list[str], meant: str) -> None:
    assert shown(*wanted) == meant


def test_names_that_are_no_id_are_the_last_candidates(here: str) -> None:
    candidates = [line.split()[0] for line in refused("show", "e").splitlines()[1:]]
    assert candidates[-2:] == ["ed-mine", "e3-mine"]
    assert len(candidates) == 5


def test_active_prefers_the_current_project(here: str, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = RECORDED_AT + 7200
    write_log(base, Log().start(), session_id(1), modified=now - 1, workflow="theirs")
    write_log(base, Log().start(), session_id(2), modified=now - 9, project=here, workflow="ours")
    assert zigtui("listen", "--active", "--no-follow").stdout == "▶ zig session started: ours (1 tier)\n"


def test_a_working_directory_that_has_been_removed_is_no_project(
    base: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "gone").mkdir()
    monkeypatch.chdir(home / "gone")
    (home / "gone").rmdir()
    try:
        assert shown("deploy") == IDS["retry-then-success"]
    finally:
        monkeypatch.chdir(home)


# Which bases


@pytest.fixture
def bases(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two bases with a session each; the user has no base of his own."""
    monkeypatch.chdir(home)
    for number in (1, 2):
        write_log(home / f"base{number}", Log().start(), session_id(number), began=at(number))
    return [str(home / "base1"), str(home / "base2")]


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


@pytest.mark.parametrize("command", ["list", "show", "listen", "check", "export --format md", "deploy"])
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


# Copies, and logs by their paths


@pytest.fixture
def copies(bases: list[str]) -> list[Path]:
    """The logs of a session that is in both bases."""
    return [write_log(Path(base), Log().start(), session_id(9), modified=BEGAN, began=at(9)) for base in bases]


@pytest.mark.parametrize("command", ["show", "listen --no-follow", "check", "export --format json"])
@pytest.mark.parametrize("wanted", [session_id(9), "00000009"])
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


# Mistyped words


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("deplyo", "; did you mean the workflow 'deploy'?"),
        ("Deploy", "; did you mean the workflow 'deploy'?"),
        ("12345679-6a0f", "; did you mean the session 12345678-6a0f-4a39-9d7f-2f8f6f1f7a11?"),
        ("123456x", "; did you mean the session 12345678-6a0f-4a39-9d7f-2f8f6f1f7a11?"),
        ("1234x", ""),
        ("nobody", ""),
        ("", ""),
        ("\x9b2J", ""),
    ],
)
@pytest.mark.parametrize("command", ["show", "listen"])
def test_a_word_that_resembles_a_session_is_hinted_at(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: str, word: str, hint: str
) -> None:
    monkeypatch.chdir(home)
    write_log(home / ".zig", Log().start(), session_id(12345678), workflow="deploy")
    first = refused(command, word).splitlines()[0].replace(CAN_WAIT, "")
    assert first.removeprefix("zigtui: no session has the id or the workflow name ") == repr(word) + hint


# The live session


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc how much has been read")
@pytest.mark.parametrize("is_over", [False, True])
def test_whether_a_session_is_live_is_known_without_reading_all_of_its_log(tmp_path: Path, is_over: bool) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *["x" * 1000] * 20_000)
    path = log_file(tmp_path, (log.end() if is_over else log.beat()).data)
    before = bytes_read()
    assert read_beginning(location_of_file(str(path))).snapshot().state.is_live is not is_over
    assert bytes_read() - before < path.stat().st_size / 20


def bytes_read() -> int:
    """How much this process has read so far."""
    counts = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counts["rchar"])
