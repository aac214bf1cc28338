"""The timeline of a session, and the small one in its tree."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bases import log_of, write_log
from tests.support.growth import shortest_seconds
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import Clock, Shown, shown
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.session.tree.step_tree import StepTree
from zigtui.ui.session.tree.timeline import Timeline

SIZES = [(200, 50), (120, 40), (80, 24), (60, 20), (40, 10), (20, 5)]


def build() -> Log:
    """A session of two tiers, ten minutes apart, with a step that was retried beside one that is silent."""
    log = Log().start(3).tier(0, "gather").step("gather").says("gather", "copied").wait(20).done("gather").wait(600)
    log.tier(1, "analyze", "types").step("analyze").step("types").says("types", "begun")
    log.wait(10).says("analyze", "first").wait(20).fails("analyze").says("analyze", "second").wait(60)
    return log.says("analyze", "third").beat()


def written(base: Path, log: Log) -> tuple[Path, Clock]:
    now = BEGAN + log.second
    return write_log(base, log, "1", modified=now), Clock(now)


def following(log: Log) -> bytes:
    """The bytes of the last event of a log."""
    return log.lines[-1] + b"\n"


def timeline(screen: Shown) -> list[str]:
    """The rows of the timeline."""
    widget = screen.app.screen.query_one(Timeline)
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def reported(screen: Shown) -> str:
    """The moment that the timeline points at."""
    return timeline(screen)[0].strip()


async def test_each_row_has_its_bar_beside_it(base: Path) -> None:
    path, clock = written(base, build())
    async with shown(base, opened=path, clock=clock) as screen:
        for size in SIZES:
            await screen.resize(*size)
            await screen.press("T")
            widget = screen.app.screen.query_one(Timeline)
            assert screen.app.focused is widget, size
            assert widget.region.y + 2 == screen.tree.region.y, size
            assert widget.region.bottom == screen.tree.region.bottom, size
            assert screen.app.screen.query_one("#outputs").display == (size[0] >= 160), size
            if size[1] > 10:
                row = next(line for line in screen.lines if "analyze" in line and "✘" in line)
                assert row.index("✘", row.index("analyze")) > row.index("analyze"), size
                assert "→" in row, size
            await screen.press("T")
            assert screen.tree.has_focus, size
            assert not widget.display, size


async def test_waits_are_folded_and_attempts_are_segments(base: Path) -> None:
    path, clock = written(base, build())
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("T")
        rows = timeline(screen)
        assert "≀ 10m ≀" in rows[1]
        assert "▇✘▇┄" in rows[6]
        assert "✘" in rows[7]
        assert "✘" not in rows[8]
        assert "┄┄┄→" in rows[9]


async def test_arrows_move_a_line_whose_moment_is_told_and_enter_goes_to_the_output(base: Path) -> None:
    path, clock = written(base, build())
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("T")
        assert reported(screen).endswith("now")
        await screen.press("down", "down", "down", "down", *["left"] * 24)
        assert "now" not in reported(screen)
        assert "│" in timeline(screen)[3]
        moment = reported(screen).split()[0]
        await screen.press("right")
        assert reported(screen).split()[0] > moment
        await screen.press("H", "L", "left", "left")
        assert reported(screen).split()[0] <= moment
        await screen.press("enter")
        assert isinstance(screen.app.focused, OutputView)
        assert screen.title.startswith("analyze")
        assert screen.found.startswith("line 3")
        await screen.press("T")
        assert reported(screen).split()[0] <= moment


async def test_a_click_chooses_a_row_and_a_moment(base: Path) -> None:
    path, clock = written(base, build())
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("T")
        await screen.pilot.click(Timeline, offset=(1, 4))
        await screen.pilot.pause()
        assert screen.tree.cursor == 2
        assert reported(screen).startswith("12:00:0")


async def test_zooming_shows_less_of_the_time_and_the_line_leads_beyond_the_edge(base: Path) -> None:
    path, clock = written(base, build())
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("T", "plus", "plus")
        assert "‹" in timeline(screen)[4]
        await screen.press(*["H"] * 45)
        assert reported(screen).startswith("12:00:0")
        assert "‹" not in timeline(screen)[4]
        await screen.press("plus", "plus")
        assert "›" in timeline(screen)[6]
        await screen.press("minus", "minus", "minus", "minus")
        assert "›" not in timeline(screen)[6]
        await screen.press("plus", "0")
        assert reported(screen).endswith("now")
        assert "≀ 10m ≀" in timeline(screen)[1]


async def test_the_keys_of_the_tree_work_and_escape_closes(base: Path) -> None:
    path, clock = written(base, build())
    async with shown(base, opened=path, clock=clock, size=(200, 40)) as screen:
        await screen.press("T", "G")
        assert screen.tree.cursor == screen.tree.row_count() - 1
        await screen.press("g", "j", "down", "down", "down", "space")
        assert screen.rows[4].strip().startswith("▸")
        assert len([row for row in timeline(screen) if "✘" in row]) == 1
        await screen.press("tab")
        assert isinstance(screen.app.focused, OutputView)
        await screen.press("tab")
        assert isinstance(screen.app.focused, StepTree)
        await screen.press("tab")
        assert isinstance(screen.app.focused, Timeline)
        await screen.press("escape")
        assert not screen.app.screen.query_one(Timeline).display
        await screen.press("j")
        assert screen.tree.cursor == 5


async def test_bars_stay_where_they_are_while_the_session_goes_on(base: Path) -> None:
    log = build()
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        small = [row[38:] for row in screen.rows]
        await screen.press("T")
        before = timeline(screen)
        for _ in range(3):
            clock.now += 1
            append(path, following(log.wait(1).says("analyze", "more")), clock.now)
            await screen.changed()
        after = timeline(screen)
        assert after[1] == before[1]
        assert [row.rstrip("│ ") for row in after[3:5]] == [row.rstrip("│ ") for row in before[3:5]]
        assert after[6].index("✘") == before[6].index("✘")
        await screen.press("T")
        assert [row[38:].rstrip("→▇┄") for row in screen.rows[:4]] == [row.rstrip("→▇┄") for row in small[:4]]


@pytest.mark.parametrize(("size", "has_bars"), [((120, 40), True), ((119, 40), False), ((200, 50), True)])
async def test_a_wide_tree_has_small_bars_beside_the_times(base: Path, size: tuple[int, int], has_bars: bool) -> None:
    log = build()
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=size) as screen:
        assert ("▇" in "".join(screen.rows)) == has_bars
        if has_bars:
            assert "✘" in screen.rows[4].rstrip()[-10:]
            width = screen.tree.scrollable_content_region.width
            append(
                path, Log().fails("types").says("types", *["more"] * 5).tier(2, *map(str, range(60))).data, clock.now
            )
            await screen.changed()
            assert screen.tree.scrollable_content_region.width == width


async def test_the_small_bars_of_a_listener_are_on_the_clock_of_their_pass(base: Path) -> None:
    path, clock = written(base, listener(100))
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        assert "▇" not in screen.rows[1]
        assert "▇" in screen.rows[3]
        await screen.press("end", "space", "end", "right")
        assert "▇▇" in screen.rows[-1]


async def test_a_listener_begins_with_its_last_passes_and_earlier_ones_are_reached(base: Path) -> None:
    path, clock = written(base, listener(5000))
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("T")
        rows = timeline(screen)
        assert rows[1].count("≀10m") == 9
        assert all("▇" in row for row in rows[3:17])
        await screen.press(*["minus"] * 12)
        assert "▇" in timeline(screen)[3]
        await screen.press("0", "G", "space", "down", "down")
        row = timeline(screen)[2 + screen.tree.cursor - screen.tree.scroll_offset.y]
        assert "Pass 4,98" in screen.rows[screen.tree.cursor - screen.tree.scroll_offset.y]
        assert "▇" in row
        await screen.press("0", *["H"] * 40)
        assert reported(screen).split()[-1] != "now"
        assert "›" in timeline(screen)[3]


def wide_tier(steps: int) -> Log:
    """A session in a tier of this many steps, all of which run."""
    names = [f"shard-{number:03}" for number in range(steps)]
    log = Log().start().tier(0, *names)
    for name in names:
        log.step(name).says(name, "x")
    return log


async def seconds_per_key(base: Path, log: Log) -> float:
    """The time that a key takes in the timeline of a session."""
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=(200, 50)) as screen:
        await screen.press("T", "left")
        widget = screen.app.screen.query_one(Timeline)

        def press_keys() -> None:
            widget.action_move_line(-1)
            widget.action_zoom(-1)

        return shortest_seconds(press_keys, attempts=12)


@pytest.mark.parametrize("log", [wide_tier, listener])
async def test_a_key_in_the_timeline_takes_as_long_in_a_large_session(
    tmp_path: Path, log: Callable[[int], Log]
) -> None:
    small = await seconds_per_key(tmp_path / "small", log(100))
    assert await seconds_per_key(tmp_path / "large", log(3000)) < 6 * small + 0.001


async def test_recorded_sessions_of_every_kind_have_a_timeline(recorded: Path) -> None:
    for name in ("wide-tier", "killed-mid-step", "race-group", "hostile-text", "loop-generator-critic"):
        async with shown(recorded, opened=log_of(recorded, name), size=(120, 40)) as screen:
            await screen.press("T", "plus", "left", "minus", "0", "G", "g")
            assert any("▇" in row for row in timeline(screen)[2:])


async def test_keys_that_come_before_the_timeline_has_its_size_take_effect(base: Path) -> None:
    path, clock = written(base, build())
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        await screen.press("T", "left", "left", "left")
        expected = reported(screen)
        await screen.press("0", "T")
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        for key in ("T", "left", "left", "left"):  # without a pause between them
            screen.app.simulate_key(key)
        await screen.wait_for(expected.split()[0])


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "never", ""])
async def test_times_at_the_ends_of_the_calendar_do_no_harm(base: Path, time: str) -> None:
    log = Log().start(3).tier(0, "a").event("step_started", ts=time, step_name="a", tier_index=0).says("a", "x")
    log.event("step_failed", ts=time, step_name="a", exit_code=1, attempt=1, error="no").says("a", "y").done("a")
    log.event("tier_started", ts=time, tier_index=1, step_names=["b"]).step("b", 1)
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=(120, 30)) as screen:
        await screen.press("T", "left", "plus", "right", "minus", "minus", "0", "down", "down", "down", "enter")
        await screen.press("i", "tab", "escape")
        assert "flow" in screen.lines[0]


PROMPTS = ["slash", "ampersand", "colon", "greater_than_sign"]


async def test_a_key_for_the_output_displays_it_in_place_of_the_timeline(base: Path) -> None:
    path, clock = written(base, build())
    async with shown(base, opened=path, clock=clock, size=(80, 24)) as screen:
        for key in [*PROMPTS, "n", "e", "E", "f", "w", "t", "D", "vertical_line"]:
            await screen.press("T")
            assert not screen.output.region
            await screen.press(key)
            assert screen.output.region, key
            if key in PROMPTS:
                assert screen.prompt is not None
                await screen.press("escape")


async def test_enter_goes_on_following_the_end_unless_another_moment_is_pointed_at(base: Path) -> None:
    path, clock = written(base, build())
    async with shown(base, opened=path, clock=clock) as screen:
        await screen.press("T", "enter")
        assert screen.output.has_focus
        assert screen.output.follow
        assert not screen.found
        await screen.press("T", "left", "enter")
        assert not screen.output.follow
        assert screen.found.startswith("line ")
