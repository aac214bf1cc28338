"""The list of sessions."""

import shlex
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation
from zigtui.reader.safe_text import safe_plain
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.sessions.list import SessionList, SessionListHeader
from zigtui.ui.sessions.order import SessionOrder
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.drawing import PaintedScreen
from zigtui.ui.widgets.key_bar import KeyBar
from zigtui.ui.widgets.notices import Notices
from zigtui.ui.widgets.row_list import RowList
from zigtui.wording.amounts import count
from zigtui.wording.durations import clock_time
from zigtui.wording.names import tilde

if TYPE_CHECKING:
    from zigtui.ui.app import ZigtuiApp

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


class SessionsScreen(PaintedScreen):
    """All sessions, live ones first."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog
        self._order = SessionOrder()
        self._versions = [0] * len(catalog.bases)
        self._is_loading = True

    def compose(self) -> ComposeResult:
        """The bar, the list or the page for an empty home, notices, the keys."""
        yield Bar(id="top")
        yield SessionListHeader(id="columns")
        yield SessionList(self._order, of_several_bases=len(self._catalog.bases) > 1, id="sessions")
        yield Static(id="empty")
        yield Notices()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known already."""
        if self.is_attached:  # otherwise the program is ending, and the widgets were not made
            self._show()

    def on_screen_resume(self) -> None:
        """Back from a session: show what has changed meanwhile."""
        self.show_changes()

    def show_changes(self) -> None:
        """Show the catalog as it is now."""
        if self.is_mounted and self.is_attached:
            self._show()

    def _show(self) -> None:
        app = cast("ZigtuiApp", self.app)
        now = app.clock()
        # Asked first: what is found meanwhile is shown the next time.
        has_scanned = self._catalog.has_scanned
        is_read = has_scanned and not any(base.is_behind for base in self._catalog.bases)
        self._versions, changed, gone = self._catalog.changes_since(self._versions)
        self._order.update(changed, gone, now, self._catalog.stall_secs)
        self._show_top(now)
        self.query_one(SessionList).show(now, self._catalog.stall_secs, is_loading=self._is_loading)
        self._is_loading = self._is_loading and not is_read
        is_empty = has_scanned and len(self._order) == 0
        if self.has_class("empty") != is_empty:
            self.set_class(is_empty, "empty")
            self.refresh_bindings()
        if is_empty:
            self._show_empty_page()
        self.query_one(Notices).show(app.notices)

    def _show_top(self, now: float) -> None:
        counts = f"{self._order.live} live · {count(len(self._order), 'session')} "
        self.query_one("#top", Bar).show(
            (
                [("zigtui", "paint--strong"), ("  " + self._bases(), "paint--muted")],
                [(f"{clock_time(now)}   ", "paint--muted"), (counts, "paint--muted")],
            )
        )

    def _bases(self) -> str:
        home = cast("ZigtuiApp", self.app).home
        return ", ".join(safe_plain(tilde(base.base, home)) for base in self._catalog.bases)

    def _show_empty_page(self) -> None:
        option = " ".join(f"--base {shlex.quote(base.base)}" for base in self._catalog.bases[:1])
        page = _EMPTY_PAGE.format(bases=self._bases(), option=safe_plain(option))
        self.query_one("#empty", Static).update(Content(page))

    @on(RowList.Opened)
    def open_session(self, event: RowList.Opened) -> None:
        """Open the chosen session."""
        if isinstance(event.key, LogLocation) and self.app.screen is self:  # two quick keys open one session
            self.app.push_screen(SessionScreen(self._catalog, event.key))
