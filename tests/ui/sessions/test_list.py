"""The list of sessions: its cells and its order."""

import re
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import NOW, Clock, shown
from zigtui.ui.sessions.screen import SessionsScreen

CLOCK = re.compile(r"\b\d\d:\d\d\b")


WIDE = (120, 24)
"""A size at which the states are there in words."""


def started(second: float, name: str = "flow", tier_count: int = 1) -> Log:
    """A log of a session that began this many seconds after `BEGAN`."""
    return (
        Log()
        .wait(second + 1)
        .event(
            "zig_session_started",
            workflow_name=name,
            workflow_path="flow.zwf",
            workspace_path=None,
            cwd="/src/shop",
            prompt=None,
            tier_count=tier_count,
        )
    )


def words(rows: list[str]) -> list[str]:
    """The state and the name of each row of a list, without the marks of new sessions."""
    return [" ".join(row.lstrip(" •").split()[:3]) for row in rows]


async def test_live_sessions_come_first_then_the_newest(base: Path) -> None:
    write_log(base, started(0, "old").end(), "1-old", modified=NOW)
    live = write_log(base, started(10, "live").tier(0, "a"), "2-live", modified=BEGAN + 30)
    write_log(base, started(20, "lost"), "3-lost", modified=BEGAN + 20)
    write_log(base, started(30, "failed").end("failure"), "4-failed", modified=NOW)
    write_log(base, started(40, "later").tier(0, "a"), "5-live", modified=BEGAN + 90)
    clock = Clock(BEGAN + 88)
    async with shown(base, clock=clock, size=WIDE) as screen:
        assert "1 live · 5 sessions" in screen.lines[0]
        assert words(screen.rows)[:3] == ["● running later", "◔ checking lost", "◔ checking live"]
        clock.now = BEGAN + 100
        append(live, Log().wait(100).beat().data, BEGAN + 100)
        await screen.changed()
        assert words(screen.rows) == [
            "● running later",
            "● running live",
            "✘ failed failed",
            "☠ lost lost",
            "✔ succeeded old",
        ]
        assert "12:01:40   2 live · 5 sessions" in screen.lines[0]


async def test_a_session_that_may_be_lost_is_being_checked_until_that_is_known(base: Path) -> None:
    path = write_log(base, started(0, "old"), "1", modified=BEGAN)
    clock = Clock(BEGAN + 600)
    async with shown(base, clock=clock, opened=path) as screen:
        assert "old  ◔ checking" in screen.lines[0]
        assert "♥ –" in screen.lines[0]
        clock.now += 13
        await screen.show_changes()
        assert "old  ☠ lost" in screen.lines[0]


@pytest.mark.parametrize(("keys", "chosen"), [([], "✔ succeeded new"), (["j", "k"], "☠ lost old")])
async def test_the_cursor_stays_at_the_top_when_the_first_session_is_found_to_be_lost(
    base: Path, keys: list[str], chosen: str
) -> None:
    write_log(base, started(0, "old"), "1", modified=BEGAN)
    write_log(base, started(10, "new").end(), "2", modified=BEGAN + 20)
    clock = Clock(BEGAN + 600)
    async with shown(base, clock=clock, size=WIDE) as screen:
        assert words(screen.rows)[0] == "◔ checking old"
        await screen.press(*keys)
        clock.now += 13
        await screen.show_changes()
        assert words(screen.rows) == ["✔ succeeded new", "☠ lost old"]
        assert words(screen.rows)[screen.sessions.cursor] == chosen


async def test_every_state_is_displayed_as_a_word_and_not_by_colour_alone(base: Path) -> None:
    write_log(base, started(0, "a").end(), session_id(1), modified=NOW)
    write_log(base, started(0, "b").end("failure"), session_id(2), modified=NOW)
    write_log(base, started(0, "c").wait(890).says("step", "x"), session_id(3), modified=BEGAN + 900)
    write_log(base, started(0, "d").tier(0, "a").wait(889).beat(), session_id(4), modified=BEGAN + 895)
    write_log(base, started(0, "e"), session_id(5), modified=BEGAN)
    write_log(base, started(0, "f").wait(890).beat(), session_id(7), modified=BEGAN + 895)
    write_log(base, b"\x00\xff\n", session_id(6), modified=BEGAN)
    clock = Clock(BEGAN + 888)
    async with shown(base, clock=clock, size=WIDE) as screen:
        clock.now = BEGAN + 900
        await screen.show_changes()
        assert sorted(words(screen.rows)) == sorted(
            [
                "✔ succeeded a",
                "✘ failed b",
                "● running c",
                "◐ stalled d",
                "◌ idle f",
                "☠ lost e",
                "? unreadable 00000006",
            ]
        )


