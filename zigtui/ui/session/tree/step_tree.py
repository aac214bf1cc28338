"""The tiers, steps and attempts of a session, each with its state and time; of a listener, by passes."""

from collections.abc import Callable, Hashable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region

from zigtui.reader.session.model.session import StepRun
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.settings import Settings
from zigtui.ui.output.patient_reader import PatientReader
from zigtui.ui.session.tree.past_reader import PastReader
from zigtui.ui.session.tree.small_bars import SmallBars
from zigtui.ui.session.tree.tree_parts import INDENT, bar_parts, tree_parts
from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.drawing import Parts
from zigtui.ui.widgets.row_list import RowList
from zigtui.wording.timeline.time_axis import Stretch
from zigtui.wording.tree.attempt_table import AttemptTable
from zigtui.wording.tree.listener_rows import EARLIER, ListenerRows
from zigtui.wording.tree.pass_rows import pass_of_key
from zigtui.wording.tree.shown_rows import ShownRows
from zigtui.wording.tree.tree_rows import TreeRow, TreeRows

__all__ = ["StepTree"]

_WIDTH = 38  # cells without bars
_LEAST_BAR = 8  # cells


class StepTree(RowList):
    """Displays the rows of a session's tree, and folds and unfolds the passes of a listener and attempts.

    Args:
        log: the session's log, to read past passes again.
        open_row: called with the key of the row that the user chooses.
        settings: the user's settings.
        id: the id of the widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(
        Binding("enter", "open", "read"),
        Binding("space", "fold", "fold"),
        Binding("space", "fold_attempts", "fold the attempts", show=False),
        Binding("right,l", "unfold", "unfold", show=False),
        Binding("left,h", "fold_parent", "fold, or go up", show=False),
    )
    STAYS_AT_TOP: ClassVar[bool] = False

    def __init__(
        self, log: SessionLog, open_row: Callable[[Hashable], object], settings: Settings, *, id: str | None = None
    ) -> None:
        super().__init__(open_row, id=id)
        self._rows: TreeRows | ListenerRows | None = None
        self._quiet_secs = settings.quiet_secs
        self._snapshot = log.snapshot()
        self._shown_rows = ShownRows(passes={})
        self._attempts = AttemptTable()  # of a session that is not a listener
        self._revealed: int | None = None  # the number of the pass that was unfolded for a failure
        self._newest = 0  # the number of the newest pass in the last frame
        self._follows = True  # whether the step under way is kept in sight
        self._followed: Hashable = None  # its key in the last frame
        self._sight = 0, 0  # the first line in sight and their number, then
        self._reader = PatientReader(self._show_read, settings.frame_patience_secs)
        self._past = PastReader(log, self._snapshot, self._reader)
        self._is_reading_soon = False
        self._log = log
        self._small_bars = SmallBars(self.silences_of, settings.quiet_secs)

    def on_unmount(self) -> None:
        """Stop the thread that reads past passes."""
        self._reader.close()

    # The rows

    def show(self, snapshot: SessionSnapshot) -> None:
        """Display the rows of another moment."""
        if snapshot.generation != self._snapshot.generation:
            self._shown_rows = ShownRows(passes={}, failed_only=self._shown_rows.failed_only)
            self._attempts = AttemptTable()
            self._revealed = None
        else:
            self._shown_rows = self._shown_rows._replace(oldest=self._oldest_shown())
        self._snapshot = snapshot
        self._past.renew(snapshot)
        self._small_bars.renew(snapshot)
        self._keep_unfolded()
        self._show_rows()

    def _keep_unfolded(self) -> None:
        """Keep the pass with the cursor unfolded when another pass begins."""
        session = self._snapshot.session
        newest = session.pass_count
        if newest != self._newest:
            held = pass_of_key(session, self._cursor_key) if newest else None
            if held is not None and held.number == self._newest:
                self._shown_rows = self._shown_rows._replace(passes={held.number: True} | dict(self._shown_rows.passes))
            self._newest = newest

    def _show_rows(self) -> None:
        before, self._rows = self._rows, self._made()
        if self._past.read_wanted():  # the parts of passes that are unfolded
            self._rows = self._made()
        if before is None or self._rows.shape != before.shape:
            self.rows_changed()
        else:
            self.redraw_visible()

    def _made(self) -> TreeRows | ListenerRows:
        session, shown = self._snapshot.session, self._shown_rows
        if not session.pass_count:
            self._attempts.renew(session, shown.steps)
            failed_only = shown.failed_only
            return TreeRows(self._snapshot, self._quiet_secs, failed_only=failed_only, attempts=self._attempts)
        return ListenerRows(self._snapshot, self._shown_rows, self._past, self._quiet_secs)

    def _oldest_shown(self) -> int | None:
        """The number of the oldest pass that stays above the row of the earlier ones; None for the usual one.

        While the user is on a pass, those on the screen stay where they are although others begin. If the earlier ones
        are unfolded, none of them moves across their row.
        """
        held = pass_of_key(self._snapshot.session, self._cursor_key)
        if self._shown_rows.failed_only or not isinstance(self._rows, ListenerRows):
            return None
        if self._shown_rows.shows_earlier:
            return self._rows.earlier + 1 if held is not None or self._cursor_key == EARLIER else None
        if held is None:
            return None
        top = self.scroll_offset.y
        for row in range(min(top + self.size.height, len(self._rows)) - 1, top - 1, -1):
            run = pass_of_key(self._snapshot.session, self._rows.key_at(row))
            if run is not None:
                return min(run.number, held.number)
        return held.number

    def _show_read(self) -> None:
        """Display what has been read late. Called from the reader's thread."""
        self.call_later(self._show_rows)

    def _read_soon(self) -> None:
        if not self._is_reading_soon:
            self._is_reading_soon = True
            self.call_later(self._read_drawn)

    def _read_drawn(self) -> None:
        """Read what the rows on the screen lack."""
        self._is_reading_soon = False
        if self._past.read_wanted():
            self.redraw_visible()

    def on_resize(self) -> None:
        """Follow again. The rows that another size brings in sight are not where the user has scrolled to."""
        self._sight = self._sight[0], 0

    def reveal_active(self) -> None:
        """Scroll to the step that a session waits for or works on, or else to its newest pass. The cursor stays.

        If the user scrolls away from it, with the wheel or the scroll bar, the tree stays until the user scrolls back.
        """
        row = None if self._rows is None else self._rows.active_row
        top, height = self.scroll_offset.y, self.size.height
        if row is None or not height:
            return
        in_sight = range(top, top + height)
        if self._sight != (top, height):
            before = self.find(self._followed)
            self._follows = before is None or before in in_sight or self._sight[1] != height  # or resized
        if self._follows and row not in in_sight:
            self.scroll_to(y=max(0, row - height // 2), animate=False, immediate=True)
        self._followed, self._sight = self.row_key(row), (self.scroll_offset.y, height)

    def row_count(self) -> int:
        """The number of rows."""
        return 0 if self._rows is None else len(self._rows)

    def row_key(self, row: int) -> Hashable:
        """The key of a row."""
        return None if self._rows is None else self._rows.key_at(row)

    def find(self, key: Hashable) -> int | None:
        """The row of a key, or of the step or the pass that it is folded into; None if there is none."""
        if self._rows is None:
            return None
        row = self._rows.find(key)
        if row is None and (step := _step_of(key)) is not None:
            row = self._rows.find(step)
        if row is None and isinstance(self._rows, ListenerRows):
            run = pass_of_key(self._snapshot.session, key)
            row = None if run is None else self._rows.find(("pass", run.number))
            return self._rows.find(EARLIER) if row is None and run is not None else row
        return row

    # Folding

    @property
    def is_filtered(self) -> bool:
        """Whether only failed passes and steps are shown."""
        return self._shown_rows.failed_only

    @property
    def lacks_failed(self) -> bool:
        """Whether only failed passes and steps are shown, and there are none."""
        return self.is_filtered and self.row_count() == 1  # which is that of all output

    def filter_failed(self, *, failed_only: bool) -> None:
        """Show only failed passes and steps, or all of them."""
        self._shown_rows = self._shown_rows._replace(failed_only=failed_only)
        self._show_rows()

    def reveal(self, key: Hashable) -> None:
        """Put the cursor on the row of a tier or a step, after unfolding its pass and folding the one revealed before.

        If the row is filtered out, all rows are shown again.
        """
        session, shown = self._snapshot.session, self._shown_rows
        run = pass_of_key(session, key)
        if run is not None and self._rows is not None and self._rows.find(key) is None:
            passes = {number: is_open for number, is_open in shown.passes.items() if number != self._revealed}
            self._shown_rows = shown._replace(passes=passes | {run.number: True})
            self._revealed = run.number
            self._show_rows()
            if self._rows.find(("pass", run.number)) is None:
                self._shown_rows = self._shown_rows._replace(shows_earlier=True)
                self._show_rows()
        if self.is_filtered and self._rows is not None and self._rows.find(key) is None:
            self.filter_failed(failed_only=False)
        self.move_cursor(self.find(key) or 0)

    def _fold(self, key: Hashable, *, is_open: bool) -> None:
        match key:
            case ("pass", int(number)):
                self._shown_rows = self._shown_rows._replace(passes=dict(self._shown_rows.passes) | {number: is_open})
            case ("step", int(serial)):
                self._shown_rows = self._shown_rows._replace(steps=dict(self._shown_rows.steps) | {serial: is_open})
            case _:
                self._shown_rows = self._shown_rows._replace(shows_earlier=is_open)
        before = self.row_count()
        self._show_rows()
        added = self.row_count() - before
        if added > 0:  # bring as many of them into sight as fit below the cursor
            height = min(added + 1, self.size.height)
            self.scroll_to_region(Region(0, self.cursor, 1, height), animate=False, force=True)

    @property
    def _row_at_cursor(self) -> TreeRow | None:
        return self._rows[self.cursor] if self._rows is not None and self.cursor < len(self._rows) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable folding where there are neither passes nor steps with several attempts."""
        has_passes, has_attempts = isinstance(self._rows, ListenerRows), not self._attempts.is_empty
        match action:
            case "fold":
                return has_passes
            case "fold_attempts":
                return has_attempts and not has_passes
            case "unfold" | "fold_parent":
                return has_passes or has_attempts
        return super().check_action(action, parameters)

    def action_fold(self) -> None:
        """Fold or unfold the row under the cursor."""
        row = self._row_at_cursor
        if row is not None and row.is_open is not None:
            self._fold(row.key, is_open=not row.is_open)

    def action_fold_attempts(self) -> None:
        """Fold or unfold the attempts of the step under the cursor. The line of keys leaves this key out."""
        self.action_fold()

    def action_unfold(self) -> None:
        """Unfold the row under the cursor; if it is unfolded, go to the first row below it."""
        row = self._row_at_cursor
        if row is None or row.is_open is None:
            return
        if row.is_open:
            self.move_cursor(self.cursor + 1)
        else:
            self._fold(row.key, is_open=True)

    def action_fold_parent(self) -> None:
        """Fold the row under the cursor, or go to the one that it is part of."""
        row = self._row_at_cursor
        if row is None:
            return
        if row.is_open:
            self._fold(row.key, is_open=False)
            return
        parent = _step_of(row.key)
        if parent is None and (run := pass_of_key(self._snapshot.session, row.key)) is not None:
            parent = ("pass", run.number) if row.key != ("pass", run.number) else EARLIER
        if self._rows is not None and (at := self._rows.find(parent)) is not None and at < self.cursor:
            self.move_cursor(at)

    def action_open(self) -> None:
        """Fold or unfold a pass; read the output of another row."""
        row = self._row_at_cursor
        if row is not None and row.is_open is not None and not _is_step(row.key):
            self.action_fold()
        else:
            super().action_open()

    def on_click(self, event: events.Click) -> None:
        """Fold or unfold the row whose sign was clicked; other clicks are as in all lists."""
        at = event.y + self.scroll_offset.y
        row = self._rows[at] if self._rows is not None and at < len(self._rows) else None
        if row is not None and row.is_open is not None and event.x == INDENT * row.depth:
            event.prevent_default()
            self.move_cursor(at)
            self.action_fold()

    # Drawing

    def parts_at(self, row: int, width: int) -> Parts:
        """A pass, a tier, a step or an attempt in one line."""
        if self._rows is None:
            return []
        shown = self._rows[row]
        if self._past.is_wanting:
            self._read_soon()
        room = max(0, width - _WIDTH)
        bar = self._small_bars.bar(shown.key, self._rows.part_at(row), room - 1) if room > _LEAST_BAR else []
        parts = tree_parts(shown, width - room if bar else width, self.paint)
        return [*parts, *bar_parts(bar, self.paint)]

    # For the timeline beside the tree

    def part_at(self, row: int) -> SessionSnapshot | None:
        """The session, or the part of it, that the run of a row belongs to; None if there is no such row."""
        return None if self._rows is None or row >= len(self._rows) else self._rows.part_at(row)

    def silences_of(self, step: StepRun) -> list[Stretch]:
        """When a step printed nothing for a while, as far as it is known. Nothing is read."""
        is_past = step.serial < self._snapshot.session.first_serial
        return self._past.silences(step) if is_past else self._log.silences(step)


def _is_step(key: Hashable) -> bool:
    return isinstance(key, tuple) and key[0] == "step"


def _step_of(key: Hashable) -> Hashable:
    """The key of the step that an attempt belongs to; None for the key of another row."""
    match key:
        case ("attempt", int(serial), _):
            return "step", serial
    return None
