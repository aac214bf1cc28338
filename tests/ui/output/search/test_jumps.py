"""Jumps to failures, times, lines and percentages, and the times beside the lines."""

import re
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append, at
from tests.support.screens import LINES_ONLY, NOW, Clock, Shown, shown
from tests.support.waiting import DEADLINE_SECS
from tests.ui.output.test_large_log import half_read, large
from tests.ui.test_sizes import assert_fits
from zigtui.settings import Settings

HOUR = 3600.0


def retried() -> Log:
    """Step a fails twice before it succeeds, b fails in between; a line a second from 12:00:03 on."""
    log = Log().start(2).tier(0, "a").says("a", *(f"a {number}" for number in range(50))).fails("a", 1)
    log.says("a", *(f"again {number}" for number in range(50))).fails("a", 2).says("a", "at last").done("a")
    log.tier(1, "b", "c").says("b", *(f"b {number}" for number in range(100))).fails("b", 1)
    return log.says("c", "c").done("c").end("failure")


def top(screen: Shown) -> str:
    """The first row of the output without its step."""
    return screen.output_lines[0].split(maxsplit=1)[-1].strip()


def failure_in_title(screen: Shown) -> str:
    """The number of the displayed failure, as in the title; empty if none is displayed."""
    found = re.search(r"failure \d+ of \d+", screen.title)
    return found[0] if found is not None else ""


