"""A session as a tree and as a JSON object."""

import json
import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.support.bases import IDS, log_of, recorded_base, write_log
from tests.support.cases import each_case
from tests.support.commands import freeze, succeed, zigtui
from tests.support.expected import COUNT_KEYS, LIST_KEYS, expected_show
from tests.support.logs import BEGAN, Log, append, at
from tests.support.recordings import ROWS
from tests.support.terminal import Terminal
from tests.support.zones import BERLIN, SetZone, local
from zigtui.wording.text_fit import cell_width

HOURS_2 = 7200.0


@pytest.mark.parametrize("name", [row.name for row in ROWS if row.name != "wide-tier"])
def test_a_recorded_session_is_shown_as_a_tree(base: Path, name: str, snapshot: SnapshotAssertion) -> None:
    log = str(log_of(base, name))
    assert succeed("show", IDS[name]).stdout.replace(log, "LOG") == snapshot


def test_a_wide_tier_is_shown_whole(base: Path) -> None:
    lines = succeed("show", "matrix").lines
    assert [line.split()[:2] for line in lines[-120:]] == [["✔", f"shard-{number:03}"] for number in range(120)]


@each_case("name", [row.name for row in ROWS])
def test_the_json_of_a_recorded_session_agrees_with_its_log(base: Path, name: str) -> None:
    log = log_of(base, name).resolve()
    project = "home-dev-src-shop" if "projects" in log.parts else None
    reported = succeed("show", IDS[name], "--json").object
    expected = expected_show(log, project)
    assert {key: value for key, value in reported.items() if key != "tiers"} == {
        key: value for key, value in expected.items() if key != "tiers"
    }
    assert reported["tiers"] == expected["tiers"]


def test_the_keys_are_those_of_the_interface_in_its_order(base: Path) -> None:
    reported = succeed("show", "deploy", "--json").object
    tier = reported["tiers"][0]
    step = tier["steps"][0]
    assert " ".join(reported) == LIST_KEYS.replace(" passes", "") + " prompt children passes tiers"
    assert " ".join(reported["steps"]) == COUNT_KEYS
    assert " ".join(tier) == "ordinal pass tier_index state started_at ended_at steps full_pass"
    assert " ".join(step) == (
        "name occurrence state attempt attempts started_at ended_at last_output_at duration_ms exit_code reason"
        " saved_vars zag_command zag_session_id model prompt_preview lines bytes tokens cost_usd quiet_ms waiting_for"
    )
    assert " ".join(step["attempts"][0]) == "number error exit_code failed_at"


def test_without_a_session_the_newest_is_shown(base: Path) -> None:
    assert succeed("show").lines[0] == f"think-hard  {IDS['quiet-with-heartbeats']}"


def test_without_tiers_it_ends_with_the_facts(own: Path) -> None:
    log = write_log(own, Log().start(tier_count=0), modified=BEGAN)
    assert succeed("show").lines[-1] == f"log     {log}"
    write_log(own, Log().start(tier_count=0).event("x"), modified=BEGAN)
    assert succeed("show").lines[-3:-1] == ["", "1 problem in the log (zigtui check lists all of them):"]


# Sessions that run


def running() -> Log:
    """A session in its second tier: one step is running, one is retrying, one has not begun."""
    log = Log().start(tier_count=3).tier(0, "plan").step("plan").done("plan", 900)
    log.tier(1, "a", "b", "c").step("a", 1).step("b", 1).says("a", "working").fails("b").says("b", "again")
    return log.beat()


