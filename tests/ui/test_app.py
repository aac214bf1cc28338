"""The app: changes appear on the screen by themselves, and the user can always leave it."""

import asyncio
import os
import signal
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import NOW, Clock, Shown, location_of, shown
from zigtui.reader.catalog.catalog import Catalog
from zigtui.settings import Settings
from zigtui.system.colours import Colours
from zigtui.ui import app as app_module
from zigtui.ui.app import ZigtuiApp
from zigtui.ui.messages import DataChanged
from zigtui.ui.run import make_app
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.sessions.list import SessionList
from zigtui.ui.sessions.screen import SessionsScreen
from zigtui.ui.terminal.control import NoTerminal, SystemTerminal


async def test_a_change_that_the_watcher_reports_is_shown(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a"), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        for number in range(5):
            append(path, Log().says("a", f"line {number}").data, BEGAN)
            screen.app.catalog.read_all()
            for _ in range(100):  # however many messages are posted
                screen.app.post_message(DataChanged())
            await screen.wait_for(f"line {number}")


async def test_waiting_for_other_threads_is_no_drawing_and_needs_no_rest(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(base) as screen:
        began: list[float] = []

        def waits(_: SessionsScreen, now: float) -> None:
            began.append(monotonic())
            sleep(0.1)  # so much drawing would be followed by a rest of 0.4 s

        monkeypatch.setattr(SessionsScreen, "show", waits)

        def comes_often() -> bool:
            screen.app.post_message(DataChanged())
            last = began[-6:]
            return len(last) == 6 and all(after - before < 0.25 for before, after in pairwise(last))

        await screen.wait_until(comes_often)


async def test_a_frame_in_between_takes_the_place_of_the_planned_one(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(base, settings=Settings(frames_per_second=50)) as screen:
        frames: list[float] = []
        monkeypatch.setattr(SessionsScreen, "show", lambda _, now: frames.append(now))
        for _ in range(20):
            screen.app.plan_frame()
            screen.app._show_changes()  # as once a second
        drawn = len(frames)
        await asyncio.sleep(1.0)  # all that is planned is due by then
        assert len(frames) - drawn < 10  # one that was planned, and one each second; not 20


async def test_the_watcher_runs_while_the_app_does(base: Path) -> None:
    write_log(base, Log().start().end(), "1", modified=NOW)
    app = make_app(Catalog([str(base)]))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = Shown(app, pilot)
        await screen.wait_for("· 1 session")
        write_log(base, Log().start().end(), "2", modified=NOW)
        await screen.wait_for("· 2 sessions")


async def test_a_command_palette_over_a_screen_does_not_disturb_it(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a"), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.press("ctrl+p")
        append(path, Log().says("a", "said behind the palette").data, BEGAN)
        screen.app.catalog.read_all()
        screen.app.post_message(DataChanged())
        await screen.press("escape")
        await screen.wait_for("said behind the palette")


async def test_from_a_session_that_was_asked_for_one_comes_to_the_list_and_no_further(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a").says("a", "hello"), "1", modified=NOW)
    write_log(base, Log().start().end(), "2", modified=NOW)
    async with shown(base, opened=path) as screen:
        for _ in range(2):
            screen.app.pop_screen()  # by keys that come together: the second one was meant for the session too
            screen.app.pop_screen()
            await screen.wait_for("· 2 sessions")
            await screen.open(path)
            await screen.wait_for("hello")


class SignalledTerminal(NoTerminal):
    """Takes signals as a real terminal does, and notes by when the process is to end."""

    def __init__(self) -> None:
        self.signals = SystemTerminal()
        self.deadlines: list[int] = []
        self.exit_code: int | None = None

    def take_signals(self, end: Callable[[int], object]) -> None:
        self.signals.take_signals(end)

    def exit_code_if_gone(self) -> int | None:
        return self.exit_code

    def end_within(self, seconds: float, exit_code: int) -> None:
        self.deadlines.append(exit_code)


async def test_sigterm_ends_the_app_with_its_exit_code(base: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    terminal = SignalledTerminal()
    with terminal.signals.held_signals():
        async with shown(base, terminal=terminal) as screen:
            os.kill(os.getpid(), signal.SIGTERM)
            await screen.wait_until(lambda: screen.app.return_code is not None)
            assert screen.app.return_code == 128 + signal.SIGTERM
            assert terminal.deadlines == [128 + signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) is before


async def test_the_app_ends_when_its_terminal_has_gone(base: Path) -> None:
    terminal = SignalledTerminal()
    with terminal.signals.held_signals():
        async with shown(base, terminal=terminal) as screen:
            terminal.exit_code = 129
            await screen.wait_until(lambda: screen.app.return_code == 129)
            assert terminal.deadlines[0] == 129


class EndedAtOnce(ZigtuiApp):
    """Is asked to end before it has shown a screen."""

    CSS_PATH = str(Path(app_module.__file__).with_name("zigtui.tcss"))

    def on_mount(self) -> None:
        """Before that of the application."""
        self.exit(return_code=3)


async def test_an_app_that_is_to_end_before_its_first_screen_ends(base: Path) -> None:
    path = write_log(base, Log().start().end(), "1", modified=NOW)
    catalog = Catalog([str(base)])
    catalog.read_all()
    for opened in (None, location_of(catalog, path)):
        app = EndedAtOnce(
            catalog,
            partial(SessionsScreen, open_session=SessionScreen),
            first=opened and partial(SessionScreen, location=opened),
            prepare=lambda: None,
            settings=Settings(),
            store=None,
            terminal=NoTerminal(),
            colours=Colours.FULL,
            watch=False,
        )
        await app.run_async(headless=True)
        assert app.return_code == 3


async def test_a_notice_is_shown_as_long_as_there_is_one(base: Path) -> None:
    write_log(base, Log().start().end(), "1", modified=NOW)
    locked = base / "projects" / "loop" / "logs" / "sessions"
    locked.parent.mkdir(parents=True)
    locked.symlink_to(locked)  # a directory that cannot be listed, not even by root
    async with shown(base, size=(160, 20)) as screen:
        assert f"{locked}: Too many levels of symbolic links" in screen.text
        locked.unlink()
        await screen.changed()
        assert "Too many levels" not in screen.text


async def test_a_base_that_is_named_twice_is_shown_once(base: Path) -> None:
    paths = [write_log(base, Log().start().end(), str(number), modified=NOW) for number in range(3)]
    base.with_name("link").symlink_to(base)
    async with shown(base, base.with_name("link")) as screen:
        assert len(screen.rows) == 3
        paths[1].unlink()
        for catalog in screen.app.catalog.bases:
            catalog.scan()
            await screen.show_changes()
        assert len(screen.rows) == 2


@pytest.mark.parametrize("moves", [False, True], ids=["not moved", "moved by the user"])
async def test_the_cursor_stays_at_the_top_while_a_home_is_read_unless_the_user_moves_it(
    base: Path, moves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.reader.catalog.scan.inventory._SLICE_SECS", 0.0)  # a directory at a time
    for number in range(60):
        write_log(
            base, Log().wait(number + 1).start().end(), f"{number:02}", modified=NOW, project=f"project-{number % 7}"
        )
    for number in range(2):  # changed last, so zigtui looks here first
        write_log(base, Log().start().end(), f"old-{number}", modified=NOW)
    catalog = Catalog([str(base)], clock=Clock())
    app = make_app(catalog, watch=False)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = Shown(app, pilot)
        await screen.wait_until(lambda: bool(app.screen.query(SessionList)))
        while catalog.bases[0].is_scanning:
            catalog.bases[0].refresh()
            catalog.bases[0].work(1.0)
            await screen.show_changes()
            if moves and screen.sessions.row_count() == 2:
                await screen.press("j")
        await screen.show_changes()
        assert screen.sessions.row_count() == 62
        assert screen.sessions.row_key(screen.sessions.cursor).session_id == ("old-1" if moves else "59")
