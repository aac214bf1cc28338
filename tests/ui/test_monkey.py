"""Keys, sizes and events in any order: no screen fails, and each finally displays what a new one would."""

import random
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.examples import amount
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import Clock, shown
from tests.ui.test_sizes import assert_fits
from zigtui.ui.output.lines.line_times import Times
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.session.output_panes import OutputPanes
from zigtui.ui.widgets.prompt import Prompt

KEYS = ["j", "k", "g", "G", "tab", "f", "w", "pageup", "pagedown", "up", "down", "home", "end", "enter", "space"]
KEYS += ["n", "N", "e", "E", "t", "vertical_line", "vertical_line"]
ASKED = [("/", "line"), ("/", "/[0-9]$/"), ("/", "漢"), (":", "50%"), (":", "2"), (":", "+3s"), (":", "12:00")]
SIZES = [(80, 24), (40, 10), (120, 30), (20, 5), (71, 12)]
NAMES = ["a", "b-longer", "日本語"]


def something_happens(chance: random.Random, tier: int) -> Log:
    """An event or some, of a running session."""
    name = chance.choice(NAMES)
    log = Log()
    match chance.randrange(8):
        case 0:
            return log.tier(tier % 3, *chance.sample(NAMES, 2))
        case 1:
            return log.step(name)
        case 2:
            return log.fails(name)
        case 3:
            return log.done(name)
        case 4:
            return log.skips(name)
        case 5:
            return log.says(name, "wide 漢字 " * chance.randrange(60), stream="stderr")
        case _:
            return log.says(name, *(f"line {number}" for number in range(chance.randrange(2))))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(amount(3, usual=2)))
async def test_whatever_is_pressed_and_whatever_happens(base: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = write_log(base, Log().start(3), "1", modified=BEGAN)
    clock = Clock(BEGAN)
    async with shown(base, opened=path, clock=clock) as screen:
        for turn in range(30):
            match chance.randrange(6):
                case 0:
                    await screen.resize(*chance.choice(SIZES))
                case 1 | 2:
                    append(path, something_happens(chance, turn).data, BEGAN)
                    await screen.changed()
                case 3 if chance.random() < 0.2:
                    if chance.random() < 0.5:
                        path.write_bytes(Log().start(2).tier(0, "a").says("a", "begun anew").data)
                    else:
                        path.unlink()
                        await screen.changed()
                        write_log(base, Log().start(3), "1", modified=BEGAN)
                    await screen.changed()
                case 4 if chance.random() < 0.5:
                    await screen.answer(*chance.choice(ASKED))
                    screen.app.screen.query_one(Prompt).close()
                    screen.output.focus()
                case _:
                    await screen.press(chance.choice(KEYS))
            assert_fits(screen)
        await screen.resize(80, 24)
        screen.tree.move_cursor(0)
        await screen.pilot.pause()
        pane = screen.app.screen.query_one(OutputPane)
        outputs = screen.app.screen.query_one(OutputPanes)
        while outputs.pinned_count or screen.app.screen.has_class("-full-screen"):
            await screen.press("escape")
        while pane.is_busy:
            await screen.press("escape")
        pane.show_note("")
        screen.output.wrap, screen.output.times, screen.output.follow = True, Times.OFF, True
        await screen.searched()
        await screen.changed()
        seen = screen.rows, screen.output_lines, screen.title
    async with shown(base, opened=path, clock=clock) as screen:
        assert (screen.rows, screen.output_lines, screen.title) == seen