@pytest.mark.parametrize("size", [(120, 30), (48, 20)])
async def test_logs_whose_name_is_no_id_are_last_and_marked(base: Path, size: tuple[int, int]) -> None:
    write_log(base, started(0, "live").wait(900).says("step", "x"), "copy", modified=BEGAN + 900)
    write_log(base, b"no log\n", "notes", modified=BEGAN + 900)
    write_log(base, started(0, "old").end(), session_id(1), modified=BEGAN)
    for name in (".hidden", "", "._" + session_id(1)):
        write_log(base, started(0, "dot"), name, modified=BEGAN + 900)
    async with shown(base, clock=Clock(BEGAN + 901), size=size) as screen:
        assert [row.split()[0] for row in screen.rows] == ["✔", "●", "?"]
        assert "(cop" in screen.rows[1]
        assert "notes.js" in screen.rows[2]
        assert "dot" not in screen.text


@pytest.mark.parametrize("width", [80, 48, 24])
async def test_the_state_is_there_at_any_width(base: Path, width: int) -> None:
    write_log(base, started(0, "a").end(), "1", modified=NOW)
    write_log(base, started(0, "b").end("failure"), "2", modified=NOW)
    write_log(base, started(0, "c").tier(0, "a"), "3", modified=BEGAN + 10)
    async with shown(base, clock=Clock(BEGAN + 10), size=(width, 24)) as screen:
        assert [row.split()[0] for row in screen.rows] == ["●", "✔", "✘"]


async def test_a_row_shows_the_present_work_of_a_session_and_how_it_ended(base: Path) -> None:
    log = started(0, "build", 3).tier(0, "plan").step("plan").tier(1, "a", "b", "c").step("a").step("b").says("a", "x")
    running_log = write_log(base, log, "running", modified=BEGAN + 1)
    failed = started(0, "migrate").tier(0, "up").step("up").event(
        "step_failed", step_name="up", exit_code=1, attempt=1, error="lock timeout"
    )  # fmt: skip
    write_log(base, failed.end("failure"), "failed", modified=NOW)
    write_log(
        base, started(0, "refactor").tier(0, "rewrite").step("rewrite").wait(57).beat(), "lost", modified=BEGAN + 60
    )
    clock = Clock(BEGAN + 122)
    async with shown(base, clock=clock, size=(120, 40)) as screen:
        clock.now = BEGAN + 134
        append(running_log, Log().wait(134).says("a", "y").says("b", "y").data, BEGAN + 134)
        await screen.changed()
        running, failed_row, lost = screen.rows
        assert "1/3 a +1" in running
        assert "2m14s  ♥ 0s" in running
        assert "up: lock timeout" in failed_row
        assert "4.3s  12:00" in failed_row
        assert "lost in rewrite" in lost
        assert "1m00s  12:00" in lost


@pytest.mark.parametrize(
    ("width", "name", "expected"),
    [
        (60, "types", "  types quiet 6m"),
        (60, "regenerate-all-the-thumbnails", "  reg…ls quiet 6m"),
        (80, "types", "1/2 types quiet 6m"),
        (80, "regenerate-all-the-thumbnails", "  regenera…umbnails quiet 6m"),
        (120, "types", "1/2 types quiet 6m"),
        (120, "regenerate-all-the-thumbnails", "1/2 regenerate-all-the-thumbnails quiet 6m"),
    ],
)
async def test_how_long_a_step_has_been_silent_is_there_at_any_width_with_the_name_if_there_is_room(
    base: Path, width: int, name: str, expected: str
) -> None:
    log = started(0, "review", 2).tier(0, "plan").step("plan").done("plan").tier(1, "lint", name)
    log.step("lint").step(name).wait(400).says("lint", "ok")
    path = write_log(base, log, session_id(1), modified=BEGAN + 400)
    async with shown(base, clock=Clock(BEGAN + 401), size=(width, 24)) as screen:
        append(path, Log().wait(402).beat().data, BEGAN + 401)
        await screen.changed()
        assert expected in screen.rows[0]


async def test_a_workflow_that_loops_displays_its_pass(base: Path) -> None:
    log = started(0, "essay").tier(0, "write").step("write").done("write").tier(0, "write").step("write")
    write_log(base, log, "1", modified=BEGAN)
    async with shown(base, clock=Clock(BEGAN), size=(120, 40)) as screen:
        assert "pass 2 · write" in screen.rows[0]


