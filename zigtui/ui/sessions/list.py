"""The list of sessions."""

from collections.abc import Callable, Collection, Hashable, Sequence

from rich.style import Style

from writer import SessionStatus
from zigtui.reader.location import LogLocation, base_label
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.sessions.cell_texts import now_text, tiers_text
from zigtui.ui.sessions.columns import COLUMNS, MARGIN, Column, NameWidths, columns_for
from zigtui.ui.sessions.order.groups import NO_GROUPS, groups_of
from zigtui.ui.sessions.order.order import Place, SessionOrder
from zigtui.ui.sessions.order.sorting import Sort
from zigtui.ui.sessions.unseen import Unseen
from zigtui.ui.widgets.drawing import Parts
from zigtui.ui.widgets.painted import paint_of
from zigtui.ui.widgets.row_list import RowList
from zigtui.wording.amounts import cost_in_short
from zigtui.wording.dates import local_day
from zigtui.wording.durations import duration
from zigtui.wording.session_row import (
    began_at,
    began_below_day,
    concerns,
    project,
    title,
)
from zigtui.wording.short_names import short_id
from zigtui.wording.signs import failures_within, session_sign, state_sign
from zigtui.wording.states import StateSign
from zigtui.wording.text_fit import fit, shortened

__all__ = ["SessionList"]

_NEW = "•"
_ARMED = "♪"
_PLAIN = Style.null()
_BELOW_DAY = 9  # cells, in which a silence in words or a time of day has room
_IN_FULL = 15  # cells, in which any time has room


