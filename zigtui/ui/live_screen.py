"""The base class of all screens of live data, and the context that they share."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import NamedTuple, TypeAlias

from textual.app import ComposeResult, SystemCommand
from textual.css.query import NoMatches
from textual.widget import Widget
from textual.widgets import Input

from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.watch import Watcher
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.location import LogLocation
from zigtui.reader.text.safe_text import safe_plain
from zigtui.reader.threads import start_thread
from zigtui.settings import Settings
from zigtui.state.choices import Choices
from zigtui.state.store import StateStore
from zigtui.ui.clipboard import Clipboard, ClipboardError
from zigtui.ui.copying import Copyable, CopyError, TextReader, amount_of
from zigtui.ui.feed import Feed
from zigtui.ui.messages import DataChanged
from zigtui.ui.notifications.news import News
from zigtui.ui.notifications.notifier import Notifier
from zigtui.ui.widgets.key_bar import KeyBar
from zigtui.ui.widgets.menu import Menu, MenuItem
from zigtui.ui.widgets.notices import Notices
from zigtui.ui.widgets.painted import PaintedScreen
from zigtui.ui.widgets.passing_note import Note

__all__ = ["LiveScreen", "LiveWidget", "ScreenContext", "ScreenFactory"]

_PATIENCE_SECS = 0.1  # which copying takes at most in nearly all cases, so that the note is in the next frame


class ScreenContext(NamedTuple):
    """The context that the screens of one application share.

    Attributes:
        catalog: the sessions.
        settings: the user's settings.
        clock: returns the time in seconds since the epoch.
        home_directory: the user's home directory, displayed as ``~``; None if it is not known.
        clipboard: copies text.
        choices: what the user has chosen on one screen for all of them.
        store: where histories and the like are kept; None if nothing is kept.
        notifier: knows which sessions are reported when they end.
        news: the reports to display on any screen.
        watcher: keeps the catalog up to date; None if something else does.
        feed: mirrors the logs of other machines; None if nothing does.
        is_remote: whether the user is elsewhere, such as in a browser, and only reads; see
            `zigtui.ui.terminal.control.Terminal`. What would be saved is downloaded instead.
        left: the session that another screen displayed until this one replaced it; None if there was none.
    """

    catalog: Catalog
    settings: Settings
    clock: Callable[[], float]
    home_directory: str | None
    clipboard: Clipboard
    choices: Choices
    store: StateStore | None
    notifier: Notifier
    news: News
    watcher: Watcher | None
    feed: Feed | None = None
    is_remote: bool = False
    left: LogLocation | None = None

    @property
    def fleet(self) -> str | None:
        """The name of the fleet whose logs are mirrored; None if there is none."""
        return None if self.feed is None else self.feed.name

    def notices(self) -> list[str]:
        """Problems with the directories, and with watching and mirroring them."""
        of_watcher = self.watcher.notices if self.watcher is not None else []
        return [*self.catalog.troubles, *of_watcher, *self._notices_of_feed()]

    def notices_of(self, location: LogLocation) -> list[str]:
        """Problems with watching the base directory of a session, and with mirroring the session."""
        of_watcher = self.watcher.notices_of(location.base) if self.watcher is not None else []
        return [*of_watcher, *(self._notices_of_feed() if location.machine is not None else [])]

    def _notices_of_feed(self) -> Sequence[str]:
        return self.feed.notices if self.feed is not None else []


class LiveWidget(Widget):
    """A widget whose content changes by itself, on a screen that does not know what it displays."""

    def show(self, now: float) -> None:
        """Display the data at ``now``, in seconds since the epoch."""
        raise NotImplementedError


class LiveScreen(PaintedScreen):
    """A screen whose content changes by itself. The application calls `show_changes` at its frame rate.

    A subclass yields its widgets in `compose_body` and updates them in `show`. Notices and the line of keys are
    added below. A subclass that offers something to copy binds a key to the action ``copy``.

    Args:
        context: the context that the screens share.
    """

    VERTICAL_BREAKPOINTS = [(0, "-very-low"), (7, "-low"), (14, "-middle"), (20, "-high")]  # noqa: RUF012  # as Textual has it

    def __init__(self, context: ScreenContext) -> None:
        super().__init__()
        self.context = context
        self._failures: list[str] = []
        self._note = Note(context.settings.note_secs)

    def compose_body(self) -> ComposeResult:
        """The widgets of the screen, from top to bottom."""
        raise NotImplementedError

    def show(self, now: float) -> None:
        """Update the widgets to the data at ``now``, in seconds since the epoch."""
        raise NotImplementedError

    @property
    def displayed_session(self) -> LogLocation | None:
        """The session that the screen is about; None if it is about several."""
        return None

    @property
    def chosen_session(self) -> LogLocation | None:
        """The session that keys apply to; None if there is none."""
        return self.displayed_session

    @property
    def sessions_in_sight(self) -> Collection[LogLocation]:
        """The sessions that the screen displays without having opened their logs, such as the visible rows of a list.

        They are kept up to date first.
        """
        return ()

    def notices(self) -> list[str]:
        """Problems to display above the keys."""
        return self.context.notices()

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette of commands offers on this screen."""
        return iter(())

    def compose(self) -> ComposeResult:
        """The widgets of the subclass, then notices and the keys."""
        yield from self.compose_body()
        yield Notices()
        yield KeyBar()

    def on_mount(self) -> None:
        """Display the data known so far."""
        if self.is_attached:  # otherwise the program is ending, and there are no widgets
            self.show_first()

    def show_first(self) -> None:
        """Draw the first frame."""
        self._show()

    def on_screen_resume(self) -> None:
        """Display the changes made while another screen was on top."""
        self.show_changes()

    @property
    def is_ready(self) -> bool:
        """Whether the screen has its widgets: not while it is being set up or removed."""
        return self.is_mounted and self.is_attached

    def show_changes(self) -> None:
        """Display the current data. Does nothing while the screen is not ready."""
        if self.is_ready:
            self._show()

    def _show(self) -> None:
        self.show(self.context.clock())
        if self.context.watcher is not None:
            self.context.watcher.note_displayed(self.sessions_in_sight)
        self._show_notices()

    def show_note(self, note: str) -> None:
        """Display a note for a while: before the keys, or above them if it is too long for one line."""
        self._note.set(note)
        self._show_notices()

    def _show_notices(self) -> None:
        with suppress(NoMatches):  # the screen is being set up or removed
            note = safe_plain(self._note.text)
            notes = [note] if not self.query_one(KeyBar).show_note(note) and note else []
            self.query_one(Notices).show([*self.context.news.lines, *notes, *self.notices(), *self._failures])

    def action_go_back(self) -> None:
        """Return to the screen below. A panel that has been opened above this screen in the meantime stays."""
        if self.is_active:
            self.app.pop_screen()

    # Copying

    def copyables(self) -> Sequence[Copyable]:
        """What ``y`` offers to copy."""
        return ()

    def about_copying(self) -> str:
        """A line that shows which text ``y`` followed by ``y`` copies; empty for none. It is safe to show."""
        return ""

    def take_selection(self) -> str | TextReader | None:
        """The selected text, which is no longer selected afterwards; None if there is none."""
        if isinstance(self.focused, Input) and (text := self.focused.selected_text):
            self.focused.selection = type(self.focused.selection).cursor(self.focused.cursor_position)
            return text
        return None

    def action_copy(self) -> None:
        """Ask what to copy."""
        offered = self.copyables()
        if not offered:
            self.show_note("There is nothing to copy")
            return

        def take(key: str | None) -> None:
            for copyable in offered:
                if copyable.key == key:
                    self.copy(copyable)

        items = [MenuItem(copyable.key, copyable.name) for copyable in offered]
        self.app.push_screen(Menu("copy", items, self.about_copying()), take)

    def copy_selection(self) -> bool:
        """Copy the selected text; return whether there is any."""
        text = self.take_selection() if self.is_ready else None
        if text is not None:
            self.copy(Copyable("", "selection", text))
        return text is not None

    def copy(self, copyable: Copyable) -> None:
        """Copy a text, and display a note about it."""
        if isinstance(copyable.text, str) and not self.context.clipboard.runs_program:
            self._copy(copyable)
            self._show_notices()
        else:
            copying = self.start_thread(partial(self._copy, copyable), "copy", "the text could not be copied")
            copying.join(_PATIENCE_SECS)
            self._show_notices()

    def _copy(self, copyable: Copyable) -> None:
        clipboard = self.context.clipboard
        text = copyable.text
        try:
            if not isinstance(text, str):
                text = text(clipboard.most_bytes)
                if len(text) > clipboard.most_bytes:
                    raise ClipboardError(clipboard.excess())
            if not text:
                raise CopyError("it is empty")
            clipboard.copy(text)
        except (CopyError, ClipboardError) as error:
            self._note.set(f"The {copyable.name} was not copied: {error}")
        else:
            self._note.set(f"Copied the {copyable.name}: {amount_of(text)}")

    def start_thread(self, target: Callable[[], object], name: str, failed: str) -> Thread:
        """Run a function on a thread, then update the screen.

        Unlike a Textual worker, the thread does not delay the end of the program: the disk may hang.

        Args:
            target: the function.
            name: the name of the thread.
            failed: the notice to display if the function raises an exception.
        """

        def report(error: BaseException) -> None:
            failure = f"{failed}: {reason_of(error)}"
            if failure not in self._failures:
                self._failures.append(failure)
            self.report_change()

        def run() -> None:
            target()
            self.report_change()

        return start_thread(run, name, report)

    def report_change(self) -> None:
        """Request an update of the screen. May be called from any thread."""
        with suppress(RuntimeError):  # the program has ended
            self.post_message(DataChanged())


ScreenFactory: TypeAlias = Callable[[ScreenContext], LiveScreen]
"""Creates a screen when it is needed."""
