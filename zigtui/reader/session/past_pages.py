"""Fold the past passes of a listener again, when they are displayed. Recently folded ones are kept."""

import threading
from collections import OrderedDict
from collections.abc import Iterator

from zigtui.reader.lines.tail import open_log
from zigtui.reader.session.folding.fold import Fold
from zigtui.reader.session.folding.folded_lines import FoldedLines
from zigtui.reader.session.folding.origin import Origin
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.pass_preview import read_preview

__all__ = ["PastPages"]

_CACHED_PAGES = 4
_CHUNK_BYTES = 1024 * 1024


class PastPages:
    """The past passes of one log, in pages of adjacent ones.

    Args:
        path: the log.
        follows_link: see `open_log`.
    """

    def __init__(self, path: str, *, follows_link: bool = True) -> None:
        self._path = path
        self._follows_link = follows_link
        self._pages: OrderedDict[tuple[int, int], FoldedLines] = OrderedDict()
        self._lock = threading.Lock()

    def with_pass(self, session: Session, index: int) -> FoldedLines:
        """Return a past pass with those around it. The tiers, steps and marks have the numbers of the session.

        Args:
            session: the session as it is now.
            index: the index of the pass in `Session.past`.

        Raises:
            OSError: if the log cannot be read.
        """
        page, following = session.past.page_of(index)
        key = page.first, following
        with self._lock:
            folded = self._pages.get(key)
            if folded is None:
                folded = self._pages[key] = self._read(session, page.first, _pass_at(session, following))
                if len(self._pages) > _CACHED_PAGES:
                    self._pages.popitem(last=False)
            self._pages.move_to_end(key)
            return folded

    def session(self, session: Session, index: int) -> Session:
        """Return a past pass with those around it: their tiers, steps, failures and marks.

        Args:
            session: the session in a snapshot of the log.
            index: the index of the pass in `Session.past`.

        Raises:
            OSError: if the log cannot be read.
        """
        return self.with_pass(session, index).fold.session

    def preview(self, session: Session, index: int) -> str:
        """Return the prompt preview of the first step of a past pass; empty if there is none. See `session`."""
        return read_preview(self._path, session.past[index].offset, _pass_at(session, index + 1).offset)

    def _read(self, session: Session, index: int, following: PassRun) -> FoldedLines:
        first, (page, _) = session.past[index], session.past.page_of(index)
        origin = Origin(
            first.first_tier, first.first_step, first.first_line, first.first_mark, first.pass_number, page.occurrences
        )
        fold = Fold(session.session_id, origin, keeps_all_passes=True)
        folded = FoldedLines(fold)
        for offset, data in self._chunks(first.offset, following.offset):
            # Only from the second event on can a fold know that events follow each other, and fold many at once.
            start = data.find(b"\n") + 1 if offset == first.offset else 0
            if start:
                folded.add(data[:start], offset)
            folded.add(data[start:], offset + start)
        fold.close_passed(following.started_at)
        return folded

    def _chunks(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Yield whole lines of a part of the log, with their offsets."""
        with open(open_log(self._path, follows_link=self._follows_link), "rb") as file:
            file.seek(start)
            rest = b""
            while start < end and (data := file.read(min(_CHUNK_BYTES, end - start - len(rest)))):
                data = rest + data
                whole = data.rfind(b"\n") + 1
                rest = data[whole:]
                if whole:
                    yield start, data[:whole]
                    start += whole
            if rest:  # an event that was glued to the first one of the next page
                yield start, rest + b"\n"


def _pass_at(session: Session, index: int) -> PassRun:
    """A past pass, or the one after the last of them."""
    return session.past[index] if index < len(session.past) else session.recent[0]
