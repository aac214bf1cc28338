"""The list of sessions: live ones first, then the newest."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from zigtui.reader.directory import LogPlace
from zigtui.reader.model import SessionState
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.summary import Summary
from zigtui.summary_wording import now_at, progress, seen, title
from zigtui.ui.drawing import Painted, paint_of_state, strip
from zigtui.ui.widgets.row_list import Parts, RowList
from zigtui.wording import GLYPHS, duration, fit, progress_bar, short_id, state_word

__all__ = ["ListedSession", "SessionList", "SessionListHeader", "listed"]


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session and its state at the moment the list was made."""

    summary: Summary
    state: SessionState


def listed(summaries: Sequence[Summary], now: float, stall_secs: float) -> list[ListedSession]:
    """The sessions in the order of the list: live ones first, then the newest."""
    sessions = [ListedSession(summary, summary.state(now, stall_secs)) for summary in summaries]
    sessions.sort(key=_place_in_list)
    return sessions


def _place_in_list(session: ListedSession) -> tuple[bool, float, str]:
    vitals = session.summary.vitals
    began = vitals.began if vitals.began is not None else vitals.modified
    return (not session.state.is_live, -began, session.summary.place.session_id)


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide each column is; 0 where there is no room for it. Between two columns lies a gap of two cells."""

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
        """Share out ``width`` cells: what matters most is there at any width."""
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
    """Shows sessions as rows. Keys are the places of their logs."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._sessions: list[ListedSession] = []
        self._now = 0.0

    def show(self, sessions: list[ListedSession], now: float) -> None:
        """Show these sessions, as they are at ``now``."""
        before = [session.summary.place for session in self._sessions]
        self._sessions = sessions
        self._now = now
        if [session.summary.place for session in sessions] != before:
            self.rows_changed()
        else:
            self.redraw_visible()

    def row_count(self) -> int:
        """How many sessions there are."""
        return len(self._sessions)

    def key_at(self, row: int) -> LogPlace:
        """The place of a session's log."""
        return self._sessions[row].summary.place

    def find(self, key: Hashable) -> int | None:
        """Where a session is in the list."""
        return next((row for row, session in enumerate(self._sessions) if session.summary.place == key), None)

    def parts_at(self, row: int, width: int) -> Parts:
        """A session in one line."""
        session = self._sessions[row]
        summary, state = session.summary, session.state
        columns = Columns.for_width(width)
        plain = Style()
        muted = self.paint("paint--muted")
        of_state = self.paint(paint_of_state(state))
        parts = [
            (
                GLYPHS[state] if columns.state == 1 else fit(f"{GLYPHS[state]} {state_word(state)}", columns.state),
                of_state,
            ),
            (fit(title(summary), columns.workflow), self.paint("paint--strong") if state.is_live else plain),
            (fit(safe_plain(summary.project_label), columns.project), muted),
            (_progress(summary, state, columns), of_state if state.is_live else muted),
            (fit(now_at(summary, state), columns.now), _now_style(self, state)),
            (fit(duration(summary.elapsed_ms(state, self._now), whole=state.is_live), columns.time, right=True), plain),
            (fit(seen(summary, state, self._now), columns.seen), of_state if state.is_live else muted),
            (fit(short_id(summary.place.session_id), columns.id), muted),
        ]
        line: Parts = [(" ", plain)]
        for text, style in parts:
            if text:
                line += [(text, style), ("  ", plain)]
        return line


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
