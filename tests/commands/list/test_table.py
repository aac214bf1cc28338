"""Sessions as a table."""

import re
import time
from pathlib import Path

import pytest

from tests.commands.list.test_list import COLOURS, NEWEST_FIRST
from tests.support.bases import recorded_base, session_id, write_log
from tests.support.commands import freeze, succeed, zigtui
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Log
from tests.support.terminal import Terminal
from zigtui.wording.text_fit import cell_width


def test_the_table_of_recorded_sessions(base: Path) -> None:
    header, *rows = succeed("list").lines
    assert header == "STATE        WORKFLOW                 PROJECT  TIERS  TIME   BEGAN          COST   ID        NOW"
    assert [row[13:38].strip() for row in rows] == NEWEST_FIRST
    assert rows[4:6] == [
        "☠ lost       long-refactor            shop     1/5    41.1s  2h ago, 06:49  $0.55  8ee3604a  lost in rewrite",
        "✔ succeeded  healthcare-triage        shop     2/2    0ms    2h ago, 06:49  $2.77  dd9dc7aa  "
        "Patient reports a headache",
    ]


def test_the_table_of_all_states(all_states: Path) -> None:
    assert succeed("list").lines == [
        "STATE         WORKFLOW   PROJECT   TIERS  TIME   BEGAN          ID        NOW",
        "● running     running    src-shop  0/1    6m40s  ♥ 1s           00000000  a",
        "◐ stalled     stalled    src-shop  0/1    6m41s  quiet 6m       00000001  a quiet 6m",
        "✔ succeeded   succeeded  src-shop  1/1    4.3s   6m ago, 11:59  00000002  do it",
        "✘ failed      failed     src-shop  0/1    4.3s   6m ago, 11:59  00000003  a: no luck with 1",
        "? unreadable  00000004   src-shop  –      –      8m ago, 11:58  00000004  its start cannot be read",
        "☠ lost        lost       src-shop  0/1    1m41s  2h ago, 09:29  00000005  lost in a",
    ]


def test_a_table_of_nothing_has_its_headings_and_a_note(own: Path) -> None:
    done = zigtui("list")
    assert (done.code, done.stdout) == (0, "STATE  WORKFLOW  PROJECT  TIERS  TIME  BEGAN  ID  NOW\n")
    assert done.stderr == f"zigtui: there are no sessions in {own} yet\n"
    done = zigtui("list", "--json")
    assert (done.code, done.stdout, done.stderr) == (0, "", "")


EVIL = "\x1b]0;owned\x07\x1b[2J\x9bH\u202eevil\r\n\ttext"


@pytest.fixture
def evil(own: Path) -> Path:
    """A session with control characters in all its names."""
    log = Log().start().tier(0, EVIL).event("step_failed", step_name=EVIL, exit_code=1, attempt=1, error=EVIL)
    write_log(own, log.end("failure"), EVIL.strip(), modified=BEGAN, project=EVIL, workflow=EVIL)
    return own


def test_hostile_names_do_not_reach_the_table(evil: Path) -> None:
    done = succeed("list")
    assert [character for character in done.stdout if not character.isprintable() and character != "\n"] == []
    assert len(done.lines) == 2
    assert done.stdout.count("evil") >= 4


def test_hostile_names_are_in_the_json_as_they_are(evil: Path) -> None:
    session = succeed("list", "--json").object
    assert (session["workflow"], session["project"], session["id"]) == (EVIL, EVIL, EVIL.strip())


def test_a_name_that_is_not_utf8_is_in_the_json_with_replacement_characters(own: Path) -> None:
    log_path = write_log(own, Log().start().end(), "caf\udce9", modified=BEGAN)
    session = succeed("list", "--json").object
    assert session["id"] == "caf\ufffd"
    assert session["log_path"] == str(log_path).replace("\udce9", "\ufffd")
    assert len(succeed("list").lines) == 2


