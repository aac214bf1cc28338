"""The room that the text has beside the tree, the names of steps and the times."""

from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.cases import each_case
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import LINES_ONLY, Clock, Shown, shown
from zigtui.state.store import StateStore
from zigtui.ui.output.lines.gutter import Gutter
from zigtui.ui.output.lines.line_times import LineTimes, Times

LONG = ["collect-sources-from-the-mirror-eu", "collect-sources-from-the-mirror-us"]


def merged(base: Path, lines: int = 3) -> Path:
    """A live session whose two steps with long names have printed some lines each, one step after the other."""
    log = Log().start().tier(0, *LONG).step(LONG[0]).step(LONG[1])
    for name in LONG:
        log.says(name, *(f"{name[-2:]} {number}" for number in range(lines)))
    return write_log(base, log, "1", modified=BEGAN)


def text_share(screen: Shown) -> float:
    """The share of the pane that the text has."""
    output = screen.output
    return output.line_gutter.text_width(output.size.width) / screen.app.screen.query_one("OutputPane").size.width


@pytest.mark.parametrize("times", list(Times))
async def test_the_text_has_two_thirds_of_the_pane(base: Path, times: Times) -> None:
    path = merged(base)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.times = times
        await screen.pilot.pause()
        assert text_share(screen) >= 2 / 3
        await screen.press("z")
        await screen.wait_until(lambda: screen.output.size.width > 70)
        assert text_share(screen) >= 2 / 3


@each_case("width", [30, 44, 50, 60, 78, 120, 200])
@each_case("has_days", [False, True])
@each_case("label_width", [1, 5, 11, 40])
def test_the_columns_leave_two_thirds_at_any_width(width: int, has_days: bool, label_width: int) -> None:
    times = LineTimes(Times.CLOCK, 0.0, has_days, has_days)
    gutter = Gutter.for_width(width, times=times, label_width=label_width, text_share=0.7)
    assert gutter.label <= label_width + 1
    assert bool(gutter.label) != gutter.heads_labels
    assert (bool(gutter.day) or gutter.heads_days) == (has_days and bool(gutter.time))
    if width >= 44:
        assert gutter.text_width(width) >= width * 2 / 3


async def test_long_names_that_differ_at_their_ends_differ_beside_the_lines(base: Path) -> None:
    path = merged(base)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        assert [row.split()[0] for row in screen.output_lines if "0" in row] == ["colle…or-eu", "colle…or-us"]
        assert screen.output.line_gutter.label <= 12


async def test_a_heading_names_the_step_where_it_changes(base: Path) -> None:
    path = merged(base)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.times = Times.CLOCK
        await screen.pilot.pause()
        rows = [row for row in screen.output_lines if row]
        assert [rows[0], rows[4]] == LONG
        assert [row.split()[-2:] for row in rows[1:4]] == [["eu", "0"], ["eu", "1"], ["eu", "2"]]
        append(path, Log().says(LONG[1], "next").says(LONG[0], "last").data, BEGAN)
        await screen.changed()
        rows = [row for row in screen.output_lines if row]
        assert rows[8].split()[-1] == "next"
        assert rows[9] == LONG[0]
        assert rows[10].split()[-1] == "last"


async def test_a_heading_has_the_day_where_it_changes(base: Path) -> None:
    log = Log().wait(-9 * 3600).start().tier(0, "a").step("a").says("a", "one").wait(86400).says("a", "two", "three")
    path = write_log(base, log, "1", modified=BEGAN + 60_000)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN + 60_000)) as screen:
        screen.output.times = Times.CLOCK
        await screen.pilot.pause()
        rows = [row for row in screen.output_lines if row]
        assert len(rows) == 5
        assert [rows[0].split()[0], rows[2].split()[0]] == ["Mar", "Mar"]
        assert rows[0] != rows[2]


