"""What Escape ends on the screen of a session: what was begun last, and at last the screen."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log
from tests.support.screens import Clock, Shown, shown
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.session.output_panes import OutputPanes
from zigtui.ui.session.panes import Panes
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.sessions.screen import SessionsScreen
from zigtui.ui.widgets.menu import Menu


@pytest.fixture
def path(base: Path) -> Path:
    log = Log().start(1).tier(0, "a").step("a").says("a", *(f"line {number}" for number in range(50))).fails("a")
    return write_log(base, log, "1", modified=BEGAN)


async def begin_search(screen: Shown) -> None:
    await screen.search("line 4")


async def begin_filter(screen: Shown) -> None:
    await screen.filter_lines("line")


async def begin_full_screen(screen: Shown) -> None:
    screen.app.screen.set_focus(screen.output)
    await screen.press("enter")


async def begin_timeline(screen: Shown) -> None:
    await screen.press("T")


async def begin_failed_only(screen: Shown) -> None:
    await screen.press("F")


async def begin_pin(screen: Shown) -> None:
    await screen.press("vertical_line")


def pane(screen: Shown) -> OutputPane:
    return screen.app.screen.query(OutputPane).first()


IS_ON: dict[Callable[[Shown], Awaitable[None]], Callable[[Shown], object]] = {
    begin_search: lambda screen: pane(screen).is_searching,
    begin_filter: lambda screen: pane(screen).condition_count,
    begin_full_screen: lambda screen: screen.app.screen.has_class("-full-screen"),
    begin_timeline: lambda screen: screen.app.screen.query_one(Panes).shows_timeline,
    begin_failed_only: lambda screen: screen.tree.is_filtered,
    begin_pin: lambda screen: screen.app.screen.query_one(OutputPanes).pinned_count > 0,
}
ORDERS = [
    [begin_search, begin_filter, begin_pin, begin_timeline, begin_failed_only],
    [begin_failed_only, begin_timeline, begin_pin, begin_filter, begin_search],
    [begin_search, begin_full_screen],
    [begin_full_screen, begin_filter],
]


async def test_escape_ends_what_was_begun_last(base: Path, path: Path) -> None:
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(200, 50)) as screen:
        for order in ORDERS:
            for begin in order:
                await begin(screen)
                await screen.show_changes()
            for begin in reversed(order):
                assert IS_ON[begin](screen), (begin, order)
                await screen.press("escape")
                assert not IS_ON[begin](screen), (begin, order)
                assert isinstance(screen.app.screen, SessionScreen)
        await screen.press("escape")
        assert isinstance(screen.app.screen, SessionsScreen)


async def test_the_note_about_the_full_screen_leaves_with_it(base: Path, path: Path) -> None:
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await begin_full_screen(screen)
        assert "esc shows the other panes" in screen.found
        await screen.press("escape")
        assert not screen.found


async def test_an_escape_that_was_on_its_way_leaves_no_panel_that_has_been_opened_since(base: Path, path: Path) -> None:
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        session = screen.app.screen
        await screen.press("y")
        assert isinstance(screen.app.screen, Menu)
        await session.run_action("go_back")
        assert isinstance(screen.app.screen, Menu)


async def test_a_prompt_gives_the_focus_back(base: Path, path: Path) -> None:
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        for key in ("slash", "ampersand", "colon", "greater_than_sign"):
            for widget in (screen.tree, screen.output):
                screen.app.screen.set_focus(widget)
                await screen.press(key)
                assert screen.prompt is not None
                await screen.press("escape")
                assert screen.app.focused is widget, key
