"""The days above the sessions in the list, and the times in their rows."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log
from tests.support.screens import Clock, shown
from tests.ui.sessions.test_list import CLOCK, started

BEGINS = ["2026-03-01T11:59:00Z", "2026-02-28T02:52:30Z", "2026-02-27T02:52:30Z", "2025-12-31T02:52:30Z"]


def began_at(base: Path, times: list[str]) -> None:
    """Write a session for each time at which one began. Each took a second."""
    for number, time in enumerate(times):
        began = datetime.fromisoformat(time).timestamp()
        write_log(base, Log().wait(began - BEGAN + 1).start().end(), session_id(number), modified=began + 1)


@pytest.mark.parametrize("width", [200, 120, 80, 48])
async def test_the_days_are_headings_and_the_times_are_below_them(base: Path, width: int) -> None:
    began_at(base, BEGINS)
    async with shown(base, size=(width, 24), clock=Clock(BEGAN)) as screen:
        headings = [line.strip(" ─") for line in screen.lines if "──" in line]
        assert headings == ["today", "yesterday", "Friday 27 February", "Wednesday 31 December 2025"]
        assert ["11:59" in row or "02:52" in row for row in screen.rows] == [True] * 4
        positions = []
        for key in ("j", "j", "j", "j", "k", "g"):
            await screen.press(key)
            positions.append(screen.sessions.cursor)
        assert positions == [1, 2, 3, 3, 2, 0]  # headings are no rows


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (200, ["11:59", "yesterday 02:52", "Feb 27 02:52", "2025-12-31"]),
        (80, ["11:59", "yest 02:52", "Feb 27", "2025-12-31"]),
        (48, ["11:59", "yest 02:52", "Feb 27", "2025-12-31"]),
    ],
)
async def test_the_date_of_a_begin_is_in_its_row_without_headings(base: Path, width: int, expected: list[str]) -> None:
    began_at(base, BEGINS)
    async with shown(base, size=(width, 24), clock=Clock(BEGAN)) as screen:
        await screen.press("s")
        assert "──" not in screen.text
        for row, words in zip(screen.rows, expected, strict=True):
            assert f"  {words}" in row


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 50)])
async def test_the_times_of_rows_are_those_by_which_they_are_sorted(base: Path, size: tuple[int, int]) -> None:
    for number, (hours_ago, hours) in enumerate([(30, 20), (29, 1), (28, 0.1), (3, 2), (2, 0.1), (1.5, 1)]):
        log = Log().wait(1 - hours_ago * 3600).start().wait(hours * 3600).end()
        write_log(base, log, session_id(number), modified=BEGAN + log.second)
    lost = Log().wait(1 - 2.5 * 3600).start().wait(3600).beat()
    write_log(base, lost, session_id(9), modified=BEGAN - 1.5 * 3600)
    expected = ["10:30", "10:00", "09:30", "09:00", "08:00", "07:00", "06:00"]
    async with shown(base, clock=Clock(BEGAN), size=size) as screen:
        assert [CLOCK.findall(row)[0] for row in screen.rows] == expected
        await screen.press("s", "s")  # by cost, which is the same for all
        assert [CLOCK.findall(row)[0] for row in screen.rows] == expected


async def test_live_sessions_are_above_the_days(base: Path) -> None:
    write_log(base, started(0, "live").tier(0, "a"), session_id(1), modified=BEGAN + 100)
    write_log(base, started(50, "over").end(), session_id(2), modified=BEGAN + 60)
    async with shown(base, clock=Clock(BEGAN + 101)) as screen:
        assert [line.split()[1] for line in screen.lines[3:6]] == ["live", "today", "over"]
