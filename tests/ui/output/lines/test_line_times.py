"""The times beside the lines: of the clock, since the start, and since the line before."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import LINES_ONLY, Clock, Shown, shown
from tests.support.zones import BERLIN, SetZone
from tests.ui.test_sizes import assert_fits


def moment(time: str) -> float:
    """A time with its offset, in seconds since the epoch."""
    return datetime.fromisoformat(time).timestamp()


def log_from(start: str) -> Log:
    """A session that begins at a time, with a tier and a running step."""
    return Log().wait(moment(start) - BEGAN + 1).start().tier(0, "a").step("a")


def rows(screen: Shown) -> list[str]:
    """The rows of the output, without the empty ones at its end."""
    return [row for row in screen.output_lines if row]


async def test_t_goes_round_through_the_kinds_of_times(base: Path) -> None:
    log = Log().start().tier(0, "a").says("a", "one").wait(0.04).says("a", "two").wait(134).says("a", "three")
    log.wait(3 * 3600 + 300).says("a", "four")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        assert rows(screen) == ["a   one", "    two", "    three", "    four"]
        await screen.press("t")
        assert rows(screen) == [
            "12:00:02 a   one",
            "12:00:02     two",
            "12:02:16     three",
            "15:07:16     four",
        ]
        assert screen.title.split("lines")[1].strip() == "following"
        await screen.press("t")
        assert rows(screen) == [
            " 0:00:02 a   one",
            " 0:00:02     two",
            " 0:02:16     three",
            " 3:07:16     four",
        ]
        assert screen.title.endswith("since start · following")
        await screen.press("t")
        assert rows(screen) == [
            "         a   one",
            "   +40ms     two",
            "  +2m14s     three",
            "  +3h05m     four",
        ]
        assert screen.title.endswith("since previous · following")
        await screen.press("t")
        assert rows(screen) == ["a   one", "    two", "    three", "    four"]


async def test_times_before_the_start_and_after_days_are_true(base: Path) -> None:
    log = Log().start().tier(0, "a").wait(-8.5).says("a", "early").wait(100 * 3600 + 728).says("a", "late")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("t", "t")
        assert rows(screen) == ["-0:00:07 a   early", "4d04h12m     late"]
        await screen.press("t")
        assert rows(screen)[1] == "   +4d4h     late"


async def test_a_line_printed_before_the_one_above_it_has_a_negative_time(base: Path) -> None:
    log = Log().start().tier(0, "a").says("a", "one").wait(-8.2).says("a", "two")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("t", "t", "t")
        assert rows(screen)[1].split() == ["-8.2s", "two"]


async def test_lines_without_a_time_leave_its_column_empty(base: Path) -> None:
    log = Log().start().tier(0, "a").event("step_output", ts=None, step_name="a", stream="stdout", line="when?")
    log.event("step_output", ts="99999-01-01T00:00:00Z", step_name="a", stream="stdout", line="never")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        for _ in range(3):
            await screen.press("t")
            assert rows(screen) == [f"{'':9}a   when?", f"{'':13}never"]


async def test_the_clock_has_the_day_at_the_top_and_where_it_changes(base: Path) -> None:
    log = log_from("2026-11-09T23:59:50Z").says("a", "one")
    path = write_log(base, log, "1", modified=moment("2026-11-09T23:59:53Z"))
    clock = Clock(moment("2026-11-09T23:59:55Z"))
    async with shown(base, settings=LINES_ONLY, opened=path, clock=clock, size=(200, 24)) as screen:
        await screen.press("t")
        assert rows(screen) == ["23:59:53 a   one"]
        clock.now = moment("2026-11-10T00:00:03Z")
        append(path, Log().wait(moment("2026-11-09T23:59:59Z") - BEGAN + 1).says("a", "two", "three", "four").data)
        await screen.changed()
        assert rows(screen) == [
            "Nov  9 23:59:53 a   one",
            "       23:59:59     two",
            "Nov 10 00:00:00     three",
            "       00:00:01     four",
        ]
        append(path, Log().wait(moment("2026-11-10T00:00:02Z") - BEGAN + 1).says("a", *["more"] * 40).data)
        await screen.changed()
        assert rows(screen)[0].startswith("Nov 10 00:00:")
        assert not any(row.startswith("Nov") for row in rows(screen)[1:])
        for size in [(120, 40), (60, 20), (48, 20), (40, 10), (20, 5)]:
            await screen.resize(*size)
            assert_fits(screen)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (
            "2026-10-25T02:59:56+02:00",  # clocks are set back: times of day come twice
            [
                "Oct 25 +02:00 02:59:59 a   one",
                "Oct 25 +01:00 02:00:00     two",
                "              02:00:01     three",
            ],
        ),
        (
            "2026-03-29T01:59:56+01:00",  # they are set forward
            [
                "Mar 29 +01:00 01:59:59 a   one",
                "Mar 29 +02:00 03:00:00     two",
                "              03:00:01     three",
            ],
        ),
    ],
    ids=["back", "forward"],
)
async def test_times_across_a_change_of_the_clocks_are_unambiguous(
    base: Path, set_zone: SetZone, start: str, expected: list[str]
) -> None:
    set_zone(BERLIN)
    log = log_from(start).says("a", "one", "two", "three").done("a", 2000).end()
    now = moment(start) + timedelta(hours=2).total_seconds()
    path = write_log(base, log, "1", modified=now)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(now), size=(160, 24)) as screen:
        await screen.press("t")
        assert rows(screen) == expected
        await screen.press("t")
        assert [row.split()[0] for row in rows(screen)] == ["0:00:03", "0:00:04", "0:00:05"]


async def test_the_step_stays_beside_its_line_below_the_heading_of_a_day(base: Path, set_zone: SetZone) -> None:
    set_zone(BERLIN)
    start = "2026-10-25T02:59:57+02:00"
    log = log_from(start).says("a", "one", "two").done("a", 2000).end()
    now = moment(start) + timedelta(hours=2).total_seconds()
    path = write_log(base, log, "1", modified=now)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(now), size=(80, 24)) as screen:
        await screen.press("t")
        assert rows(screen) == ["Oct 25 +01:00", "02:00:00 a   one", "02:00:01     two"]
