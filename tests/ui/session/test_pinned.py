"""Outputs that are pinned beside the one of the chosen row, and an output on the full screen."""

from functools import partial
from pathlib import Path

import pytest
from textual.geometry import Size

from tests.support.bases import write_log
from tests.support.cases import each_case
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import Clock, Shown, shown
from tests.ui.test_sizes import assert_fits
from zigtui.ui.output.failure_text import FailureText
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.session.info_screen import InfoScreen
from zigtui.ui.session.tiles import LEAST_HEIGHT, LEAST_WIDTH, room_for, tiles_of
from zigtui.ui.sessions.screen import SessionsScreen
from zigtui.ui.widgets.bar import Bar

STEPS = ["a", "b", "c", "d"]


def live_log() -> Log:
    log = Log().start(2).tier(0, *STEPS)
    for name in STEPS:
        log.step(name)
    for number in range(30):
        for name in STEPS:
            log.says(name, f"{name} says {number}")
    return log.beat()


def written(base: Path, log: Log | None = None) -> tuple[Path, Clock]:
    log = live_log() if log is None else log
    return write_log(base, log, "1", modified=BEGAN + log.second), Clock(BEGAN + log.second)


def panes(screen: Shown) -> list[OutputPane]:
    """The outputs that are displayed, the main one first."""
    return [pane for pane in screen.app.screen.query(OutputPane) if pane.display]


def titles(screen: Shown) -> list[str]:
    """The titles of the outputs that are displayed."""
    return [pane.query_one(".title", Bar).render_line(0).text.strip() for pane in panes(screen)]


def names(screen: Shown) -> list[str]:
    """The first words of the titles."""
    return [title.split()[0] for title in titles(screen)]


def lines(pane: OutputPane) -> list[str]:
    """The lines of an output on the screen, without the scroll bar."""
    return [pane.view.render_line(y).text[:-1].strip() for y in range(pane.view.size.height)]


def spoken(pane: OutputPane) -> list[str]:
    """Those that a step has printed."""
    return [line for line in lines(pane) if line and not line.startswith(("──", "▶─"))]


def last_of_error(pane: OutputPane) -> str:
    """The last row of the error above an output."""
    text = pane.query_one(FailureText)
    return text.render_line(text.size.height - 1).text.strip() if text.size.height else ""


def tell_where(screen: Shown, has_keys: list[bool]) -> bool:
    """Whether each error says where its rest is: those of outputs that the keys do not act on name the pane."""
    ends = [last_of_error(pane).rpartition(", ")[2] for pane in panes(screen)]
    return ends == ["press i" if has else "press i in this pane" for has in has_keys]


async def pin(screen: Shown, *rows: int) -> None:
    """Pin the outputs of some rows of the tree."""
    for row in rows:
        await screen.choose(row)
        await screen.press("vertical_line")


# The room


@each_case("count", [1, 2, 3, 4])
@each_case("size", [Size(1, 1), Size(39, 5), Size(52, 20), Size(80, 10), Size(152, 46), Size(300, 60)])
def test_tiles_fill_their_room_without_overlapping(size: Size, count: int) -> None:
    room = room_for(size, count)
    tiles = tiles_of(size, room)
    assert len(tiles) == room
    assert sum(tile.area for tile in tiles) == size.area
    assert all(not one.overlaps(other) for one in tiles for other in tiles if one is not other)
    if room > 1:
        assert all(tile.height >= LEAST_HEIGHT for tile in tiles)
        assert all(tile.width >= LEAST_WIDTH or tile.width == size.width for tile in tiles)


def test_tiles_are_side_by_side_if_they_are_wide_enough() -> None:
    assert [tile.x for tile in tiles_of(Size(120, 40), 3)] == [0, 40, 80]
    assert [tile.y for tile in tiles_of(Size(79, 40), 2)] == [0, 20]
    assert room_for(Size(79, 9), 2) == 1
    assert room_for(Size(80, 5), 2) == 2


# Pinning