class SessionList(RowList):
    """Displays sessions as rows. Their keys are the locations of their logs.

    Args:
        order: the sessions, which the screen keeps up to date.
        unseen: which of them are new to the user.
        open_row: called with the key of the row that the user chooses.
        of_several_bases: returns whether to display the base that each session is from.
        quiet_secs: see `zigtui.wording.session_row.now_at`.
        is_armed: whether the end of a session will be reported.
        wanted: the names of the columns that the user wants.
        id: the id of the widget.
    """

    def __init__(
        self,
        order: SessionOrder,
        unseen: Unseen,
        open_row: Callable[[Hashable], object],
        *,
        of_several_bases: Callable[[], bool],
        quiet_secs: float,
        is_armed: Callable[[LogLocation], bool] = lambda _: False,
        wanted: Collection[str] = COLUMNS,
        id: str | None = None,
    ) -> None:
        super().__init__(open_row, id=id)
        self._quiet_secs = quiet_secs
        self._of_several_bases = of_several_bases
        self._order = order
        self._unseen = unseen
        self._is_armed = is_armed
        self._wanted = wanted
        self._has_costs = False
        self._columns: dict[tuple[int, Sort], tuple[Column, ...]] = {}  # of these names
        self._awaited: LogLocation | None = None  # goes under the cursor when it is found to pass the filter
        self._is_doubtful_first = False  # the cursor is on the first session, which may turn out to be lost
        self._workflows, self._machines, self._projects = NameWidths(), NameWidths(), NameWidths()
        self._groups = NO_GROUPS
        self._grouped: tuple[int, int] | None = None  # the version and the day for which the groups are
        self._version = -1
        self._now = 0.0
        self._nothing = ""  # in place of all rows
        # Of rows that were drawn in this second: nothing in them changes more often but by a new snapshot
        self._cells: dict[LogLocation, tuple[SessionSnapshot, Parts]] = {}
        self._cells_are_for: object = None

    def measure(self, sessions: Collection[SessionSnapshot]) -> None:
        """Make room for the names of sessions that are new or have changed."""
        has_several_bases = self._of_several_bases()
        for each in sessions:
            location = each.location
            shows_base = has_several_bases and location.machine is None
            self._workflows.add(each.session.workflow_name if location.has_session_id else title(each))
            self._machines.add(location.machine or "")
            self._projects.add(each.project_label, f"@{base_label(location.base)}" if shows_base else "")
            self._has_costs = self._has_costs or each.session.usage.cost_usd is not None
        if sessions:
            self._columns.clear()

    def columns(self, width: int) -> tuple[Column, ...]:
        """The columns for which there is room in ``width`` cells. There is none for costs if no session has any."""
        sort, wanted = self._order.sort, self._wanted
        known = self._columns.get((width, sort))
        if known is None:
            if not self._has_costs and sort is not Sort.COST:
                wanted = [name for name in wanted if name != "cost"]
            known = self._columns[width, sort] = columns_for(
                width, self._workflows, self._machines, self._projects, sort, wanted
            )
        return known

    @property
    def has_machines(self) -> bool:
        """Whether the sessions are of several machines."""
        return self._machines.are_several

    def show(self, now: float, *, is_loading: bool, nothing: str) -> None:
        """Display the sessions as they are at ``now``, or else why there is nothing to display.

        Unless the user has moved the cursor or scrolled away from it, it stays at the top while the sessions are being
        loaded, and until it is decided whether the first one is lost.
        """
        self._now, self._nothing = now, nothing
        grouped = self._order.version, local_day(now)
        if self._version != self._order.version or self._grouped != grouped:
            self._version = self._order.version
            self._grouped = grouped
            self._groups = groups_of(self._order.keys, now) if self._order.sort is Sort.NEWEST else NO_GROUPS
            if (is_loading or self._is_doubtful_first) and not self.is_scrolled_away:
                self.point_at_first()
            self.rows_changed()
            self._go_to_awaited()
        else:
            self.redraw_visible()
        at_first = self.cursor == 0 < self.row_count()
        self._is_doubtful_first = at_first and self._order.snapshot_at(0).at(now).is_doubtful

    def show_filtered(self) -> None:
        """Prepare for other rows: if the chosen session is not among them, the first row is chosen.

        The session is chosen again if it is found later, unless the user moves the cursor in the meantime. Nothing is
        prepared if another text is the same filter: what comes later must not bring the cursor in sight.
        """
        if self._version == self._order.version:
            return
        self.reveal_cursor()
        chosen = self._awaited or self.chosen
        if self.was_moved and isinstance(chosen, LogLocation):
            self._awaited = chosen
        if not self.was_moved or self.chosen is None or self.find(self.chosen) is None:
            self.point_at_first(even_if_moved=True)

    def await_session(self, location: LogLocation | None) -> None:
        """Put the cursor on a session, if any, as soon as it has a row, unless the user moves the cursor before."""
        if location is not None and not self.was_moved:
            self._awaited = location

    def _go_to_awaited(self) -> None:
        row = None if self._awaited is None else self.find(self._awaited)
        if row is not None:
            self.move_cursor(row)
        elif self._order.is_filtered:
            self._awaited = None

    def move_cursor(self, row: int) -> None:
        """Put the cursor on a row, or on the nearest one that exists."""
        self._awaited = None
        super().move_cursor(row)

    def move_to_failure(self, direction: int) -> bool:
        """Go to the next session below (1) or above (-1) that failed or was lost, past the end to the first one.

        Returns:
            Whether there is any.
        """
        count, start = self.row_count(), self.cursor
        for step in range(1, count + 1):
            row = (start + direction * step) % count
            snapshot = self._order.snapshot_at(row)
            if snapshot.vitals.status == SessionStatus.SUCCESS:
                continue  # as most have; the state takes longer
            if snapshot.at(self._now).state in (SessionState.FAILED, SessionState.LOST):
                self.move_cursor(row)
                return True
        return False

    def on_show(self) -> None:
        """Take back the focus, which the list loses while the page for an empty base is displayed instead."""
        if self.screen.focused is None:
            self.focus()

    @property
    def location(self) -> LogLocation | None:
        """The session under the cursor; None if there is none."""
        return self.row_key(self.cursor) if self.cursor < self.row_count() else None

    def row_count(self) -> int:
        """The number of sessions."""
        return len(self._order)

    def row_key(self, row: int) -> LogLocation:
        """The location of a session's log."""
        return self._order.location_at(row)

    def find(self, key: Hashable) -> int | None:
        """The row of a session; None if it is not in the list."""
        return self._order.row_of(key) if isinstance(key, LogLocation) else None

    def place_of(self, row: int) -> object:
        """The place of a session in the current order."""
        return self._order.place_of(row)

    def row_at_place(self, place: object) -> int:
        """The session that followed the one of a place that is gone, wherever others have come or gone meanwhile."""
        row = self._order.row_at_place(place) if isinstance(place, Place) else None
        return self.cursor if row is None else row

    def line_count(self) -> int:
        """The number of sessions and headings."""
        return len(self._order) + len(self._groups.rows) + self._has_no_match

    @property
    def _has_no_match(self) -> bool:
        return len(self._order) == 0 < self._order.total and self._order.is_filtered

    def line_of(self, row: int) -> int:
        """The line of a session."""
        return self._groups.line_of(row)

    def row_at(self, line: int) -> int | None:
        """The row of the session on a line; None for a heading."""
        return None if self._has_no_match else self._groups.row_at(line)

    def other_parts(self, line: int, width: int) -> Parts:
        """A heading, or a hint in place of all rows."""
        muted = self.paint("paint--muted")
        if self._has_no_match:
            return [(f" {self._nothing}", muted)]
        heading = f" ── {self._groups.heading_at(line)} "
        return [(heading + "─" * max(0, width - len(heading) - 1), muted)]

    def parts_at(self, row: int, width: int) -> Parts:
        """A session in one line."""
        snapshot, columns = self._order.snapshot_at(row), self.columns(width)
        wanted = int(self._now), columns, self._order.sort, self._of_several_bases()
        if self._cells_are_for != wanted:
            self._cells.clear()
            self._cells_are_for = wanted
        drawn_of, cells = self._cells.get(snapshot.location, (None, []))
        if drawn_of is not snapshot:
            cells = self._cells_of(snapshot.at(self._now), columns)
            self._cells[snapshot.location] = snapshot, cells
        return [(fit(self._mark(snapshot.location), MARGIN), self.paint("paint--strong")), *cells]

    def _cells_of(self, snapshot: SessionSnapshot, columns: Sequence[Column]) -> Parts:
        sign = session_sign(snapshot)
        names = {each.name for each in columns}
        cells: Parts = []
        for column in columns:
            text, paint = self._cell(snapshot, column, sign, names)
            style = self.paint(paint) if paint else _PLAIN
            cells += [(fit(text, column.width, right=column.is_right), style), (" " * column.gap, _PLAIN)]
        return cells

    def colours_changed(self) -> None:
        """Draw all rows again in other colours."""
        self._cells.clear()
        super().colours_changed()

    def _mark(self, location: LogLocation) -> str:
        if self._is_armed(location):
            return _ARMED
        return _NEW if self._unseen.is_new(location) else ""

    def _cell(
        self, snapshot: SessionSnapshot, column: Column, sign: StateSign, columns: Collection[str]
    ) -> tuple[str, str]:
        """The text of a cell, and its component class or ``""``.

        Args:
            snapshot: the session.
            column: the column.
            sign: the sign of the session's state.
            columns: the names of all columns.
        """
        state = snapshot.state
        of_state = paint_of(sign.severity)
        of_live = of_state if state.is_live else "paint--muted"
        match column.name:
            case "state":
                return (sign.glyph if column.width == 1 else f"{sign.glyph} {state_sign(snapshot).word}"), of_state
            case "workflow":
                return title(snapshot), "paint--strong" if state.is_live else ""
            case "project":
                has_own_column = snapshot.location.machine is not None and "machine" in columns
                return project(
                    snapshot, of_several_bases=self._of_several_bases() and not has_own_column
                ), "paint--muted"
            case "machine":
                return shortened(snapshot.location.machine or "", column.width), "paint--muted"
            case "tiers":
                return tiers_text(snapshot), of_live
            case "now":
                now = now_text(snapshot, self._quiet_secs, column.width, has_tiers="tiers" in columns)
                return now, self._paint_of_now(snapshot)
            case "time":
                return duration(snapshot.elapsed_ms, whole=state.is_live), ""
            case "began":
                return self._began(snapshot, column), of_live
            case "cost":
                return cost_in_short(snapshot.session.usage.cost_usd), "paint--muted"
        return short_id(snapshot.location.session_id), "paint--muted"

    def _began(self, snapshot: SessionSnapshot, column: Column) -> str:
        if self._order.sort is Sort.NEWEST and snapshot.location.has_session_id:
            return began_below_day(snapshot, short=column.width < _BELOW_DAY)
        return began_at(snapshot, short=column.width < _IN_FULL)

    def _paint_of_now(self, snapshot: SessionSnapshot) -> str:
        state = snapshot.state
        if state is SessionState.FAILED:
            return "paint--failed"
        if failures_within(snapshot) or concerns(snapshot, self._quiet_secs):
            return "paint--stalled"
        return "paint--muted" if state.is_over or state is SessionState.IDLE else ""