async def test_the_step_is_named_if_its_heading_is_above_the_screen(base: Path) -> None:
    path = merged(base, 40)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.times = Times.CLOCK
        await screen.press("tab", "g")
        assert screen.output_lines[0] == LONG[0]
        await screen.press("down")
        assert "colle…or-eu" in screen.output_lines[0]
        await screen.press("G")
        assert "colle…or-us" in screen.output_lines[0]


async def test_the_scroll_bar_is_beside_a_name_of_wide_characters(base: Path) -> None:
    log = Log().start().tier(0, "集める場所は東").step("集める場所は東").says("集める場所は東", *map(str, range(60)))
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.times = Times.CLOCK
        await screen.press("tab", "g", "down")
        rows = [screen.output.render_line(y) for y in range(2)]
        assert [row.text[-1] for row in rows] == ["▐", "▐"]
        assert "集め…所は東" in rows[0].text


async def test_text_below_a_heading_is_selected_where_it_is(base: Path) -> None:
    path = merged(base)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.times = Times.CLOCK
        await screen.pilot.pause()
        at = screen.output_lines[1].index("eu 0")
        await screen.pilot.double_click(screen.output, offset=(at, 1))
        assert screen.selected == "eu"


async def test_z_hides_the_tree_here_and_on_the_next_screens(base: Path) -> None:
    path = merged(base)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(80, 40)) as screen:
        await screen.press("question_mark")
        await screen.wait_for("hide the tree")
        await screen.press("escape", "z", "question_mark")
        await screen.wait_for("show the tree")
        await screen.press("escape")
        await screen.wait_until(lambda: screen.output.size.width > 70)
        assert screen.app.focused is screen.output
        await screen.press("tab")
        assert screen.app.focused is screen.output
        await screen.press("escape")
        await screen.open(path)
        await screen.wait_until(lambda: screen.output.size.width > 70)
        assert screen.app.focused is screen.output
        await screen.press("T")
        assert screen.tree.display
        await screen.press("T", "z", "tab")
        await screen.wait_until(lambda: screen.tree.display and screen.output.size.width < 60)


async def test_the_failed_steps_are_shown_in_a_tree_that_was_hidden(base: Path) -> None:
    path = merged(base)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("z", "F")
        await screen.wait_until(lambda: screen.tree.display)


async def test_a_tree_hidden_in_a_narrow_terminal_is_there_in_a_wide_one(base: Path, tmp_path: Path) -> None:
    path = merged(base)

    async def starts_with_tree(width: int, *keys: str) -> bool:
        """Whether the tree is there after a start, before keys are pressed."""
        store = StateStore(tmp_path / "state")
        async with shown(base, opened=path, clock=Clock(BEGAN), size=(width, 24), store=store) as screen:
            is_there = screen.tree.display
            await screen.press(*keys)
            return is_there

    assert await starts_with_tree(80, "z")
    assert not await starts_with_tree(100)
    assert await starts_with_tree(120, "z")
    assert not await starts_with_tree(160)
    assert not await starts_with_tree(80, "z")
    assert await starts_with_tree(160)
    assert await starts_with_tree(80)


async def test_the_tree_comes_and_goes_with_the_width(base: Path) -> None:
    path = merged(base)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(100, 24)) as screen:
        await screen.press("z")
        assert not screen.tree.display
        await screen.resize(130, 24)
        await screen.wait_until(lambda: screen.tree.display)
        await screen.resize(100, 24)
        await screen.wait_until(lambda: not screen.tree.display and screen.app.focused is screen.output)


@pytest.mark.parametrize("key", ["j", "down", "pagedown", "space"])
async def test_scrolling_to_the_end_follows_again_and_says_so(base: Path, key: str) -> None:
    path = merged(base, 40)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("tab", "k")
        assert screen.title.endswith("not following")
        await screen.press(key)
        await screen.wait_for("the end: following again")
        assert screen.output.follow
        assert not screen.title.endswith("not following")
        append(path, Log().says(LONG[0], "new").data, BEGAN)
        await screen.changed()
        assert "new" in next(row for row in reversed(screen.output_lines) if row)
