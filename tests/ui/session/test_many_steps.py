"""A frame and a key cost as much in a session of thousands of steps as in one of a few."""

from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.line_counts import counted
from tests.support.logs import Log, append
from tests.support.screens import Clock, shown

FEW, MANY = 50, 250
MOST_RATIO = 2

AFTERWARDS = 10_000.0  # seconds: the session is lost by then, so that every state has to be derived


def session_of(steps: int) -> Log:
    """A tier that is over, and one with as many steps under way and a step that has failed as many times."""
    log = Log().start(2).tier(0, *(f"step-{number}" for number in range(steps)))
    for number in range(steps):
        log.step(f"step-{number}").says(f"step-{number}", "hello")
        if number % 4 == 0:
            log.fails(f"step-{number}")
    log.tier(1, *(f"other-{number}" for number in range(steps)), "last")
    for number in range(steps):
        log.step(f"other-{number}", 1).says("last", "hello").fails("last", number + 1)
    return log.says("last", "hello")


async def costs(base: Path, log: Log) -> dict[str, int]:
    """The costs of frames and of keys in the session of a log."""
    clock = Clock()
    path = write_log(base, log, modified=clock.now)
    found: dict[str, int] = {}
    async with shown(base, opened=path, clock=clock, size=(80, 40), draws_frames=True) as screen:
        clock.now += 1
        append(path, log.says("last", "more").lines[-1] + b"\n", modified=clock.now)
        with counted(found, "a new line"):
            await screen.changed()
        for key in ("e", "E", "E", "home", "down", "end", "up", "tab", "end", "pageup", "pagedown", "home"):
            with counted(found, f"{len(found)}: {key}"):
                await screen.press(key)
        await screen.press("tab", "end")  # the step that has failed
        for key in ("T", "T", "i", "escape"):
            with counted(found, f"{len(found)}: {key}"):
                await screen.press(key)
        clock.now += AFTERWARDS
        await screen.press("home", "down")
        with counted(found, "the session is lost"):
            await screen.show_changes()
    return found


@pytest.mark.slow
async def test_the_cost_of_a_frame_does_not_grow_with_the_steps(tmp_path: Path) -> None:
    few = await costs(tmp_path / "few", session_of(FEW))
    frame = few["a new line"]  # the next frame may come with any key
    least: dict[str, int] = {}
    too_many: dict[str, tuple[int, int]] = {}
    for attempt in range(3):  # on a busy machine several frames may come with a key, but hardly with the same one again
        many = await costs(tmp_path / f"many{attempt}", session_of(MANY))
        least = {name: min(cost, least.get(name, cost)) for name, cost in many.items()}
        too_many = {
            name: (few[name], cost) for name, cost in least.items() if cost > MOST_RATIO * max(few[name], frame)
        }
        if not too_many:
            break
    assert too_many == {}
