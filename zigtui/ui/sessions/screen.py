"""The screen of all sessions."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from zigtui.reader.location import LogLocation
from zigtui.state.history import History
from zigtui.ui.copying import Copyable
from zigtui.ui.live_screen import LiveScreen, LiveWidget, ScreenContext
from zigtui.ui.sessions.columns_header import ColumnsHeader
from zigtui.ui.sessions.copyables import copyables_of
from zigtui.ui.sessions.empty_page import empty_page, nothing_in_list
from zigtui.ui.sessions.filter_prompt import FilterPrompt
from zigtui.ui.sessions.kept_place import Keep, KeptPlace, keep_nothing
from zigtui.ui.sessions.keys import ACTIONS_OF_LETTERS, KEYS, MISSING
from zigtui.ui.sessions.list import SessionList
from zigtui.ui.sessions.list_filter import ListFilter
from zigtui.ui.sessions.list_start import ListStart
from zigtui.ui.sessions.order.order import SessionOrder
from zigtui.ui.sessions.order.sorting import Sort
from zigtui.ui.sessions.preview_pane import PreviewPane
from zigtui.ui.sessions.sources import Sources
from zigtui.ui.sessions.top_line import top_line
from zigtui.ui.sessions.unseen import Unseen
from zigtui.ui.sessions.visits import Visits
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.bindings import in_order

__all__ = ["SessionsScreen"]

ALL_SESSIONS = ListStart()
"""A list without a filter."""

_FILTER_SECS = 0.02  # for which rows are searched for before the screen is updated
_BETWEEN_SECS = 0.001
_SHARED_SECS = 5.0  # how often what other zigtui have marked as seen is read
_PREVIEWS = ("off", "beside", "below")


class SessionsScreen(LiveScreen):
    """All sessions, live ones first, or those that pass a filter.

    Args:
        context: the context that the screens share.
        open_session: creates the screen of the chosen session.
        make_preview: creates its preview.
        make_machines: creates the screen of machines, which calls a function with the one that the user chooses.
        start: the filter, the project and the session under the cursor at the start.
        keep: see `KeptPlace`.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(*KEYS)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-middling"), (140, "-wide")]  # noqa: RUF012  # as Textual has it

    def __init__(
        self,
        context: ScreenContext,
        open_session: Callable[[ScreenContext, LogLocation], LiveScreen],
        make_preview: Callable[[ScreenContext, LogLocation], LiveWidget],
        make_machines: Callable[[ScreenContext, Callable[[str], object]], LiveScreen],
        start: ListStart = ALL_SESSIONS,
        keep: Keep = keep_nothing,
    ) -> None:
        super().__init__(context)
        self._start = start
        self._place = KeptPlace(start.chosen if context.left is None else context.left.name, keep)
        self._only_project = start.project is not None and (start.only_project or context.choices.only_project.value)
        self._open_session = open_session
        self._make_preview = make_preview
        self._make_machines = make_machines
        self._unseen = Unseen(context.store, context.clock())
        self._catalog = context.catalog
        self._sources = Sources(context)
        self._visits = Visits(self._unseen, context.catalog, context.clock)
        if context.left is not None:
            self._visits.begin(context.left)
        self._order = SessionOrder(context.clock())
        self._changes = context.catalog.changes()
        self._is_loading = True
        self._active: tuple[bool, ...] | None = None  # whether there are rows, a filter, machines, and all projects
        self._is_filtering = False  # further rows are being found
        self._filter = ListFilter(self._order, of_several_bases=self._sources.are_several_bases)
        if start.project is not None and self._only_project and context.catalog.has_all_projects:
            self._filter.limit_to(start.project.projects)
        self._order.sort_by(Sort(context.choices.sort.value))

    @property
    def chosen_session(self) -> LogLocation | None:
        """The session under the cursor."""
        return self.query_one(SessionList).location

    @property
    def sessions_in_sight(self) -> list[LogLocation]:
        """The sessions in the rows on the screen."""
        return [key for key in self.query_one(SessionList).keys_in_sight if isinstance(key, LogLocation)]

    def compose_body(self) -> ComposeResult:
        """The bar, the list or the page for an empty base, and the prompt."""
        settings = self.context.settings
        sessions = SessionList(
            self._order,
            self._unseen,
            self._open,
            of_several_bases=self._sources.are_several_bases,
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
        yield FilterPrompt(
            self._filter,
            History(self.context.store, "filters"),
            self.context.clock,
            self._show_filtered,
            self._go_to_list,
            id="prompt",
        )

    def show_first(self) -> None:
        """Draw the first frame, with the filter of the start."""
        fault = self._filter.change(self._start.filter, self.context.clock())
        self._place_preview()
        super().show_first()
        self.set_interval(_SHARED_SECS, self._unseen.refresh)
        if fault and not self._filter.unanswered:
            self.show_note(f"Wrong filter: {fault}")

    def notices(self) -> list[str]:
        """Problems to display above the keys; also why the list is not filtered yet, unless the prompt displays it."""
        unanswered = "" if self.query_one(FilterPrompt).is_open else self._filter.unanswered
        return [*super().notices(), *([f"The list is not filtered yet: {unanswered}"] if unanswered else [])]

    def show(self, now: float) -> None:
        """Display the catalog as it is at ``now``."""
        # Read before the changes are taken: sessions found in between are displayed in the next frame.
        has_scanned = self._catalog.has_scanned
        is_read = has_scanned and not any(base.is_behind for base in self._catalog.bases)
        changed, gone = self._changes.take()
        self._unseen.update(self._order.update(changed, gone, now), gone, now)
        sessions = self.query_one(SessionList)
        sessions.measure(changed)
        sessions.await_session(self._place.find(changed))
        self.query_one(FilterPrompt).take_answers()
        self._show_rows(now)
        self._is_loading = self._is_loading and not is_read
        is_empty = has_scanned and self._order.total == 0
        self.set_class(is_empty, "empty")
        self._place.keep(self._filter.text, sessions.location if sessions.was_moved else None)
        if is_empty:
            self._show_empty_page()

    def _show_rows(self, now: float, *, finds_more: bool = True) -> None:
        if finds_more and not self._order.is_filtered:
            self._order.advance(_FILTER_SECS)
        name = self._start.project.name if self._only_project and self._start.project is not None else None
        sources = self._sources.texts(now, is_narrow=self.has_class("-narrow"))
        line = top_line(self._order, self._filter, self._unseen, sources, name, now, self.size.width)
        self.query_one("#top", Bar).show(line)
        self.query_one(ColumnsHeader).show(self._order.sort)
        nothing = nothing_in_list(name, is_filtered=bool(self._filter.text))
        self.query_one(SessionList).show(now, is_loading=self._is_loading, nothing=nothing)
        self._show_preview(now)
        active = bool(self._order), bool(self._filter.text), self._sources.has_machines, not self._only_project
        if active != self._active:  # these decide which keys are active
            self._active = active
            self.refresh_bindings()
        if not self._order.is_filtered and not self._is_filtering:
            self._is_filtering = True
            self.set_timer(_BETWEEN_SECS, self._filter_on)

    def _filter_on(self) -> None:
        """Find further rows, a few at a time, so that keys are handled in between."""
        self._is_filtering = False
        if self.is_attached:
            self._show_rows(self.context.clock())

    def _show_empty_page(self) -> None:
        project = None if self._catalog.has_all_projects or self._start.project is None else self._start.project.name
        page = empty_page(self._sources.own_bases, self._sources.names, project)
        self.query_one("#empty", Static).update(Content(page))

    def copyables(self) -> Sequence[Copyable]:
        """The facts of the session under the cursor."""
        row = self.query_one(SessionList).cursor
        if row >= len(self._order):
            return ()
        return copyables_of(self._order.snapshot_at(row), self._catalog, self.context.fleet)

    def _open(self, key: Hashable) -> None:
        if isinstance(key, LogLocation) and self.app.screen is self:  # two quick clicks open it once
            self._visits.begin(key)
            self.app.push_screen(self._open_session(self.context, key))

    def action_next_failure(self, direction: int) -> None:
        """Go to the next session (1) or the previous one (-1) that failed or was lost; after the last, to the first."""
        if not self.query_one(SessionList).move_to_failure(direction):
            self.show_note("No session in the list failed")

    # New sessions

    def on_screen_resume(self) -> None:
        """Mark the session that was open as seen, and display the changes made in the meantime."""
        self._visits.end()
        super().on_screen_resume()

    def on_unmount(self) -> None:
        """Mark all sessions as seen that the list has displayed."""
        self._visits.leave()

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
        """Preview the chosen session beside the list, below it, or not at all.

        Without room beside the list, both are below it.
        """
        preview, in_turn = self.context.choices.preview, _PREVIEWS if self.has_class("-wide") else _PREVIEWS[:2]
        at = in_turn.index(preview.value) if preview.value in in_turn else -1
        preview.choose(in_turn[(at + 1) % len(in_turn)])
        self._place_preview()
        self.show_changes()

    def _place_preview(self) -> None:
        value = self.context.choices.preview.value
        self.set_class(value == "beside", "-preview-beside")
        self.set_class(value != "off", "-preview")

    # Machines

    def action_show_machines(self) -> None:
        """Display all machines. The list is then filtered by the one that the user chooses."""
        self.app.push_screen(self._make_machines(self.context, self._filter_by_machine))

    def _filter_by_machine(self, name: str) -> None:
        self.query_one(FilterPrompt).change(f"machine:{name}", is_typed=False)

    def commands(self) -> Iterator[SystemCommand]:
        """The screen of machines, if there are any."""
        if self._sources.has_machines:
            yield SystemCommand("Machines", "Display the machines whose sessions are listed", self.action_show_machines)

    # Filtering and sorting

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable letters as commands while the user types a filter, and what has no effect now."""
        if action == "end_filter":
            return bool(self._filter.text) or self.query_one(FilterPrompt).is_open
        missing = [] if self._sources.has_machines else ["show_machines"]
        missing += ["limit_to_project"] if self._start.project is None else []
        if action in missing or (action == "explain" and parameters[0] not in missing):
            return False
        if action == "limit_to_project" and parameters[0] is self._only_project:
            return False
        return not (action in ACTIONS_OF_LETTERS and isinstance(self.focused, Input))

    def action_explain(self, action: str) -> None:
        """Report why an action has no effect."""
        is_joining = action == "show_machines" and self.context.feed is not None
        self.show_note("No machine has joined yet" if is_joining else MISSING[action])

    def action_filter(self) -> None:
        """Open the prompt for the filter."""
        self.query_one(FilterPrompt).ask()

    def action_end_filter(self) -> None:
        """Clear the filter, and close the prompt."""
        prompt = self.query_one(FilterPrompt)
        prompt.leave()
        prompt.change("")

    def _show_filtered(self) -> None:
        self._order.advance(_FILTER_SECS)
        self.query_one(SessionList).show_filtered()
        self._show_rows(self.context.clock(), finds_more=False)

    def _go_to_list(self, rows: int) -> None:
        sessions = self.query_one(SessionList)
        self.set_focus(sessions)
        if rows:
            sessions.action_move(rows)
        self.refresh_bindings()

    def action_sort(self) -> None:
        """Sort in the next way."""
        self._sort_by(self._order.sort.following(has_machines=self.query_one(SessionList).has_machines))

    def _sort_by(self, sort: Sort) -> None:
        """Sort the list; by the newest, if it is sorted in that way already."""
        sort = Sort.NEWEST if sort is self._order.sort else sort
        self._order.sort_by(sort)
        self.context.choices.sort.choose(sort.value)
        self.query_one(SessionList).point_at_first()
        self._show_rows(self.context.clock())
        self.show_note(f"Sorted by {sort.value}" if sort is not Sort.NEWEST else "Live ones first, then the newest")

    def action_limit_to_project(self, only_project: bool) -> None:
        """Display only the sessions of this project, or all."""
        project = self._start.project
        assert project is not None  # as `check_action` has it
        self._only_project = only_project
        self.context.choices.only_project.choose(self._only_project)
        if not self._only_project and not self._catalog.has_all_projects:
            self._catalog.include_all_projects()
            self._changes = self._catalog.changes()
        self._filter.limit_to(project.projects if self._only_project else None)
        self.query_one(SessionList).show_filtered()
        self.show_changes()
