"""The screen of one session: its tiers and steps, and their output."""

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from zigtui.reader.location import LogLocation
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.state.choices import TREES
from zigtui.ui.copying import Copyable
from zigtui.ui.live_screen import ScreenContext
from zigtui.ui.opened_at import OpenedAt, command_to_open
from zigtui.ui.output.lines.line_times import Times
from zigtui.ui.output.pane import OutputPane
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.session.copyables import copyables_of
from zigtui.ui.session.endings import Ending, Endings
from zigtui.ui.session.failure_controller import FailureController
from zigtui.ui.session.header import header, header_bar
from zigtui.ui.session.keys import KEYS
from zigtui.ui.session.opening import Opening
from zigtui.ui.session.output_panes import OutputPanes
from zigtui.ui.session.panes import Panes
from zigtui.ui.session.reading_screen import ReadingScreen
from zigtui.ui.session.tree.step_tree import StepTree
from zigtui.ui.session.tree.timeline import Timeline
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.bindings import in_order
from zigtui.ui.widgets.row_list import RowList
from zigtui.wording.tree.tree_rows import ALL_OUTPUT

__all__ = ["SessionScreen"]

_AMPLE = 120  # columns, in which the tree leaves enough room to the output
_PINNED = "pinned: choose another row to see both"


class SessionScreen(ReadingScreen):
    """A session, live or past. The row chosen in the tree decides whose output is displayed.

    Args:
        context: the context that the screens share. Its catalog keeps the log up to date while the screen exists.
        location: the location of the session's log.
        opened_at: where to open it; by default at the end, or at the failure of a failed session.
    """

    BINDINGS: ClassVar[list[BindingType]] = in_order(*KEYS)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-wide"), (_AMPLE, "-very-wide"), (160, "-widest")]  # noqa: RUF012  # as Textual has it

    def __init__(self, context: ScreenContext, location: LogLocation, opened_at: OpenedAt | None = None) -> None:
        super().__init__(context)
        self._location = location
        self._log = log = context.catalog.open(location)
        settings, choices = context.settings, context.choices
        self._tree = tree = StepTree(log, self._focus_output, settings, id="tree")
        self._output = output = self._make_output(shows_dividers=choices.shows_dividers.value)
        self._outputs = outputs = OutputPanes(output, self._make_output, id="outputs")
        timeline = Timeline(tree, self._go_to_time, settings, id="timeline")
        self._panes = Panes(tree, timeline, self._outputs, id="panes")
        self._failure_controller = FailureController(output, tree)
        self._opening = Opening(opened_at, output, tree, self._failure_controller)
        self._endings = self._make_endings()
        self._switches: dict[str, Callable[[], bool]] = {  # actions for something that is on or off, and whether it is
            "show_tree": lambda: self._shows_tree,
            "follow": lambda: self.pane.is_following,
            "pin": lambda: outputs.pinned_in_sight is not None,
        }
        self._has_failures = False  # in the last frame
        self._active: tuple[bool, ...] = ()  # what decides which keys have an effect, in the last frame
        self._note_of_none = ""  # about a tree that shows only what failed, while nothing has

    def compose_body(self) -> ComposeResult:
        """The header, and the tree beside the timeline and the output."""
        yield header()
        yield self._panes

    def _make_output(self, *, shows_dividers: bool) -> OutputPane:
        context = self.context
        return OutputPane(self._log, context.settings, shows_dividers=shows_dividers, store=context.store)

    def _make_endings(self) -> Endings:
        tree, panes, outputs = self._tree, self._panes, self._outputs
        return Endings(
            Ending(lambda: outputs.pinned_count, outputs.unpin),
            Ending(lambda: tree.is_filtered, lambda: tree.filter_failed(failed_only=False)),
            Ending(lambda: panes.shows_timeline, lambda: panes.show_timeline(False)),
            Ending(lambda: self.pane.condition_count, lambda: self.pane.drop_condition()),
            Ending(lambda: self.pane.is_searching, lambda: self.pane.end_search()),
            Ending(lambda: outputs.is_full_screen, self.action_toggle_full_screen),
            Ending(lambda: self.pane.view.selection.exists, lambda: self.pane.view.select_nothing()),
            Ending(lambda: self.pane.is_asking, lambda: self.pane.end_prompt()),
        )

    def _focus_output(self, _: Hashable) -> None:
        self._panes.focus_output()

    def _go_to_time(self, moment: float | None) -> None:
        self._panes.focus_output()
        if moment is None:
            self._output.view.show_end()
        else:
            self._output.go_to_time(moment)
        self.show_changes()

    def show_first(self) -> None:
        """Read the first piece of the log, and display what has been read within `Settings.first_read_secs`."""
        # On a thread of its own, rather than after the logs that the catalog is reading.
        reading = self.start_thread(self._log.advance, "read first", "the log could not be read")
        reading.join(self.context.settings.first_read_secs)  # most disks answer at once, so that no frame is empty
        view, choices = self._output.view, self.context.choices
        view.wrap, view.times = choices.wraps.value, Times.of_setting(choices.times.value)
        self._choose(ALL_OUTPUT)
        super().show_first()
        self._panes.show_tree(self._shows_tree)
        self._panes.focus_first()
        self.watch(view, "follow", self.show_changes, init=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable letters as commands while the user types text. Escape first ends a search or filter, then leaves."""
        if not self.is_mounted or not super().check_action(action, parameters):
            return False
        if action == "end":
            return self._endings.are_left
        if action == "toggle_full_screen":
            return isinstance(self.focused, OutputView)
        if action == "next_failure" and not self._has_failures:
            return False
        if action in self._switches and self._switches[action]() is parameters[0]:
            return False
        return not isinstance(self.focused, Input)

    def on_unmount(self) -> None:
        """Close the log in the catalog."""
        self.context.catalog.close(self._location)

    @property
    def location(self) -> LogLocation:
        """The location of the session's log."""
        return self._location

    def current_snapshot(self) -> SessionSnapshot:
        """The session as it is now."""
        return self._snapshot(self.context.clock())

    @property
    def pane(self) -> OutputPane:
        """The output with the focus, or else that of the row under the cursor."""
        return self._outputs.current

    def _snapshot(self, now: float) -> SessionSnapshot:
        return self._log.snapshot(now, self.context.settings.stall_secs)

    def reveal_output(self) -> None:
        """Hide the timeline if it takes the room of the outputs."""
        self._panes.reveal_outputs()

    @property
    def displayed_session(self) -> LogLocation:
        """The location of the session's log."""
        return self._location

    def notices(self) -> list[str]:
        """Problems with watching the base of this session."""
        return self.context.notices_of(self._location)

    def show(self, now: float) -> None:
        """Display the session as it is at ``now``."""
        snapshot = self._snapshot(now)
        pane, tree, failures = self._output, self._tree, self._failure_controller
        for each in self._outputs.panes:
            each.renew(snapshot)
        self.set_class(snapshot.session.pass_count > 0, "-listener")  # passes need more room than steps
        tree.show(snapshot)
        if pane.chosen == ALL_OUTPUT and pane.is_following and snapshot.state.is_live:
            tree.reveal_active()
        self._panes.show_tree(self._shows_tree)  # which the size may change
        self._opening.update(snapshot)
        if self._note_of_none:
            self._renew_note_of_none(snapshot)
        for each in self._outputs.panes:
            if each.display:
                each.has_keys = each is self.pane
                if each is pane:
                    each.show_changes(snapshot, failures.words_in_sight(snapshot), failures.attempt_in_sight)
                else:
                    each.show_changes(snapshot)
        quiet_secs = self.context.settings.quiet_secs
        is_armed = self.context.notifier.is_armed(self._location)
        failed_only = "" if not tree.is_filtered else "failed only: none" if tree.lacks_failed else "failed only"
        home = self.context.home_directory
        texts = header_bar(snapshot, quiet_secs, home=home, failed_only=failed_only, is_armed=is_armed)
        self.query_one("#header", Bar).show(*texts)
        if self._panes.shows_timeline:
            self.query_one(Timeline).show(snapshot)
        self._endings.note()
        self._has_failures = failures.has_any(snapshot)
        active = self._has_failures, self._endings.are_left, *(is_on() for is_on in self._switches.values())
        if active != self._active:
            self._active = active
            self.refresh_bindings()

    def _renew_note_of_none(self, snapshot: SessionSnapshot) -> None:
        """Note how much of the log has no failure by now, as long as that note is displayed."""
        words = self._failure_controller.why_none(snapshot) if self._tree.lacks_failed else ""
        if words != self._note_of_none:
            self._output.withdraw_note(self._note_of_none, words)
            self._note_of_none = words

    @on(RowList.Highlighted)
    def show_output_of(self, event: RowList.Highlighted) -> None:
        """Display the output of the row under the cursor, unless the cursor has moved on in the meantime."""
        is_current = event.key == self._tree.row_key(self._tree.cursor)
        if event.key != self._output.chosen and is_current:
            self._output.withdraw_note(_PINNED)
            self._choose(event.key)
            self.show_changes()

    def _choose(self, key: Hashable) -> None:
        self._output.choose(key, self.current_snapshot())

    def watch_focused(self) -> None:
        """Leave the room to the output while it is read, where a screen is too small for the tree beside it."""
        self.set_class(not isinstance(self.focused, StepTree | Timeline), "-reading")
        if self._outputs.pinned_count:
            self._outputs.arrange_panes()
            self.show_changes()  # which output has the keys

    # Copying

    def copyables(self) -> Sequence[Copyable]:
        """The line, the error, the output and the facts of the session."""
        snapshot = self.current_snapshot()
        return copyables_of(self.pane, snapshot, self._command, self._failure_controller.last)

    def _command(self) -> str:
        opened_at = self.pane.excerpts.opened_at()
        return command_to_open(self._location, self.context.catalog, opened_at, self.context.fleet)

    # Actions of the keys; those of the output work in the tree too

    def action_next_pane(self) -> None:
        """Move the focus to the next pane."""
        self._panes.focus_next(1)

    def action_previous_pane(self) -> None:
        """Move the focus to the previous pane. The panel of keys leaves this key out."""
        self._panes.focus_next(-1)

    def action_end(self) -> None:
        """End what was begun last, such as a prompt, a search, the full screen, the timeline or a pinned output."""
        self._endings.end_last()
        self.show_changes()

    async def action_pin(self, is_wanted: bool) -> None:
        """Pin the output beside the one of the row under the cursor, or unpin it."""
        self.reveal_output()
        outputs = self._outputs
        if not is_wanted:
            outputs.unpin(outputs.pinned_in_sight)
            self.pane.show_note("")
        elif note := outputs.why_not_pinned():
            self.pane.show_note(note)
        else:
            with self.app.batch_update():  # no frame before the pane has its room and its lines
                pane = await outputs.pin(self.current_snapshot())
            self.watch(pane.view, "follow", self.show_changes, init=False)
            self.pane.show_note(_PINNED)
        self.show_changes()

    def action_toggle_full_screen(self) -> None:
        """Give the whole screen to the text of the output, or no longer."""
        is_full_screen = not self._outputs.is_full_screen
        self._outputs.show_full_screen(is_full_screen)
        self.pane.show_note("enter or esc shows the other panes again" if is_full_screen else "")
        self.show_changes()

    def action_toggle_timeline(self) -> None:
        """Display the timeline, or hide it."""
        self._panes.show_timeline(not self._panes.shows_timeline)
        self.show_changes()

    def action_show_info(self) -> None:
        """Display all facts about the session and the row under the cursor."""
        from zigtui.ui.session.info_screen import InfoScreen  # not needed for the start

        self.app.push_screen(InfoScreen(self.context, self._log, self.pane.chosen))

    def action_next_failure(self, direction: int) -> None:
        """Go to the next failed attempt of any step (1) or the previous one (-1), or note that there is none."""
        self.reveal_output()
        self._failure_controller.go_on(direction, self.current_snapshot())
        self._outputs.show_main()
        self.show_changes()

    action_look_for_failure = action_next_failure  # for keys that are not in the line of keys, even if there is none

    def action_toggle_failed(self) -> None:
        """Show only failed passes and steps in the tree, or all of them."""
        self._outputs.show_full_screen(False)
        if not self._panes.shows_tree:
            self.action_show_tree(True)
        self._tree.filter_failed(failed_only=not self._tree.is_filtered)
        if self._tree.lacks_failed:
            self._note_of_none = self._failure_controller.why_none(self.current_snapshot())
            self._output.show_note(self._note_of_none)
        self.show_changes()

    def action_show_tree(self, is_shown: bool) -> None:
        """Display the tree, or leave its room to the output, here and on the next screens.

        What is hidden in a narrow terminal is displayed again in a wide one.
        """
        self._outputs.show_full_screen(False)
        always, wide, never = TREES
        self.context.choices.tree.choose(always if is_shown else never if self._is_ample else wide)
        self.show_changes()

    @property
    def _is_ample(self) -> bool:
        return self.app.size.width >= _AMPLE

    @property
    def _shows_tree(self) -> bool:
        always, wide, _ = TREES
        return self.context.choices.tree.value in ((always, wide) if self._is_ample else (always,))
