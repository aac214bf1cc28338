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
from textual.worker import get_current_worker

from zigtui.reader.catalog import Catalog
from zigtui.reader.directory import LogPlace
from zigtui.reader.liveness import session_state, vitals_of
from zigtui.reader.model import Session, SessionState, StepRun, TierRun
from zigtui.reader.output import OutputRange
from zigtui.reader.summary import Summary
from zigtui.tree_wording import ALL_OUTPUT, tree_rows
from zigtui.ui.session_bars import all_output_bar, header_bar, step_bar, tier_bar, view_note
from zigtui.ui.widgets.bars import Bar, BarLine
from zigtui.ui.widgets.output_view import Divider, OutputView, Source
from zigtui.ui.widgets.row_list import RowList
from zigtui.ui.widgets.step_tree import StepTree

if TYPE_CHECKING:
    from zigtui.ui.app import ZigtuiApp

__all__ = ["SessionScreen"]


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
        self._summary: Summary | None = None  # the last one there was

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
        self._catch_up()
        self.watch(self.query_one(OutputView), "follow", self.show_changes, init=False)

    def on_unmount(self) -> None:
        """The catalog need not keep the log any longer."""
        self._catalog.close(self._place)

    @work(thread=True, exclusive=True)
    def _catch_up(self) -> None:
        worker = get_current_worker()
        while self._log.advance() and not worker.is_cancelled:
            pass
        if not worker.is_cancelled:
            self.app.post_message(cast("ZigtuiApp", self.app).CatalogChanged())

    def show_changes(self) -> None:
        """Show the session as it is now."""
        if not self.is_mounted:
            return
        now = cast("ZigtuiApp", self.app).clock()
        output = self.query_one(OutputView)
        with self._log.lock:
            if self._log.generation != self._generation:
                self._generation = self._log.generation
                self._choose(self._chosen)
            session = self._log.session
            found = self._catalog.find(self._place)
            summary = self._summary = found or self._summary
            state = self._state(session, summary, now)
            tree = self.query_one(StepTree)
            tree.show(tree_rows(session, state, now))
            if self._chosen == ALL_OUTPUT and output.follow and state.is_live:
                tree.reveal_active()
            trouble = self._log.trouble or ("the log is gone" if found is None else None)
            self.query_one("#header", Bar).show(*header_bar(session, summary, state, trouble, now))
            output.lines_added(self._dividers(session), _longest_name(session))
            self.query_one("#output-title", Bar).show(*self._title(session, state, now, output))

    def _state(self, session: Session, summary: Summary | None, now: float) -> SessionState:
        modified, grown = (summary.vitals.modified, summary.vitals.grown) if summary is not None else (0.0, None)
        return session_state(vitals_of(session, modified, grown), now, self._catalog.stall_secs)

    # Whose output is shown

    def _choose(self, key: Hashable) -> None:
        self._chosen = key
        with self._log.lock:
            session = self._log.session
            step, tier = self._chosen_step(session), self._chosen_tier(session)
            source: Source = self._log.output(step)
            if tier is not None:
                source = OutputRange(self._log.output(), tier.first_line, partial(_end_of, tier, session))
            self.query_one(OutputView).show(source, labels=step is None, label_width=_longest_name(session))

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
        return [Divider(attempt.lines, f"✘ attempt {attempt.number} failed") for attempt in step.attempts]

    def _title(self, session: Session, state: SessionState, now: float, output: OutputView) -> tuple[BarLine, ...]:
        note = view_note(following=output.follow, new_lines=output.new_lines, live=state.is_live)
        step, tier = self._chosen_step(session), self._chosen_tier(session)
        if step is not None:
            return step_bar(step, state, note)
        if tier is not None:
            return tier_bar(tier, state, note)
        return all_output_bar(session, note)

    @on(RowList.Highlighted)
    def show_output_of(self, event: RowList.Highlighted) -> None:
        """The cursor of the tree chooses."""
        if event.key != self._chosen:
            self._choose(event.key)
            self.show_changes()

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


def _longest_name(session: Session) -> int:
    return max((len(step.name) for step in session.steps), default=0)
