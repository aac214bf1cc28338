"""The step that a live session works on or waits for is in sight, unless the user scrolls away from it."""

from pathlib import Path

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import Clock, Shown, shown
from zigtui.settings import Settings

SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]
STALL_SECS = 50.0
NAMES = [f"service-{number}" for number in range(14)]


def busy(stuck: str | None = None, secs: int = 60) -> Log:
    """Many parallel steps that go on printing, but for one."""
    log = Log().start().tier(0, *NAMES)
    for name in NAMES:
        log.step(name).says(name, f"{name} begun")
    log.wait(secs)
    for name in NAMES:
        if name != stuck:
            log.says(name, f"{name} goes on")
    return log


def has_in_sight(screen: Shown, name: str) -> bool:
    return any(name in row.split() for row in screen.rows)


@pytest.mark.parametrize("size", SIZES)
async def test_a_stalled_session_opens_at_the_step_that_it_waits_for(base: Path, size: tuple[int, int]) -> None:
    log = busy("service-9")
    clock = Clock(BEGAN + log.second)
    path = write_log(base, log, modified=clock.now)
    async with shown(base, opened=path, clock=clock, size=size, settings=Settings(stall_secs=STALL_SECS)) as screen:
        assert has_in_sight(screen, "service-9")
        assert screen.title.startswith("service-9")
        assert "service-9 begun" in " ".join(screen.output_lines)
        append(path, log.says("service-9", "service-9 is back").lines[-1] + b"\n", modified=clock.now)
        await screen.changed()
        assert screen.title.startswith("service-9")  # nothing moves when it goes on


async def test_a_session_that_stalls_moves_only_its_tree(base: Path) -> None:
    log = busy("service-9", secs=10)
    clock = Clock(BEGAN + log.second)
    path = write_log(base, log, modified=clock.now)
    async with shown(base, opened=path, clock=clock, size=(60, 20), settings=Settings(stall_secs=STALL_SECS)) as screen:
        assert has_in_sight(screen, "service-0")
        log.wait(40).says("service-0", "service-0 goes on")
        clock.now = BEGAN + log.second
        append(path, log.lines[-1] + b"\n", modified=clock.now)
        await screen.changed()
        await screen.wait_until(lambda: has_in_sight(screen, "service-9"))
        assert screen.title.startswith("All output")


async def test_the_tree_of_a_live_session_stays_where_the_wheel_takes_it(base: Path) -> None:
    log = busy()
    clock = Clock(BEGAN + log.second)
    path = write_log(base, log, modified=clock.now)
    async with shown(base, opened=path, clock=clock, size=(60, 20)) as screen:
        assert has_in_sight(screen, "service-0")
        for _ in range(8):
            await screen.pilot._post_mouse_events([MouseScrollDown], screen.tree, offset=(5, 2), button=0)
        await screen.wait_until(lambda: not has_in_sight(screen, "service-0"))
        top = screen.tree.scroll_offset.y
        for name in NAMES[:3]:
            append(path, log.says(name, "more").lines[-1] + b"\n", modified=clock.now)
            await screen.changed()
        assert screen.tree.scroll_offset.y == top
        for _ in range(8):
            await screen.pilot._post_mouse_events([MouseScrollUp], screen.tree, offset=(5, 2), button=0)
        await screen.wait_until(lambda: has_in_sight(screen, "service-0"))
        for name in NAMES[:-1]:  # all but the last one end, so that it is followed again
            log.done(name)
        append(path, b"".join(line + b"\n" for line in log.lines[-len(NAMES) + 1 :]), modified=clock.now)
        await screen.changed()
        await screen.wait_until(lambda: has_in_sight(screen, NAMES[-1]))


@pytest.mark.parametrize("size", SIZES)
async def test_names_that_differ_at_their_ends_can_be_told_apart(base: Path, size: tuple[int, int]) -> None:
    names = [f"integration-tests-shard-{number:03}" for number in range(12)]
    log = Log().start().tier(0, *names)
    for name in names:
        log.step(name)
    path = write_log(base, log.wait(5).end("failure"), modified=BEGAN + 10)
    async with shown(base, opened=path, clock=Clock(BEGAN + 10), size=size) as screen:
        for panel in ("", "T"):
            await screen.press(*panel)
            await screen.press("home", *["down"] * 3)
            shards = [row.split()[1] for row in screen.rows if "integ" in row]
            assert len(set(shards)) == len(shards) > 1, panel
