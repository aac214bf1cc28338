"""Snapshots of the screens: their text and its colours."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.support.bases import log_of, write_log
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Log
from tests.support.machines import FeedByHand, FleetByHand, fleet_root
from tests.support.screens import Clock, location_of, shown
from tests.support.two_days import HOUR, NOW, write_two_days
from zigtui.reader.catalog.project import Project
from zigtui.settings import Settings
from zigtui.state.store import StateStore
from zigtui.system.colours import Colours
from zigtui.ui.keys_screen import KeysScreen
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.session.preview import SessionPreview
from zigtui.ui.sessions.list_start import ListStart, ProjectScope

SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]
NARROW = (48, 20)  # at which the list has no projects
SESSIONS = ["parallel-fan-out", "killed-mid-step", "race-group", "hostile-text"]


def name_of(size: tuple[int, int]) -> str:
    return "{}x{}".format(*size)


at_all_sizes = pytest.mark.parametrize("size", SIZES, ids=name_of)
at_narrow_sizes_too = pytest.mark.parametrize("size", [NARROW, *SIZES], ids=name_of)


def live_log() -> Log:
    """A session in the middle of its second tier, with a step that is retried."""
    log = (
        Log().start(4).tier(0, "gather").step("gather").says("gather", "copied 30 modules").done("gather", 900, "files")
    )
    log.tier(1, "lint", "sizes", "docs").step("lint").step("sizes").step("docs")
    log.says("lint", "a.py is fine").says("lint", "warning: b.py:12: long line", stream="stderr")
    log.says("sizes", "a.py  \x1b[32m12 lines\x1b[0m", "tokens: 1200 in / 34 out, cost=$0.5").fails("docs", 1)
    return log.says("docs", "second attempt").skips("sizes").beat()


@at_narrow_sizes_too
async def test_the_list(recorded: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with shown(recorded, size=size) as screen:
        assert screen.styled_text == snapshot


@at_narrow_sizes_too
async def test_machines(home_directory: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    root = fleet_root(home_directory)
    machines = FleetByHand(root, "db-01", "web-2", "web-10")
    machines.silences["web-2"] = 42.0
    async with shown(root, clock=Clock(BEGAN + 20), machines=machines, feed=FeedByHand(), size=size) as screen:
        assert screen.styled_text == snapshot(name="list")
        await screen.press("M")
        assert screen.styled_text == snapshot(name="machines")
        machines.offline_since = BEGAN + 10
        await screen.show_changes()
        assert screen.styled_text == snapshot(name="offline")


@at_all_sizes
async def test_a_home_without_sessions(
    monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("HOME", "/home/of/nobody")
    async with shown(Path("/home/of/nobody/.zig"), size=size) as screen:
        assert screen.styled_text == snapshot


@at_all_sizes
async def test_recorded_sessions(recorded: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with shown(recorded, size=size) as screen:
        for name in SESSIONS if size == (80, 24) else SESSIONS[:2]:
            await screen.open(log_of(recorded, name))
            assert screen.styled_text == snapshot(name=name)
            await screen.press("escape")


@at_all_sizes
async def test_a_step_that_was_retried(recorded: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with shown(recorded, opened=log_of(recorded, "retry-then-success"), size=size) as screen:
        await screen.choose(2)
        assert screen.styled_text == snapshot


@at_narrow_sizes_too
async def test_live_sessions(base: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    ids = [f"{number}b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a11" for number in range(4)]
    path = write_log(base, live_log(), ids[0], modified=BEGAN + 20)
    killed = Log().wait(-9000).start().tier(0, "think").step("think").wait(400).beat()
    write_log(base, killed, ids[1], modified=BEGAN - 8500)
    write_log(base, Log().start(2).tier(0, "wait").step("wait"), ids[2], modified=BEGAN + 9)
    write_log(base, b"this is not a log\n", ids[3], modified=BEGAN)
    async with shown(base, clock=Clock(BEGAN + 24), size=size) as screen:
        assert screen.styled_text == snapshot(name="list")
        await screen.open(path)
        assert screen.styled_text == snapshot(name="session")
        screen.output.action_scroll_to_start()
        write_log(base, live_log().says("docs", *["more"] * 30), ids[0], modified=BEGAN + 20)
        await screen.changed()
        assert screen.styled_text == snapshot(name="session, scrolled back")


@pytest.mark.parametrize("colours", [Colours.BASIC, Colours.NONE], ids=lambda colours: colours.name)
async def test_few_colours(base: Path, snapshot: SnapshotAssertion, colours: Colours) -> None:
    rest = "b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a11"
    path = write_log(base, live_log(), f"0{rest}", modified=BEGAN + 20)
    write_log(base, Log().start().tier(0, "think").step("think").done("think").end(), f"1{rest}", modified=BEGAN)
    write_log(
        base, Log().start().tier(0, "think").step("think").fails("think").end("failure"), f"2{rest}", modified=BEGAN
    )
    async with shown(base, clock=Clock(BEGAN + 24), colours=colours) as screen:
        assert screen.styled_text == snapshot(name="list")
        await screen.open(path)
        await screen.choose(2)
        assert screen.styled_text == snapshot(name="session")
        await screen.choose(0)
        await screen.search("i")
        assert screen.styled_text == snapshot(name="search")
        await screen.press("question_mark")
        assert screen.styled_text == snapshot(name="keys")


@at_all_sizes
async def test_the_list_filtered_and_sorted(
    base: Path, tmp_path: Path, snapshot: SnapshotAssertion, size: tuple[int, int]
) -> None:
    write_two_days(base)
    store = StateStore(tmp_path / "state")
    store.update("seen", lambda _: {"left": NOW - 2 * HOUR, "opened": {}})
    start = ListStart("", ProjectScope("shop", [Project("src-shop")]))
    settings = Settings(note_secs=float("inf"))  # so that the notes do not depend on the speed of the machine
    async with shown(base, clock=Clock(NOW), size=size, store=store, start=start, settings=settings) as screen:
        assert screen.styled_text == snapshot(name="days and new marks")
        await screen.press("s")
        assert screen.styled_text == snapshot(name="sorted by duration")
        await screen.press("s", "s", "s", "s", "slash", *"dep")
        await screen.wait_for("of 8")
        assert screen.styled_text == snapshot(name="filter while it is typed")
        await screen.press("space", *"stat:x")
        await screen.wait_for("is no key")
        assert screen.styled_text == snapshot(name="fault in the filter")
        await screen.press(*["backspace"] * 7, "enter", "p")
        assert screen.styled_text == snapshot(name="filter and one project")
        await screen.press("slash", *"xyz", "enter")
        await screen.wait_for("No session passes")
        assert screen.styled_text == snapshot(name="nothing passes the filter")


@at_all_sizes
async def test_the_preview(base: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    failed = write_two_days(base)[0]
    async with shown(base, clock=Clock(NOW), size=size) as screen:
        row = screen.sessions.find(location_of(screen.app.catalog, failed))
        assert row is not None
        screen.sessions.move_cursor(row)
        for name in ("beside", "below") if size[0] >= 140 else ("below",):
            await screen.press("v")
            await screen.wait_until(lambda: screen.app.screen.query(SessionPreview))
            await screen.changed()
            await screen.wait_until(lambda: "push: lock timeout" in screen.text and "push ✘ failed" in screen.text)
            await screen.changed()
            assert screen.styled_text == snapshot(name=name)


@at_all_sizes
async def test_a_failed_session(base: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    failed = write_two_days(base)[0]
    async with shown(base, clock=Clock(NOW), size=size, opened=failed) as screen:
        assert screen.styled_text == snapshot(name="failed")
        await screen.press("y")
        await screen.wait_for("esc cancel")
        assert screen.styled_text == snapshot(name="copy")
        await screen.press("escape", "greater_than_sign")
        await screen.wait_for("push.txt")
        assert screen.styled_text == snapshot(name="save")
        await screen.press("escape")
        await screen.search("connect")
        assert screen.styled_text == snapshot(name="search")
        await screen.press("escape", "question_mark")
        await screen.wait_until(lambda: isinstance(screen.app.screen, KeysScreen))
        assert screen.styled_text == snapshot(name="keys")


@at_all_sizes
async def test_attempts_the_timeline_and_the_facts(
    base: Path, snapshot: SnapshotAssertion, size: tuple[int, int]
) -> None:
    log = Log().start(3).tier(0, "gather").step("gather").says("gather", "copied").wait(20).done("gather").wait(600)
    log.tier(1, "analyze", "types").step("analyze", 1).step("types", 1).says("types", "begun")
    log.wait(10).says("analyze", "first").wait(20).fails("analyze").says("analyze", "second").wait(30)
    error = "\n".join(["Traceback (most recent call last):", *(f'  File "{n}.py", line {n}' for n in range(60))])
    log.event("step_failed", step_name="analyze", exit_code=1, attempt=2, error=error).says("analyze", "third").beat()
    path = write_log(base, log, modified=BEGAN + log.second)
    async with shown(base, clock=Clock(BEGAN + log.second), size=size, opened=path) as screen:
        await screen.choose(next(n for n, row in enumerate(screen.rows) if "analyze" in row))
        assert screen.styled_text == snapshot(name="attempts")
        await screen.press("T", "left", "left", "left")
        assert screen.styled_text == snapshot(name="timeline")
        await screen.press("T", "i")
        await screen.wait_for("step analyze")
        assert screen.styled_text == snapshot(name="facts")


@at_all_sizes
async def test_an_idle_listener(base: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    log = listener(13)
    path = write_log(base, log, modified=BEGAN + log.second)
    async with shown(base, clock=Clock(BEGAN + log.second + 8), size=size, opened=path) as screen:
        assert screen.styled_text == snapshot(name="passes")
        await screen.press("T")
        assert screen.styled_text == snapshot(name="timeline")


@pytest.mark.parametrize("size", SIZES[2:], ids=name_of)
async def test_pinned_outputs(base: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    path = write_log(base, live_log(), "1", modified=BEGAN + 20)
    async with shown(base, opened=path, clock=Clock(BEGAN + 24), size=size) as screen:
        for row in (2, 4):
            await screen.choose(row)
            await screen.press("vertical_line")
        await screen.choose(0)
        await screen.press("tab", "tab")
        screen.app.screen.query_one(OutputPane).show_note("")
        await screen.pilot.pause()
        assert screen.styled_text == snapshot(name="side by side, or below each other")
        await screen.press("enter")
        assert screen.styled_text == snapshot(name="full screen")