@pytest.mark.parametrize("size", [(200, 50), (120, 40), (80, 24)])
async def test_a_pinned_output_stays_while_others_are_chosen_and_each_follows(
    base: Path, size: tuple[int, int]
) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=size) as screen:
        await pin(screen, 2)
        assert names(screen) == ["a", "a"]
        await screen.choose(3)
        assert names(screen) == ["b", "a"]
        assert "pinned" in titles(screen)[1]
        assert "pinned" not in titles(screen)[0]
        append(path, Log().says("a", "newest of a").says("b", "newest of b").data, clock.now)
        await screen.changed()
        main, pinned = panes(screen)
        assert spoken(main)[-1].endswith("newest of b")
        assert spoken(pinned)[-1].endswith("newest of a")
        assert (main.region.y == pinned.region.y) == (size[0] == 200)
        assert_fits(screen)


async def test_a_pinned_tier_that_had_not_begun_has_its_state_and_its_lines_once_it_has(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(200, 50)) as screen:
        await pin(screen, 6)
        await screen.choose(2)
        assert titles(screen)[1].startswith("Tier 2 ○ pending")
        log = live_log().tier(1, "later").step("later").says("later", "of the second tier")
        append(path, log.data[len(live_log().data) :], clock.now)
        await screen.changed()
        await screen.changed()
        assert titles(screen)[1].startswith("Tier 2 ● running")
        assert spoken(panes(screen)[1])[-1].endswith("of the second tier")


@pytest.mark.parametrize("row", [3, 1, 6])
async def test_a_pinned_output_that_a_replaced_log_does_not_have_can_no_longer_be_read(base: Path, row: int) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(200, 50)) as screen:
        await pin(screen, row)
        path.unlink()
        write_log(base, Log().start(1), "1", modified=clock.now)
        await screen.changed()
        assert "All output" not in titles(screen)[1]
        log = Log().start(1).tier(0, "x").step("x").says("x", "of another log")
        append(path, log.data[len(Log().start(1).data) :], clock.now)
        await screen.changed()
        await screen.changed()
        assert ("of another log" in "".join(lines(panes(screen)[1]))) == (row == 1)


async def test_up_to_three_outputs_are_pinned_and_the_fourth_is_refused_with_the_reason(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(200, 50)) as screen:
        await pin(screen, 2, 3, 4)
        await screen.choose(5)
        assert names(screen) == ["d", "a", "b", "c"]
        assert_fits(screen)
        await screen.press("vertical_line")
        assert screen.found.startswith("3 outputs are pinned already")
        assert len(panes(screen)) == 4