def shown(*options: str, columns: int, **environment: str) -> str:
    """The output of ``list`` for a terminal with this many columns."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"TERM": "xterm-256color", "COLUMNS": str(columns), **environment}.items():
            patch.setenv(name, value)
        done = zigtui("list", *options, on_terminal=True)
    assert (done.code, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("columns", [200, 100, 80, 50, 20, 5])
def test_on_a_terminal_lines_are_cut_to_its_width(home: Path, columns: int) -> None:
    base = recorded_base(home / ".zig")
    write_log(base, Log().start().end(), workflow="x" * 300)
    text = shown("--workflow", "[mwe]*", columns=columns)
    lines = COLOURS.sub("", text).split("\n")[:-1]
    assert max(map(cell_width, lines)) <= columns
    assert len(lines) == 5


@pytest.mark.parametrize(("columns", "expected"), [(150, "3d ago, Feb 26 12:00"), (100, "  Feb 26 12:00")])
def test_the_exact_time_of_the_begin_is_there_and_its_age_where_there_is_room(
    home: Path, monkeypatch: pytest.MonkeyPatch, columns: int, expected: str
) -> None:
    write_log(home / ".zig", Log().wait(-3 * 86_400 + 1).start().end(), modified=BEGAN - 3 * 86_400)
    freeze(monkeypatch)
    monkeypatch.setattr("zigtui.commands.printing.session_table.terminal_width", lambda: columns)
    assert expected in succeed("list").lines[1]


def test_where_there_is_room_the_last_column_is_cut_and_the_others_are_whole(home: Path) -> None:
    recorded_base(home / ".zig")
    text = COLOURS.sub("", shown("--state", "failed", columns=100))
    row = next(line for line in text.splitlines() if "migrate-db" in line)
    assert re.search("  e3c5dba4  migrate: [a-z ]*…$", row)  # the age, whose length varies, decides where it is cut off
    assert cell_width(row) == 100


def test_in_a_narrow_terminal_the_reason_of_a_failure_takes_precedence_over_the_id(home: Path) -> None:
    recorded_base(home / ".zig")
    text = COLOURS.sub("", shown("--state", "failed", columns=80))
    assert "  ID  " not in text
    assert re.search("  migrate: [a-z ]{9,}…", text)


@pytest.mark.parametrize("columns", [79, 70, 60, 50, 40, 30])
def test_in_a_very_narrow_terminal_columns_are_left_out_until_there_is_room_for_the_reason(
    home: Path, columns: int
) -> None:
    recorded_base(home / ".zig")
    heading, *rows = COLOURS.sub("", shown("--state", "failed", columns=columns)).split("\n")[:-1]
    assert heading.startswith("STATE")
    assert "WORKFLOW" in heading
    reasons = [row[heading.index("NOW") :] for row in rows]
    assert "migrate" in " ".join(rows)
    assert any(cell_width(reason) >= min(15, columns - 24) for reason in reasons)
    assert all(cell_width(row) <= columns for row in (heading, *rows))


@pytest.mark.parametrize("columns", [48, 60, 80])
def test_in_a_narrow_terminal_the_name_of_a_step_leaves_room_for_the_reason(own: Path, columns: int) -> None:
    name = "migrate-the-database"
    log = Log().start().tier(0, name).step(name).event("step_failed", step_name=name, attempt=1, error="exit status 1")
    write_log(own, log.end("failure"), modified=BEGAN, workflow="deploy-production")
    assert re.search("migr.*….*ase: exit sta", COLOURS.sub("", shown(columns=columns)))


@pytest.mark.parametrize("columns", [80, 99, 120])
def test_the_failed_passes_of_a_listener_are_there_at_any_width(home: Path, columns: int) -> None:
    write_log(home / ".zig", listener(20))
    text = COLOURS.sub("", shown(columns=columns))
    expected = "  pass 20  .*  2 failed · waiting" if columns < 100 else "  pass 20 · 2 failed  .*  waiting"
    assert re.search(expected, text)


def test_costs_have_a_column_if_there_are_any(own: Path) -> None:
    usage = "tokens: 10 in / 2 out, cost=$0.31"
    write_log(own, Log().start().tier(0, "a").step("a").done("a").end(), session_id(1), modified=BEGAN)
    assert "COST" not in succeed("list").lines[0]
    log = Log().wait(-10).start().tier(0, "a").step("a").says("a", usage).done("a").end()
    write_log(own, log, session_id(2), modified=BEGAN)
    heading, *rows = succeed("list").lines
    column = heading.index("COST")
    assert [row[column:].split()[0] for row in rows] == ["–", "$0.31"]


@pytest.mark.parametrize("columns", [80, 120, 160])
def test_a_long_name_of_a_step_leaves_room_for_what_is_wrong_with_it(home: Path, columns: int) -> None:
    name = "integration-tests-of-the-payment-service-on-all-supported-databases"
    failed = Log().start().tier(0, name).step(name)
    failed.event("step_failed", step_name=name, exit_code=1, attempt=1, error="out of memory")
    write_log(home / ".zig", failed.end("failure"), session_id(1))
    quiet = Log().wait(time.time() - BEGAN - 600).start().tier(0, name).step(name).wait(600).beat()
    write_log(home / ".zig", quiet, session_id(2))
    text = COLOURS.sub("", shown(columns=columns))
    assert "out of" in text
    assert re.search("integ[a-z-]*…[a-z-]+ quiet", text)


def test_states_have_colours_on_a_terminal(home: Path) -> None:
    recorded_base(home / ".zig")
    with Terminal("list", "--state", "failed", home=home, size=(100, 40)) as terminal:
        assert terminal.wait_for_exit() == 0
    lines = terminal.written.decode().split("\r\n")
    assert any("\x1b[31m✘ failed\x1b[0m" in line for line in lines)
    assert max(cell_width(COLOURS.sub("", line)) for line in lines) == 100


def test_no_color_is_honoured(home: Path) -> None:
    recorded_base(home / ".zig")
    text = shown(columns=100, NO_COLOR="1")
    assert "✘ failed" in text
    assert "\x1b" not in text


def test_columns_are_aligned_whatever_the_characters(own: Path) -> None:
    names = [
        "plain",
        "\U0001f469\u200d\U0001f469\u200d\U0001f467 family",
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
        "e\u0301t\u00e9",
        "\u65e5\u672c",
        "x\u200d",
    ]
    for number, name in enumerate(names):
        write_log(own, Log().start().end(), session_id(number), modified=BEGAN, workflow=name)
    lines = succeed("list").lines
    marks = ["PROJECT", *["src-shop"] * len(names)]
    assert len({cell_width(line[: line.index(mark)]) for line, mark in zip(lines, marks, strict=True)}) == 1


def test_a_very_long_name_moves_only_its_own_row(own: Path) -> None:
    for number, name in enumerate(["x" * 500, "ordinary-name", "n" * 60]):
        write_log(own, Log().start().end(), session_id(number), modified=BEGAN, workflow=name)
    lines = succeed("list").lines
    long = next(line for line in lines if "x" * 500 in line)
    others = [line for line in lines if line != long]
    assert {line.index("src-shop") for line in others[1:]} == {others[0].index("PROJECT")}
    assert max(map(cell_width, others)) < 140
    assert long.split()[2:4] == ["x" * 500, "src-shop"]


@pytest.mark.parametrize("names", [["a-workflow-with-a-long-name"], ["a-workflow-with-a-long-name", "x" * 300]])
def test_names_are_whole_on_a_terminal_with_room(home: Path, names: list[str]) -> None:
    for number, name in enumerate(names):
        write_log(home / ".zig", Log().start().end(), session_id(number), workflow=name)
    lines = COLOURS.sub("", shown(columns=120)).split("\n")[:-1]
    assert max(map(cell_width, lines)) <= 120
    assert any(f" {names[0]}  " in line for line in lines)
    assert all("src-shop" in line for line in lines[1:])


def test_names_leave_room_for_what_a_session_is_doing(home: Path) -> None:
    log = Log().start().tier(0, "a").step("a").event("step_failed", step_name="a", attempt=1, error="e" * 300)
    write_log(home / ".zig", log.end("failure"), session_id(1), workflow="x" * 300)
    row = COLOURS.sub("", shown(columns=120)).split("\n")[1]
    assert cell_width(row) == 120
    assert row.endswith("  a: " + "e" * 26 + "…")
