"""Search the output of a log on a background thread. Hits are available as they are found.

Most lines are never decoded; see `zigtui.reader.search.prefilter`.
"""

import os
import threading
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from io import FileIO
from typing import NamedTuple

from zigtui.reader.lines.decode import outputs_in
from zigtui.reader.lines.tail import open_log
from zigtui.reader.log_exception import log_exception
from zigtui.reader.search.file_range import FileRange
from zigtui.reader.search.prefilter import candidate_lines, line_starts
from zigtui.reader.search.query import MATCH_TIMEOUT_SECS, MAX_SEARCHED_CHARS, LineTest, shown_text
from zigtui.reader.search.search_trouble import search_trouble

__all__ = ["MAX_HITS", "RETRY_SECS", "NextHit", "Search"]

MAX_HITS = 100_000
"""The search stops after this many hits."""
RETRY_SECS = 2.0
"""A log that could not be read is not searched again for this long."""

_PIECE_BYTES = 96 * 1024  # glibc allocates larger blocks by mmap each time, which takes as long as searching them
_MAX_TIMEOUTS = 10
_PIECE_TIMEOUT_SECS = 2.5  # a regular expression that takes longer for one piece ends the search
_QUICK_SECS = 0.05  # a piece that takes longer can be cancelled between its lines


class NextHit(NamedTuple):
    """The hit after or before an offset.

    Attributes:
        offset: the offset of the matching line in the file; None if there are no hits at all.
        wrapped: whether the search continued at the other end of the file.
    """

    offset: int | None
    wrapped: bool = False