async def test_the_note_about_pinning_goes_once_another_row_is_chosen(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("vertical_line")
        assert "choose another row" in screen.found
        await screen.press("down")
        assert screen.found == ""


async def test_the_same_key_on_the_row_or_in_the_pane_unpins_and_so_does_escape(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(200, 50)) as screen:
        await pin(screen, 2, 3, 4)
        await pin(screen, 3)
        assert names(screen) == ["b", "a", "c"]
        await screen.press("tab", "tab", "vertical_line")
        assert names(screen) == ["b", "c"]
        assert screen.output.has_focus
        await screen.press("tab", "escape")
        assert names(screen) == ["b"]
        await pin(screen, 2, 4)
        await screen.press("escape")
        assert names(screen) == ["c", "a"]
        await screen.press("escape", "escape")
        assert isinstance(screen.app.screen, SessionsScreen)


@pytest.mark.parametrize("keys", [("T", "escape"), ("T", "T"), ("T", "tab", "T"), ("tab", "enter", "enter")])
async def test_outputs_that_were_hidden_for_a_while_are_displayed_again_without_a_note(
    base: Path, keys: tuple[str, ...]
) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await pin(screen, 2, 3)
        await screen.press(*keys)
        await screen.wait_until(lambda: len(panes(screen)) == 3)
        assert "no room" not in screen.text


async def test_nothing_is_left_in_an_output_that_is_pinned_after_another_was_unpinned(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(200, 50)) as screen:
        await pin(screen, 2)
        await screen.press("tab", "tab")
        await screen.answer("/", "a")
        await screen.answer("&", "nothing like it")
        await screen.press("slash", "x", "vertical_line", "escape", "vertical_line")
        await screen.wait_until(lambda: len(panes(screen)) == 1)
        await pin(screen, 3)
        pinned = panes(screen)[1]
        assert names(screen) == ["b", "b"]
        assert spoken(pinned) == spoken(panes(screen)[0])
        assert not pinned.is_busy


async def test_keys_act_on_the_output_with_the_focus_and_from_the_tree_on_the_main_one(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(200, 50)) as screen:
        await pin(screen, 2)
        await screen.choose(3)
        main, pinned = panes(screen)
        await screen.press("f", "w", "t")
        assert (main.view.follow, main.view.wrap) == (False, False)
        assert (pinned.view.follow, pinned.view.wrap) == (True, True)
        assert main.view.times is not pinned.view.times
        await screen.press("tab", "tab")
        assert pinned.view.has_focus
        await screen.press("f", "w", "t")
        assert (pinned.view.follow, pinned.view.wrap) == (False, False)
        assert main.view.times is pinned.view.times
        await screen.press("slash", *"says", "space", "7", "enter")
        await screen.searched()
        assert "says 7" in pinned.query_one(".found", Bar).render_line(0).text
        assert not main.is_busy
        await screen.press("colon", "3", "enter")
        assert "line 3" in pinned.query_one(".found", Bar).render_line(0).text
        await screen.press("i")
        assert isinstance(screen.app.screen, InfoScreen)
        await screen.wait_for("── step a ──")
        await screen.press("escape", "escape")
        assert not pinned.is_busy
        assert len(panes(screen)) == 2


async def test_what_is_copied_is_of_the_output_with_the_focus(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(200, 50)) as screen:
        await pin(screen, 2)
        await screen.choose(3)
        for keys, said in (([], "b says 29"), (["tab", "tab"], "a says 29")):
            await screen.press(*keys, "y")
            await screen.wait_for("esc cancel")
            assert said in screen.lines[-1] or said in screen.lines[-2]
            await screen.press("escape")


async def test_a_click_moves_the_focus_to_the_output_or_its_title(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(200, 50)) as screen:
        await pin(screen, 2)
        main, pinned = panes(screen)
        await screen.pilot.click(pinned.view, offset=(5, 5))
        assert pinned.view.has_focus
        await screen.pilot.click(main.query_one(".title"), offset=(5, 0))
        assert main.view.has_focus
        before = pinned.styles.border_left
        await screen.pilot.click(pinned.query_one(".title"), offset=(5, 0))
        assert pinned.view.has_focus
        assert pinned.styles.border_left != before


async def test_a_past_step_of_a_listener_can_be_pinned(base: Path) -> None:
    log = listener(40)
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=(200, 50)) as screen:
        await screen.press("G", "space")
        await screen.wait_until(lambda: screen.tree.row_count() > 30)
        await screen.press("G", "space", "down", "down")
        await screen.wait_until(lambda: "line" in screen.title)
        said = spoken(panes(screen)[0])
        await screen.press("vertical_line", "g")
        _, pinned = panes(screen)
        assert spoken(pinned) == said
        append(path, listener(45).data[len(log.data) :], clock.now)
        await screen.changed()
        assert spoken(pinned) == said


async def test_a_log_that_begins_anew_leaves_no_old_lines_in_a_pinned_output(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(200, 50)) as screen:
        await pin(screen, 3)
        path.write_bytes(Log().start(2).tier(0, "z").step("z").says("z", "begun anew").data)
        await screen.changed()
        assert "says" not in screen.text
        assert len(panes(screen)) == 2


# Where there is little room


async def test_where_there_is_no_room_the_reason_is_displayed(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(60, 20)) as screen:
        await pin(screen, 2)
        assert len(panes(screen)) == 2
        panes(screen)[0].show_note("")
        await screen.pilot.pause()
        assert all(len(spoken(pane)) >= 3 for pane in panes(screen))
        await pin(screen, 3)
        assert screen.found.startswith("no room to pin an output: the window needs ")
        assert len(panes(screen)) == 2
        assert_fits(screen)


