"""The keys of a session's screen that search its output, change how it is displayed, and copy from it."""

from textual import on

from zigtui.ui.copying import Copyable, TextReader
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.session.outside_screen import OutsideScreen
from zigtui.ui.widgets.drawing import one_line

__all__ = ["ReadingScreen"]


class ReadingScreen(OutsideScreen):
    """A screen whose keys act on its current `pane`. A subclass binds keys to the actions."""

    def action_ask(self, sign: str) -> None:
        """Open the prompt for a search (``/``), a filter of lines (``&``) or a jump target (``:``)."""
        self.reveal_output()
        self.pane.ask(sign)

    def action_next_match(self, direction: int) -> None:
        """Go to the next match (1) or the previous one (-1)."""
        self.reveal_output()
        self.pane.go_to_match(direction)

    def action_follow(self, is_wanted: bool) -> None:
        """Follow the end of the output, or stop following."""
        self.reveal_output()
        self.pane.view.follow = is_wanted

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or cut them off, here and on the next screens."""
        self.reveal_output()
        view = self.pane.view
        view.wrap = not view.wrap
        self.context.choices.wraps.choose(view.wrap)

    def action_next_times(self) -> None:
        """Display the next kind of times beside the lines, or none, here and on the next screens."""
        self.reveal_output()
        view = self.pane.view
        view.times = view.times.next
        self.context.choices.times.choose(view.times.setting)
        self.show_changes()

    def action_toggle_dividers(self) -> None:
        """Display or hide the dividers between the lines, here and on the next screens."""
        self.reveal_output()
        is_shown = not self.pane.shows_dividers
        self.context.choices.shows_dividers.choose(is_shown)
        self.pane.show_dividers(is_shown)
        self.show_changes()

    # Copying

    def about_copying(self) -> str:
        """The line that is copied."""
        line = self.pane.excerpts.line()
        return "" if line is None or self.pane.view.selection.exists else one_line(line.text)

    def take_selection(self) -> str | TextReader | None:
        """The selected text, which is no longer selected afterwards; None if there is none."""
        text = super().take_selection() or self.pane.excerpts.selection()
        self.pane.view.select_nothing()
        return text

    @on(OutputView.Selected)
    def copy_selected(self) -> None:
        """Copy what was selected with the mouse. It stays selected."""
        self.copy(Copyable("", "selection", self.pane.excerpts.selection() or ""))
        self.show_changes()
