"""The screen of all sessions."""

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from zigtui.reader.location import LogLocation
from zigtui.reader.safe_text import safe_plain, safe_short
from zigtui.reader.session.session_log import SessionLog
from zigtui.state.history import History
from zigtui.ui.copying import Copyable, plain_text
from zigtui.ui.live_screen import LiveScreen, LiveWidget, ScreenContext
from zigtui.ui.opened_at import command_to_open
from zigtui.ui.sessions.columns_header import ColumnsHeader
from zigtui.ui.sessions.empty_page import empty_page
from zigtui.ui.sessions.list import SessionList
from zigtui.ui.sessions.list_filter import ListFilter
from zigtui.ui.sessions.list_start import ListStart
from zigtui.ui.sessions.order import SessionOrder
from zigtui.ui.sessions.preview_pane import PreviewPane
from zigtui.ui.sessions.sorting import Sort
from zigtui.ui.sessions.unseen import Unseen
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.pasting import LONGEST_TEXT
from zigtui.ui.widgets.prompt import Prompt
from zigtui.wording.amounts import count
from zigtui.wording.dates import clock_time
from zigtui.wording.short_names import tilde

__all__ = ["SessionsScreen"]

NO_START = ListStart()
"""All sessions."""

_FILTER_SECS = 0.02  # for which rows are searched for before the screen is updated
_BETWEEN_SECS = 0.001
_SHARED_SECS = 5.0  # how often what other zigtui have marked as seen is read
_PREVIEWS = ("off", "beside", "below")
_LETTERS = ("filter", "sort", "toggle_project", "next_preview", "next_new", "mark_all_seen", "copy")
_LONGEST_NAME = 40  # characters
_HINT = "words  state:failed  workflow:deploy*  project:shop  since:2h  cost:>1  duration:>5m  -word"