async def test_a_smaller_window_displays_the_output_with_the_focus_and_a_larger_one_all_again(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(80, 24)) as screen:
        await pin(screen, 2, 3)
        await screen.choose(4)
        assert names(screen) == ["c", "a", "b"]
        for size in ((60, 20), (40, 10), (20, 5)):
            await screen.resize(*size)
            assert_fits(screen)
        await screen.resize(80, 12)
        await screen.wait_until(lambda: names(screen) == ["c", "a"])
        await screen.press("tab", "tab", "tab")
        await screen.wait_until(lambda: names(screen) == ["c", "b"])
        assert screen.app.focused is panes(screen)[1].view
        await screen.resize(80, 9)
        await screen.wait_until(lambda: names(screen) == ["b"])
        assert "no room for 2 other outputs: tab shows them" in screen.text
        await screen.press("tab")
        assert screen.tree.has_focus
        await screen.wait_until(lambda: names(screen) == ["c"])
        await screen.resize(120, 9)
        await screen.show_changes()
        assert "no room for 2 pinned" in titles(screen)[0]
        await screen.resize(80, 24)
        await screen.wait_until(lambda: names(screen) == ["c", "a", "b"])


async def test_a_failure_is_displayed_although_a_pinned_output_has_its_room(base: Path) -> None:
    path, clock = written(base, live_log().fails("b", 1))
    async with shown(base, opened=path, clock=clock, size=(80, 24)) as screen:
        await pin(screen, 2)
        await screen.resize(80, 9)
        await screen.press("tab", "tab")
        await screen.wait_until(lambda: names(screen) == ["a"])
        await screen.press("e")
        assert names(screen) == ["b"]
        assert "failure 1 of 1" in titles(screen)[0]


@pytest.mark.parametrize("size", [(200, 50), (80, 40)])
async def test_the_rest_of_an_error_is_told_to_be_where_the_key_shows_it(base: Path, size: tuple[int, int]) -> None:
    log = Log().start().tier(0, "a", "b")
    for name in ("a", "b"):
        log.step(name).event("step_failed", step_name=name, exit_code=1, attempt=1, error=f"row of {name}\n" * 60)
    path, clock = written(base, log.end("failure"))
    async with shown(base, opened=path, clock=clock, size=size) as screen:
        await screen.press("D")
        await pin(screen, 2)
        await screen.choose(3)
        for keys, has_keys, row in (([], [True, False], "b"), (["tab", "tab"], [False, True], "a")):
            await screen.press(*keys)
            await screen.wait_until(partial(tell_where, screen, has_keys))
            await screen.press("i")
            await screen.wait_for(f"row of {row}")
            await screen.press("escape")


# The full screen


@pytest.mark.parametrize("size", [(200, 50), (80, 24), (60, 20), (20, 5)])
@pytest.mark.parametrize("back", ["enter", "escape"])
async def test_enter_shows_the_text_alone_until_enter_or_escape(base: Path, size: tuple[int, int], back: str) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=size) as screen:
        await screen.choose(2)
        await screen.press("tab")
        before = screen.lines
        await screen.press("enter")
        assert screen.output.size == (size[0], size[1] - 1)
        assert "enter or esc" in screen.lines[-1]
        panes(screen)[0].show_note("")
        await screen.pilot.pause()
        assert screen.output.region == (0, 0, *size)
        assert spoken(panes(screen)[0])[-1].endswith("a says 29")
        assert_fits(screen)
        await screen.press(back)
        panes(screen)[0].show_note("")
        await screen.wait_until(lambda: screen.lines == before)


async def test_tab_goes_from_output_to_output_on_the_full_screen(base: Path) -> None:
    path, clock = written(base)
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await pin(screen, 2)
        await screen.choose(3)
        await screen.press("tab", "enter")
        assert "b says 29" in screen.text
        assert "a says" not in screen.text
        await screen.press("tab")
        assert "a says 29" in screen.text
        assert "b says" not in screen.text
        append(path, Log().says("a", "newest of a").data, clock.now)
        await screen.changed()
        assert "newest of a" in screen.text
        await screen.press("slash", *"newest", "enter", "escape", "escape")
        assert len(panes(screen)) == 2
        await screen.press("enter", "T")
        assert "a says" not in screen.text
        assert screen.app.screen.query_one("#timeline").has_focus
