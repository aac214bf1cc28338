"""The list of sessions: live ones first, then the newest."""

from collections.abc import Hashable
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip

from zigtui.reader.location import LogLocation
from zigtui.reader.session.model import SessionState
from zigtui.reader.session.snapshot import Summary
from zigtui.ui.sessions.order import SessionOrder
from zigtui.ui.widgets.drawing import fit, strip
from zigtui.ui.widgets.painted import Painted, paint_of_state
from zigtui.ui.widgets.row_list import Parts, RowList
from zigtui.wording.plain import GLYPHS, duration, progress_bar, short_id, state_word
from zigtui.wording.summaries import now_at, progress, project, seen, title

__all__ = ["SessionList", "SessionListHeader"]


_LONGEST_CELL = 500  # characters; no terminal has room for more
_MOST_KEPT = 500  # sessions


class Columns(NamedTuple):
    """The width of each column, 0 where there is no room for it. There are two cells between columns."""

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
        """Divide ``width`` cells among the columns; those that matter most are there at any width."""
        state = 12 if width >= 64 else 1
        project = 14 if width >= 110 else 8 if width >= 76 else 0
        bar = 10 if width >= 104 else 0
        progress = 5 if width >= 56 else 0
        seen = 10 if width >= 46 else 0
        session_id = 8 if width >= 92 else 0
        time = 7
        others = [column for column in (state, project, bar, progress, seen, session_id, time) if column]
        rest = max(0, width - 2 - sum(others) - 2 * (len(others) + 1))
        workflow = max(10, min(28, rest * 2 // 5)) if rest >= 22 else rest
        now = max(0, rest - workflow)
        return cls(state, workflow, project, bar, progress, now, time, seen, session_id)


class SessionListHeader(Painted):
    """The names of the columns."""

    def render_line(self, y: int) -> Strip:
        """The one line."""
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
    """Shows sessions as rows. Their keys are the locations of their logs.

    Args:
        order: the sessions, which the screen keeps up to date.
        stall_secs: see `zigtui.settings.Settings`.
        of_several_bases: whether to show which base a session is from.
        id: of the widget.
    """

    def __init__(
        self, order: SessionOrder, *, stall_secs: float, of_several_bases: bool, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._has_several_bases = of_several_bases
        self._order = order
        self._version = -1
        self._now = 0.0
        self._kept: dict[LogLocation, _Texts] = {}
        self._stall_secs = stall_secs

    def show(self, now: float, *, is_loading: bool) -> None:
        """Show the sessions as they are at ``now``; while they are loaded, the cursor stays at the top."""
        self._now = now
        if self._version != self._order.version:
            self._version = self._order.version
            if is_loading:
                self.point_at_first()
            self.rows_changed()
        else:
            self.redraw_visible()

    def on_show(self) -> None:
        """Take the focus back, which the list loses while the page for an empty home is displayed instead."""
        if self.screen.focused is None:
            self.focus()

    def row_count(self) -> int:
        """How many sessions there are."""
        return len(self._order)

    def key_at(self, row: int) -> LogLocation:
        """The location of a session's log."""
        return self._order.location_at(row)

    def find(self, key: Hashable) -> int | None:
        """The row of a session, None if it is not in the list."""
        return self._order.row_of(key) if isinstance(key, LogLocation) else None

    def parts_at(self, row: int, width: int) -> Parts:
        """A session in one line."""
        summary = self._order.summary_at(row)
        state = summary.state(self._now, self._stall_secs)
        texts = self._texts(summary, state)
        columns = Columns.for_width(width)
        plain = Style()
        muted = self.paint("paint--muted")
        of_state = self.paint(paint_of_state(state))
        parts = [
            (
                GLYPHS[state] if columns.state == 1 else fit(f"{GLYPHS[state]} {state_word(state)}", columns.state),
                of_state,
            ),
            (fit(texts.title, columns.workflow), self.paint("paint--strong") if state.is_live else plain),
            (fit(texts.project, columns.project), muted),
            (_progress(summary, state, columns), of_state if state.is_live else muted),
            (fit(texts.now, columns.now), _now_style(self, state)),
            (fit(duration(summary.elapsed_ms(state, self._now), whole=state.is_live), columns.time, right=True), plain),
            (fit(seen(summary, state, self._now), columns.seen), of_state if state.is_live else muted),
            (fit(short_id(summary.location.session_id), columns.id), muted),
        ]
        line: Parts = [(" ", plain)]
        for text, style in parts:
            if text:
                line += [(text, style), ("  ", plain)]
        return line

    def _texts(self, summary: Summary, state: SessionState) -> "_Texts":
        kept = self._kept.get(summary.location)
        if kept is None or kept.summary is not summary or kept.state is not state:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            kept = self._kept[summary.location] = _Texts.of(summary, state, of_several_bases=self._has_several_bases)
        return kept


class _Texts(NamedTuple):
    """The cells of a session that do not change with the time, kept for the next frame."""

    summary: Summary
    state: SessionState
    title: str
    project: str
    now: str

    @classmethod
    def of(cls, summary: Summary, state: SessionState, *, of_several_bases: bool) -> "_Texts":
        """Bound the texts first, since an error may have a megabyte."""
        short = summary._replace(
            workflow_name=summary.workflow_name[:_LONGEST_CELL],
            cwd=None if summary.cwd is None else summary.cwd[-_LONGEST_CELL:],
            trouble=None if summary.trouble is None else summary.trouble[:_LONGEST_CELL],
            active_steps=tuple(name[:_LONGEST_CELL] for name in summary.active_steps),
            failed_step=None if summary.failed_step is None else _short_failure(*summary.failed_step),
        )
        label = project(short, of_several_bases=of_several_bases)
        return cls(summary, state, title(short), label, now_at(short, state))


def _short_failure(name: str, error: str) -> tuple[str, str]:
    return name[:_LONGEST_CELL], error[:_LONGEST_CELL]


def _now_style(rows: RowList, state: SessionState) -> Style:
    if state is SessionState.FAILED:
        return rows.paint("paint--failed")
    return rows.paint("paint--muted") if state.is_over else Style()


def _progress(summary: Summary, state: SessionState, columns: Columns) -> str:
    numbers = fit(progress(summary), columns.progress)
    if not columns.bar:
        return numbers
    bar = progress_bar(summary.tiers_done, summary.tier_count, columns.bar) if state.is_live else " " * columns.bar
    return f"{bar} {numbers}"
