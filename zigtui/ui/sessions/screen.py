"""The screen of all sessions."""

import shlex
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from zigtui.reader.location import LogLocation
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.session_log import SessionLog
from zigtui.ui.copying import Copyable, plain_text
from zigtui.ui.live_screen import LiveScreen, ScreenContext
from zigtui.ui.opened_at import command_to_open
from zigtui.ui.sessions.list import SessionList, SessionListHeader
from zigtui.ui.sessions.order import SessionOrder
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.bindings import in_order
from zigtui.wording.amounts import count
from zigtui.wording.dates import clock_time
from zigtui.wording.short_names import tilde

__all__ = ["SessionsScreen"]

_EMPTY_PAGE = """\
No sessions yet

zigtui is watching {bases}
and will show each session as soon as it starts.

To see one now, in another terminal:

    zigtui demo {option}

or record one from Python:

    from writer import SessionCoordinator, SessionWriter

    with SessionCoordinator.start(SessionWriter.create("hello", "hello.py")) as session:
        session.writer.tier_started(0, ["greet"])
"""


class SessionsScreen(LiveScreen):
    """All sessions, live ones first.

    Args:
        context: the context that the screens share.
        open_session: creates the screen of the chosen session.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(Binding("y", "copy", "copy"))

    def __init__(
        self, context: ScreenContext, open_session: Callable[[ScreenContext, LogLocation], LiveScreen]
    ) -> None:
        super().__init__(context)
        self._open_session = open_session
        self._catalog = context.catalog
        self._order = SessionOrder()
        self._changes = context.catalog.changes()
        self._is_loading = True

    @property
    def chosen_session(self) -> LogLocation | None:
        """The session under the cursor."""
        return self.query_one(SessionList).location

    def compose_body(self) -> ComposeResult:
        """The bar, and the list or the page for an empty home."""
        yield Bar(id="top")
        yield SessionListHeader(id="columns")
        several, quiet_secs = len(self._catalog.bases) > 1, self.context.settings.quiet_secs
        yield SessionList(self._order, self._open, of_several_bases=several, quiet_secs=quiet_secs, id="sessions")
        yield Static(id="empty")

    def show(self, now: float) -> None:
        """Display the catalog as it is at ``now``."""
        # Read before the changes are taken: sessions found in between are displayed in the next frame.
        has_scanned = self._catalog.has_scanned
        is_read = has_scanned and not any(base.is_behind for base in self._catalog.bases)
        changed, gone = self._changes.take()
        self._order.update(changed, gone, now)
        self._show_top(now)
        self.query_one(SessionList).show(now, is_loading=self._is_loading)
        self._is_loading = self._is_loading and not is_read
        is_empty = has_scanned and len(self._order) == 0
        if self.has_class("empty") != is_empty:
            self.set_class(is_empty, "empty")
            self.refresh_bindings()
        if is_empty:
            self._show_empty_page()

    def _show_top(self, now: float) -> None:
        counts = f"{self._order.live} live · {count(len(self._order), 'session')} "
        self.query_one("#top", Bar).show(
            (
                [("zigtui", "paint--strong"), ("  " + self._bases(), "paint--muted")],
                [(f"{clock_time(now)}   ", "paint--muted"), (counts, "paint--muted")],
            )
        )

    def _bases(self) -> str:
        home = self.context.home_directory
        return ", ".join(safe_plain(tilde(base.base, home)) for base in self._catalog.bases)

    def _show_empty_page(self) -> None:
        option = " ".join(f"--base {shlex.quote(base.base)}" for base in self._catalog.bases[:1])
        page = _EMPTY_PAGE.format(bases=self._bases(), option=safe_plain(option))
        self.query_one("#empty", Static).update(Content(page))

    def copyables(self) -> Sequence[Copyable]:
        """The facts of the session under the cursor."""
        row = self.query_one(SessionList).cursor
        if row >= len(self._order):
            return ()
        snapshot = self._order.snapshot_at(row)
        location = snapshot.location
        copyables = [
            Copyable("i", "id", location.session_id),
            Copyable("p", "log path", location.path),
            Copyable("c", "command", command_to_open(location, self._catalog)),
        ]
        if snapshot.error is None:
            return copyables
        return [Copyable("e", "error", partial(_error_in, location)), *copyables]

    def _open(self, key: Hashable) -> None:
        if isinstance(key, LogLocation) and self.app.screen is self:  # two quick clicks open it once
            self.app.push_screen(self._open_session(self.context, key))


def _error_in(location: LogLocation, most: int) -> str:
    """The whole error of a session, of which the list has only one line. For ``most`` see `TextReader`."""
    log = SessionLog(location)
    log.read_all()
    return plain_text(log.snapshot().session.last_error)
