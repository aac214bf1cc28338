"""The screens at any size: nothing crashes, no line is too wide, and the most important texts are displayed."""

from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.support.bases import log_of, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import NOW, SIZES, Clock, Shown, shown

NAMES = ["hostile-text", "empty-session"]


def assert_fits(screen: Shown) -> None:
    """Every line of the screen takes exactly the cells it should."""
    width, height = screen.app.size
    assert len(screen.strips) == height
    for strip in screen.strips:
        assert sum(cell_len(segment.text) for segment in strip) == strip.cell_length == width, strip.text
    for widget in screen.app.screen.query("SessionList, SessionListHeader, StepTree, OutputView, Bar"):
        for y in range(widget.size.height):
            strip = widget.render_line(y)
            assert strip.cell_length == widget.scrollable_content_region.width, (widget, strip.text)
            assert sum(cell_len(segment.text) for segment in strip) == strip.cell_length, (widget, strip.text)


async def assert_fits_at_all_sizes(screen: Shown) -> None:
    for size in [*SIZES[2:], (1, 1), SIZES[0]]:
        await screen.resize(*size)
        assert_fits(screen)


async def test_the_list_fits(recorded: Path) -> None:
    write_log(recorded, Log().start().tier(0, "a", "b").step("a").step("b"), "live", modified=BEGAN)
    async with shown(recorded, clock=Clock(BEGAN + 5)) as screen:
        await screen.press("G")
        await assert_fits_at_all_sizes(screen)


async def test_a_home_without_sessions_fits(base: Path) -> None:
    async with shown(base) as screen:
        await assert_fits_at_all_sizes(screen)


@pytest.mark.parametrize("name", NAMES)
async def test_a_session_fits(recorded: Path, name: str) -> None:
    async with shown(recorded, opened=log_of(recorded, name)) as screen:
        await assert_fits_at_all_sizes(screen)


@pytest.mark.parametrize("size", [(80, 24), (48, 20), (20, 9)], ids=str)
async def test_every_line_of_a_hostile_session_fits_wrapped_and_cut(recorded: Path, size: tuple[int, int]) -> None:
    async with shown(recorded, opened=log_of(recorded, "hostile-text"), size=size) as screen:
        output = screen.output
        output.action_scroll_to_start()
        for wrap in (True, False):
            output.wrap = wrap
            rows_before: list[str] = []
            while screen.output_lines != rows_before and output.size.height:
                assert_fits(screen)
                rows_before = screen.output_lines
                output.action_scroll_page(1)
            output.action_scroll_to_start()


async def test_the_cursor_stays_in_sight_when_the_screen_becomes_smaller(recorded: Path) -> None:
    async with shown(recorded, size=(80, 40)) as screen:
        await screen.press("G")
        await screen.resize(80, 10)
        await screen.wait_for("code-revi")
        assert screen.sessions.cursor == 12


async def test_columns_stand_below_their_titles(base: Path) -> None:
    log = Log().start(3).tier(0, "build").step("build")
    for number in range(30):
        write_log(base, log, f"{number:08}", modified=BEGAN)
    async with shown(base, clock=Clock(BEGAN + 5)) as screen:
        for width in (20, 47, 57, 64, 65, 76, 77, 93, 105, 111):
            await screen.resize(width, 14)
            titles, row = screen.lines[2], screen.lines[4]  # below a heading
            for title, value in [("workflow", "flow"), ("now", "0/3 build"), ("began", "♥"), ("id", "0000")]:
                if f" {title} " in f"{titles} " and value in row:
                    assert titles.index(f" {title}") == row.index(f" {value}"), (titles, row)
            assert titles.index("time") + len("time") == row.index("5s") + len("5s")


def assert_apart(line: str, right: str) -> None:
    """What stands at the right, if there is room for it, does not touch what stands left of it."""
    if right in line:
        assert line[line.index(right) - 1] == " ", line


@pytest.mark.parametrize("size", [(80, 24), (48, 20), (40, 10)], ids=str)
async def test_what_stands_at_the_left_and_at_the_right_of_a_line_is_kept_apart(
    base: Path, size: tuple[int, int]
) -> None:
    path = write_log(base, Log().start().end(), "12345678", modified=NOW)
    async with shown(base, size=size) as screen:
        assert_apart(screen.lines[0], "0 live")
    log = Log().event(
        "zig_session_started", workflow_name="a" * 200, workflow_path="w", cwd="/" + "d" * 200, prompt="p", tier_count=1
    )
    path = write_log(base, log.end(), "12345678", modified=NOW)
    async with shown(base, opened=path, size=size) as screen:
        assert path.stem in screen.lines[0] or size[0] < 80
        assert_apart(screen.lines[0], path.stem)


