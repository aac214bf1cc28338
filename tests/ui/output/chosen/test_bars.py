"""The lines above the output at several widths."""

from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log
from tests.support.screens import Clock, shown


@pytest.mark.parametrize("name", ["emitter", "a-step-with-a-rather-long-name"])
async def test_the_time_of_the_last_output_of_a_silent_step_is_there_at_any_size(base: Path, name: str) -> None:
    log = Log().start().tier(0, name, "b").step(name).step("b").says(name, "x").wait(310).says("b", "y")
    path = write_log(base, log, "1", modified=BEGAN + log.second)
    async with shown(base, opened=path, clock=Clock(BEGAN + log.second)) as screen:
        await screen.choose(2)
        for size in [(60, 20), (80, 24), (120, 40), (200, 50)]:
            await screen.resize(*size)
            assert screen.about.startswith("last output 12:00:04, 5m ago · run"), size


async def test_a_title_never_cuts_a_number_off_from_its_unit(base: Path) -> None:
    log = Log().start().tier(0, "build").step("build").fails("build").says("build", *["x"] * 34).fails("build", 2)
    path = write_log(base, log.end("failure"), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        for width in range(76, 130):
            await screen.resize(width, 24)
            words = screen.title.split("failure 2 of 2")[0].split()
            assert "34" not in words or "lines" in words, width
