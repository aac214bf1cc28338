"""A log that another one replaces while the screen is about to display it."""

from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Log
from tests.support.screens import Clock, shown
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.session.output_panes import OutputPanes
from zigtui.ui.session.screen import SessionScreen


def tiers() -> Log:
    log = Log().start().tier(0, "a", "b").step("a").says("a", "1", "2").fails("a").step("a").says("a", *"345")
    return log.fails("a").tier(1, "c").step("c").says("c", *"678").done("c").tier(2, "d").step("d").says("d", "9")


@pytest.mark.parametrize("before", [tiers(), listener(14)], ids=["tiers", "passes"])
@pytest.mark.parametrize("after", [Log(), Log().start(), listener(1)], ids=["empty", "no step", "another listener"])
async def test_its_outputs_are_chosen_and_pinned(base: Path, before: Log, after: Log) -> None:
    path = write_log(base, before, "1", modified=BEGAN + before.second)
    async with shown(base, opened=path, clock=Clock(BEGAN + before.second), size=(200, 50)) as screen:
        session = screen.app.screen
        assert isinstance(session, SessionScreen)
        outputs, main, keys = session.query_one(OutputPanes), session.query_one(OutputPane), []
        for row in range(len(screen.rows)):
            await screen.choose(row)
            keys.append(main.chosen)
        assert len(set(keys)) > 4
        snapshot = session.current_snapshot()
        path.write_bytes(after.says("x", "of another log").data)
        screen.app.catalog.read_all()
        for key in keys:
            main.choose(key, snapshot)
            outputs.unpin(await outputs.pin(snapshot))
        await screen.press("e", "n", "i", "escape")
        await screen.choose(0)
        await screen.changed()
        assert any("of another log" in line for line in screen.output_lines)
