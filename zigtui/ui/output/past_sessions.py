"""The past passes of a listener that are on the screen, folded again from its log."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from zigtui.reader.session.folding.folded_lines import FoldedLines
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.session_log import SessionLog
from zigtui.ui.output.patient_reader import NoAnswerError

__all__ = ["PastSessions"]

_CACHED_PAGES = 8


class PastSessions:
    """Sessions with some past passes each. Recently used ones are kept.

    Args:
        log: the session's log.
        run_read: calls the functions that read the file; see `PatientReader.run`. By default they are called directly.
    """

    def __init__(
        self, log: SessionLog, run_read: Callable[[Callable[[], FoldedLines]], FoldedLines] | None = None
    ) -> None:
        self._log = log
        self._run_read = run_read
        self._pages: OrderedDict[tuple[int, int, int], FoldedLines] = OrderedDict()

    def with_pass(self, session: Session, index: int) -> Session | None:
        """The tiers, steps and marks of a past pass and of those around it; see `lines_with_pass`."""
        found = self.lines_with_pass(session, index)
        return None if found is None else found.fold.session

    def lines_with_pass(self, session: Session, index: int) -> FoldedLines | None:
        """The lines of a past pass and of those around it, with the numbers of the session.

        Args:
            session: the session as it is now.
            index: the index of the pass in `Session.past`.

        Returns:
            None if the log cannot be read.

        Raises:
            NoAnswerError: if the disk has not answered yet.
        """
        page, following = session.past.page_of(index)
        key = page.first, following, page.offset
        found = self._pages.get(key)
        if found is None:
            read = partial(self._read, session, index)
            try:
                found = read() if self._run_read is None else self._run_read(read)
            except OSError:
                return None
            self._pages[key] = found
            if len(self._pages) > _CACHED_PAGES:
                self._pages.popitem(last=False)
        self._pages.move_to_end(key)
        return found

    def _read(self, session: Session, index: int) -> FoldedLines:
        self._log.past.session(session, index)  # freezes the session here, rather than on the thread of the screen
        return self._log.past.with_pass(session, index)

    def if_answered(self, session: Session, index: int) -> Session | None:
        """The same as `with_pass`, but None if the disk has not answered yet."""
        try:
            return self.with_pass(session, index)
        except NoAnswerError:
            return None
