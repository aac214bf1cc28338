"""The titles above the list, in columns with little room."""

from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log
from tests.support.screens import shown


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_sorted_column_keeps_its_title_when_names_are_cut_off(base: Path, width: int) -> None:
    log = Log().start().tier(0, "a").step("a").fails("a").end("failure")
    for number in range(3):
        name = f"release-candidate-{number}"
        write_log(base, log, session_id(number), modified=BEGAN, workflow=name, project="src-billing-service-backend")
    async with shown(base, size=(width, 20)) as screen:
        await screen.pilot.click("#columns", offset=(screen.lines[2].index("workflow"), 0))
        await screen.wait_until(lambda: "▴" in screen.lines[2])
        assert "workflow▴" in screen.lines[2].replace(" ▴", "▴")
