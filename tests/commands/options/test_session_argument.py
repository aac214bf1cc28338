"""Which session a command takes."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.bases import IDS, RECORDED_AT, session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import refused, succeed, zigtui
from tests.support.logs import BEGAN, Log, at, log_file
from zigtui.commands.reading.read_log import read_beginning
from zigtui.reader.catalog.scan.locations import location_of_file

CAN_WAIT = " (--wait waits for it)"
"""Follows the fault of commands that have the option."""


def shown(*arguments: str | Path) -> str:
    """The id of the session that ``show`` shows."""
    name: str = succeed("show", "--json", *arguments).object["id"]
    return name


@each_case(
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


@each_case(
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


# Mistyped words


@each_case(
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
@each_case("command", ["show", "listen"])
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