async def test_time_passes_on_the_screen(base: Path) -> None:
    write_log(base, started(0), "1", modified=BEGAN)
    clock = Clock(BEGAN + 5)
    async with shown(base, clock=clock, size=WIDE) as screen:
        assert "5s  ♥ 5s" in screen.rows[0]
        clock.now = BEGAN + 29
        await screen.show_changes()
        assert "29s  ♥ 29s" in screen.rows[0]
        clock.now = BEGAN + 30
        await screen.wait_for("☠ lost")
        assert "0 live · 1 session\n" in screen.text


@pytest.mark.parametrize(
    ("width", "shown_name"), [(80, "regenerate-the-t…"), (170, "regenerate-the-thumbnails-of-all")]
)
async def test_one_long_name_is_whole_where_there_is_room(base: Path, width: int, shown_name: str) -> None:
    names = ["deploy", "build", "nightly-test", "essay", "review", "lint", "regenerate-the-thumbnails-of-all"]
    for number, name in enumerate(names):
        write_log(base, started(number, name).end(), session_id(number), modified=NOW)
    async with shown(base, size=(width, 24)) as screen:
        assert f" {shown_name}  " in screen.rows[0]
        assert screen.lines[2].index("now") < width // 2


async def test_b_marks_the_row_of_a_session_whose_end_will_be_reported(base: Path) -> None:
    write_log(base, started(0, "live").tier(0, "a").step("a"), session_id(1), modified=BEGAN)
    async with shown(base, clock=Clock(BEGAN + 1)) as screen:
        listed = screen.app.screen
        assert isinstance(listed, SessionsScreen)
        await screen.wait_until(lambda: bool(listed.context.notifier.watch.live))
        assert screen.rows[0].startswith("  ●")
        await screen.press("b")
        await screen.show_changes()
        assert screen.rows[0].startswith("♪ ●")
        await screen.press("b")
        await screen.show_changes()
        assert screen.rows[0].startswith("  ●")


async def test_without_costs_there_is_no_column_for_them(base: Path) -> None:
    write_log(base, started(0).tier(0, "a").step("a").done("a").end(), session_id(1), modified=NOW)
    async with shown(base, size=(120, 24)) as screen:
        assert "cost" not in screen.lines[2]
        await screen.press("s", "s")
        assert "cost ▾" in screen.lines[2]


async def test_the_error_has_the_room_where_the_step_does_not_fit_beside_it(base: Path) -> None:
    log = started(0, "deploy").tier(0, "deploy-everything").step("deploy-everything")
    write_log(base, log.fails("deploy-everything").end("failure"), session_id(1), modified=NOW)
    async with shown(base, size=(60, 24)) as screen:
        assert "no luck with 1 " in screen.rows[0]
        assert "deploy-everything" not in screen.rows[0]
    async with shown(base, size=(140, 24)) as screen:
        assert "deploy-everything: no luck with 1" in screen.rows[0]


@pytest.mark.parametrize(
    ("step", "error", "expected"),
    [
        ("build", "x" * 200, "build: xxx"),
        ("build", f"step build: {'x' * 200}", " step build: xxx"),
        ("deploy-everything", "x" * 200, " xxx"),
        ("build", f"some_package.VeryRareError: disk {'x' * 200}", "build: disk xxx"),
    ],
    ids=["short", "named", "long", "class"],
)
async def test_an_error_that_is_cut_off_is_that_of_a_step(base: Path, step: str, error: str, expected: str) -> None:
    log = started(0, "deploy").tier(0, step).step(step)
    log.event("step_failed", step_name=step, exit_code=1, attempt=1, error=error)
    write_log(base, log.end("failure"), session_id(1), modified=NOW)
    async with shown(base, size=(80, 24)) as screen:
        assert expected in screen.rows[0]


@pytest.mark.parametrize(
    "log",
    [
        Log().start().tier(0, "a").step("a").fails("a").wait(12).beat(),
        Log().start().tier(0, "a").step("a").says("a", "⚠ usage limit reached, resumes 15:00"),
        Log().start().tier(0, "a").step("a").wait(40).beat(),
    ],
    ids=["may be retried", "usage limit", "quiet"],
)
async def test_whatever_keeps_a_session_from_getting_on_is_a_warning_in_its_row(base: Path, log: Log) -> None:
    write_log(base, log, "1", modified=BEGAN + log.second)
    async with shown(base, clock=Clock(BEGAN + log.second), size=(120, 30)) as screen:
        assert "amber" in screen.styled_text
