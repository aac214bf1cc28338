"""The Textual application: keeps a catalog up to date, and updates its screens at a steady rate."""

import os
import signal
from collections.abc import Callable
from time import monotonic, thread_time
from typing import ClassVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.events import Event, InputEvent, Key, Paste
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input

from zigtui.exit_codes import ExitCode, ended_by_signal
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.watch import Watcher
from zigtui.reader.location import LogLocation
from zigtui.reader.threads import start_thread
from zigtui.settings import Settings
from zigtui.state.choices import Choices
from zigtui.state.store import StateStore
from zigtui.system.colours import Colours
from zigtui.ui.app_bases.failing_app import FailingApp
from zigtui.ui.app_bases.palette_app import PaletteApp
from zigtui.ui.app_bases.repainting_app import RepaintingApp
from zigtui.ui.clipboard import Clipboard
from zigtui.ui.feed import Feed
from zigtui.ui.frame_pacer import FramePacer
from zigtui.ui.live_screen import LiveScreen, ScreenContext, ScreenFactory
from zigtui.ui.messages import DataChanged, FocusChanged, FocusIsReported, SuspendIgnored
from zigtui.ui.notifications.announcer import Announcer
from zigtui.ui.notifications.news import News
from zigtui.ui.notifications.notifier import Notifier
from zigtui.ui.terminal.control import Terminal
from zigtui.ui.widgets.bindings import in_order

__all__ = ["ZigtuiApp"]

_END_SECS = 3.0  # after a signal, perhaps because the terminal is gone
_SETTLE_SECS = 1.0
_KEEP_SECS = 0.5
_PAUSE_SECS = 0.2  # after a key, whose answer is displayed by then
_BASIC_THEME = "ansi-dark"


