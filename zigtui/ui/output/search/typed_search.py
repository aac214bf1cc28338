"""Search while the user types: display the first match of what is typed so far, and undo that if the user gives up."""

from collections.abc import Callable
from typing import NamedTuple

from textual.timer import Timer

from zigtui.reader.search.query import Query, QueryError
from zigtui.ui.output.view.bookmark import Bookmark
from zigtui.ui.output.view.view import OutputView

__all__ = ["TypedSearch"]

_PAUSE_SECS = 0.15  # after a key, before what is typed is searched for


class _Before(NamedTuple):
    bookmark: Bookmark
    query: Query | None


class TypedSearch:
    """The search for the text of a prompt that is open.

    Args:
        view: the view that displays the matches.
        search: begins a search from the line on the screen; None ends it.
        resume: searches for an earlier query again without moving the view.
    """

    def __init__(
        self, view: OutputView, search: Callable[[Query | None], None], resume: Callable[[Query], None]
    ) -> None:
        self._view = view
        self._search = search
        self._resume = resume
        self._before: _Before | None = None
        self._timer: Timer | None = None
        self._shown: str | None = None  # the text that is searched for; None until something is

    def begin(self, query: Query | None) -> None:
        """Remember the lines on the screen and the current query, if any. Call this when the prompt opens."""
        if self._before is None:
            self._before, self._shown = _Before(self._view.bookmark, query), None

    def show_other(self) -> None:
        """Return to the lines of another output, which the user has chosen while the prompt is open."""
        if self._before is not None:
            self._before = self._before._replace(bookmark=self._view.bookmark)

    def change(self, text: str) -> None:
        """Search for a text, unless it changes again at once."""
        self._stop_timer()
        self._timer = self._view.set_timer(_PAUSE_SECS, lambda: self._show(text))

    def _show(self, text: str) -> None:
        self._timer = None
        if self._before is None or text == (self._shown or ""):
            return
        try:
            query = Query(text) if text else None
        except QueryError:  # as long as a pattern is not complete
            return
        self._view.return_to(self._before.bookmark)
        self._shown = text
        self._search(query)

    def accept(self, text: str) -> bool:
        """End typing with a text. Return whether it is searched for already."""
        self._stop_timer()
        before, self._before = self._before, None
        if before is not None and self._shown and self._shown != text:
            self._view.return_to(before.bookmark)
        return before is not None and self._shown == text

    def undo(self) -> None:
        """Display again what was on the screen when the prompt opened."""
        self._stop_timer()
        before, self._before = self._before, None
        if before is None or self._shown is None:
            return
        self._search(None)
        self._view.return_to(before.bookmark)
        if before.query is not None:
            self._resume(before.query)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
