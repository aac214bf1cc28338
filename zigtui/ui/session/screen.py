"""One session: its tiers and steps, and what they print."""

import threading
from collections.abc import Hashable
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation
from zigtui.reader.session.failures import Failure, failures
from zigtui.reader.session.liveness import session_state
from zigtui.reader.session.model import SessionState
from zigtui.reader.times import seconds
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.output.view import OutputView
from zigtui.ui.session.bars import header_bar
from zigtui.ui.session.step_tree import StepTree
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.drawing import PaintedScreen
from zigtui.ui.widgets.key_bar import KeyBar
from zigtui.ui.widgets.notices import Notices
from zigtui.ui.widgets.row_list import RowList
from zigtui.wording.step_rows import ALL_OUTPUT, tree_rows

if TYPE_CHECKING:
    from zigtui.ui.app import ZigtuiApp

__all__ = ["SessionScreen"]

_PATIENCE_SECS = 0.05  # with the disk, before the screen stands


class SessionScreen(PaintedScreen):
    """A session, live or past. The tree chooses whose output is shown.

    Args:
        catalog: keeps the log up to date while the screen is there.
        location: the session's log.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("escape", "end", "end"),
        Binding("escape", "app.pop_screen", "back"),
        Binding("tab", "next_pane", "pane"),
        Binding("slash", "ask('/')", "search"),
        Binding("n", "next_match(1)", "next match", show=False),
        Binding("N", "next_match(-1)", "previous match", show=False),
        Binding("e", "next_failure(1)", "failure"),
        Binding("E", "next_failure(-1)", "previous failure", show=False),
        Binding("colon", "ask(':')", "go to a time or a line", show=False),
        Binding("f", "toggle_follow", "follow"),
        Binding("w", "toggle_wrap", "wrap", show=False),
        Binding("t", "toggle_times", "times of day", show=False),
    )
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-wide"), (120, "-very-wide")]  # noqa: RUF012  # as Textual has it

    def __init__(self, catalog: Catalog, location: LogLocation) -> None:
        super().__init__()
        self._catalog = catalog
        self._place = location
        self._log = catalog.open(location)
        self._failure: Failure | None = None  # gone to last
        self._was_busy = False  # at the last look

    def compose(self) -> ComposeResult:
        """The header, the tree beside the output, notices, the keys."""
        yield Bar(id="header")
        with Horizontal(id="panes"):
            yield StepTree(id="tree")
            yield OutputPane(self._log, id="output-pane")
        yield Notices()
        yield KeyBar()

    def on_mount(self) -> None:
        """Read what is not read yet, and show what is."""
        if not self.is_attached:
            return  # the program is ending, and the widgets were not made
        # Not as a worker of Textual: the program's end would wait for a disk that hangs.
        reading = threading.Thread(target=self._read_first_piece, name="read first", daemon=True)
        reading.start()
        reading.join(_PATIENCE_SECS)  # most disks answer at once: then no empty screen is painted first
        self._pane.choose(ALL_OUTPUT)
        self._show()
        self.query_one(StepTree).focus()
        self.watch(self.query_one(OutputView), "follow", self.show_changes, init=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that are being written mean nothing else, and a search is ended before the screen is left."""
        if not self.is_mounted:
            return False
        return self._pane.is_busy if action == "end" else not isinstance(self.focused, Input)

    def on_unmount(self) -> None:
        """The catalog need not keep the log any longer."""
        self._catalog.close(self._place)

    @property
    def _pane(self) -> OutputPane:
        return self.query_one(OutputPane)

    def _read_first_piece(self) -> None:
        """Read what most logs are, without waiting for those that the catalog is reading."""
        self._log.advance()
        with suppress(RuntimeError):  # the program has ended meanwhile
            self.tell_of_change()

    @on(OutputPane.Changed)
    def tell_of_change(self) -> None:
        """There is something else to show; from any thread."""
        self.app.post_message(cast("ZigtuiApp", self.app).CatalogChanged())

    def show_changes(self) -> None:
        """Show the session as it is now."""
        if self.is_mounted and self.is_attached:
            self._show()

    def _show(self) -> None:
        app = cast("ZigtuiApp", self.app)
        now = app.clock()
        log, pane, tree = self._log, self._pane, self.query_one(StepTree)
        pane.renew()
        with log.lock:
            session, vitals, trouble = log.session, log.vitals, log.trouble
            state = session_state(vitals, now, self._catalog.stall_secs)
            if log.is_complete:
                rows = tree_rows(session, state, now)
            else:  # what has begun, as far as it was read, had not ended then
                rows = tree_rows(session, SessionState.RUNNING, seconds(session.last_event_at) or now)
            header = header_bar(
                session,
                self._place.session_id,
                vitals,
                state,
                trouble,
                log.progress if log.recent else 1.0,
                now,
            )
        tree.show(rows)
        if pane.chosen == ALL_OUTPUT and pane.is_following and state.is_live:
            tree.reveal_active()
        pane.show_changes(state)
        self.query_one("#header", Bar).show(*header)
        self.query_one(Notices).show(app.notices_of(self._place.base))
        if pane.is_busy != self._was_busy:
            self._was_busy = pane.is_busy
            self.refresh_bindings()

    @on(RowList.Highlighted)
    def show_output_of(self, event: RowList.Highlighted) -> None:
        """The cursor of the tree chooses."""
        if event.key != self._pane.chosen:
            self._pane.choose(event.key)
            self.show_changes()

    @on(RowList.Opened)
    def focus_output(self) -> None:
        """Enter goes to the output."""
        self.query_one(OutputView).focus()

    # Keys; those of the output are for the tree too

    def action_next_pane(self) -> None:
        """Go from the tree to the output, or back."""
        self.focus_next()

    def action_end(self) -> None:
        """End what is asked or searched for."""
        self._pane.end()
        self.show_changes()

    def action_ask(self, sign: str) -> None:
        """Ask what to search for (``/``), or where to go (``:``)."""
        self._pane.ask(sign)

    def action_next_match(self, direction: int) -> None:
        """Go to the next match, or the one before."""
        self._pane.go_to_match(direction)

    def action_next_failure(self, direction: int) -> None:
        """Go to the next failed attempt of any step, or the one before."""
        with self._log.lock:
            found = failures(self._log.session)
        if not found:
            reached = "" if self._log.is_complete else f" in the {self._log.progress:.0%} that are read"
            self._pane.say(f"no failure{reached}")
            return
        self._failure = failure = _next(found, self._failure, self._pane.chosen, direction)
        key = ("step", failure[0])
        if self._pane.chosen != key:
            self._pane.choose(key)
            tree = self.query_one(StepTree)
            tree.move_cursor(tree.find(key) or 0)
        self.show_changes()
        self._pane.go_to_divider(failure[1])
        self._pane.say(f"failure {found.index(failure) + 1:,} of {len(found):,}")

    def action_toggle_follow(self) -> None:
        """Follow the end of the output, or stay where it is."""
        output = self.query_one(OutputView)
        output.follow = not output.follow

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        output = self.query_one(OutputView)
        output.wrap = not output.wrap

    def action_toggle_times(self) -> None:
        """Tell when each line was printed, or not."""
        output = self.query_one(OutputView)
        output.times = not output.times


def _next(found: list[Failure], last: Failure | None, chosen: Hashable, direction: int) -> Failure:
    """The failure after the one gone to last, or before it; if another row was chosen since, seen from there."""
    match chosen:
        case ("step", int(serial)):
            if last in found and last is not None and last[0] == serial:
                return found[(found.index(last) + direction) % len(found)]
            if direction > 0:
                return next((failure for failure in found if failure[0] >= serial), found[0])
            return next((failure for failure in reversed(found) if failure[0] <= serial), found[-1])
    return found[0] if direction > 0 else found[-1]
