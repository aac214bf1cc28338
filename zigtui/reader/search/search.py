"""The search through the output of a log: hits as they are found, from where the user looks.

Most lines are never decoded: see `zigtui.reader.search.prefilter`.
"""

import os
import threading
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from errno import ENOENT
from io import FileIO
from typing import NamedTuple

from zigtui.reader.lines.output_index import output_on
from zigtui.reader.lines.tail import MAX_LINE_BYTES, open_log
from zigtui.reader.search.prefilter import candidates, starts_of
from zigtui.reader.search.query import LONGEST_SEARCHED, MATCH_SECS, Query, shown_text

__all__ = ["MOST_HITS", "Found", "Search"]

MOST_HITS = 100_000
"""The search ends when it has found so many lines."""

_PIECE_BYTES = 96 * 1024  # what is larger may come from mmap each time (glibc), which takes as long as the search
_MOST_GIVEN_UP = 10
_PIECE_SECS = 2.5  # a pattern that takes longer on a piece is given up altogether
_QUICK_SECS = 0.05  # from then on it can be cancelled between the lines of a piece
_ANCHOR_BYTES = 64


class Found(NamedTuple):
    """Where the search for a neighbour led.

    Attributes:
        offset: of the hit; None if there is no hit at all.
        wrapped: whether it was found beyond the end, or the start.
    """

    offset: int | None
    wrapped: bool = False


class _Stretch:
    """A part of the file, and what has been found in it so far."""

    __slots__ = ("_anchor", "end", "hits", "position", "start", "torn_bytes")

    def __init__(self, start: int, end: int | None) -> None:
        self.start = self.position = start
        self.end = end  # None: the end of the file, wherever it will be
        self.hits = array("Q")
        self.torn_bytes = 0  # so many from the position on are of one line, the end of which is not found yet
        self._anchor = b""  # the last of them, to know them again

    def read(self, file: FileIO) -> bytes | None:
        """Whole lines at the position; nothing if none ended in what was read, None at the end of the file."""
        if self._anchor:
            file.seek(self.position + self.torn_bytes - len(self._anchor))
            if file.read(len(self._anchor)) != self._anchor:
                self.advance(0)
        file.seek(self.position + self.torn_bytes)
        data = file.read(_PIECE_BYTES)
        if not self.torn_bytes and (end := data.rfind(b"\n") + 1):
            return data[:end]
        end = data.find(b"\n") + 1
        size = self.torn_bytes + (end or len(data))
        if not end:
            self.torn_bytes = size
            self._anchor = (self._anchor + data)[-_ANCHOR_BYTES:]
            return b"" if data else None
        if size > MAX_LINE_BYTES:  # it is passed over by all who read logs
            self.advance(size)
            return b""
        file.seek(self.position)
        line = file.read(size)
        return line[: line.rfind(b"\n") + 1]  # the file may have been cut meanwhile

    def advance(self, size: int) -> None:
        self.torn_bytes, self._anchor = 0, b""
        self.position += size

    def limit(self, end: int) -> None:
        self.end = end if self.end is None else min(self.end, end)
        del self.hits[bisect_left(self.hits, self.end) :]


