"""What is typed or clicked while a panel or the program closes, and what runs then: nothing else closes or fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from textual.css.query import NoMatches
from textual.events import Click, Key, MouseDown, Paste
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import WorkerFailed

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log
from tests.support.screens import Shown, shown
from tests.support.waiting import eventually
from zigtui.settings import Settings
from zigtui.ui.app import ZigtuiApp
from zigtui.ui.app_bases.palette import Palette
from zigtui.ui.keys_screen import KeysScreen
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.messages import SuspendIgnored
from zigtui.ui.session.info_screen import InfoScreen
from zigtui.ui.session.preview import SessionPreview
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.sessions.preview_pane import PreviewPane
from zigtui.ui.widgets.menu import Menu

PANELS: dict[str, type[Screen[Any]]] = {"y": Menu, "question_mark": KeysScreen, "ctrl+p": Palette}


@pytest.fixture
def path(base: Path) -> Path:
    return write_log(base, Log().start().tier(0, "a").step("a").says("a", "one", "two").done("a").end(), "1")


async def open_panel(screen: Shown, key: str) -> None:
    await screen.press(key)
    await screen.wait_until(lambda: isinstance(screen.app.screen, PANELS[key]))


def type_at_once(screen: Shown, *keys: str) -> None:
    for key in keys:
        screen.app.simulate_key(key)


@pytest.mark.parametrize("closing", ["x", "escape", "f12"])
async def test_keys_after_one_that_closes_the_choices_do_not_close_the_session(
    base: Path, path: Path, closing: str
) -> None:
    async with shown(base, opened=path) as screen:
        await open_panel(screen, "y")
        type_at_once(screen, closing, "x", "x")
        await screen.wait_until(lambda: not isinstance(screen.app.screen, Menu))
        await screen.pilot.pause()
        assert isinstance(screen.app.screen, SessionScreen)


@pytest.mark.parametrize("key", PANELS)
async def test_a_panel_that_is_dismissed_twice_or_below_another_one_closes_nothing_else(
    base: Path, path: Path, key: str
) -> None:
    async with shown(base, opened=path) as screen:
        await open_panel(screen, key)
        panel = screen.app.screen
        cover = Menu("", [])
        await screen.app.push_screen(cover)
        panel.dismiss()
        assert screen.app.screen is cover
        cover.dismiss()
        panel.dismiss()
        panel.dismiss()
        await screen.pilot.pause()
        assert isinstance(screen.app.screen, SessionScreen)


async def test_the_palette_opens_again_while_it_closes(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        await open_panel(screen, "ctrl+p")
        closing = screen.app.screen
        closing.dismiss()
        screen.app.action_command_palette()
        await screen.wait_until(lambda: isinstance(screen.app.screen, Palette) and screen.app.screen is not closing)


@pytest.mark.parametrize("key", ["y", "ctrl+p"])
async def test_clicks_at_once_close_nothing_but_the_panel(base: Path, path: Path, key: str) -> None:
    async with shown(base, opened=path) as screen:
        await open_panel(screen, key)
        panel = screen.app.screen
        for _ in range(3):
            panel.post_message(Click(panel, 1, 1, 0, 0, 1, False, False, False, 1, 1))
        await screen.wait_until(lambda: screen.app.screen is not panel)
        await screen.pilot.pause()
        assert isinstance(screen.app.screen, SessionScreen)


@pytest.mark.parametrize("opened", [False, True], ids=["list", "session"])
async def test_input_while_the_program_ends_does_nothing(base: Path, path: Path, opened: bool) -> None:
    click = MouseDown(None, 1, 1, 0, 0, 1, shift=False, meta=False, ctrl=False)
    events = [Key("ctrl+c", None), Key("ctrl+p", None), Key("y", "y"), Paste("text"), click]
    async with shown(base, opened=path if opened else None) as screen:
        app, top = screen.app, screen.app.screen
        assert isinstance(top, LiveScreen)
        await screen.press("j")  # it is ready for keys
        app.simulate_key("q")
        for event in events:
            app.post_message(event)
        app.post_message(SuspendIgnored())
        await screen.wait_until(lambda: app.return_code is not None)
    for event in events:
        await app.on_event(event)
    top.show_note("too late")
    assert app.return_code == 0
    assert app.failure is None


async def test_a_note_for_a_screen_that_is_being_set_up_waits_for_it(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        await screen.app.run_action("show_info", screen.app.screen)
        screen.app.show_note("on time")
        await screen.wait_for("on time")
        assert isinstance(screen.app.screen, InfoScreen)


async def test_keys_that_wait_for_a_screen_are_dropped_when_the_program_ends(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        type_at_once(screen, "i", "b", "y", "ctrl+c")
        await screen.wait_until(lambda: screen.app.return_code is not None)
    await screen.app.take_typed()
    assert screen.app.return_code == 130
    assert screen.app.failure is None


async def test_a_copy_from_a_screen_that_is_being_set_up_does_nothing(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        await screen.app.run_action("show_info", screen.app.screen)
        screen.app.action_copy_selected()
        screen.app.action_interrupt()
        await screen.wait_until(lambda: screen.app.return_code is not None)
    assert screen.app.return_code == 130
    assert screen.app.failure is None


def block_event_loop(secs: float) -> None:
    """Let all timers that end until then be due in the same pass of the event loop."""
    time.sleep(secs)


async def ended(app: ZigtuiApp) -> None:
    """Wait until an app has ended. It cannot be paused for that, since its widgets answer no longer."""
    await eventually(lambda: not app.is_running)


async def test_a_preview_that_is_due_when_the_program_ends_is_not_opened(base: Path, path: Path) -> None:
    write_log(base, Log().start().tier(0, "a").step("a").done("a").end(), "2")
    async with shown(base, settings=Settings(preview="below")) as screen:
        await screen.wait_until(lambda: screen.app.screen.query(SessionPreview))
        pane = screen.app.screen.query_one(PreviewPane)
        pane.set_timer(0.01, partial(screen.app.exit, return_code=3))
        screen.sessions.move_cursor(1 - screen.sessions.cursor)
        pane.show(screen.sessions.location, BEGAN)
        for _ in range(5):
            await asyncio.sleep(0)  # the timers begin
        block_event_loop(0.3)
        await ended(screen.app)
    assert screen.app.return_code == 3
    assert screen.app.failure is None


Call: TypeAlias = Callable[[], Awaitable[None]]
WAITING: dict[str, Callable[[Widget, Call], object]] = {
    "timer": lambda widget, call: widget.set_timer(0.001, call),
    "interval": lambda widget, call: widget.set_interval(0.001, call),
    "later": lambda widget, call: widget.call_later(call),
    "after a frame": lambda widget, call: widget.call_after_refresh(call),
    "next": lambda widget, call: widget.call_next(call),
    "worker": lambda widget, call: widget.run_worker(call),
}
"""The ways in which a call waits."""


@pytest.mark.parametrize("way", WAITING)
async def test_a_call_that_misses_its_widgets_when_the_program_ends_is_no_failure(
    base: Path, path: Path, way: str
) -> None:
    calls = 0

    async def end_and_miss() -> None:
        nonlocal calls
        calls += 1
        screen.app.exit(return_code=3)
        screen.output.mount(Static())

    async with shown(base, opened=path) as screen:
        WAITING[way](screen.output, end_and_miss)
        await ended(screen.app)
    assert calls == 1
    assert screen.app.return_code == 3
    assert screen.app.failure is None


@pytest.mark.parametrize("way", WAITING)
async def test_any_other_failure_of_such_a_call_is_reported(base: Path, path: Path, way: str) -> None:
    apps: list[ZigtuiApp] = []

    async def end_and_fail() -> None:
        apps[0].exit(return_code=0)
        raise ValueError("a fault")

    async def run() -> None:
        async with shown(base, opened=path) as screen:
            apps.append(screen.app)
            WAITING[way](screen.output, end_and_fail)
            await ended(screen.app)

    with pytest.raises((ValueError, WorkerFailed), match="a fault"):
        await run()
    assert apps[0].return_code == 1


async def test_a_missing_widget_is_a_failure_while_the_program_runs(base: Path, path: Path) -> None:
    async def run() -> None:
        async with shown(base, opened=path) as screen:
            screen.output.call_later(screen.output.query_one, Static)
            await ended(screen.app)

    with pytest.raises(NoMatches):
        await run()
