"""The application: a catalog, a watcher that keeps it up to date, and the screens that show it."""

import contextlib
import gc
import os
import signal
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.widgets import Input

from zigtui.exit_codes import ended_by_signal
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.watch import Watcher
from zigtui.reader.location import LogLocation
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.sessions.screen import SessionsScreen
from zigtui.ui.terminal import SIGHUP, end_within, is_terminal_there, take_signals
from zigtui.ui.widgets.bindings import in_order

__all__ = ["ZigtuiApp"]

_END_SECS = 3.0  # after a signal, perhaps because the terminal is gone
_FRAME_SECS = 1 / 15  # changes that keep coming quicker are shown together
_FRAMES_SPARED = 2  # so many may follow at once after a quiet while: few changes are shown as they come
_START_SECS = 1.0
_SHOWING_SHARE = 0.2  # of the time may go into showing changes, however many there are: keys come first


class ZigtuiApp(App[None]):
    """Shows the sessions of a catalog, live.

    Args:
        catalog: the sessions; its clock is the clock of the screens.
        opened: a session to open at the start.
        watch: whether to keep the catalog up to date; tests do it by hand.
    """

    TITLE = "zigtui"
    CSS_PATH = "zigtui.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("question_mark", "tell_keys", "keys"),
        Binding("q", "leave", "quit"),
        Binding("ctrl+c", "interrupt", "quit", show=False),
        Binding("ctrl+z", "suspend_process", "suspend", show=False),
    )

    class CatalogChanged(Message):
        """Something in the catalog has changed; sent by the watcher's threads."""

        def can_replace(self, message: Message) -> bool:
            """One notification waiting is enough."""
            return isinstance(message, ZigtuiApp.CatalogChanged)

    def __init__(self, catalog: Catalog, *, opened: LogLocation | None = None, watch: bool = True) -> None:
        super().__init__()
        self.catalog = catalog
        self._opened = opened
        self._watcher = Watcher(catalog, self._tell_of_change) if watch else None
        self._frame: Timer | None = None
        self._next_frame = 0.0  # when it is due at this rate
        self._rests_until = 0.0

    @property
    def clock(self) -> Callable[[], float]:
        """Tells the time in seconds since the epoch."""
        return self.catalog.clock

    @property
    def home(self) -> str | None:
        """The user's home directory, which is written as ``~``."""
        return os.environ.get("HOME")

    @property
    def notices(self) -> list[str]:
        """What people should know of the watching and the directories."""
        return self.catalog.troubles + (self._watcher.notices if self._watcher is not None else [])

    def notices_of(self, base: str) -> list[str]:
        """What people should know of the watching of a base who look at one of its sessions."""
        return self._watcher.notices_of(base) if self._watcher is not None else []

    def _tell_of_change(self) -> None:
        self.post_message(self.CatalogChanged())  # from any thread

    def on_mount(self) -> None:
        """Signals end it as a key would."""
        self.call_later(self._show_first)  # not now: what is painted while Textual starts is not shown
        if not self.is_headless:
            self.set_timer(_START_SECS, _collect_from_here_on)
        self.set_interval(1.0, self._show_changes)
        self.set_interval(1.0, self._end_without_terminal)
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # no Unix, or not the main thread
            take_signals(self._end_by_signal)

    def _show_first(self) -> None:
        """Show the list, or the session that was asked for."""
        if not self.screen.is_attached:
            return  # it has been ended meanwhile
        if self._opened is None:
            self.push_screen(SessionsScreen(self.catalog))
        else:  # the list is made when it is wanted, which saves a fifth of the start
            self.push_screen(SessionScreen(self.catalog, self._opened))
        if self._watcher is not None:
            if self._opened is None:
                self._watcher.start()
            else:  # a session stands before the rest of a large log takes the processor
                self.call_after_refresh(self._watcher.start)

    def pop_screen(self) -> AwaitComplete:
        """Leave a screen; below a session is the list, and below that nothing."""
        if isinstance(self.screen, SessionsScreen):
            return AwaitComplete()
        if isinstance(self.screen, SessionScreen) and not any(
            isinstance(it, SessionsScreen) for it in self.screen_stack
        ):
            return self.switch_screen(SessionsScreen(self.catalog))
        return super().pop_screen()

    def _end_without_terminal(self) -> None:
        """Not every terminal that goes away says so by SIGHUP; Textual would read from it for ever."""
        if not self.is_headless and not is_terminal_there():
            self._end_by_signal(ended_by_signal(SIGHUP))

    def _end_by_signal(self, return_code: int) -> None:
        if not self.is_headless:  # otherwise the process is not ours to end
            end_within(_END_SECS, return_code)
        self.exit(return_code=return_code)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters that are being written mean nothing else."""
        return not (action in ("leave", "tell_keys") and isinstance(self.focused, Input))

    async def action_leave(self) -> None:
        """Quit; or else close what lies over the screen."""
        if isinstance(self.screen, ModalScreen):
            self.screen.dismiss()
        else:
            await self.action_quit()

    def action_tell_keys(self) -> None:
        """Tell all keys of the screen, or no more."""
        from zigtui.ui.keys_screen import KeysScreen  # not needed for the start

        if isinstance(self.screen, ModalScreen):
            self.screen.dismiss()
        else:
            self.push_screen(KeysScreen(self.screen))

    def get_system_commands(self, screen: Screen[Any]) -> Iterator[SystemCommand]:
        """What the palette offers; but not Textual's panel of keys beside ours."""
        return (command for command in super().get_system_commands(screen) if command.title != "Keys")

    def action_interrupt(self) -> None:
        """Quit, with the exit code of a program that was interrupted."""
        self.exit(return_code=ended_by_signal(signal.SIGINT))

    def on_unmount(self) -> None:
        """Stop watching."""
        if self._watcher is not None:
            self._watcher.stop()

    def on_zigtui_app_catalog_changed(self) -> None:
        """Show what has changed: at once after a quiet while, then at most so many times a second."""
        if self._frame is not None:
            return
        wait = max(self._next_frame, self._rests_until) - monotonic()
        if wait <= 0:
            self._show_changes()
        else:
            self._frame = self.set_timer(wait, self._show_changes)

    def _show_changes(self) -> None:
        self._frame = None
        if not self.is_running:
            return  # it is shutting down, and the widgets go one by one
        began = monotonic()
        for screen in reversed(self.screen_stack):  # below the keys or the palette, perhaps
            if isinstance(screen, SessionsScreen | SessionScreen):
                screen.show_changes()
                break
        self._next_frame = max(self._next_frame, began - _FRAMES_SPARED * _FRAME_SECS) + _FRAME_SECS
        self._rests_until = began + (monotonic() - began) / _SHOWING_SHARE


def _collect_from_here_on() -> None:
    """Collect garbage, but not among what has been there from the start: to look through that takes 50 ms each time."""
    gc.freeze()
    gc.enable()
