"""The cost of a frame depends only on what is displayed and on what has changed."""

from collections.abc import Callable
from pathlib import Path

from tests.support.bases import write_log
from tests.support.growth import shortest_seconds
from tests.support.logs import BEGAN, Json, Log
from tests.support.screens import Clock, Shown, shown
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.sessions.list import SessionList


def seconds_per_frame(screen: Shown) -> float:
    """The time that a frame takes in which the clock has gone on."""
    live, clock = screen.app.screen, screen.app.catalog.clock
    assert isinstance(live, LiveScreen)
    assert isinstance(clock, Clock)

    def show_frame() -> None:
        clock.now += 0.01
        live.show_changes()

    return shortest_seconds(show_frame)


async def of_session(base: Path, log: Log, step: Callable[[Shown], int | None]) -> tuple[float, float]:
    """What a frame costs on the screen of a session with a row of its tree chosen, and on the list."""
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(120, 40)) as screen:
        await screen.choose(step(screen) or 0)
        in_session = seconds_per_frame(screen)
        await screen.press("escape")
        return in_session, seconds_per_frame(screen)


def long_texts(length: int) -> Log:
    """A failed session with texts of this length, which contain characters that have to be made visible."""
    text = "no luck \x1b[31m\x07" * (length // 14)
    started: Json = {"workflow_name": text, "workflow_path": "w", "cwd": f"/{text}", "prompt": text, "tier_count": 1}
    log = Log().event("zig_session_started", **started).tier(0, "a")
    log.event("step_started", step_name="a", tier_index=0, zag_command=text, model=text, prompt_preview=text)
    log.says("a", "x").event("step_failed", step_name="a", exit_code=1, attempt=1, error=text)
    return log.says("a", "y").event("step_failed", step_name="a", exit_code=1, attempt=2, error=text).end("failure")


async def test_long_texts_cost_no_more_than_short_ones(tmp_path: Path) -> None:
    def step(screen: Shown) -> int | None:
        return screen.tree.find(("step", 0))

    short = await of_session(tmp_path / "short", long_texts(100), step)
    long = await of_session(tmp_path / "long", long_texts(1_000_000), step)
    for cost_of_short, cost_of_long in zip(short, long, strict=True):
        assert cost_of_long < 5 * cost_of_short + 0.002


async def test_rows_that_were_drawn_in_this_second_are_not_drawn_again(base: Path) -> None:
    for number in range(100):
        write_log(base, Log().start().tier(0, "a").step("a").done("a").end(), f"{number}", modified=BEGAN)
    async with shown(base, clock=(clock := Clock(BEGAN)), size=(120, 110)) as screen:
        sessions = screen.app.screen.query_one(SessionList)

        def draw(passed: float) -> None:
            clock.now += passed
            sessions.show(clock.now, is_loading=False, nothing="")
            sessions.on_idle()

        again, later = shortest_seconds(lambda: draw(0.0)), shortest_seconds(lambda: draw(1.0))
        assert again < 0.6 * later


async def test_a_long_error_has_a_note_of_how_much_is_not_shown(base: Path) -> None:
    path = write_log(base, long_texts(70_000), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(200, 130)) as screen:
        assert "… 50,000 more characters" in screen.text


def looping(tiers: int) -> Log:
    """A session that has begun this many tiers, and is in the last one."""
    log = Log().start(1)
    for _ in range(tiers):
        log.tier(0, "a").step("a").done("a")
    return log.tier(0, "a").step("a").says("a", "x")


async def test_tiers_that_are_over_cost_nothing(tmp_path: Path) -> None:
    few, _ = await of_session(tmp_path / "few", looping(50), lambda screen: 0)
    many, _ = await of_session(tmp_path / "many", looping(10_000), lambda screen: 0)
    assert many < 5 * few + 0.005
