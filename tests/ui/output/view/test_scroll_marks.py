"""The marks in the scroll bar of the output: matches of a search, and failed attempts."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import LINES_ONLY, Clock, Shown, shown
from zigtui.system.colours import Colours
from zigtui.ui.output.view.output_items import OutputItems
from zigtui.ui.output.view.scroll_marks import BarMark, Hits, ScrollMarks

_LINES = [f"line {number:03}{' rare' if number in (20, 110, 185) else ''}" for number in range(200)]


def marks(screen: Shown) -> dict[int, str]:
    """The signs in the rows of the scroll bar, except the thumb."""
    output = screen.output
    column = [output.render_line(y).text[-1] for y in range(output.size.height)]
    return {row: sign for row, sign in enumerate(column) if sign not in " ▐"}


def opened(base: Path, *lines: str) -> Path:
    return write_log(base, Log().start().tier(0, "a").says("a", *lines), "1", modified=BEGAN)


async def test_each_match_is_marked_at_its_share_of_the_output_and_the_current_one_by_its_own_sign(base: Path) -> None:
    async with shown(base, settings=LINES_ONLY, opened=opened(base, *_LINES), clock=Clock(BEGAN)) as screen:
        assert marks(screen) == {}
        await screen.press("tab", "g")
        await screen.search("rare")
        height = screen.output.size.height
        rows = [number * height // 200 for number in (20, 110, 185)]
        await screen.wait_until(lambda: marks(screen) == dict(zip(rows, "◆••", strict=True)))
        await screen.press("n")
        await screen.wait_until(lambda: marks(screen) == dict(zip(rows, "•◆•", strict=True)))
        await screen.press("escape")
        await screen.wait_until(lambda: marks(screen) == {})


async def test_marks_move_as_the_output_grows_and_new_matches_are_marked(base: Path) -> None:
    path = opened(base, *_LINES)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab", "g")
        await screen.search("rare")
        more = Log().says("a", *(f"more {number}" for number in range(199)), "rare at the end")
        append(path, more.data, BEGAN)
        await screen.changed()
        height = screen.output.size.height
        rows = [number * height // 400 for number in (20, 110, 185, 399)]
        await screen.wait_until(lambda: marks(screen) == dict(zip(rows, "◆•••", strict=True)))


async def test_lines_that_a_filter_leaves_have_their_own_marks(base: Path) -> None:
    async with shown(base, settings=LINES_ONLY, opened=opened(base, *_LINES), clock=Clock(BEGAN)) as screen:
        await screen.press("tab", "g", "ampersand", *"!5", "enter")  # 38 lines less
        await screen.search("rare")
        left = [line for line in _LINES if "5" not in line]
        height = screen.output.size.height
        rows = [left.index(line) * height // len(left) for line in left if "rare" in line]
        await screen.wait_until(lambda: marks(screen) == dict(zip(rows, "◆•", strict=True)))


async def test_a_failed_attempt_is_marked_without_a_search(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *_LINES[:50]).fails("a", 1).says("a", *_LINES[50:])
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        for row in (0, 2):  # all output, and the step
            await screen.choose(row)
            height = screen.output.size.height
            (mark,) = marks(screen).items()
            assert mark[1] == "✘"
            assert abs(mark[0] - 52 * height // 203) <= 1


@pytest.mark.parametrize("colours", [Colours.FULL, Colours.NONE])
async def test_pictures(base: Path, snapshot: SnapshotAssertion, colours: Colours) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *_LINES[:60]).fails("a", 1).says("a", *_LINES[60:])
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), colours=colours) as screen:
        await screen.press("tab", "g")
        await screen.search("rare")
        await screen.wait_until(lambda: sorted(marks(screen).values()) == ["•", "•", "◆", "✘"])
        assert screen.styled_text == snapshot


def test_marks_of_the_same_hits_are_determined_once() -> None:
    asked: list[int] = []

    def before(line: int, divider: int) -> int:
        asked.append(line)
        return min(1, line // 500_000)

    items, known = OutputItems(count=1_000_000), ScrollMarks()
    for _ in range(3):
        found = known.of(items, Hits("query", 1, before), 20)
    assert [row for row, mark in enumerate(found) if mark is BarMark.MATCH] == [9]
    assert len(asked) == 21
