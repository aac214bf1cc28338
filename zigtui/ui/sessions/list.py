"""The list of sessions: live ones first, then the newest."""

from collections.abc import Callable, Hashable
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip

from zigtui.reader.location import LogLocation
from zigtui.reader.session.model import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.sessions.order import SessionOrder
from zigtui.ui.widgets.drawing import strip
from zigtui.ui.widgets.painted import Painted, paint_of
from zigtui.ui.widgets.row_list import Parts, RowList
from zigtui.wording.amounts import count, progress_bar
from zigtui.wording.durations import duration
from zigtui.wording.session_row import now_at, progress, project, seen_at, title
from zigtui.wording.short_names import short_id
from zigtui.wording.signs import failures_within, session_sign, state_sign
from zigtui.wording.text_fit import fit

__all__ = ["SessionList", "SessionListHeader"]

_SEEN_WIDTH = len("yesterday 02:52")


class Columns(NamedTuple):
    """The width of each column in cells; 0 if there is no room for it. There are two cells between columns."""

    state: int
    workflow: int
    project: int
    bar: int
    progress: int
    now: int
    time: int
    seen: int
    id: int

    @classmethod
    def for_width(cls, width: int) -> "Columns":
        """Divide ``width`` cells among the columns. The most important ones are displayed at any width."""
        state = 12 if width >= 64 else 1
        project = 12 if width >= 110 else 8 if width >= 76 else 0
        bar = 10 if width >= 110 else 0
        progress = 5 if width >= 56 else 0
        seen = _SEEN_WIDTH if width >= 100 else 10 if width >= 46 else 0
        session_id = 8 if width >= 92 else 0
        time = 6
        others = [column for column in (state, project, bar, progress, seen, session_id, time) if column]
        rest = max(0, width - 2 - sum(others) - 2 * (len(others) + 1))
        workflow = max(10, min(28, rest * 9 // 20)) if rest >= 22 else rest
        now = max(0, rest - workflow)
        return cls(state, workflow, project, bar, progress, now, time, seen, session_id)


class SessionListHeader(Painted):
    """The names of the columns."""

    def render_line(self, y: int) -> Strip:
        """The line with the names."""
        width = self.size.width
        columns = Columns.for_width(width)
        muted = self.paint("paint--muted")
        titles = [
            fit("state" if columns.state > 1 else "", columns.state),
            fit("workflow", columns.workflow),
            fit("project", columns.project),
            fit("tiers", columns.bar + columns.progress + (1 if columns.bar else 0)),
            fit("now", columns.now),
            fit("time", columns.time, right=True),
            fit("seen", columns.seen),
            fit("id", columns.id),
        ]
        text = " " + "  ".join(title for title in titles if title)
        return strip([(text, muted)], width, self.rich_style)


class SessionList(RowList):
    """Displays sessions as rows. Their keys are the locations of their logs.

    Args:
        order: the sessions, which the screen keeps up to date.
        open_row: called with the key of the row that the user chooses.
        of_several_bases: whether to display the base that each session is from.
        quiet_secs: see `zigtui.wording.session_row.now_at`.
        id: the id of the widget.
    """

    def __init__(
        self,
        order: SessionOrder,
        open_row: Callable[[Hashable], object],
        *,
        of_several_bases: bool,
        quiet_secs: float,
        id: str | None = None,
    ) -> None:
        super().__init__(open_row, id=id)
        self._quiet_secs = quiet_secs
        self._has_several_bases = of_several_bases
        self._order = order
        self._version = -1
        self._now = 0.0

    def show(self, now: float, *, is_loading: bool) -> None:
        """Display the sessions as they are at ``now``. While they are being loaded, the cursor stays at the top."""
        self._now = now
        if self._version != self._order.version:
            self._version = self._order.version
            if is_loading:
                self.point_at_first()
            self.rows_changed()
        else:
            self.redraw_visible()

    def on_show(self) -> None:
        """Take back the focus, which the list loses while the page for an empty home is displayed instead."""
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

    def parts_at(self, row: int, width: int) -> Parts:
        """A session in one line."""
        snapshot = self._order.snapshot_at(row).at(self._now)
        state, sign = snapshot.state, session_sign(snapshot)
        columns = Columns.for_width(width)
        plain = Style()
        muted = self.paint("paint--muted")
        of_state = self.paint(paint_of(sign.severity))
        parts = [
            (
                sign.glyph if columns.state == 1 else fit(f"{sign.glyph} {state_sign(snapshot).word}", columns.state),
                of_state,
            ),
            (fit(title(snapshot), columns.workflow), self.paint("paint--strong") if state.is_live else plain),
            (fit(project(snapshot, of_several_bases=self._has_several_bases), columns.project), muted),
            (_progress(snapshot, state, columns), of_state if state.is_live else muted),
            (fit(_now(snapshot, self._quiet_secs), columns.now), self._now_style(snapshot)),
            (fit(duration(snapshot.elapsed_ms, whole=state.is_live), columns.time, right=True), plain),
            (
                fit(seen_at(snapshot, short=columns.seen < _SEEN_WIDTH), columns.seen),
                of_state if state.is_live else muted,
            ),
            (fit(short_id(snapshot.location.session_id), columns.id), muted),
        ]
        line: Parts = [(" ", plain)]
        for text, style in parts:
            if text:
                line += [(text, style), ("  ", plain)]
        return line

    def _now_style(self, snapshot: SessionSnapshot) -> Style:
        state = snapshot.state
        if state is SessionState.FAILED:
            return self.paint("paint--failed")
        if failures_within(snapshot) or (snapshot.quiet_ms or 0) >= self._quiet_secs * 1000:
            return self.paint("paint--stalled")
        return self.paint("paint--muted") if state.is_over or state is SessionState.IDLE else Style()


def _now(snapshot: SessionSnapshot, quiet_secs: float) -> str:
    """What a session is doing, and how many of the passes of a listener failed, for which there is no column."""
    passes, now = snapshot.passes, now_at(snapshot, quiet_secs)
    if passes.total < 2 or not passes.failed or not snapshot.is_complete or failures_within(snapshot):
        return now
    failed = f"{count(passes.failed, 'pass')} failed"
    return f"{now} · {failed}" if now else failed


def _progress(snapshot: SessionSnapshot, state: SessionState, columns: Columns) -> str:
    passes = snapshot.passes
    if passes.total > 1 and snapshot.is_complete:
        width = columns.progress + (columns.bar + 1 if columns.bar else 0)
        newest = passes.total
        full, in_short = f"pass {newest:,}", f"{newest:,}"
        return fit(full if len(full) <= width else in_short, width)
    numbers = fit(progress(snapshot), columns.progress)
    if not columns.bar:
        return numbers
    session = snapshot.session
    bar = progress_bar(session.tiers_done, session.tier_count, columns.bar) if state.is_live else " " * columns.bar
    return f"{bar} {numbers}"
