"""All lines of an output, to copy, page or save them."""

from collections.abc import Callable, Hashable, Iterator
from typing import IO

from zigtui.reader.lines.decode import Output
from zigtui.reader.lines.line_source import LineSource
from zigtui.reader.search.line_filter import LineFilter
from zigtui.reader.search.query import shown_text
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.copying import CopyError, joined, plain_line
from zigtui.ui.output.chosen.chosen_output import ChosenOutput
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.ui.widgets.drawing import one_line
from zigtui.wording.signs import UNREADABLE, part_read
from zigtui.wording.text_fit import fit

__all__ = ["WholeOutput"]


class WholeOutput:
    """The output for a row of the tree, as it is now. It is read from the log by the thread that uses it.

    Args:
        log: the session's log.
        key: the key of the row.
        snapshot: the session.
        name: the name of the step; empty if the output is that of several steps.
        label_width: the width of the step names beside the lines of several steps, in cells.
        kept: decides which lines are left out; None to take all.
    """

    def __init__(
        self,
        log: SessionLog,
        key: Hashable,
        snapshot: SessionSnapshot,
        *,
        name: str,
        label_width: int,
        kept: LineFilter | None = None,
    ) -> None:
        self.name = name
        self._label_width = 0 if name else label_width
        self._log = log
        self._key = key
        self._snapshot = snapshot
        self._kept = kept

    def source(self) -> LineSource:
        """All lines of the output by number, also those that are left out otherwise."""
        return ChosenOutput(self._log, self._key, self._snapshot, lambda read: read(), PastSessions(self._log)).lines

    def lines(self) -> Iterator[Output | None]:
        """Yield the lines; None for one that cannot be read.

        Raises:
            CopyError: if the log has not been read to its end.
        """
        if not self._snapshot.is_complete:
            raise CopyError(f"the log is still being read: {part_read(self._snapshot)}")
        lines = self.source()
        for number in range(len(lines)):
            line = lines.line(number)
            if self._kept is None or (line is not None and _is_match(self._kept, line)):
                yield line

    def text(self, most: int) -> str:
        """The lines without control sequences and colours. Ends soon after ``most`` characters.

        Raises:
            CopyError: see `lines`.
        """
        return joined((UNREADABLE if line is None else plain_line(line.text) for line in self.lines()), most)

    def write(self, file: IO[str], text_of: Callable[[str], str] = plain_line) -> None:
        """Write all lines to a file, those of several steps with the names of the steps beside them.

        Args:
            file: the file.
            text_of: makes a recorded line safe; by default, without colours.

        Raises:
            CopyError: see `lines`.
            OSError: if the file cannot be written.
        """
        for line in self.lines():
            if self._label_width:
                file.write(f"{fit('' if line is None else one_line(line.step_name), self._label_width)}  ")
            file.write(f"{UNREADABLE if line is None else text_of(line.text)}\n")


def _is_match(kept: LineFilter, line: Output) -> bool:
    try:
        return kept.match(shown_text(line.text))
    except TimeoutError:  # the filter leaves out such a line too
        return False