def test_a_session_that_runs_is_counted_up_to_now(
    own: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    log = write_log(own, running(), modified=BEGAN + 11)
    freeze(monkeypatch, BEGAN + 13)
    assert succeed("show").stdout.replace(str(log), "LOG") == snapshot


def test_the_json_of_a_session_that_runs_is_counted_up_to_now(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_log(own, running(), modified=BEGAN + 11)
    freeze(monkeypatch, BEGAN + 13)
    reported = succeed("show", "--json").object
    assert (reported["state"], reported["duration_ms"], reported["ended_at"]) == ("running", 13_000, None)
    assert reported["running_steps"] == ["a", "b"]
    tier = reported["tiers"][1]
    assert (tier["state"], tier["ended_at"]) == ("running", None)
    assert [(step["name"], step["state"], step["attempt"], step["duration_ms"]) for step in tier["steps"]] == [
        ("a", "running", 1, 8000),
        ("b", "retrying", 2, 7000),
        ("c", "pending", 0, None),
    ]


def test_when_it_is_lost_its_steps_are_interrupted_and_time_ends_with_its_last_sign_of_life(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_log(own, running(), modified=BEGAN + 11)
    freeze(monkeypatch, BEGAN + 7200)
    reported = succeed("show", "--json").object
    assert (reported["state"], reported["duration_ms"], reported["running_steps"]) == ("lost", 11_000, [])
    assert reported["last_sign_of_life_at"] == at(11)
    assert [step["state"] for step in reported["tiers"][1]["steps"]] == ["interrupted", "interrupted", "not_run"]
    assert reported["tiers"][1]["state"] == "interrupted"


def test_a_later_last_event_is_the_last_sign_of_life(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_log(own, Log().start().end(), modified=BEGAN + 0.5)
    freeze(monkeypatch, BEGAN + 60)
    assert succeed("show", "--json").object["last_sign_of_life_at"] == at(1)


# Damage, and text that means harm


def test_problems_are_listed_with_their_lines(own: Path) -> None:
    log = Log().start().raw(b"[1]").event("later_thing").end()
    write_log(own, log, modified=BEGAN)
    assert succeed("show", "--json").object["problems"] == [
        {"line": 2, "kind": "bad_json", "detail": "not a JSON object"},
        {"line": 3, "kind": "unknown_type", "detail": "unknown event type 'later_thing'"},
    ]
    assert succeed("show").lines[-3:] == [
        "2 problems in the log (zigtui check lists all of them):",
        "  line 2: bad_json: not a JSON object",
        "  line 3: unknown_type: unknown event type 'later_thing'",
    ]


def test_of_many_problems_the_first_ten_are_shown(own: Path) -> None:
    write_log(own, Log().start().data + b"garbage\n" * 40, modified=BEGAN)
    shown = succeed("show").lines
    assert shown[-11] == "40 problems in the log (zigtui check lists all of them):"
    assert shown[-1].startswith("  line 11: ")


def test_of_very_many_problems_all_are_counted(own: Path) -> None:
    write_log(own, Log().start().data + b"garbage\n" * 1500, modified=BEGAN)
    assert "1,500 problems in the log (zigtui check lists all of them):" in succeed("show").lines


def test_a_log_whose_start_cannot_be_read_is_shown_as_far_as_it_goes(own: Path) -> None:
    write_log(own, Log().raw(b"torn").tier(0, "a").step("a").says("a", "hello"), modified=BEGAN)
    reported = succeed("show", "--json").object
    assert (reported["state"], reported["workflow"], reported["started_at"], reported["duration_ms"]) == (
        "unreadable",
        None,
        None,
        None,
    )
    assert [step["name"] for step in reported["tiers"][0]["steps"]] == ["a"]
    assert "? unreadable" in succeed("show").stdout


def test_no_text_of_a_session_is_printed_as_a_control_sequence(own: Path) -> None:
    evil = "\x1b]0;owned\x07\x9b2J\u202eevil\r\n"
    log = Log().event(
        "zig_session_started",
        workflow_name="flow",
        workflow_path=evil,
        workspace_path=evil,
        cwd=evil,
        prompt=evil,
        tier_count=2,
    )
    log.tier(0, evil).event("step_started", step_name=evil, tier_index=0, zag_session_id=evil, zag_command=evil)
    log.event("step_completed", step_name=evil, exit_code=0, duration_ms=1, saved_vars=[evil])
    log.tier(1, "b", "c").event("step_failed", step_name="b", exit_code=1, attempt=1, error=evil)
    log.event("step_skipped", step_name="c", reason=evil).event(evil)
    write_log(own, log, evil.strip(), modified=BEGAN, workflow=evil)
    done = succeed("show")
    assert [character for character in done.stdout if not character.isprintable() and character != "\n"] == []
    assert "evil" in done.lines[0]
    assert succeed("show", "--json").object["cwd"] == evil


def test_very_long_texts_are_cut_off(own: Path) -> None:
    long = "\x1b[31mlong\x1b[0m text " * 200_000
    log = Log().event(
        "zig_session_started", workflow_name=long, workflow_path="a", cwd=long, prompt=long + "the end", tier_count=1
    )
    log.tier(0, "a", "b").event("step_failed", step_name="a", exit_code=1, attempt=1, error=long)
    path = write_log(own, log.event("step_skipped", step_name="b", reason=long).end("failure"))
    shown = zigtui("show", path)
    assert shown.code == 0
    assert len(shown.stdout) < 60_000
    assert shown.stdout.count(" more characters)") == 3
    assert "3,790,007 more characters" in shown.stdout
    assert zigtui("show", path, "--json").object["prompt"] == long + "the end"


def test_of_very_many_attempts_the_last_ones_are_listed(own: Path) -> None:
    log = Log().start().tier(0, "a").step("a")
    for number in range(1, 1001):
        log.fails("a", number)
    path = write_log(own, log.end("failure"))
    lines = zigtui("show", path).lines
    first = next(number for number, line in enumerate(lines) if "earlier" in line)
    assert lines[first].strip() == "900 earlier attempts failed (--json has all of them)"
    assert lines[first + 1].strip() == "attempt 901: no luck with 901"
    assert lines[-1].strip() == "attempt 1000: no luck with 1000"
    assert len(zigtui("show", path, "--json").object["tiers"][0]["steps"][0]["attempts"]) == 1000


def test_names_of_files_that_are_not_utf8_have_replacement_characters(own: Path) -> None:
    log = Log().start().end()
    write_log(own, log, "cafe\udce9", modified=BEGAN, project="src-\udcff")
    reported = succeed("show", "cafe", "--json").object
    assert (reported["id"], reported["project"]) == ("cafe\ufffd", "src-\ufffd")
    assert "flow (cafe<U+DCE9>.jsonl)  cafe<U+DCE9>" in succeed("show").stdout


def test_huge_numbers_are_shown(own: Path) -> None:
    log = Log().start(tier_count=2**64 - 1).tier(0, "a").step("a").fails("a", attempt=2**64 - 1).says("a", "again")
    write_log(own, log, modified=BEGAN)
    reported = succeed("show", "--json").object
    assert reported["tier_count"] == 2**64 - 1
    assert reported["tiers"][0]["steps"][0]["attempt"] == 2**64
    assert zigtui("show").code == 0


# Long names


@pytest.mark.parametrize("length", [33, 41, 60, 96])
def test_columns_are_aligned_after_long_names(own: Path, length: int) -> None:
    names = ["a", "n" * length, "x" * 5000]
    log = Log().start().tier(0, *names)
    for name in names:
        log.step(name).says(name, "x").done(name, 1500)
    write_log(own, log.end(), modified=BEGAN)
    lines = succeed("show").lines
    short, long, longest = (next(line for line in lines if f"✔ {name} " in line) for name in names)
    assert short.index("1 line") == long.index("1 line")
    assert cell_width(short) < length + 60
    assert longest.split()[1] == names[2]


def test_on_a_terminal_long_names_are_cut_off(home: Path) -> None:
    names = ["a", "n" * 55, "x" * 500]
    log = Log().start().tier(0, *names)
    for name in names:
        log.step(name).says(name, "x").done(name, 1500)
    write_log(home / ".zig", log.end())
    with Terminal("show", home=home, size=(120, 40)) as terminal:
        assert terminal.wait_for_exit() == 0
        lines = terminal.written.decode().split("\r\n")
    steps = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines if "1 line" in line and "tiers" not in line]
    assert len({cell_width(line[: line.index("1 line")]) for line in steps}) == 1
    assert "✔ " + "n" * 55 + " " in steps[1]
    assert re.search("✔ x{50,56}… ", steps[2])


# On a terminal


def written(*options: str, home: Path, environment: dict[str, str] | None = None) -> list[str]:
    """The output of ``show`` on a narrow terminal."""
    recorded_base(home / ".zig")
    with Terminal("show", "deploy", *options, home=home, size=(50, 40), environment=environment) as terminal:
        assert terminal.wait_for_exit() == 0
        return terminal.written.decode().split("\r\n")[:-1]


def test_on_a_terminal_lines_are_whole_and_states_and_errors_have_colours(home: Path) -> None:
    lines = written(home=home)
    assert lines[1].startswith("\x1b[32m✔ succeeded")
    error = "attempt 1: agent exec failed for step 'build': process exited with code 1"
    assert f"\x1b[31m      {error}\x1b[0m" in lines


def test_no_color_is_honoured(home: Path) -> None:
    assert "\x1b" not in "".join(written(home=home, environment={"NO_COLOR": "1"}))


def test_json_has_no_colours(home: Path) -> None:
    (line,) = written("--json", home=home)
    assert json.loads(line)["id"] == IDS["retry-then-success"]


# Exact times


def test_exact_times_stand_beside_relative_ones(own: Path, monkeypatch: pytest.MonkeyPatch, set_zone: SetZone) -> None:
    set_zone(BERLIN)
    write_log(own, Log().start().wait(134).end(), modified=BEGAN + 134)
    freeze(monkeypatch, BEGAN + 134 + HOURS_2)
    lines = succeed("show").lines
    assert "began   2026-03-01 13:00:00 +01:00  2h ago" in lines
    assert "ended   2026-03-01 13:02:14 +01:00  2h ago" in lines


def test_a_session_over_a_change_of_the_clocks_has_both_offsets_and_its_true_duration(
    own: Path, monkeypatch: pytest.MonkeyPatch, set_zone: SetZone
) -> None:
    set_zone(BERLIN)
    began = local("2026-03-29T01:59:00+01:00")
    log = Log().wait(began - BEGAN + 1).start().wait(120)
    write_log(own, log.event("zig_session_ended", status="success", duration_ms=None), modified=began + 120)
    freeze(monkeypatch, began + 180)
    assert succeed("show").lines[1:5] == [
        "✔ succeeded  2m00s  1m ago",
        "tiers 0/1  0 lines",
        "began   2026-03-29 01:59:00 +01:00  3m ago",
        "ended   2026-03-29 03:01:00 +02:00  1m ago",
    ]


def test_a_lost_session_has_the_time_when_it_was_last_seen(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_log(own, Log().start().tier(0, "a").step("a"), modified=BEGAN + 2)
    freeze(monkeypatch, BEGAN + 2 * 86_400)
    assert "seen    2026-03-01 12:00:02 +00:00  2d ago" in succeed("show").lines


def test_a_usage_limit_is_in_the_json_until_the_step_prints_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base, line = home / ".zig", "⚠ claude usage limit (session) — resets in a while, resuming 2026-03-01T15:00:00Z"
    log = Log().start().tier(0, "a", "b").step("b").step("a").says("a", line)
    path = write_log(base, log, modified=BEGAN + 5)
    freeze(monkeypatch, BEGAN + 5)
    limit = {"reason": "usage_limit", "resumes": "2026-03-01T15:00:00Z"}
    for command in (("list", "--base", base), ("show", path)):
        assert succeed(*command, "--json").object["waiting_for"] == {"step": "a", **limit}
    reported = succeed("show", path, "--json").object
    assert [step["waiting_for"] for step in reported["tiers"][0]["steps"]] == [limit, None]
    assert "now     a (of 2): usage limit, resumes 15:00" in succeed("show", path).stdout
    append(path, Log().says("a", "on it again").data, BEGAN + 6)
    reported = succeed("show", path, "--json").object
    assert [reported["waiting_for"], reported["tiers"][0]["steps"][0]["waiting_for"]] == [None, None]
