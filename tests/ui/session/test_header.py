"""The header of a session: when it began and ended."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Log, append
from tests.support.machines import mirror_root, mirrored_log
from tests.support.screens import SIZES, Clock, Shown, shown
from tests.support.zones import BERLIN, SetZone
from zigtui.settings import Settings
from zigtui.ui.widgets.bar import Bar

LIMIT = "⚠ claude usage limit (session) — resets 2026-03-01T14:00:00Z, resuming 2026-03-01T15:00:00Z"


def header(screen: Shown) -> list[str]:
    """The lines of the header."""
    bar = screen.app.screen.query_one("#header", Bar)
    return [bar.render_line(y).text.strip() for y in range(2)]


def from_to(begin: str, end: str) -> tuple[Log, float]:
    """A session between two times, and its end in seconds since the epoch."""
    began, ended = (datetime.fromisoformat(time).timestamp() for time in (begin, end))
    log = Log().wait(began - BEGAN + 1).start().wait(ended - began)
    return log.event("zig_session_ended", status="success", duration_ms=round((ended - began) * 1000)), ended


@pytest.mark.parametrize(
    ("begin", "end", "time", "expected"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:02:14Z", "2m14s", "2026-03-01 11:00:00 – 11:02:14"),
        ("2026-02-27T23:30:00Z", "2026-02-28T00:30:00Z", "1h00m", "2026-02-28 00:30:00 – 01:30:00"),
        ("2025-12-31T22:30:00Z", "2025-12-31T23:30:00Z", "1h00m", "2025-12-31 23:30:00 – 2026-01-01 00:30:00"),
        # The clocks were set back by an hour in between.
        ("2025-10-26T00:30:00Z", "2025-10-26T01:45:00Z", "1h15m", "2025-10-26 02:30:00 +02:00 – 02:45:00 +01:00"),
    ],
)
async def test_begin_and_end_have_dates_and_the_duration_is_true(
    base: Path, set_zone: SetZone, begin: str, end: str, time: str, expected: str
) -> None:
    set_zone(BERLIN)
    log, ended = from_to(begin, end)
    path = write_log(base, log, "1", modified=ended)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        assert header(screen)[1].startswith(f"{expected}  /src")
        assert f"succeeded  {time}" in header(screen)[0]


async def test_a_live_session_has_its_begin_and_a_lost_one_when_it_was_last_seen(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a"), "1", modified=BEGAN + 3)
    clock = Clock(BEGAN + 4)
    async with shown(base, opened=path, clock=clock) as screen:
        assert header(screen)[1].startswith("began 2026-03-01 12:00:00  /src")
        append(path, Log().wait(11).beat().data, BEGAN + 11)
        await screen.changed()
        clock.now = BEGAN + 500
        await screen.show_changes()
        assert "lost" in header(screen)[0]
        assert header(screen)[1].startswith("2026-03-01 12:00:00 – last seen 12:00:10  /src")


async def test_begin_and_end_are_there_at_any_width(base: Path) -> None:
    log, ended = from_to("2026-03-01T10:00:00Z", "2026-03-01T10:02:14Z")
    path = write_log(base, log, "1", modified=ended)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        for size in [size for size in SIZES if size[0] >= 40]:
            await screen.resize(*size)
            assert header(screen)[1].startswith("2026-03-01 10:00:00 – 10:02:14"), size


@pytest.mark.parametrize(
    "log",
    [
        b"garbage\n",
        Log().raw(b"torn").tier(0, "a").step("a").says("a", "hello"),
        Log().tier(0, "a").step("a").fails("a").end("failure"),
    ],
    ids=["garbage", "torn", "failed"],
)
async def test_a_session_is_unreadable_for_a_reason(base: Path, log: Log | bytes) -> None:
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        for size in [(120, 40), (80, 24)]:
            await screen.resize(*size)
            assert "? unreadable" in header(screen)[0]
            assert "its start cannot be read" in header(screen)[0]


async def test_a_session_without_a_start_has_its_end(base: Path) -> None:
    path = write_log(base, Log().tier(0, "a").end(), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN + 9)) as screen:
        assert header(screen)[1].startswith("ended 2026-03-01 12:00:01")


@pytest.mark.parametrize(
    ("log", "place"), [(Log().start(), "web-07:/src"), (Log().tier(0, "a"), "web-07")], ids=["start", "no start"]
)
async def test_a_mirrored_session_has_its_machine_and_its_directory_if_that_is_known(
    tmp_path: Path, log: Log, place: str
) -> None:
    path = mirrored_log(mirror_root(tmp_path), "web-07", "1b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a11", log, BEGAN)
    async with shown(tmp_path / "web-07", opened=path, clock=Clock(BEGAN)) as screen:
        assert place in header(screen)[1].split()


@pytest.mark.parametrize("quiet_secs", [10, 500])
async def test_a_stalled_session_names_its_step_whatever_the_settings_are(base: Path, quiet_secs: float) -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b").says("b", "x").wait(60).says("b", "y")
    path = write_log(base, log, "1", modified=BEGAN + 64)
    settings = Settings(stall_secs=50, quiet_secs=quiet_secs)
    async with shown(base, opened=path, clock=Clock(BEGAN + 65), size=(120, 30), settings=settings) as screen:
        assert "◐ stalled  1m05s  a quiet 1m (of 2)" in header(screen)[0]
        assert "quiet 1m" in screen.rows[2]


@pytest.mark.parametrize("quiet_secs", [10, 500])
async def test_a_silence_is_shown_from_the_setting_on(base: Path, quiet_secs: float) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a").wait(20).beat(), "1", modified=BEGAN + 22)
    settings = Settings(quiet_secs=quiet_secs)
    async with shown(base, opened=path, clock=Clock(BEGAN + 23), size=(120, 30), settings=settings) as screen:
        assert ("a quiet 21s" in header(screen)[0]) == (quiet_secs == 10)


async def test_a_usage_limit_is_the_reason_until_the_step_prints_again(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a").says("a", LIMIT), "1", modified=BEGAN + 4)
    async with shown(base, opened=path, clock=Clock(BEGAN + 5), size=(120, 30)) as screen:
        assert "a: usage limit, resumes 15:00" in header(screen)[0]
        append(path, Log().says("a", "↻ Resumed (attempt 1): continue").data, BEGAN + 5)
        await screen.changed()
        assert "usage limit" not in header(screen)[0]


@pytest.mark.parametrize("length", [30, 40, 50, 500])
async def test_a_long_name_cuts_neither_the_state_nor_the_duration(base: Path, length: int) -> None:
    path = write_log(base, Log().start().end("failure"), "1", modified=BEGAN, workflow="n" * length)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        for size in [(80, 24), (60, 20), (120, 30)]:
            await screen.resize(*size)
            assert "✘ failed  4.3s" in header(screen)[0], size
            assert header(screen)[0].startswith("nnnnnnnn"), size


async def test_the_number_of_failed_passes_does_not_cut_the_duration(base: Path) -> None:
    path = write_log(base, listener(1_000, failing=5).end(), "1", modified=BEGAN, workflow="listener")
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        for size in [(80, 24), (60, 20), (120, 30), (200, 50)]:
            await screen.resize(*size)
            assert "succeeded · 200 of 1,000 passes failed  4.3s" in header(screen)[0], size


async def test_which_step_is_silent_and_for_how_long_is_more_important_than_the_progress(base: Path) -> None:
    log = Log().start(3).tier(0, "emitter", "busy").step("emitter").step("busy").says("emitter", "begun")
    path = write_log(base, log.wait(61).says("busy", "on it").beat(), "1", modified=BEGAN + log.second)
    async with shown(base, opened=path, clock=Clock(BEGAN + log.second)) as screen:
        for size in [(80, 24), (60, 20), (120, 30)]:
            await screen.resize(*size)
            assert "emitter quiet 1m (of 2)" in header(screen)[0], size
            assert "♥" in header(screen)[0], size


async def test_the_step_that_is_stuck_is_named_whole_in_a_narrow_terminal(base: Path) -> None:
    log = Log().start(2).tier(0, "lint", "types").step("lint").step("types").says("types", "begun").wait(1800)
    path = write_log(base, log.says("lint", "on it").beat(), workflow="review", modified=BEGAN + log.second)
    async with shown(base, opened=path, clock=Clock(BEGAN + log.second), size=(60, 20)) as screen:
        assert "review  ◐ stalled  30m06s  types quiet 30m" in header(screen)[0]


@pytest.mark.parametrize("length", [19, 22, 25, 28, 31])
async def test_the_step_that_is_stuck_is_more_important_than_the_id(base: Path, length: int) -> None:
    log = Log().start(2).tier(0, "lint", "types").step("lint").step("types").says("types", "begun").wait(1800)
    path = write_log(base, log.says("lint", "on it").beat(), workflow="w" * length, modified=BEGAN + log.second)
    async with shown(base, opened=path, clock=Clock(BEGAN + log.second), size=(60, 20)) as screen:
        assert f"{'w' * length}  ◐ stalled  30m06s  types" in header(screen)[0]


@pytest.mark.parametrize(("announced", "expected"), [(3, "tier 2/3 ▕"), (0, "tier 2  "), (1, "tier 2  ")])
async def test_a_number_of_tiers_that_is_not_known_is_left_out(base: Path, announced: int, expected: str) -> None:
    log = Log().start(announced).tier(0, "a").step("a").done("a").tier(1, "b").step("b").says("b", "begun").beat()
    path = write_log(base, log, "1", modified=BEGAN + log.second)
    async with shown(base, opened=path, clock=Clock(BEGAN + log.second), size=(120, 30)) as screen:
        assert expected in header(screen)[0]


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (80, "12:00:00  ~/work/shop  “do it”"),
        (47, "12:00:00  ~/work/shop …"),
        (38, "12:00:00  ~…/shop"),
        (36, "12:00:00   …"),
    ],
)
async def test_the_directory_is_that_of_the_home_and_keeps_its_end(
    home_directory: Path, base: Path, width: int, expected: str
) -> None:
    path = write_log(base, Log().start(cwd=f"{home_directory}/work/shop"), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(width, 24)) as screen:
        assert header(screen)[1].endswith(expected)


async def test_a_failed_session_without_a_failure_is_explained(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a").end("failure"), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(120, 30)) as screen:
        assert "ended early: no failure was recorded" in header(screen)[0]
