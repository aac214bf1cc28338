"""What can be taken from the output on the screen: a line, a match, the selection, or all lines."""

from collections.abc import Callable
from contextlib import suppress

from zigtui.reader.lines.decode import Output
from zigtui.reader.lines.line_source import LineSource
from zigtui.reader.search.line_filter import LineFilter
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.copying import TextReader, plain_line
from zigtui.ui.opened_at import OpenedAt
from zigtui.ui.output.chosen.chosen_output import ChosenOutput
from zigtui.ui.output.chosen.longest_name import LongestName
from zigtui.ui.output.chosen.whole_output import WholeOutput
from zigtui.ui.output.log_end_view import LogEndView
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.output.search.filter_controller import FilteredOutput
from zigtui.ui.output.search.search_controller import SearchController

__all__ = ["Excerpts"]

_WIDEST_LABEL = 40  # cells


class Excerpts:
    """The texts that a pane can give. They are empty if the disk does not answer.

    Args:
        log: the session's log.
        shown: displays the lines.
        search: the search of the pane.
        chosen: returns the output that is displayed, the lines of it that a filter leaves, and the session.
    """

    def __init__(
        self,
        log: SessionLog,
        shown: LogEndView,
        search: SearchController,
        chosen: Callable[[], tuple[ChosenOutput, FilteredOutput | None, SessionSnapshot]],
    ) -> None:
        self._log = log
        self._shown = shown
        self._search = search
        self._chosen = chosen
        self._longest_name = LongestName()

    @property
    def error(self) -> str:
        """The error of the step whose output is displayed if it failed; else empty."""
        failed = self._chosen()[0].failed
        return "" if failed is None else failed.error

    @property
    def line_number(self) -> int | None:
        """See `OutputView.current_line`."""
        return self._shown.view.current_line

    def line(self) -> Output | None:
        """The line with that number; None if there is none."""
        number = self.line_number
        with suppress(NoAnswerError):
            return None if number is None else self._shown.view.line(number)
        return None

    def text_pointed_at(self) -> str:
        """The recorded text of that line, or the error of the divider that was clicked or gone to instead."""
        with suppress(NoAnswerError):
            divider = self._shown.view.current_divider
            if divider is not None:
                return divider.detail
        line = self.line()
        return "" if line is None else line.text

    def match(self) -> str:
        """The first match of the search in that line; empty if there is none."""
        line, query = self.line(), self._search.query
        if line is None or query is None:
            return ""
        text = plain_line(line.text)
        start, end = next(iter(query.spans(text)), (0, 0))
        return text[start:end]

    def selection(self) -> TextReader | None:
        """A function that reads the selected text, for another thread; None if nothing is selected."""
        selection = self._shown.view.selection
        with suppress(NoAnswerError):
            return selection.reader() if self._shown.is_end_only else selection.reader(self._lines_of_thread())
        return None

    def _lines_of_thread(self) -> Callable[[], LineSource]:
        """A function that returns the lines that are displayed, for another thread."""
        whole, (_, filtered, _) = self.whole_output(), self._chosen()
        return whole.source if filtered is None else filtered.lines_of_thread

    def whole_output(self) -> WholeOutput:
        """All lines of the output that are displayed, for another thread."""
        chosen, filtered, snapshot = self._chosen()
        kept = None if filtered is None else LineFilter(filtered.conditions)
        label_width = min(_WIDEST_LABEL, self._longest_name.width(snapshot))
        name = chosen.step_name
        return WholeOutput(self._log, chosen.key, snapshot, name=name, label_width=label_width, kept=kept)

    def opened_at(self) -> OpenedAt:
        """The location of the line with that number."""
        number = self.line_number
        if number is None or self._shown.is_end_only:
            return OpenedAt()
        with suppress(NoAnswerError):
            chosen, filtered, _ = self._chosen()
            if filtered is not None:
                offset = filtered.lines.offset_of(number)
                number = None if offset is None else chosen.lines.number_at(offset)
            return OpenedAt() if number is None else chosen.opened_at(number)
        return OpenedAt()
