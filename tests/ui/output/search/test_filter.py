"""The filter of lines: conditions, their count, and everything else on the lines that are left."""

from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import LINES_ONLY, Clock, Shown, shown
from zigtui.ui.output.lines.line_times import Times
from zigtui.ui.output.pane import OutputPane


def opened(base: Path, lines: int = 30) -> Path:
    """A live session that prints numbers; each third one is an error, and each fifth one is of a database."""
    log = Log().start().tier(0, "a", "b").step("a").step("b")
    for number in range(lines):
        kind = "error" if number % 3 == 0 else "info"
        log.says("a" if number % 2 else "b", f"{number:04} {kind}{' db' if number % 5 == 0 else ''}")
    return write_log(base, log, "1", modified=BEGAN)


def texts(screen: Shown) -> list[str]:
    return [text.strip() for _, text in screen.reported]


def bar(screen: Shown) -> str:
    """The conditions and the count, without the key."""
    found = next((row.split("│")[-1].strip() for row in screen.lines if " of " in row and "& " in row), "")
    return found.removesuffix("esc last off").strip()


async def test_only_matching_lines_are_displayed_with_their_count(base: Path) -> None:
    path = opened(base)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.filter_lines("error")
        assert texts(screen) == [f"{number:04} error{' db' if number % 5 == 0 else ''}" for number in range(0, 30, 3)]
        assert bar(screen) == "& error  10 of 30 lines"


async def test_conditions_stack_and_escape_takes_the_last_one_away(base: Path) -> None:
    path = opened(base)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.filter_lines("error")
        await screen.filter_lines("!db")
        assert texts(screen) == [f"{number:04} error" for number in range(0, 30, 3) if number % 5]
        assert bar(screen) == "& error & !db  8 of 30 lines"
        await screen.filter_lines("/0[12]$|00.. /")
        assert bar(screen).endswith("  8 of 30 lines")
        await screen.press("escape", "escape")
        await screen.filtered()
        assert bar(screen) == "& error  10 of 30 lines"
        await screen.press("escape")
        await screen.filtered()
        assert not bar(screen)
        assert texts(screen)[-1] == "0029 info"
        await screen.filter_lines("!info")
        assert bar(screen) == "& !info  10 of 30 lines"
        await screen.filter_lines("")
        assert not bar(screen)


async def test_lines_that_the_filter_finds_in_earlier_output_are_not_new(base: Path) -> None:
    path = opened(base, 300)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("g")
        screen.output.follow = False
        for conditions in ("error", "db"):
            await screen.filter_lines(conditions)
            assert (screen.output.follow, screen.output.new_lines) == (False, 0)
        await screen.press("escape")
        await screen.filtered()
        assert (screen.output.follow, screen.output.new_lines) == (False, 0)
        append(path, Log().says("a", "info new", "error new").data, BEGAN)
        await screen.changed()
        await screen.filtered()
        assert screen.output.new_lines == 1


async def test_it_follows_live_output_of_the_row_and_stays_for_other_rows(base: Path) -> None:
    path = opened(base)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.filter_lines("error")
        append(path, Log().says("a", "info new", "error new").data, BEGAN)
        await screen.changed()
        await screen.filtered()
        assert texts(screen)[-1] == "error new"
        assert bar(screen).endswith("  11 of 32 lines")
        await screen.choose(2)
        await screen.filtered()
        assert bar(screen).endswith("  6 of 17 lines")
        assert texts(screen)[0] == "0003 error"
        await screen.choose(0)
        await screen.filtered()
        assert bar(screen).endswith("  11 of 32 lines")


async def test_search_jump_times_and_copy_work_on_the_lines_that_are_left(base: Path) -> None:
    path = opened(base)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.filter_lines("error")
        await screen.search("db")
        assert screen.found.startswith("match 1 of 2")
        await screen.press("n")
        await screen.searched()
        assert screen.found.startswith("match 2 of 2")
        assert screen.matches == [("db", False), ("db", True)]
        excerpts = screen.app.screen.query_one("OutputPane").excerpts  # type: ignore[attr-defined]
        assert excerpts.line().text == "0015 error db"
        assert excerpts.opened_at().target == "16"
        assert excerpts.whole_output().text(1000).split("\n")[:2] == ["0000 error db", "0003 error"]
        await screen.press("escape")
        screen.output.times = Times.CLOCK
        await screen.answer(":", "10")
        await screen.wait_until(lambda: excerpts.line().text == "0009 error")


async def test_a_jump_goes_to_the_line_with_that_number_in_the_output_or_to_the_next_that_is_left(base: Path) -> None:
    path = opened(base, 300)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.filter_lines("error")
        for target, first, number in [("100", "0099 error", 100), ("102", "0102 error", 102), ("50%", "0150", 151)]:
            await screen.answer(":", target)
            await screen.filtered()
            assert texts(screen)[0].startswith(first)
            assert screen.found == f"line {number} or later (filtered)"
        at = screen.app.screen.query_one("OutputPane").excerpts.opened_at().target  # type: ignore[attr-defined]
        assert at == "151"
        await screen.answer(":", "301")
        assert "there are 300 lines" in screen.found
        await screen.press("escape", "escape")
        await screen.filtered()
        await screen.answer(":", at)
        assert texts(screen)[0] == "0150 error db"


async def test_a_pinned_output_is_filtered_as_the_one_that_was_pinned_and_has_the_same_lines(base: Path) -> None:
    path = opened(base, 300)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN), size=(160, 40)) as screen:
        await screen.filter_lines("error")
        await screen.answer(":", "160")
        await screen.filtered()
        await screen.press("vertical_line")
        await screen.filtered()
        main, pinned = (pane.view for pane in screen.app.screen.query(OutputPane))
        first = "0159 error"
        assert all(first in view.render_line(y).text for view, y in ((main, 0), (pinned, 0)))
        assert [pane.condition_count for pane in screen.app.screen.query(OutputPane)] == [1, 1]


async def test_the_view_stays_at_its_line(base: Path) -> None:
    path = opened(base, 300)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.answer(":", "100")
        assert texts(screen)[0] == "0099 error"
        await screen.filter_lines("!db")
        assert texts(screen)[:2] == ["0099 error", "0101 info"]
        await screen.press("escape")
        assert texts(screen)[:2] == ["0099 error", "0100 info db"]


@pytest.mark.parametrize("text", ["/(/", "!", " "])
async def test_a_condition_that_cannot_be_used_is_reported(base: Path, text: str) -> None:
    path = opened(base)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.answer("&", text)
        assert screen.prompt == text
        assert not bar(screen)


async def test_more_lines_than_a_search_finds_are_filtered(base: Path) -> None:
    log = Log().start().tier(0, "a").says("a", *(f"{number}" for number in range(101_000))).end()
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.changed()
        await screen.filter_lines("!100999")
        assert bar(screen).endswith("  100,999 of 101,000 lines")
        assert texts(screen)[-1] == "100998"