class Search:
    """Finds the lines of a log that match a query.

    One thread calls `run`; any thread may read the hits or cancel the search. Hits are the offsets of lines in the
    file, in the order of the file. The file is searched from ``origin`` to its end, then from ``start`` to ``origin``.

    Args:
        path: the log.
        query: the query.
        step_name: search only the output of steps with this name; None searches all output.
        start: the offset of the first line to search.
        end: the offset after the last line to search; None if there is no end yet.
        origin: the offset of the line to start at.
        most: the search stops after this many hits.

    Attributes:
        query: the query.
        trouble: why the search has stopped early, in words for people; None if it has not.
        is_complete: whether the search has reached the end of the file at least once.
    """

    def __init__(
        self,
        path: str,
        query: LineTest,
        *,
        step_name: str | None = None,
        start: int = 0,
        end: int | None = None,
        origin: int = 0,
        most: int = MAX_HITS,
    ) -> None:
        self.query = query
        self.trouble: str | None = None
        self.is_complete = False
        self._path = path
        self._step_name = step_name
        self._most = most
        origin = max(start, origin if end is None else min(origin, end))
        self._before = FileRange(start, origin)
        self._after = FileRange(origin, end)
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._size = 0
        self._timeouts = 0
        self._has_failed = False
        self._has_reached_end = False
        self._retry_at = 0.0

    # The hits found so far

    def __len__(self) -> int:
        return len(self._before.hits) + len(self._after.hits)

    def count_before(self, offset: int) -> int:
        """Return the number of hits before ``offset``."""
        with self._lock:
            return bisect_left(self._before.hits, offset) + bisect_left(self._after.hits, offset)

    def hits(self, first: int, end: int) -> "array[int]":
        """Return the hits from one number to another, counted from 0 in the order of the file."""
        with self._lock:
            before, after = self._before.hits, self._after.hits
            known = len(before)
            return before[first:end] + after[max(0, first - known) : max(0, end - known)]

    def next(self, offset: int) -> NextHit | None:
        """Return the first hit at or after ``offset``, else the first of all hits; None if it is not known yet."""
        with self._lock:
            hit = self._first_from(offset)
            if not self._has_searched(offset, hit):
                return None
            if hit is not None:
                return NextHit(hit)
            hit = self._first_from(0)
            return NextHit(hit, wrapped=True) if self._has_searched(0, offset if hit is None else hit) else None

    def previous(self, offset: int) -> NextHit | None:
        """Return the last hit before ``offset``, else the last of all hits; None if it is not known yet."""
        with self._lock:
            hit = self._last_before(offset)
            if not self._has_searched(0 if hit is None else hit, offset):
                return None
            if hit is not None:
                return NextHit(hit)
            hit = self._last_before(None)
            return NextHit(hit, wrapped=True) if self._has_searched(offset if hit is None else hit, None) else None

    @property
    def is_full(self) -> bool:
        """Whether the search has stopped because it has found the most hits that it may."""
        return len(self) >= self._most

    @property
    def is_over(self) -> bool:
        """Whether the search has stopped for good: it will find no more hits even if the log grows."""
        return self._cancelled.is_set() or self._has_failed or self.is_full or self._timeouts > _MAX_TIMEOUTS

    def is_idle(self, written: int) -> bool:
        """Whether `run` need not be called now: there is nothing new, or the log could not be read just now.

        Args:
            written: the size of the log in bytes.
        """
        if self.is_over or time.monotonic() < self._retry_at:
            return True
        end = self._after.end
        return self.is_complete and self.position >= (written if end is None else min(written, end))

    @property
    def progress(self) -> float:
        """The share that has been searched, from 0 to 1."""
        before, after = self._before, self._after
        end = self._size if after.end is None else min(self._size, after.end)
        total = end - before.start
        done = sum(part.position + part.torn_bytes - part.start for part in (before, after))
        return min(1.0, done / total) if total > 0 else 0.0

    @property
    def position(self) -> int:
        """The offset up to which all lines after the origin have been searched."""
        return self._after.position

    def _has_searched(self, start: int, end: int | None) -> bool:
        """Whether all hits between two offsets are known; if ``end`` is None, those up to the end of the file."""
        if self.is_over or self.is_complete:
            return True
        before, after = self._before, self._after
        middle = after.start
        if start < middle and before.position < (middle if end is None else min(end, middle)):
            return False
        return self._has_reached_end if end is None else end <= middle or after.position > end

    def _first_from(self, offset: int) -> int | None:
        for hits in (self._before.hits, self._after.hits):
            index = bisect_left(hits, offset)
            if index < len(hits):
                return hits[index]
        return None

    def _last_before(self, offset: int | None) -> int | None:
        for hits in (self._after.hits, self._before.hits):
            index = len(hits) if offset is None else bisect_left(hits, offset)
            if index > 0:
                return hits[index - 1]
        return None

    # Searching

    def cancel(self) -> None:
        """Stop the search. The hits found so far remain."""
        self._cancelled.set()

    def limit(self, end: int) -> None:
        """Exclude the lines from ``end`` on, once it is known that they do not belong to the output searched."""
        with self._lock:
            self._before.limit(end)
            self._after.limit(end)

    def run(self, on_progress: Callable[[], object] = lambda: None) -> None:
        """Search to the current end of the file; call it again when the file has grown.

        Faults of the log or the query never raise: if the search stops early, `trouble` has the reason.

        Args:
            on_progress: called after each piece of the file, and at the end.
        """
        try:
            with open(open_log(self._path), "rb", buffering=0) as file:
                self.trouble = self.trouble if self.is_over else None
                for file_range in (self._after, self._before):
                    while not self.is_over and self._search_piece(file, file_range):
                        on_progress()
                    self._has_reached_end = True
        except OSError as error:
            self.trouble, self._retry_at = search_trouble(error, self._path), time.monotonic() + RETRY_SECS
        except Exception as error:
            self.fail()
            log_exception(f"the search for {self.query.text!r} failed", error)
        else:
            self.is_complete = self.is_complete or not self._cancelled.is_set()
        on_progress()

    def fail(self) -> None:
        """End the search after an unexpected error. Its hits stay, and it is not run again."""
        self.trouble = "the search failed unexpectedly"
        self._has_failed = True

    def _search_piece(self, file: FileIO, file_range: FileRange) -> bool:
        """Search the next piece of a range. Return whether there is more."""
        self._size = os.fstat(file.fileno()).st_size
        if file_range.end is not None and file_range.position >= file_range.end:
            return False
        data = file_range.read(file, _PIECE_BYTES)
        if not data:
            return data is not None
        if file_range.end is not None:
            data = data[: max(0, file_range.end - file_range.position)]
        # The range may end between two events that are glued together, and the last line may have no newline.
        hits = self._hits_in(data if not data or data.endswith(b"\n") else data + b"\n")
        with self._lock:
            if not self._cancelled.is_set():
                del hits[max(0, self._most - len(self)) :]
                file_range.hits.extend(file_range.position + start for start in hits)
                file_range.advance(len(data))
                if file_range.end is not None:
                    file_range.limit(file_range.end)  # it may have been set while the piece was searched
        return True

    def _hits_in(self, data: bytes) -> list[int]:
        """Return the offsets in ``data`` (whole lines) of the lines that match."""
        starts = candidate_lines(data, self.query)
        if starts is not None:
            return self._hits_one_by_one((start, data[start : data.index(b"\n", start)]) for start in starts)
        from zigtui.reader.lines.output_batches import output_events  # slow to import

        lines = data.split(b"\n")[:-1]
        events = output_events(data)
        if events is None:
            return self._hits_one_by_one(zip(line_starts(lines), lines, strict=False))
        indexes = self._matching([event.line for event in events])
        if self._step_name is not None:
            indexes = [index for index in indexes if events[index].step_name == self._step_name]
        starts = line_starts(lines) if indexes else []
        return [starts[index] for index in indexes]

    def _hits_one_by_one(self, lines: Iterable[tuple[int, bytes]]) -> list[int]:
        """Decode lines one by one. Return the offsets of those that match, given pairs of an offset and a line."""
        decoded = [(start + offset, output) for start, line in lines for offset, output in outputs_in(line)]
        searched = [(start, output.text) for start, output in decoded if self._step_name in (None, output.step_name)]
        return [searched[index][0] for index in self._matching([text for _, text in searched])]

    def _matching(self, texts: list[str]) -> list[int]:
        """Return the indexes of the texts that match the query."""
        is_plain = "".join(texts).isprintable() and max(map(len, texts), default=0) <= MAX_SEARCHED_CHARS
        shown = texts if is_plain else list(map(shown_text, texts))
        match, hits, now, left = self.query.match, [], time.monotonic(), _PIECE_TIMEOUT_SECS
        if not self.query.is_regex:
            return [index for index, text in enumerate(shown) if match(text)]
        for index, text in enumerate(shown):
            try:
                if match(text) if left > MATCH_TIMEOUT_SECS else match(text, timeout=left):
                    hits.append(index)
            except TimeoutError:
                self._add_timeouts(1)
            began, now = now, time.monotonic()
            left -= min(MATCH_TIMEOUT_SECS, now - began)  # not the whole time: the program may have been suspended
            if left <= 0:
                self._add_timeouts(_MAX_TIMEOUTS + 1)
            if left < _PIECE_TIMEOUT_SECS - _QUICK_SECS and self.is_over:
                break
        return hits

    def _add_timeouts(self, count: int) -> None:
        self._timeouts += count
        self.trouble = "the pattern takes too long"
