"""The screen of one session: its tiers and steps, and their output."""

from collections.abc import Hashable, Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from zigtui.reader.location import LogLocation
from zigtui.reader.session.model import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.copying import Copyable
from zigtui.ui.live_screen import ScreenContext
from zigtui.ui.opened_at import OpenedAt, command_to_open
from zigtui.ui.output.line_times import Times
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.output.view import OutputView
from zigtui.ui.session.copyables import copyables_of
from zigtui.ui.session.failures import Failures, FailureTarget
from zigtui.ui.session.header import header_bar
from zigtui.ui.session.panes import Panes
from zigtui.ui.session.step_tree import StepTree
from zigtui.ui.session.taking import TakingScreen
from zigtui.ui.session.timeline import Timeline
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.drawing import one_line
from zigtui.ui.widgets.row_list import RowList
from zigtui.wording.tree_rows import ALL_OUTPUT

__all__ = ["SessionScreen"]


class SessionScreen(TakingScreen):
    """A session, live or past. The row chosen in the tree decides whose output is displayed.

    Args:
        context: the context that the screens share. Its catalog keeps the log up to date while the screen exists.
        location: the location of the session's log.
        opened_at: where to open it; by default at the end, or at the failure of a failed session.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("escape", "end", "end"),
        Binding("escape", "app.pop_screen", "back"),
        Binding("tab", "next_pane", "pane"),
        Binding("shift+tab", "previous_pane", show=False),
        Binding("slash", "ask('/')", "search"),
        Binding("n", "next_match(1)", "next match", show=False),
        Binding("N", "next_match(-1)", "previous match", show=False),
        Binding("e", "next_failure(1)", "failure"),
        Binding("E", "next_failure(-1)", "previous failure", show=False),
        Binding("F", "toggle_failed", "failed only", show=False),
        Binding("colon", "ask(':')", "go to a time or a line", show=False),
        Binding("f", "toggle_follow", "follow"),
        Binding("w", "toggle_wrap", "wrap", show=False),
        Binding("t", "next_times", "times of lines", show=False),
        Binding("D", "toggle_dividers", "dividers", show=False),
        Binding("T", "toggle_timeline", "timeline", show=False),
        Binding("i", "show_info", "info", show=False),
        Binding("y", "copy", "copy"),
        Binding("o", "page_output", "output in $PAGER", show=False),
        Binding("O", "edit", "file or output in $EDITOR", show=False),
        Binding("greater_than_sign", "ask_where_to_save", "save the output", show=False),
        Binding("x", "ask_how_to_export", "export the session", show=False),
    )
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-wide"), (120, "-very-wide"), (160, "-widest")]  # noqa: RUF012  # as Textual has it

    def __init__(self, context: ScreenContext, location: LogLocation, opened_at: OpenedAt | None = None) -> None:
        super().__init__(context)
        self._opened_at = opened_at  # until the screen is there
        self._location = location
        self._log = context.catalog.open(location)
        self._failure: _Visited | None = None  # the one that the user last went to
        self._is_opening = True  # until it is known where to open the session
        self._was_busy = False  # in the last frame

    def compose_body(self) -> ComposeResult:
        """The header, and the tree beside the timeline and the output."""
        yield Bar(id="header")
        settings, choices = self.context.settings, self.context.choices
        tree = StepTree(self._log, self._focus_output, settings, id="tree")
        output = OutputPane(self._log, settings, shows_dividers=choices.shows_dividers.value, id="output-pane")
        yield Panes(tree, Timeline(tree, self._go_to_time, settings, id="timeline"), output, id="panes")

    def _focus_output(self, _: Hashable) -> None:
        self._panes.focus_output()

    def _go_to_time(self, moment: float) -> None:
        self._panes.focus_output()
        self._pane.go_to_time(moment)
        self.show_changes()

    def show_first(self) -> None:
        """Read the first piece of the log, and display what has been read within `Settings.first_read_secs`."""
        # On a thread of its own, rather than after the logs that the catalog is reading.
        reading = self.start_thread(self._log.advance, "read first", "the log could not be read")
        reading.join(self.context.settings.first_read_secs)  # most disks answer at once, so that no frame is empty
        output, choices = self.query_one(OutputView), self.context.choices
        output.wrap, output.times = choices.wraps.value, Times.of_setting(choices.times.value)
        self._choose(ALL_OUTPUT)
        super().show_first()
        self._tree.focus()
        self.watch(self.query_one(OutputView), "follow", self.show_changes, init=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable letters as commands while the user types text. Escape first ends a search or filter, then leaves."""
        if not self.is_mounted:
            return False
        if action == "end":
            return self._is_busy
        return not isinstance(self.focused, Input)

    def on_unmount(self) -> None:
        """Close the log in the catalog."""
        self.context.catalog.close(self._location)

    @property
    def location(self) -> LogLocation:
        """The location of the session's log."""
        return self._location

    def present_snapshot(self) -> SessionSnapshot:
        """The session as it is now."""
        return self._snapshot(self.context.clock())

    @property
    def _pane(self) -> OutputPane:
        return self.query_one(OutputPane)

    @property
    def _panes(self) -> Panes:
        return self.query_one(Panes)

    @property
    def _tree(self) -> StepTree:
        return self.query_one(StepTree)

    @property
    def _is_busy(self) -> bool:
        """Whether there is something that Escape ends before it leaves the screen."""
        return self._pane.is_busy or self._panes.shows_timeline or self._tree.is_filtered

    def _snapshot(self, now: float) -> SessionSnapshot:
        return self._log.snapshot(now, self.context.settings.stall_secs)

    @property
    def displayed_session(self) -> LogLocation:
        """The location of the session's log."""
        return self._location

    def notices(self) -> list[str]:
        """Problems with watching the base of this session."""
        return self.context.notices_of(self._location.base)

    def show(self, now: float) -> None:
        """Display the session as it is at ``now``."""
        snapshot = self._snapshot(now)
        pane, tree = self._pane, self._tree
        pane.renew(snapshot)
        self.set_class(snapshot.session.pass_count > 0, "-listener")  # passes need more room than steps
        tree.show(snapshot)
        if pane.chosen == ALL_OUTPUT and pane.is_following and snapshot.state.is_live:
            tree.reveal_active()
        if self._opened_at is not None:
            self._open_at(self._opened_at, snapshot)
        elif self._is_opening:
            self._open_at_failure(snapshot)
        pane.show_changes(snapshot, self._failure_in_sight(snapshot))
        quiet_secs = self.context.settings.quiet_secs
        is_armed = self.context.notifier.is_armed(self._location)
        header = header_bar(snapshot, quiet_secs, failed_only=tree.is_filtered, is_armed=is_armed)
        self.query_one("#header", Bar).show(*header)
        if self._panes.shows_timeline:
            self.query_one(Timeline).show(snapshot)
        is_busy = self._is_busy
        if is_busy != self._was_busy:
            self._was_busy = is_busy
            self.refresh_bindings()

    @on(RowList.Highlighted)
    def show_output_of(self, event: RowList.Highlighted) -> None:
        """Display the output of the row under the cursor, unless the cursor has moved on in the meantime."""
        is_current = event.key == self._tree.row_key(self._tree.cursor)
        if event.key != self._pane.chosen and is_current:
            self._choose(event.key)
            self.show_changes()

    def _choose(self, key: Hashable) -> None:
        self._pane.choose(key, self._snapshot(self.context.clock()))

    def watch_focused(self) -> None:
        """Leave the room to the output while it is read, where a screen is too small for the tree beside it."""
        self.set_class(not isinstance(self.focused, StepTree | Timeline), "-reading")

    # Copying

    def copyables(self) -> Sequence[Copyable]:
        """The line, the error, the output and the facts of the session."""
        snapshot = self._snapshot(self.context.clock())
        failure = None if self._failure is None else self._failure.failure
        return copyables_of(self._pane, snapshot, self._command, failure)

    def _command(self) -> str:
        return command_to_open(self._location, self.context.catalog, self._pane.excerpts.opened_at())

    def about_copying(self) -> str:
        """The line that is copied."""
        line = self._pane.excerpts.line()
        return "" if line is None or self._pane.excerpts.selection() else one_line(line.text)

    def take_selection(self) -> str:
        """The selected text, which is no longer selected afterwards; empty if there is none."""
        text = super().take_selection() or self._pane.excerpts.selection()
        self.query_one(OutputView).select_nothing()
        return text

    @on(OutputView.Selected)
    def copy_selected(self) -> None:
        """Copy what was selected with the mouse. It stays selected."""
        self.copy(Copyable("", "selection", self._pane.excerpts.selection()))
        self.show_changes()

    # Actions of the keys; those of the output work in the tree too

    def action_next_pane(self) -> None:
        """Move the focus to the next pane."""
        self._panes.focus_next(1)

    def action_previous_pane(self) -> None:
        """Move the focus to the previous pane. The panel of keys leaves this key out."""
        self._panes.focus_next(-1)

    def action_end(self) -> None:
        """Close the prompt, or else end the search, close the timeline, or show all rows of the tree again."""
        if self._pane.is_busy:
            self._pane.end()
        elif self._panes.shows_timeline:
            self._panes.show_timeline(False)
        else:
            self._tree.filter_failed(failed_only=False)
        self.show_changes()

    def action_toggle_timeline(self) -> None:
        """Display the timeline, or hide it."""
        self._panes.show_timeline(not self._panes.shows_timeline)
        self.show_changes()

    def action_show_info(self) -> None:
        """Display all facts about the session and the row under the cursor."""
        from zigtui.ui.session.info_screen import InfoScreen  # not needed for the start

        self.app.push_screen(InfoScreen(self.context, self._log, self._pane.chosen))

    def action_ask(self, sign: str) -> None:
        """Open the prompt for a search (``/``) or for a jump target (``:``)."""
        self._pane.ask(sign)

    def action_next_match(self, direction: int) -> None:
        """Go to the next match (1) or the previous one (-1)."""
        self._pane.go_to_match(direction)

    def action_next_failure(self, direction: int) -> None:
        """Go to the next failed attempt of any step (1) or the previous one (-1)."""
        snapshot = self._snapshot(self.context.clock())
        failures = Failures(snapshot, self._pane.past)
        if not failures:
            reached = "" if snapshot.is_complete else f" in the {self._log.progress:.0%} that are read"
            self._pane.show_note(f"no failure{reached}")
            return
        try:
            opens_at_end = snapshot.state.is_live or snapshot.state is SessionState.LOST
            first = len(failures) - 1 if direction < 0 or opens_at_end else 0
            number = _next(failures, self._failure, self._pane.chosen, direction, first)
            self._go_to_failure(number, failures, snapshot)
        except NoAnswerError:
            self._pane.show_note("the disk does not answer")
        self.show_changes()

    def _go_to_failure(self, number: int, failures: Failures, snapshot: SessionSnapshot) -> None:
        failure = failures.at(number)
        if failure is None:
            self._pane.show_note("the failure can no longer be read")
            return
        self._is_opening = False
        self._failure = _Visited(number, failure)
        is_other = self._pane.chosen != failure.key
        self._pane.go_to_failure(failure.key, failure.position, snapshot)
        if is_other:
            self._tree.reveal(self._pane.chosen)

    def action_toggle_failed(self) -> None:
        """Show only failed passes and steps in the tree, or all of them."""
        self._tree.filter_failed(failed_only=not self._tree.is_filtered)
        self.show_changes()

    def _open_at(self, opened_at: OpenedAt, snapshot: SessionSnapshot) -> None:
        """Go to where the command line wants to open the session, once that has been read."""
        step = opened_at.find_step(snapshot.session) if opened_at.step else None
        if opened_at.step and (step is None or not snapshot.is_complete):  # another run of the step may follow
            if snapshot.is_complete:
                self._opened_at = None
                self._pane.show_note(f"there is no step {one_line(opened_at.step)}")
            return
        self._opened_at, self._is_opening = None, False
        if step is not None:
            self._choose(("step", step.serial))
            self._tree.reveal(self._pane.chosen)
        if opened_at.target:
            self._pane.go_to_target(opened_at.target)

    def _open_at_failure(self, snapshot: SessionSnapshot) -> None:
        """Go to the last failure of a failed session, unless the user has moved while the log was being read."""
        pane = self._pane
        if not (pane.chosen == ALL_OUTPUT and pane.is_following and not pane.is_busy):
            self._is_opening = False
        elif snapshot.is_complete:
            self._is_opening = False
            failures = Failures(snapshot, pane.past)
            number = failures.last_for_good()
            if snapshot.state is SessionState.FAILED and number is not None:
                self._go_to_failure(number, failures, snapshot)

    def _failure_in_sight(self, snapshot: SessionSnapshot) -> str:
        """The words for the failure that the user went to; empty if another output or the end is displayed now."""
        visited, pane = self._failure, self._pane
        if visited is None or pane.chosen != visited.failure.key or pane.is_following:
            return ""
        so_far = "" if snapshot.is_complete else " so far"
        return f"failure {visited.number + 1:,} of {len(Failures(snapshot, pane.past)):,}{so_far}"

    def action_toggle_follow(self) -> None:
        """Follow the end of the output, or stop following."""
        output = self.query_one(OutputView)
        output.follow = not output.follow

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or cut them off, here and on the next screens."""
        wraps = self.context.choices.wraps
        wraps.choose(not wraps.value)
        self.query_one(OutputView).wrap = wraps.value

    def action_next_times(self) -> None:
        """Display the next kind of times beside the lines, or none, here and on the next screens."""
        output = self.query_one(OutputView)
        output.times = output.times.next
        self.context.choices.times.choose(output.times.setting)
        self.show_changes()

    def action_toggle_dividers(self) -> None:
        """Display or hide the dividers between the lines, here and on the next screens."""
        shows = self.context.choices.shows_dividers
        shows.choose(not shows.value)
        self._pane.show_dividers(shows.value)
        self.show_changes()


class _Visited(NamedTuple):
    """A failure that the user went to, with its number among the failures by then."""

    number: int
    failure: FailureTarget


def _next(failures: Failures, last: _Visited | None, chosen: Hashable, direction: int, first: int) -> int:
    """The number of the failure after the one that the user last went to, or before it.

    If another row has been chosen since then, start at that row instead; ``first`` is the failure to begin with if
    that row has all output.
    """
    if last is not None and last.failure.key == chosen and last.failure == failures.at(last.number):
        return (last.number + direction) % len(failures)
    if chosen == ALL_OUTPUT:
        return first
    number = failures.from_row(chosen, direction)
    return number if number is not None else 0 if direction > 0 else len(failures) - 1
