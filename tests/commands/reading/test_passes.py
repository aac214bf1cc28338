"""The passes of a listener in ``show`` and in reports: the last one and the failed ones, or those asked for."""

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.cases import each_case
from tests.support.commands import freeze, succeed, zigtui
from tests.support.listeners import handled, listener
from tests.support.logs import BEGAN, Json, Log, read_log
from zigtui.commands.export.registry import format_names
from zigtui.commands.printing.session_json import show_json
from zigtui.commands.reading.pass_selection import PassChoice, SelectedPasses
from zigtui.exit_codes import ExitCode


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home)
    return home / ".zig"


@pytest.fixture
def live(base: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    """A listener of 60 passes that lives, of which passes 7, 14, 21 … failed."""
    return written(base, listener(60), monkeypatch)


def written(base: Path, log: Log, monkeypatch: pytest.MonkeyPatch) -> Log:
    """A log on the disk, at the time of its last event."""
    freeze(monkeypatch, BEGAN + log.second)
    write_log(base, log, modified=BEGAN + log.second)
    return log


def shown_passes(*options: str) -> list[str]:
    """The numbers of the passes that ``show`` prints."""
    return [line.split()[2] for line in succeed("show", *options).lines if line[2:].startswith("Pass ")]


def reported(*options: str) -> Json:
    """What ``show --json`` prints."""
    return succeed("show", "--json", *options).object


def passes_of_tiers(shown: Json) -> list[int]:
    """The passes that tiers are of, each tier by its number."""
    return sorted({tier["pass"] for tier in shown["tiers"]})


FAILED = list(range(7, 60, 7))


def test_the_last_pass_and_the_failed_ones_are_shown(live: Log) -> None:
    lines = succeed("show").lines
    assert "60 passes, 8 failed; steps: 112 succeeded, 8 failed" in lines
    assert "shown   the last pass and the 8 failed before it; --pass all has all of them" in lines
    assert shown_passes() == [*map(str, FAILED), "60"]
    start = lines.index("✘ Pass 56                                    7.0s  order 56")
    assert lines[start + 1 : start + 6] == [
        "  ✔ Tier 1                                   3.0s",
        "    ✔ receive                                1.5s  opus  1 line",
        "  ✘ Tier 2                                   3.0s",
        "    ✘ answer                                 2.0s  opus  1 line",
        "        attempt 1: no luck with 1",
    ]


def test_other_passes_are_shown_on_request(live: Log) -> None:
    assert shown_passes("--pass", "failed") == [*map(str, FAILED)]
    assert shown_passes("--pass", "5") == ["5"]
    assert shown_passes("--pass", "60") == ["60"]
    assert shown_passes("--pass", "ALL") == [str(number) for number in range(1, 61)]


@each_case("number", ["0", "-1", "61", "x", "", "1e3", "9" * 30])
def test_a_pass_that_does_not_exist_is_wrong_usage(live: Log, number: str) -> None:
    for command in (["show"], ["export", "--format", "md"]):
        done = zigtui(*command, "--pass", number)
        assert (done.code, done.stdout) == (ExitCode.USAGE, "")
        assert "pass" in done.stderr


def test_only_the_newest_of_very_many_failed_passes_are_shown(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(base, listener(250, failing=2), monkeypatch)
    assert shown_passes() == [str(number) for number in range(50, 251, 2)]
    assert "shown   the last pass and the 100 newest failed before it; --pass failed has 25 more, --pass all has all of"
    assert (
        "--pass failed has 25 more" in succeed("show").stdout or "--pass failed has 24 more" in succeed("show").stdout
    )
    assert len(shown_passes("--pass", "failed")) == 125


def test_the_json_has_all_passes_and_the_tiers_of_some(live: Log) -> None:
    shown = reported()
    assert [one["number"] for one in shown["passes"]] == list(range(1, 61))
    assert [one["number"] for one in shown["passes"] if one["state"] == "failed"] == FAILED
    assert shown["passes"][6] == {
        "number": 7,
        "state": "failed",
        "started_at": "2026-03-01T13:10:42+00:00",
        "ended_at": "2026-03-01T13:10:49+00:00",
        "duration_ms": 7000,
        "steps": 2,
        "failed_steps": 1,
        "cost_usd": None,
    }
    assert passes_of_tiers(shown) == [*FAILED, 60]
    assert [tier["full_pass"] for tier in shown["tiers"]] == sorted([*FAILED, 60] * 2)
    assert (shown["steps"]["total"], shown["steps"]["failed"], shown["failed_steps"]) == (120, 8, 8)
    assert [step["occurrence"] for tier in shown["tiers"][:2] for step in tier["steps"]] == [7, 7]
    assert shown["tiers"][1]["ended_at"] == "2026-03-01T13:20:49+00:00"  # when the next pass began
    assert passes_of_tiers(reported("--pass", "failed")) == FAILED
    assert passes_of_tiers(reported("--pass", "3")) == [3]
    assert passes_of_tiers(reported("--pass", "all")) == list(range(1, 61))


def test_iterations_of_a_loop_have_the_full_pass_that_they_belong_to(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(base, LISTENERS["a loop"](), monkeypatch)
    shown = reported("--pass", "all")
    assert [(tier["pass"], tier["full_pass"]) for tier in shown["tiers"][:6]] == [
        *[(1, 1), (1, 1), (2, 1)],  # the third one is an iteration
        *[(3, 2), (3, 2), (4, 2)],
    ]
    assert {tier["full_pass"] for tier in shown["tiers"]} == {one["number"] for one in shown["passes"]}
    assert [tier["full_pass"] for tier in reported("--pass", "2")["tiers"]] == [2, 2, 2]


def test_all_tiers_of_the_json_are_those_of_a_log_that_is_kept_whole(live: Log) -> None:
    tiers = reported("--pass", "all")["tiers"]
    assert [tier["ordinal"] for tier in tiers] == list(range(1, 121))
    assert [step["name"] for tier in tiers for step in tier["steps"]] == ["receive", "answer"] * 60
    assert [tier["ended_at"] for tier in tiers[:-1]] == [tier["started_at"] for tier in tiers[1:]]


def test_the_list_counts_all_passes(live: Log) -> None:
    listed = succeed("list", "--json").objects[0]
    assert listed["passes"] == {"total": 60, "failed": 8}
    assert listed["failed_steps"] == 8


def test_a_plain_session_has_one_pass(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log().start(2).tier(0, "a").step("a").fails("a").end("failure")
    written(base, log, monkeypatch)
    assert [(one["number"], one["state"], one["steps"]) for one in reported()["passes"]] == [(1, "failed", 1)]
    assert (
        len(reported("--pass", "1")["tiers"])
        == len(reported("--pass", "failed")["tiers"])
        == len(reported()["tiers"])
        == 1
    )
    assert "Pass" not in succeed("show").stdout
    assert zigtui("show", "--pass", "2").code == ExitCode.USAGE


def test_a_session_without_a_failed_pass_has_none(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(base, Log().start(1).tier(0, "a").step("a").done("a").end(), monkeypatch)
    assert reported("--pass", "failed")["tiers"] == []
    written(base, listener(30, failing=100), monkeypatch)
    assert reported("--pass", "failed")["tiers"] == []
    assert shown_passes() == ["30"]


def test_a_pass_under_way_is_the_last_one(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = listener(30).wait(600).tier(0, "receive").step("receive").says("receive", "busy")
    written(base, log, monkeypatch)
    lines = succeed("show").lines
    assert [line.split()[:3] for line in lines[-4:]] == [
        ["●", "Pass", "31"],
        ["●", "Tier", "1"],
        ["●", "receive", "2s"],
        ["○", "Tier", "2"],
    ]
    assert len(reported()["passes"]) == succeed("list", "--json").object["passes"]["total"] == 31
    assert "pass 31" in succeed("list").stdout
    assert reported()["tiers"][-1]["ordinal"] == 61


LISTENERS = {
    "first steps fail": lambda: several(lambda log, n: log.tier(0, "a").step("a").says("a", f"x{n}").fails("a"), 2),
    "one step": lambda: several(lambda log, n: log.tier(0, "a").step("a").says("a", f"x{n}").done("a"), 1),
    "one step fails": lambda: several(lambda log, n: log.tier(0, "a").step("a").says("a", f"x{n}").fails("a"), 1),
    "a loop": lambda: several(
        lambda log, n: handled(log, n).tier(1, "answer").step("answer", 1).says("answer", f"x{n}").done("answer"), 2
    ),
    "not recorded": lambda: several(
        lambda log, n: handled(log, n) if n % 5 else log.tier(0, "receive").step("receive").says("receive", f"x{n}"), 3
    ),
}


def several(add: object, tier_count: int) -> Log:
    """A listener that ended after 40 passes."""
    log = Log().start(tier_count)
    for number in range(40):
        assert callable(add)
        add(log.wait(60), number)
    return log.end("failure")


@pytest.mark.parametrize("kind", list(LISTENERS))
def test_all_kinds_of_listeners_are_shown_and_exported(base: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    log = written(base, LISTENERS[kind](), monkeypatch)
    recorded = [json.loads(line) for line in log.lines]
    shown = reported("--pass", "all")
    assert len(shown["tiers"]) == sum(event["type"] == "tier_started" for event in recorded)
    assert sum(tier_step["lines"]["stdout"] for tier in shown["tiers"] for tier_step in tier["steps"]) == shown["lines"]
    assert shown["steps"]["total"] == sum(len(tier["steps"]) for tier in shown["tiers"])
    states = [step["state"] for tier in shown["tiers"] for step in tier["steps"]]
    assert shown["steps"]["failed"] == states.count("failed")
    assert shown["steps"]["cancelled"] == states.count("cancelled")
    for format in format_names():
        assert succeed("export", "--format", format).stdout
    text = succeed("export", "--format", "text", "--pass", "all").stdout
    assert text == zigtui("listen", "--no-follow").stdout


@pytest.mark.parametrize("format", ["md", "html", "text"])
def test_reports_have_the_last_pass_and_the_failed_ones(live: Log, format: str) -> None:
    report = succeed("export", "--format", format).stdout
    assert "60 passes, 8 failed" in report
    assert "the last pass and the 8 failed before it" in report
    for number in range(1, 61):
        is_in = number in FAILED or (number == 60 and format != "md")  # Markdown has only the output of what failed
        assert (f"answering {number}\n" in report.replace("<", "\n")) == is_in


@pytest.mark.parametrize("format", ["md", "html", "text"])
def test_reports_have_the_passes_asked_for(live: Log, format: str) -> None:
    report = succeed("export", "--format", format, "--pass", "14").stdout.replace("<", "\n")
    assert [number for number in range(1, 61) if f"answering {number}\n" in report] == [14]
    report = succeed("export", "--format", format, "--pass", "failed").stdout.replace("<", "\n")
    assert [number for number in range(1, 61) if f"answering {number}\n" in report] == FAILED
    if format != "md":
        report = succeed("export", "--format", format, "--pass", "all").stdout.replace("<", "\n")
        assert [number for number in range(1, 61) if f"answering {number}\n" in report] == list(range(1, 61))


@pytest.mark.parametrize(
    ("options", "numbers"),
    [(["--pass", "failed"], FAILED), (["--pass", "14"], [14]), (["--pass", "60"], [60]), ([], [*FAILED, 60])],
)
def test_each_pass_of_a_text_has_a_heading_with_its_number(live: Log, options: list[str], numbers: list[int]) -> None:
    lines = succeed("export", "--format", "text", *options).lines
    headings = {line: number for number, line in enumerate(lines) if line.startswith("── pass ")}
    expected = [f"── pass {number} · {'✘ failed' if number in FAILED else '✔ succeeded'}" for number in numbers]
    assert list(headings) == expected
    for heading, number in zip(expected, numbers, strict=True):
        assert lines[headings[heading] + 1] == "── tier 1 (receive)"
        assert f"[receive] received {number}" in lines[headings[heading] : headings[heading] + 4]


def test_the_heading_of_a_pass_that_ended_early_says_so(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(base, LISTENERS["not recorded"](), monkeypatch)
    lines = succeed("export", "--format", "text", "--pass", "6").lines
    assert "── pass 6 · ✘ failed · ended early: no failure was recorded" in lines


def test_all_of_many_passes_do_not_have_to_fit_into_memory(tmp_path: Path) -> None:
    log = read_log(write_log(tmp_path, listener(1500)))
    peaks = []
    for choice in (PassChoice("number", 750), PassChoice("all")):
        pieces: Iterator[str] = show_json(SelectedPasses(log, log.snapshot(), choice))
        tracemalloc.start()
        size = sum(len(piece) for piece in pieces)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert size > 1_500_000
    assert peaks[1] < peaks[0] + 750_000