class Search:
    """Looks for the lines that match a query. One thread runs it; any may look at the hits and cancel it.

    Hits are offsets of lines in the file, in the order of the file. The file is searched from ``origin`` to its end,
    then from ``start`` to ``origin``.

    Args:
        path: the log.
        query: what to look for.
        step_name: in the output of the steps of this name only; None for all.
        start: where in the file the first line that counts begins.
        end: where the first one begins that does not count any more; None if there is none yet.
        origin: the line to begin at.
    """

    def __init__(
        self,
        path: str,
        query: Query,
        *,
        step_name: str | None = None,
        start: int = 0,
        end: int | None = None,
        origin: int = 0,
    ) -> None:
        self.query = query
        self.trouble: str | None = None
        """Why it came to an end before its time, None if it did not."""
        self.has_caught_up = False
        """Whether it has been through all there was, once."""
        self._path = path
        self._step_name = step_name
        origin = max(start, origin if end is None else min(origin, end))
        self._before = _Stretch(start, origin)
        self._behind = _Stretch(origin, end)
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._size = 0
        self._given_up = 0
        self._has_reached_end = False

    # What is known so far

    def __len__(self) -> int:
        return len(self._before.hits) + len(self._behind.hits)

    def number_of(self, offset: int) -> int:
        """How many hits lie before ``offset``."""
        with self._lock:
            return bisect_left(self._before.hits, offset) + bisect_left(self._behind.hits, offset)

    def next(self, offset: int) -> Found | None:
        """The first hit at ``offset`` or behind it, or else the first of all; None if it is not known yet."""
        with self._lock:
            hit = self._first_from(offset)
            if not self._covers(offset, hit):
                return None
            if hit is not None:
                return Found(hit)
            hit = self._first_from(0)
            return Found(hit, wrapped=True) if self._covers(0, offset if hit is None else hit) else None

    def previous(self, offset: int) -> Found | None:
        """The last hit before ``offset``, or else the last of all; None if it is not known yet."""
        with self._lock:
            hit = self._last_before(offset)
            if not self._covers(0 if hit is None else hit, offset):
                return None
            if hit is not None:
                return Found(hit)
            hit = self._last_before(None)
            return Found(hit, wrapped=True) if self._covers(offset if hit is None else hit, None) else None

    @property
    def is_full(self) -> bool:
        """Whether it ended because there are more hits than are kept."""
        return len(self) >= MOST_HITS

    @property
    def is_over(self) -> bool:
        """Whether it will find no more, whatever is written."""
        return self._cancelled.is_set() or self.is_full or self._given_up > _MOST_GIVEN_UP

    @property
    def progress(self) -> float:
        """How much has been searched, from 0 to 1."""
        before, behind = self._before, self._behind
        end = self._size if behind.end is None else min(self._size, behind.end)
        total = end - before.start
        done = sum(part.position + part.torn_bytes - part.start for part in (before, behind))
        return min(1.0, done / total) if total > 0 else 0.0

    @property
    def position(self) -> int:
        """How far towards the end of the file it has come."""
        return self._behind.position

    def _covers(self, start: int, end: int | None) -> bool:
        """Whether all hits between two offsets are known; without an end, those to the end of the file."""
        if self.is_over or self.has_caught_up:
            return True
        before, behind = self._before, self._behind
        middle = behind.start
        if start < middle and before.position < (middle if end is None else min(end, middle)):
            return False
        return self._has_reached_end if end is None else end <= middle or behind.position > end

    def _first_from(self, offset: int) -> int | None:
        for hits in (self._before.hits, self._behind.hits):
            place = bisect_left(hits, offset)
            if place < len(hits):
                return hits[place]
        return None

    def _last_before(self, offset: int | None) -> int | None:
        for hits in (self._behind.hits, self._before.hits):
            place = len(hits) if offset is None else bisect_left(hits, offset)
            if place > 0:
                return hits[place - 1]
        return None

    # Searching

    def cancel(self) -> None:
        """End it; what has been found stays."""
        self._cancelled.set()

    def limit(self, end: int) -> None:
        """What lies at ``end`` or behind it does not count, as has turned out."""
        with self._lock:
            self._before.limit(end)
            self._behind.limit(end)

    def run(self, tell: Callable[[], object] = lambda: None) -> None:
        """Search on to the end of the file as it is now; ``tell`` is called as it gets on."""
        self.trouble = None if not self.is_over else self.trouble
        try:
            with open(open_log(self._path), "rb", buffering=0) as file:
                for stretch in (self._behind, self._before):
                    while not self.is_over and self._search_piece(file, stretch):
                        tell()
                    self._has_reached_end = True
        except OSError as error:
            self.trouble = "the log is gone" if error.errno == ENOENT else error.strerror or str(error)
        else:
            self.has_caught_up = self.has_caught_up or not self._cancelled.is_set()
        tell()

    def _search_piece(self, file: FileIO, stretch: _Stretch) -> bool:
        self._size = os.fstat(file.fileno()).st_size
        if stretch.end is not None and stretch.position >= stretch.end:
            return False
        data = stretch.read(file)
        if not data:
            return data is not None
        if stretch.end is not None:
            data = data[: max(0, stretch.end - stretch.position)]
        hits = self._hits_in(data)
        with self._lock:
            if not self._cancelled.is_set():
                del hits[max(0, MOST_HITS - len(self)) :]
                stretch.hits.extend(stretch.position + start for start in hits)
                stretch.advance(len(data))
                if stretch.end is not None:
                    stretch.limit(stretch.end)  # it may have been set meanwhile
        return True

    def _hits_in(self, data: bytes) -> list[int]:
        """Where in ``data`` (whole lines) lines begin that match."""
        starts = candidates(data, self.query)
        if starts is not None:
            return self._hits_singly((start, data[start : data.index(b"\n", start)]) for start in starts)
        from zigtui.reader.lines.output_batches import output_events  # takes a while

        lines = data.split(b"\n")[:-1]
        events = output_events(data)
        if events is None:
            return self._hits_singly(zip(starts_of(lines), lines, strict=False))
        numbers = self._hits_among([event.line for event in events])
        if self._step_name is not None:
            numbers = [number for number in numbers if events[number].step_name == self._step_name]
        starts = starts_of(lines) if numbers else []
        return [starts[number] for number in numbers]

    def _hits_singly(self, lines: Iterable[tuple[int, bytes]]) -> list[int]:
        """Which of the lines of the log, with where they begin, match."""
        printed = [(start, output) for start, line in lines if (output := output_on(line)) is not None]
        counting = [(start, output.text) for start, output in printed if self._step_name in (None, output.step_name)]
        return [counting[number][0] for number in self._hits_among([text for _, text in counting])]

    def _hits_among(self, texts: list[str]) -> list[int]:
        """The numbers of the lines that match."""
        is_plain = "".join(texts).isprintable() and max(map(len, texts), default=0) <= LONGEST_SEARCHED
        shown = texts if is_plain else list(map(shown_text, texts))
        match, hits, now, left = self.query.match, [], time.monotonic(), _PIECE_SECS
        if not self.query.is_regex:
            return [number for number, text in enumerate(shown) if match(text)]
        for number, text in enumerate(shown):
            try:
                if match(text) if left > MATCH_SECS else match(text, timeout=left):
                    hits.append(number)
            except TimeoutError:
                self._give_up(1)
            began, now = now, time.monotonic()
            left -= min(MATCH_SECS, now - began)  # no more: the program may have been stopped meanwhile
            if left <= 0:
                self._give_up(_MOST_GIVEN_UP + 1)
            if left < _PIECE_SECS - _QUICK_SECS and self.is_over:
                break
        return hits

    def _give_up(self, lines: int) -> None:
        self._given_up += lines
        self.trouble = "the pattern takes too long"