class ZigtuiApp(PaletteApp, RepaintingApp, FailingApp):
    """Displays the sessions of a catalog, live. `zigtui.ui.run` creates it with its screens.

    Args:
        catalog: the sessions. The screens use its clock.
        home: creates the bottom screen of the stack.
        first: creates the screen to open first; None for ``home``.
        prepare: called on a thread once that screen is displayed, for what the others need.
        settings: the user's settings.
        store: where what the user chooses is kept; None to keep it only as long as the program runs.
        terminal: controls the terminal and the process.
        colours: the colours of the terminal. With few or none, the theme is one of the terminal's own colours.
        watch: whether to keep the catalog up to date. Tests do that themselves.
        feed: mirrors the logs of other machines; None if nothing does. The application ends if it is refused.
    """

    TITLE = "zigtui"
    CSS_PATH = "zigtui.tcss"
    ENABLE_COMMAND_PALETTE = True
    # The output has a selection of its own. That of Textual 8.2 fails if a notice disappears below the pointer.
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("question_mark", "toggle_keys", "keys"),
        Binding("q", "leave", "quit"),
        Binding("b", "toggle_armed", "report the end", show=False),
        Binding("ctrl+c", "copy_selected", "copy selection", show=False),
        Binding("ctrl+c", "interrupt", "copy selection, or quit", show=False),
        Binding("ctrl+p", "command_palette", "palette", show=False),
        Binding("ctrl+z", "suspend_process", "suspend", show=False),
    )

    def __init__(
        self,
        catalog: Catalog,
        home: ScreenFactory,
        *,
        first: ScreenFactory | None,
        prepare: Callable[[], object],
        settings: Settings,
        store: StateStore | None,
        terminal: Terminal,
        colours: Colours,
        watch: bool,
        feed: Feed | None = None,
    ) -> None:
        super().__init__(colours, is_remote=terminal.is_remote, driver_class=terminal.driver_class)
        self._store = store
        self._choices = Choices(settings, terminal.choice_store or store)
        if colours is Colours.FULL:
            self.theme = self._choices.theme.value
        elif not self.current_theme.ansi:
            self.theme = _BASIC_THEME
        self.catalog = catalog
        self._make_home = home
        self._home: LiveScreen | None = None  # created when needed, so that a session opens a fifth faster
        self._make_first = first
        self._prepare = prepare
        self._terminal = terminal
        self._watcher = Watcher(catalog, self._report_change) if watch else None
        self._notifier = Notifier(catalog, settings)
        news = News()
        self._announcer = Announcer(self._notifier, news, settings, terminal.status, self._write_to_terminal)
        self._screen_context = ScreenContext(
            catalog,
            settings,
            catalog.now,
            os.environ.get("HOME"),
            Clipboard(settings, self._write_to_terminal, is_remote=terminal.is_remote),
            self._choices,
            store,
            self._notifier,
            news,
            self._watcher,
            feed,
            terminal.is_remote,
        )
        self._feed = feed
        if feed is not None and self._watcher is not None:
            feed.pass_hints(self._watcher.hint)
        self._pacer = FramePacer(settings.frames_per_second, settings.drawing_share)
        self._frame: Timer | None = None
        self._pause: Timer | None = None

    def _report_change(self) -> None:
        self.post_message(DataChanged())  # from any thread

    def _write_to_terminal(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    def on_mount(self) -> None:
        """Open the first screen, and start the background work."""
        self.call_later(self._show_first)  # later, since Textual does not display what is painted while it starts
        self.set_timer(_SETTLE_SECS, self._terminal.settle)
        self.set_interval(1.0, self._show_and_announce)
        self.set_interval(1.0, self._end_without_terminal)
        self.set_interval(1.0, self._end_if_refused)
        self.set_interval(1.0, self._tidy)
        self._terminal.take_signals(self._end_by_signal)

    def _show_first(self) -> None:
        if not self.screen.is_attached:
            return  # the program is ending already
        self.push_screen(self._new_home() if self._make_first is None else self._make_first(self._screen_context))
        self.call_later(self.take_typed)
        self.call_after_refresh(start_thread, self._prepare, "prepare")
        if self._watcher is None:
            return
        if self._make_first is None:
            self._watcher.start()
        else:  # reading a large log must not delay the first frame
            self.call_after_refresh(self._watcher.start)

    def _new_home(self, left: LogLocation | None = None) -> LiveScreen:
        self._home = self._make_home(self._screen_context._replace(left=left))
        return self._home

    def pop_screen(self) -> AwaitComplete:
        """Close the top screen. The last one is replaced by the home screen, which stays."""
        if [screen for screen in self.screen_stack if isinstance(screen, LiveScreen)] != [self.screen]:
            return super().pop_screen()
        if self.screen is self._home:
            return AwaitComplete()
        left = self._live_screen.displayed_session if self._live_screen is not None else None
        return self.switch_screen(self._new_home(left))

    def _end_without_terminal(self) -> None:
        exit_code = self._terminal.exit_code_if_gone()
        if exit_code is not None:
            self._end_by_signal(exit_code)

    def _end_if_refused(self) -> None:
        if self._feed is not None and self._feed.refusal is not None:
            self.exit(return_code=ExitCode.USAGE)

    def _tidy(self) -> None:
        if self._notifier.attention.secs_since_key >= _PAUSE_SECS:
            self._terminal.tidy()

    def _end_by_signal(self, exit_code: int) -> None:
        self._terminal.end_within(_END_SECS, exit_code)
        self.exit(return_code=exit_code)

    async def on_event(self, event: Event) -> None:
        """Handle an event. Keys show that the user is present. While the application ends, no input has an effect."""
        if self._exit and isinstance(event, InputEvent | Paste):
            return  # widgets disappear one by one, and the exit code is known
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            self._notifier.attention.typed()
            if self._pause is not None:
                self._pause.stop()
            self._pause = self.set_timer(_PAUSE_SECS, self._tidy)
        await super().on_event(event)

    def show_note(self, note: str) -> None:
        """Display a note on the screen for a while."""
        if self._live_screen is not None:
            self._live_screen.show_note(note)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable letters as commands while the user types text, and suspending without a terminal."""
        if action == "suspend_process":
            return self._terminal.can_suspend
        if action in ("interrupt", "copy_selected"):
            return self._terminal.is_remote == (action == "copy_selected")
        return not (action in ("leave", "toggle_armed", "toggle_keys") and isinstance(self.focused, Input))

    async def action_leave(self) -> None:
        """Close a panel over the screen if there is one, else quit."""
        if isinstance(self.screen, ModalScreen):
            self.screen.dismiss()
        else:
            await self.action_quit()

    def action_toggle_armed(self) -> None:
        """Report the end of the chosen session, or no longer."""
        if self._live_screen is not None:
            self.show_note(self._announcer.toggle_armed(self._live_screen.chosen_session))

    def action_toggle_keys(self) -> None:
        """Open or close the panel of all keys. A click on one of them presses it."""
        from zigtui.ui.keys_screen import KeysScreen  # not needed for the start

        if isinstance(self.screen, ModalScreen):
            self.screen.dismiss()
        else:
            self.push_screen(KeysScreen(self.screen), self._press_later)

    def _press_later(self, key: str | None) -> None:
        if key is not None:
            self.call_later(self.simulate_key, key)

    def action_interrupt(self) -> None:
        """Copy what is selected, or else quit with the exit code for Ctrl-C."""
        if not self._copy_selection():
            self.exit(return_code=ended_by_signal(signal.SIGINT))

    def action_copy_selected(self) -> None:
        """Copy what is selected. In a browser, Ctrl-C does no more than that."""
        if not self._copy_selection():
            self.show_note("Nothing is selected. q closes the screen")

    def _copy_selection(self) -> bool:
        return isinstance(self.screen, LiveScreen) and self.screen.copy_selection()

    def watch_theme(self, theme: str) -> None:
        """Keep the theme that the user chooses. With few colours there is no choice."""
        if self._colours is Colours.FULL:
            self._choices.theme.choose(theme)

    def on_unmount(self) -> None:
        """Stop watching, report what is held back, and write what has been chosen."""
        if self._watcher is not None:
            self._watcher.stop()
        self._announcer.end()
        if self._store is not None:
            self._store.close(_KEEP_SECS)

    @on(FocusChanged)
    def note_focus(self, event: FocusChanged) -> None:
        """Record whether the terminal has the focus."""
        self._notifier.attention.focus_changed(event.has_focus)

    @on(FocusIsReported)
    def note_focus_reports(self) -> None:
        """Record that the terminal reports its focus."""
        self._notifier.attention.focus_is_reported()

    def _show_and_announce(self) -> None:
        self._show_changes()  # first, since a change may move the row of its session out of sight
        if self.is_running:
            live = [screen for screen in reversed(self.screen_stack) if isinstance(screen, LiveScreen)]
            displayed = next((screen.displayed_session for screen in live if screen.displayed_session), None)
            top = live[0] if live and live[0] is self.screen else None  # a panel hides rows
            in_sight = set(top.sessions_in_sight) if top is not None and top.is_ready else set()
            self._announcer.update(self.catalog.now(), displayed, in_sight)
            self._terminal.show_session(None if displayed is None else displayed.name)

    @on(SuspendIgnored)
    def explain_suspend(self) -> None:
        """Report that the process was not stopped."""
        self.show_note("Ctrl+Z is ignored: there is no shell to continue zigtui")

    @on(DataChanged)
    def plan_frame(self) -> None:
        """Display changes: at once after a quiet while, else when the next frame is due."""
        if self._frame is not None:
            return
        wait = self._pacer.wait_secs(monotonic())
        if wait > 0:
            self._frame = self.set_timer(wait, self._show_planned)
        else:
            self._show_changes()

    @property
    def _live_screen(self) -> LiveScreen | None:
        """The top screen of live data. The panel of keys or the palette may be above it."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, LiveScreen)), None)

    def _show_planned(self) -> None:
        self._frame = None
        self._show_changes()

    def _show_changes(self) -> None:
        if self._frame is not None:  # it would add to those that are planned from now on
            self._frame.stop()
            self._frame = None
        if not self.is_running:
            return  # the application is shutting down, and widgets disappear one by one
        began, drawing_began = monotonic(), thread_time()
        if self._store is not None and (trouble := self._store.take_trouble()):
            self.show_note(trouble)
        if self._live_screen is not None:
            self._live_screen.show_changes()
        # What other threads and programs take of the time is no drawing: more rest would not shorten it.
        self._pacer.frame_drawn(began, began + thread_time() - drawing_began)
