"""Snapshots of the screens: their text and its colours."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.support.bases import log_of, write_log
from tests.support.logs import BEGAN, Log
from tests.support.screens import Clock, shown
from zigtui.colours import Colours
from zigtui.ui.output.pane import OutputPane

SNAPSHOT_SIZES = [(80, 24), (120, 40), (48, 20)]
SESSIONS = ["parallel-fan-out", "killed-mid-step", "race-group", "hostile-text"]

at_three_sizes = pytest.mark.parametrize("size", SNAPSHOT_SIZES, ids=lambda size: "{}x{}".format(*size))


def live_log() -> Log:
    """A session in the middle of its second tier, with a step that is retried."""
    log = (
        Log().start(4).tier(0, "gather").step("gather").says("gather", "copied 30 modules").done("gather", 900, "files")
    )
    log.tier(1, "lint", "sizes", "docs").step("lint").step("sizes").step("docs")
    log.says("lint", "a.py is fine").says("lint", "warning: b.py:12: long line", stream="stderr")
    log.says("sizes", "a.py  \x1b[32m12 lines\x1b[0m", "tokens: 1200 in / 34 out, cost=$0.5").fails("docs", 1)
    return log.says("docs", "second attempt").skips("sizes").beat()


@at_three_sizes
async def test_the_list(recorded: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with shown(recorded, size=size) as screen:
        assert screen.styled_text == snapshot


@at_three_sizes
async def test_a_home_without_sessions(
    monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("HOME", "/home/of/nobody")
    async with shown(Path("/home/of/nobody/.zig"), size=size) as screen:
        assert screen.styled_text == snapshot


@at_three_sizes
async def test_recorded_sessions(recorded: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with shown(recorded, size=size) as screen:
        for name in SESSIONS if size == (80, 24) else SESSIONS[:2]:
            await screen.open(log_of(recorded, name))
            assert screen.styled_text == snapshot(name=name)
            await screen.press("escape")


@at_three_sizes
async def test_a_step_that_was_retried(recorded: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with shown(recorded, opened=log_of(recorded, "retry-then-success"), size=size) as screen:
        await screen.choose(2)
        assert screen.styled_text == snapshot


@at_three_sizes
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


@at_three_sizes
async def test_what_can_be_copied(recorded: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with shown(recorded, opened=log_of(recorded, "retry-then-success"), size=size) as screen:
        await screen.choose(2)
        await screen.press("y")
        await screen.wait_for("esc cancel")
        assert screen.styled_text == snapshot


@pytest.mark.parametrize("size", [(120, 40), (200, 50)], ids=lambda size: "{}x{}".format(*size))
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
