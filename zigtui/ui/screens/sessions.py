"""The list of sessions."""

import shlex
from collections import Counter
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from zigtui.reader.catalog import Catalog
from zigtui.reader.directory import LogPlace
from zigtui.reader.safe_text import safe_plain
from zigtui.ui.screens.session import SessionScreen
from zigtui.ui.widgets.bars import Bar
from zigtui.ui.widgets.row_list import RowList
from zigtui.ui.widgets.session_list import ListedSession, SessionList, SessionListHeader, listed
from zigtui.wording import clock_time, count, tilde

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


class SessionsScreen(Screen[None]):
    """All sessions, live ones first."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog

    def compose(self) -> ComposeResult:
        """The bar, the list or the page for an empty home, notices, the keys."""
        yield Bar(id="top")
        yield SessionListHeader(id="columns")
        yield SessionList(id="sessions")
        yield Static(id="empty")
        yield Static(id="notices")
        yield Footer()

    def on_mount(self) -> None:
        """Show what is known already."""
        self.show_changes()

    def on_screen_resume(self) -> None:
        """Back from a session: show what has changed meanwhile."""
        self.show_changes()

    def show_changes(self) -> None:
        """Show the catalog as it is now."""
        app = cast("ZigtuiApp", self.app)
        now = app.clock()
        sessions = listed(self._catalog.summaries(), now, self._catalog.stall_secs)
        self._show_top(sessions, now)
        rows = self.query_one(SessionList)
        rows.show(sessions, now)
        is_empty = not sessions
        if self.has_class("empty") != is_empty or is_empty:
            self.set_class(is_empty, "empty")
            self._show_empty_page()
        notices = app.notices
        self.set_class(bool(notices), "noticed")
        if notices:
            self.query_one("#notices", Static).update(Content("\n".join(safe_plain(notice) for notice in notices)))

    def _show_top(self, sessions: list[ListedSession], now: float) -> None:
        states = Counter(session.state for session in sessions)
        live = sum(number for state, number in states.items() if state.is_live)
        right = f"{live} live · {count(len(sessions), 'session')}   {clock_time(now)} "
        self.query_one("#top", Bar).show(
            ([("zigtui", "paint--strong"), ("  " + self._bases(), "paint--muted")], [(right, "paint--muted")])
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
        if isinstance(event.key, LogPlace):
            self.app.push_screen(SessionScreen(self._catalog, event.key))