async def test_a_narrow_screen_has_the_tree_above_the_output(recorded: Path) -> None:
    async with shown(recorded, opened=log_of(recorded, "retry-then-success"), size=(60, 24)) as screen:
        assert screen.tree.region.width == screen.output.region.width == 60
        assert screen.tree.region.bottom <= screen.output.region.y
        await screen.resize(100, 24)
        await screen.wait_until(lambda: screen.tree.region.right <= screen.output.region.x)


async def test_most_of_a_small_window_is_for_the_output(recorded: Path) -> None:
    sizes = {(40, 10): 5, (50, 12): 5, (60, 15): 6, (60, 19): 7, (80, 10): 3, (80, 24): 8, (20, 5): 2}
    async with shown(recorded, opened=log_of(recorded, "retry-then-success")) as screen:
        for size, most in sizes.items():
            await screen.resize(*size)
            assert screen.output.size.height >= size[1] - most, size
            assert screen.tree.size.height, size
            await screen.press("tab")
            assert screen.output.has_focus, size
            assert screen.output.size.height >= size[1] - min(most, 7), size
            await screen.press("shift+tab")
            assert screen.tree.has_focus, size


@pytest.mark.parametrize("size", [(40, 10), (60, 24), (20, 3)], ids=str)
async def test_tab_returns_to_the_tree_even_where_there_is_room_for_one_pane(
    recorded: Path, size: tuple[int, int]
) -> None:
    async with shown(recorded, opened=log_of(recorded, "retry-then-success"), size=size) as screen:
        for key in ("tab", "shift+tab"):
            await screen.press("home", "enter", "slash", "tab", "escape")
            assert screen.output.has_focus
            await screen.press(key, "down")
            assert screen.tree.has_focus
            await screen.wait_for("Tier 1")
            await screen.press(key)
            assert screen.output.has_focus
            await screen.press(key)


ODD_NAMES = ["👩‍👩‍👧 family", "👍🏽 done", "1️⃣ first ❤️", "🇸🇪 flag", "日本語の名前がとても長い", "e\u0301" * 30, "plain"]


async def test_columns_stay_in_line_whatever_characters_a_name_has(base: Path) -> None:
    for number, name in enumerate(ODD_NAMES):
        start = {"workflow_name": name, "workflow_path": "w", "cwd": f"/{name}", "prompt": name, "tier_count": 2}
        write_log(base, Log().event("zig_session_started", **start), str(number), modified=BEGAN, project=name[:3])
    async with shown(base, clock=Clock(BEGAN + 5), size=(120, 20)) as screen:
        assert {cell_len(row[: row.index("♥")]) for row in screen.rows} == {cell_len(screen.rows[0].split("♥")[0])}
        assert_fits(screen)


async def test_names_of_odd_characters_take_nothing_from_what_steps_say(base: Path) -> None:
    log = Log().start().tier(0, *ODD_NAMES)
    for name in ODD_NAMES:
        log.says(name, "x" * 100)
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN + 5), size=(100, 30)) as screen:
        assert_fits(screen)
        assert "".join(screen.output_lines).count("x") == 100 * len(ODD_NAMES)
        assert len({cell_len(row[: row.index("x")]) for row in screen.output_lines if "x" in row}) == 1


async def test_the_note_of_new_lines_fits_where_there_is_hardly_room(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a").says("a", *["line"] * 99), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        screen.output.action_scroll_to_start()
        append(path, Log().says("a", *["new"] * 1000).data, BEGAN)
        await screen.changed()
        assert "▼ 1,000 new" in screen.text
        for size in [(20, 20), (12, 20), (8, 20), (3, 20)]:
            await screen.resize(*size)
            assert_fits(screen)


async def test_a_note_beside_the_keys_moves_above_them_when_the_window_becomes_too_narrow(recorded: Path) -> None:
    async with shown(recorded, size=(80, 24)) as screen:
        await screen.press("p")
        assert "There is no project here" in screen.lines[-1]
        await screen.resize(50, 24)
        await screen.wait_until(lambda: "project here" not in screen.lines[-1])
        assert "There is no project here: filter by project:NAME instead" in " ".join(screen.text.split())