async def test_e_and_E_go_through_all_failed_attempts_and_round(base: Path) -> None:
    path = write_log(base, retried(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        for key, number, chosen, attempt in [
            ("e", 1, "a", 1),
            ("e", 2, "a", 2),
            ("e", 3, "b", 1),
            ("e", 1, "a", 1),
            ("E", 3, "b", 1),
            ("E", 2, "a", 2),
        ]:
            await screen.press(key)
            assert failure_in_title(screen) == f"failure {number} of 3"
            assert screen.rows[screen.tree.cursor].split()[1] == screen.title.split()[0] == chosen
            (marked,) = (row for row, text in enumerate(screen.output_lines) if text.startswith("▶─ "))
            assert f"✘ {chosen} failed, attempt {attempt}" in screen.output_lines[marked]
            assert f"no luck with {attempt}" in " ".join(screen.output_lines[marked + 1 : marked + 3])
            assert not screen.output.follow


@pytest.mark.parametrize("wrong", [HOUR, -HOUR])
async def test_a_time_after_the_start_is_right_though_the_time_of_the_start_is_wrong(base: Path, wrong: float) -> None:
    log = Log().wait(wrong + 1).start().wait(-wrong).tier(0, "a").step("a").beat()
    for number in range(60):
        log.wait(10).says("a", f"line {number}")
    path = write_log(base, log, "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await screen.press("colon", *"+5m", "enter")
        assert "line 29" in screen.output_lines[0]


@pytest.mark.parametrize("length", [1, 8, 12, 18])
async def test_all_of_a_failure_is_in_sight_at_once(base: Path, length: int) -> None:
    log = Log().start().tier(0, "a").says("a", *(f"a {number}" for number in range(50)))
    log.event("step_failed", step_name="a", exit_code=1, attempt=1, error="no luck " * length + "at last")
    path = write_log(
        base, log.says("a", *(f"again {number}" for number in range(50))).end("failure"), "1", modified=NOW
    )
    async with shown(base, opened=path) as screen:
        for size in [(48, 20), (80, 24), (120, 40)]:
            await screen.resize(*size)
            await screen.press("e")
            assert "▶─" in screen.text, size
            assert "at last" in "".join(screen.output_lines), size
            await screen.press("e")  # to the other failure, the end of the session


async def test_from_a_step_that_was_chosen_the_next_failure_is_its_own_or_a_later_one(base: Path) -> None:
    path = write_log(base, retried(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        for step, key, number in [(2, "e", 1), (1, "e", 3), (0, "e", 1), (2, "E", 3), (0, "E", 2), (None, "E", 3)]:
            await screen.choose(screen.tree.find(("step", step)) or 0)
            await screen.press(key)
            assert failure_in_title(screen) == f"failure {number} of 3", (step, key)


async def test_a_session_without_failures_is_noted_until_something_fails(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").says("a", "x"), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("e")
        assert screen.found == "no failure"
        assert screen.output.follow
        append(path, Log().fails("a", 1).data, BEGAN)
        await screen.changed()
        await screen.press("E")
        assert failure_in_title(screen) == "failure 1 of 1"


@pytest.mark.parametrize(
    ("place", "line"),
    [("12:01", "again 7"), ("12:01:30", "again 37"), ("+1m", "again 7"), ("61", "again 10"), ("25%", "again 0")],
)
async def test_jump_targets_are_gone_to(base: Path, place: str, line: str) -> None:
    path = write_log(base, retried(), "1", modified=NOW)
    async with shown(base, settings=LINES_ONLY, opened=path) as screen:
        await screen.choose(0)
        await screen.answer(":", place)
        assert top(screen) == line
        assert screen.found.startswith("line ")
        assert not screen.output.follow


async def test_a_jump_target_near_the_end_shows_the_end(base: Path) -> None:
    path = write_log(base, retried(), "1", modified=NOW)
    async with shown(base, settings=LINES_ONLY, opened=path) as screen:
        await screen.choose(0)
        for place in ("-2s", "100%", "202"):
            await screen.press("tab", "g")
            await screen.answer(":", place)
            assert screen.output_lines[-1] == "c   c"
            assert not screen.output.follow


async def test_jump_targets_are_in_the_chosen_output(base: Path) -> None:
    path = write_log(base, retried(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await screen.choose(screen.tree.find(("step", 1)) or 0)
        await screen.answer(":", "50%")
        assert screen.found == "line 51"
        assert screen.output_lines[0].strip() == "b 50"


async def test_a_time_that_comes_twice_leads_to_the_first_line_and_a_note_names_both(base: Path) -> None:
    log = Log().start().tier(0, "a").says("a", *(f"first {number}" for number in range(40)))
    log.wait(-20).says("a", *(f"second {number}" for number in range(40)))
    path = write_log(base, log.end(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await screen.answer(":", "12:00:32")
        assert top(screen) == "first 30"
        assert screen.found == "line 31 · this time fits 2 lines: 31, 52"
        await screen.answer(":", "53")
        assert top(screen) == "second 12"
        await screen.answer(":", "12:00:15")
        assert (top(screen), screen.found) == ("first 13", "line 14")


async def test_a_wrong_time_of_the_first_line_hides_no_other(base: Path) -> None:
    log = Log().start().tier(0, "a")
    log.event("step_output", ts="2099-01-01T00:00:00+00:00", step_name="a", stream="stdout", line="wrong")
    path = write_log(base, log.says("a", *(f"right {n}" for n in range(100))).end(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await screen.answer(":", "12:01")
        assert (top(screen), screen.found) == ("right 57", "line 59")


async def test_a_time_among_many_wrong_ones_is_searched_step_by_step(base: Path) -> None:
    log = Log().start().tier(0, "a").says("a", "text")
    event = log.lines.pop().decode()
    assert at(2) in event
    log.lines += [event.replace(at(2), at(n) if n % 2 else "2099-01-01T00:00:00Z").encode() for n in range(30_001)]
    path = write_log(base, log, "1", modified=NOW)
    async with shown(base, opened=path, settings=Settings(disk_patience_secs=DEADLINE_SECS)) as screen:
        await screen.answer(":", "20:18:01")
        await screen.wait_until(lambda: "line 29,882" in screen.found)


async def test_what_was_gone_to_stays_in_sight_when_lines_are_drawn_otherwise(base: Path) -> None:
    lines = [f"{number} {'long ' * 30}" for number in range(100)]
    path = write_log(base, Log().start().tier(0, "a").says("a", *lines), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.answer(":", "1")
        bottom = [row.split()[0] for row in screen.output_lines if row[4:].strip()[:1].isdigit()][-1]
        await screen.press("w")
        await screen.search(f"/^{bottom} /")
        for key in ("w", "t", "w", "t"):
            await screen.press(key)
            assert (f"{bottom} ", True) in screen.matches
        for size in [(48, 20), (100, 40), (80, 16), (80, 24)]:
            await screen.resize(*size)
            assert (f"{bottom} ", True) in screen.matches


async def test_a_wrong_jump_target_is_reported_and_can_be_corrected(base: Path) -> None:
    path = write_log(base, retried(), "1", modified=NOW)
    async with shown(base, settings=LINES_ONLY, opened=path) as screen:
        await screen.choose(0)
        for place, message in [
            ("soon", "cannot go to soon (try 14:03 +5m -90s 1200 50%)"),
            ("2000", "there are 202 lines, numbered from 1"),
            ("23:59", "nothing was printed at 23:59:00 or later"),
        ]:
            await screen.answer(":", place)
            assert screen.found == message
            assert screen.prompt == place
        await screen.answer(":", "1")
        assert screen.prompt is None
        assert top(screen) == "a 0"


async def test_a_jump_target_that_has_not_been_read_yet_is_waited_for(base: Path) -> None:
    path = large(base)
    async with shown(base) as screen:
        await half_read(screen, path)
        await screen.answer(":", "50%")
        assert screen.found.startswith("to 50% as soon as that is read: ")
        assert screen.output.follow
        await screen.changed()
        assert "line 07500" in screen.output_lines[0]
    async with shown(base) as screen:
        await half_read(screen, path)
        await screen.answer(":", "9:00")
        assert screen.found.startswith("to 9:00 ") or "line 00000" in screen.text
        await screen.answer(":", "14000")
        await screen.press("escape")
        assert screen.found == ""
        await screen.changed()
        assert "line 14999" in screen.text
    async with shown(base) as screen:
        await half_read(screen, path)
        await screen.answer(":", "20000")
        await screen.changed()
        assert screen.found == "there are 15,000 lines, numbered from 1"


async def test_a_line_that_is_read_already_is_gone_to_while_the_rest_is_read(base: Path) -> None:
    path = large(base)
    async with shown(base) as screen:
        await half_read(screen, path)
        await screen.answer(":", "11")
        assert "line 00010" in screen.output_lines[0]
        await screen.changed()
        assert "line 00010" in screen.output_lines[0]


async def test_t_displays_when_each_line_was_printed(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").says("a", "one", "wide " * 40, "three"), "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        before = screen.output_lines
        await screen.press("t")
        rows = [row for row in screen.output_lines if row]
        assert rows[0].startswith("12:00:02 a   one")
        assert rows[1].startswith("12:00:03     wide")
        assert rows[2].startswith(" " * 13 + "wide")
        assert rows[-1] == "12:00:04     three"
        assert_fits(screen)
        await screen.resize(48, 20)
        assert "12:00:04" in screen.text
        for width in (40, 24, 12):
            await screen.resize(width, 20)
            assert_fits(screen)
        assert "12:00:04" not in screen.text
        await screen.resize(80, 24)
        await screen.press("t", "t", "t")
        assert screen.output_lines == before


async def test_lines_without_a_time_leave_its_column_empty(base: Path) -> None:
    log = Log().start().tier(0, "a").event("step_output", ts=None, step_name="a", stream="stdout", line="when?")
    log.event("step_output", ts="99999-01-01T00:00:00Z", step_name="a", stream="stdout", line="never")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("t")
        assert [row for row in screen.output_lines if row] == [f"{'':9}a   when?", f"{'':13}never"]
