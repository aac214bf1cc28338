"""One session: its tiers and steps, and what they print."""

from collections.abc import Hashable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer

from zigtui.reader.catalog import Catalog
from zigtui.reader.directory import LogPlace
from zigtui.reader.liveness import session_state
from zigtui.reader.model import Session, SessionState, StepRun, TierRun
from zigtui.reader.output import OutputRange
from zigtui.reader.recent import RecentEvents
from zigtui.reader.safe_text import cell_width, safe_plain
from zigtui.reader.times import seconds
from zigtui.tree_wording import ALL_OUTPUT, tree_rows
from zigtui.ui.session_bars import ahead_bar, all_output_bar, header_bar, step_bar, tier_bar, view_note
from zigtui.ui.widgets.bars import Bar, BarLine
from zigtui.ui.widgets.output_view import Divider, OutputView, Source
from zigtui.ui.widgets.row_list import RowList
from zigtui.ui.widgets.step_tree import StepTree

if TYPE_CHECKING:
    from zigtui.ui.app import ZigtuiApp

__all__ = ["SessionScreen"]


_NOTHING: Source = RecentEvents([], 0, None, None, None, None, None)


class SessionScreen(Screen[None]):
    """A session, live or past. The tree chooses whose output is shown.

    Args:
        catalog: keeps the log up to date while the screen is there.
        place: the session's log.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("tab", "app.focus_next", "switch pane"),
        Binding("f", "toggle_follow", "follow"),
        Binding("w", "toggle_wrap", "wrap"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-wide"), (120, "-very-wide")]  # noqa: RUF012  # as Textual has it

    def __init__(self, catalog: Catalog, place: LogPlace) -> None:
        super().__init__()
        self._catalog = catalog
        self._place = place
        self._log = catalog.open(place)
        self._generation = self._log.generation
        self._chosen: Hashable = ALL_OUTPUT
        self._was_complete = False  # at the last look
        self._recent: RecentEvents | None = None  # shown as all output until the log has been read

    def compose(self) -> ComposeResult:
        """The header, the tree beside the output, the keys."""
        yield Bar(id="header")
        with Horizontal(id="panes"):
            yield StepTree(id="tree")
            with Vertical(id="output-pane"):
                yield Bar(id="output-title")
                yield OutputView(id="output")
        yield Footer()

    def on_mount(self) -> None:
        """Read what is not read yet, and show what is."""
        self._choose(ALL_OUTPUT)
        self.show_changes()
        self.query_one(StepTree).focus()
        self._read_first_piece()
        self.watch(self.query_one(OutputView), "follow", self.show_changes, init=False)

    def on_unmount(self) -> None:
        """The catalog need not keep the log any longer."""
        self._catalog.close(self._place)

    @work(thread=True, exclusive=True)
    def _read_first_piece(self) -> None:
        """Read what most logs are, without waiting for those that the catalog is reading."""
        self._log.advance()
        self.app.post_message(cast("ZigtuiApp", self.app).CatalogChanged())

    def show_changes(self) -> None:
        """Show the session as it is now."""
        if not self.is_mounted:
            return
        now = cast("ZigtuiApp", self.app).clock()
        log, output, tree = self._log, self.query_one(OutputView), self.query_one(StepTree)
        if log.generation != self._generation:
            self._generation = log.generation
            self._choose(self._chosen)  # the lines are others now, though the tree may look the same
        with log.lock:
            session, vitals, trouble = log.session, log.vitals, log.trouble
            is_complete, self._was_complete = self._was_complete, log.is_complete
            state = session_state(vitals, now, self._catalog.stall_secs)
            if log.is_complete:
                rows = tree_rows(session, state, now)
            else:  # what has begun, as far as it was read, had not ended then
                rows = tree_rows(session, SessionState.RUNNING, seconds(session.last_event_at) or now)
            dividers, longest_name = self._dividers(session), _longest_name(session)
            header = header_bar(session, vitals, state, trouble, log.progress if log.recent else 1.0, now)
        tree.show(rows)
        if self._chosen == ALL_OUTPUT and output.follow and state.is_live:
            tree.reveal_active()
        self._show_recent(output, longest_name)
        output.lines_added(dividers, longest_name, are_new=is_complete)
        with log.lock:
            title = self._title(session, state, output)
        self.query_one("#header", Bar).show(*header)
        self.query_one("#output-title", Bar).show(*title)

    def _show_recent(self, output: OutputView, longest_name: int) -> None:
        """Show the end of a large log at once; all of it when it has been read, without moving what is looked at."""
        recent = self._log.recent if self._chosen == ALL_OUTPUT else None
        if recent is not None and output.follow and recent is not self._recent:
            self._recent = recent
            output.show(recent, labels=True, label_width=max(longest_name, _longest_label(recent)))
        elif recent is None and self._recent is not None:
            shown, self._recent = self._recent, None
            lines = self._log.output()
            if output.follow:
                output.show(lines, labels=True, label_width=longest_name)
            else:
                output.put_before(lines, len(lines) - len(shown) - self._log.lines_behind(shown))

    # Whose output is shown

    def _choose(self, key: Hashable, *, follow: bool = True) -> None:
        self._chosen = key
        self._recent = None
        with self._log.lock:
            session = self._log.session
            step, tier = self._chosen_step(session), self._chosen_tier(session)
            source: Source = self._log.output(step)
            match self._chosen:
                case ("ahead", _):
                    source = _NOTHING
            if tier is not None:
                source = OutputRange(self._log.output(), tier.first_line, partial(_end_of, tier, session))
            longest_name = _longest_name(session)
        # Outside of the lock: lines are read from the disk to be shown.
        self.query_one(OutputView).show(source, labels=step is None, label_width=longest_name, follow=follow)

    def _chosen_step(self, session: Session) -> StepRun | None:
        match self._chosen:
            case ("step", int(serial)) if serial < len(session.steps):
                return session.steps[serial]
        return None

    def _chosen_tier(self, session: Session) -> TierRun | None:
        match self._chosen:
            case ("tier", int(ordinal)) if ordinal <= len(session.tiers):
                return session.tiers[ordinal - 1]
        return None

    def _dividers(self, session: Session) -> list[Divider]:
        step = self._chosen_step(session)
        if step is None:
            return []
        return [
            Divider(attempt.lines, f"✘ attempt {attempt.number} failed: {safe_plain(attempt.error)}")
            for attempt in step.attempts
        ]

    def _title(self, session: Session, state: SessionState, output: OutputView) -> tuple[BarLine, ...]:
        note = view_note(following=output.follow, new_lines=output.new_lines, live=state.is_live)
        step, tier = self._chosen_step(session), self._chosen_tier(session)
        if step is not None:
            return step_bar(step, state, note)
        if tier is not None:
            return tier_bar(tier, state, note)
        match self._chosen:
            case ("ahead", int(number)):
                return ahead_bar(number, state)
        return all_output_bar(session, note)

    @on(RowList.Highlighted)
    def show_output_of(self, event: RowList.Highlighted) -> None:
        """The cursor of the tree chooses."""
        if event.key != self._chosen:
            self._choose(event.key)
            self.show_changes()

    @on(OutputView.StartWanted)
    def show_start(self) -> None:
        """The start of a large log can be seen before all of it is read."""
        if self._recent is not None:
            self._choose(ALL_OUTPUT, follow=False)

    @on(RowList.Opened)
    def focus_output(self) -> None:
        """Enter goes to the output."""
        self.query_one(OutputView).focus()

    def action_toggle_follow(self) -> None:
        """Follow the end of the output, or stay where it is."""
        output = self.query_one(OutputView)
        output.follow = not output.follow

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        output = self.query_one(OutputView)
        output.wrap = not output.wrap


def _end_of(tier: TierRun, session: Session) -> int | None:
    """The number of the first output line behind a tier run, None if it is the last one."""
    return session.tiers[tier.ordinal].first_line if tier.ordinal < len(session.tiers) else None


def _longest_label(recent: RecentEvents) -> int:
    return max((cell_width(line.step_name) for line in recent.lines), default=0)


def _longest_name(session: Session) -> int:
    return max((cell_width(safe_plain(step.name)) for step in session.steps), default=0)