class SessionsScreen(LiveScreen):
    """All sessions, live ones first, or those that pass a filter.

    Args:
        context: the context that the screens share.
        open_session: creates the screen of the chosen session.
        make_preview: creates its preview.
        start: the filter and the project at the start.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("slash", "filter", "filter"),
        Binding("escape", "end_filter", "end the filter", show=False),
        Binding("s", "sort", "sort"),
        Binding("p", "toggle_project", "this project"),
        Binding("v", "next_preview", "preview"),
        Binding("u", "next_new", "next new session", show=False),
        Binding("U", "mark_all_seen", "mark all as seen", show=False),
        Binding("y", "copy", "copy"),
    )

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-middling"), (140, "-wide")]  # noqa: RUF012  # as Textual has it

    def __init__(
        self,
        context: ScreenContext,
        open_session: Callable[[ScreenContext, LogLocation], LiveScreen],
        make_preview: Callable[[ScreenContext, LogLocation], LiveWidget],
        start: ListStart = NO_START,
    ) -> None:
        super().__init__(context)
        self._start = start
        self._only_project = start.only_project
        self._open_session = open_session
        self._make_preview = make_preview
        self._unseen = Unseen(context.store, context.clock())
        self._opened: tuple[LogLocation, float] | None = None  # the session on another screen, and since when it is
        self._catalog = context.catalog
        self._order = SessionOrder(context.clock())
        self._changes = context.catalog.changes()
        self._is_loading = True
        self._is_filtering = False  # further rows are being found
        self._history = History(context.store, "filters")
        self._filter = ListFilter(self._order, of_several_bases=len(context.catalog.bases) > 1)
        if start.project is not None and start.only_project and context.catalog.has_all_projects:
            self._filter.limit_to(start.project.projects)

    @property
    def chosen_session(self) -> LogLocation | None:
        """The session under the cursor."""
        return self.query_one(SessionList).location

    def compose_body(self) -> ComposeResult:
        """The bar, the list or the page for an empty home, and the prompt."""
        settings = self.context.settings
        sessions = SessionList(
            self._order,
            self._unseen,
            self._open,
            of_several_bases=len(self._catalog.bases) > 1,
            quiet_secs=settings.quiet_secs,
            is_armed=self.context.notifier.is_armed,
            wanted=settings.columns,
            id="sessions",
        )
        yield Bar(id="top", kept=3)
        with Container(id="list-panes"):
            with Vertical(id="list"):
                yield ColumnsHeader(sessions.columns, self._sort_by, id="columns")
                yield sessions
            yield PreviewPane(partial(self._make_preview, self.context), id="preview")
        yield Static(id="empty")
        yield Prompt(self._take_filter, self._change_filter, id="prompt")

    def show_first(self) -> None:
        """Draw the first frame, with the filter of the start."""
        fault = self._filter.change(self._start.filter, self.context.clock())
        self._place_preview()
        super().show_first()
        self.set_interval(_SHARED_SECS, self._unseen.refresh)
        if fault:
            self.show_note(f"Wrong filter in the settings: {fault}")

    def show(self, now: float) -> None:
        """Display the catalog as it is at ``now``."""
        # Read before the changes are taken: sessions found in between are displayed in the next frame.
        has_scanned = self._catalog.has_scanned
        is_read = has_scanned and not any(base.is_behind for base in self._catalog.bases)
        changed, gone = self._changes.take()
        self._unseen.update(self._order.update(changed, gone, now), gone, now)
        self.query_one(SessionList).measure(changed)
        self._show_rows(now)
        self._is_loading = self._is_loading and not is_read
        is_empty = has_scanned and self._order.total == 0
        if self.has_class("empty") != is_empty:
            self.set_class(is_empty, "empty")
            self.refresh_bindings()
        if is_empty:
            self._show_empty_page()

    def _show_rows(self, now: float, *, finds_more: bool = True) -> None:
        if finds_more and not self._order.is_filtered:
            self._order.advance(_FILTER_SECS)
        self._show_top(now)
        self.query_one(ColumnsHeader).show(self._order.sort)
        self.query_one(SessionList).show(now, is_loading=self._is_loading)
        self._show_preview(now)
        if not self._order.is_filtered and not self._is_filtering:
            self._is_filtering = True
            self.set_timer(_BETWEEN_SECS, self._filter_on)

    def _filter_on(self) -> None:
        """Find further rows, a few at a time, so that keys are handled in between."""
        self._is_filtering = False
        if self.is_attached:
            self._show_rows(self.context.clock())

    def _show_top(self, now: float) -> None:
        shown, total = len(self._order), self._order.total
        left = [("zigtui", "paint--strong"), ("  " + self._bases(), "paint--muted")]
        if self._only_project and self._start.project is not None:
            left.append((f"  in {safe_short(self._start.project.name, _LONGEST_NAME)}", "paint--strong"))
        if self._filter.text:
            left.append((f"  {safe_short(self._filter.text, LONGEST_TEXT)}", "paint--running"))
        is_part = self._filter.text or self._filter.projects is not None
        found = f"{shown:,}" if self._order.is_filtered else f"{shown:,}…"
        counts = f"{found} of {total:,}" if is_part else count(total, "session")
        right = [(f"{clock_time(now)}   ", "paint--muted"), (f"{self._order.live} live · {counts} ", "paint--muted")]
        if self._unseen.words:
            new = (self._unseen.words, "paint--failed" if self._unseen.counts.failed else "")
            right[1:1] = [new, (" · ", "paint--muted")]
        self.query_one("#top", Bar).show((left, right))

    def _bases(self) -> str:
        home = self.context.home_directory
        return ", ".join(safe_plain(tilde(base.base, home)) for base in self._catalog.bases)

    def _show_empty_page(self) -> None:
        page = empty_page([base.base for base in self._catalog.bases], self._bases())
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
            now = self.context.clock()
            self._opened = key, now
            self._mark_seen(key, now)
            self.app.push_screen(self._open_session(self.context, key))

    # New sessions

    def on_screen_resume(self) -> None:
        """Mark the session that was open as seen, and display the changes made in the meantime."""
        if self._opened is not None:
            location, _ = self._opened
            self._opened = None
            self._mark_seen(location, self.context.clock())
        super().on_screen_resume()

    def on_unmount(self) -> None:
        """Mark all sessions as seen that the list has displayed."""
        if self._opened is None:
            self._unseen.mark_all_seen(self.context.clock())
        else:
            self._unseen.mark_seen_until(self._opened[1])

    def _mark_seen(self, location: LogLocation, now: float) -> None:
        snapshot = self._catalog.find(location)
        if snapshot is not None:
            self._unseen.mark_seen(snapshot.at(now), now)

    def action_next_new(self) -> None:
        """Go to the next new session, or to the first one below the top again."""
        sessions = self.query_one(SessionList)
        found = [row for each in self._unseen.locations if (row := self._order.row_of(each)) is not None]
        if found:
            sessions.move_cursor(min([row for row in found if row > sessions.cursor], default=min(found)))
        else:
            self.show_note("No new session passes the filter" if self._unseen.locations else "Nothing is new")

    def action_mark_all_seen(self) -> None:
        """Mark all sessions as seen."""
        self._unseen.mark_all_seen(self.context.clock())
        self.show_changes()

    # Preview

    @on(SessionList.Highlighted)
    def preview_chosen(self) -> None:
        """Preview another session without waiting for the next frame."""
        self._show_preview(self.context.clock())

    def _show_preview(self, now: float) -> None:
        shows_preview = self.context.choices.preview.value != "off"
        self.query_one(PreviewPane).show(self.chosen_session if shows_preview else None, now)

    def action_next_preview(self) -> None:
        """Preview the chosen session beside the list, below it, or not at all."""
        preview = self.context.choices.preview
        at = _PREVIEWS.index(preview.value)
        following = _PREVIEWS[(at + 1) % len(_PREVIEWS)]
        if following == "beside" and not self.has_class("-wide"):
            following = "below"
        preview.choose(following)
        self._place_preview()
        self.show_changes()

    def _place_preview(self) -> None:
        value = self.context.choices.preview.value
        self.set_class(value == "beside", "-preview-beside")
        self.set_class(value != "off", "-preview")

    # Filtering and sorting

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable letters as commands while the user types a filter, and what has no effect now."""
        if action == "end_filter":
            return bool(self._filter.text) or self.query_one(Prompt).is_open
        if action == "toggle_project" and self._start.project is None:
            return False
        return not (action in _LETTERS and isinstance(self.focused, Input))

    def action_filter(self) -> None:
        """Open the prompt for the filter."""
        self.query_one(Prompt).open("/", _HINT, text=self._filter.text, earlier=self._history.entries)

    def action_end_filter(self) -> None:
        """Clear the filter, and close the prompt."""
        self._close_prompt()
        self._change_filter("/", "")

    def _change_filter(self, sign: str, text: str, *, is_typed: bool = True) -> bool:
        """Filter by a text, and return whether it is a filter."""
        before = self._order.version
        fault = self._filter.change(text, self.context.clock(), is_typed=is_typed)
        self.query_one(Prompt).show_fault(fault)
        if self._order.version != before:
            self._order.advance(_FILTER_SECS)
            self.query_one(SessionList).show_filtered()
            self._show_rows(self.context.clock(), finds_more=False)
            self.refresh_bindings()
        return not fault

    def _take_filter(self, sign: str, text: str) -> None:
        """Keep the filter, and go to the list. If the text is not a filter, the prompt stays open."""
        if self._change_filter(sign, text, is_typed=False):
            self._history.add(text.strip())
            self._close_prompt()

    def _close_prompt(self) -> None:
        prompt = self.query_one(Prompt)
        if prompt.is_open:
            prompt.close()
            self.set_focus(self.query_one(SessionList))
            self.refresh_bindings()

    def action_sort(self) -> None:
        """Sort in the next way."""
        self._sort_by(self._order.sort.following)

    def _sort_by(self, sort: Sort) -> None:
        """Sort the list; by the newest, if it is sorted in that way already."""
        sort = Sort.NEWEST if sort is self._order.sort else sort
        self._order.sort_by(sort)
        self.query_one(SessionList).point_at_first()
        self._show_rows(self.context.clock())
        self.show_note(f"Sorted by {sort.value}" if sort is not Sort.NEWEST else "Live ones first, then the newest")

    def action_toggle_project(self) -> None:
        """Display all sessions, or only those of this project."""
        project = self._start.project
        if project is None:
            return
        self._only_project = not self._only_project
        if not self._only_project and not self._catalog.has_all_projects:
            self._catalog.include_all_projects()
            self._changes = self._catalog.changes()
        self._filter.limit_to(project.projects if self._only_project else None)
        self.query_one(SessionList).show_filtered()
        self.show_changes()


def _error_in(location: LogLocation, most: int) -> str:
    """The whole error of a session; the list has only one line of it. For ``most`` see `TextReader`."""
    log = SessionLog(location)
    log.read_all()
    return plain_text(log.snapshot().session.last_error, most)
