"""Find output lines by number. Memory holds only offsets and times; text is read from the file when it is needed."""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from typing import TypeAlias

from zigtui.reader.lines.decode import Output, outputs_in
from zigtui.reader.lines.line_source import LineSpan
from zigtui.reader.lines.tail import MAX_LINE_BYTES, open_log

__all__ = ["SHORTEST_SILENCE_SECS", "Block", "OutputIndex", "OutputLines", "OutputRange", "RunRead"]

SHORTEST_SILENCE_SECS = 10.0
"""The shortest time without output that an index records, in seconds."""

_LINES_PER_BLOCK = 128
_BYTES_PER_BLOCK = 256 * 1024  # bounds the lines of other steps that are read along with a block
_CACHED_BLOCKS = 64
_SHORT_BLOCKS = 8  # of an output so short that offsets need not be estimated
_NO_NUMBERS, _NO_TIMES = array("Q"), array("d")  # to copy, which is quicker than to make a new array


class OutputIndex:
    """The offsets and the times of the output lines of a step run, or of a whole session.

    To save memory, only the offset of each block of lines is kept, and the lowest and the highest time in it. The lines
    of a block are found by reading the file from there.

    Attributes:
        count: the number of lines.
    """

    __slots__ = (
        "_block_end",
        "_block_limit",
        "_first_numbers",
        "_highest",
        "_lowest",
        "_offsets",
        "_silences",
        "count",
    )

    def __init__(self) -> None:
        self._first_numbers = _NO_NUMBERS[:]
        self._offsets = _NO_NUMBERS[:]
        self._lowest = _NO_TIMES[:]
        self._highest = _NO_TIMES[:]
        self._silences = _NO_TIMES[:]  # when each one began and ended
        self._block_end = 0  # the number, and the offset, from which on a line begins another block
        self._block_limit = 0
        self.count = 0

    def add(self, offset: int, lowest: float, highest: float, lines: int = 1) -> None:
        """Add consecutive lines.

        Args:
            offset: the offset of the first one in the file.
            lowest: the lowest time that a line may have, in seconds since the epoch; infinity if none has a time.
            highest: the highest one; minus infinity if none has a time.
            lines: the number of lines.
        """
        if self.count and SHORTEST_SILENCE_SECS <= lowest - self._highest[-1] < math.inf:
            self._silences.extend((self._highest[-1], lowest))
        if self.count >= self._block_end or offset >= self._block_limit:
            self._offsets.append(offset)  # before the number, which makes the block visible to other threads
            self._lowest.append(lowest)
            self._highest.append(highest)
            self._first_numbers.append(self.count)
            self._block_end, self._block_limit = self.count + _LINES_PER_BLOCK, offset + _BYTES_PER_BLOCK
        else:
            if lowest < self._lowest[-1]:
                self._lowest[-1] = lowest
            if highest > self._highest[-1]:
                self._highest[-1] = highest
        self.count += lines

    @property
    def start(self) -> int | None:
        """The offset at which the first block begins; None if there are no lines."""
        return self._offsets[0] if self._offsets else None

    def silences(self, since: float | None = None) -> list[tuple[float, float]]:
        """Return when nothing was printed for a while: the time of a line, and that of the next one.

        Of lines that were added together, only the time before the first one counts.

        Args:
            since: when the first line could have been printed, in seconds since the epoch; None if that is not known.
        """
        times = self._silences[:]
        found = list(zip(times[::2], times[1::2], strict=True))
        if since is not None and self._lowest and SHORTEST_SILENCE_SECS <= self._lowest[0] - since < math.inf:
            found.insert(0, (since, self._lowest[0]))
        return found

    def block_of(self, number: int) -> int:
        """Return the block that contains line ``number`` (from 0)."""
        return bisect_right(self._first_numbers, number) - 1

    def block_at(self, offset: int) -> int:
        """Return the block that contains an offset of the file; -1 if the offset is before the first block."""
        return bisect_right(self._offsets, offset, hi=len(self._first_numbers)) - 1

    def block(self, block: int) -> tuple[int, int, int]:
        """Return the number of the first line of a block, its number of lines, and its offset in the file."""
        first = self._first_numbers[block]
        end = self._first_numbers[block + 1] if block + 1 < len(self._first_numbers) else self.count
        return first, end - first, self._offsets[block]

    @property
    def blocks(self) -> int:
        """The number of blocks."""
        return len(self._first_numbers)

    def estimate_offset(self, number: int) -> int:
        """Return the offset of a line, as if all lines of its block took the same number of bytes.

        Lines of the last block, and those behind it, are taken to be as long as all lines before them.
        """
        block = self.block_of(number)
        if block < 0:
            return 0
        first, count, offset = self.block(block)
        if block + 1 < self.blocks:
            share = (self._offsets[block + 1] - offset) / count
        else:
            share = (offset - self._offsets[0]) / first if first else 0.0
        return offset + int((number - first) * share)

    def spans(self) -> Iterator[LineSpan]:
        """Yield the span of each block."""
        first_numbers = self._first_numbers[:]  # before the count, which may grow meanwhile
        ends = chain(islice(first_numbers, 1, None), (self.count,))
        for first, end, lowest, highest in zip(first_numbers, ends, self._lowest, self._highest, strict=False):
            yield first, end - first, lowest, highest


class Block:
    """Adjacent lines that were read from the file.

    Attributes:
        count: the number of lines in the block when it was read; 0 if the file could not be read.
        lines: the lines found; fewer than `count` if the file has changed.
        offsets: the offset of each line in the file.
    """

    __slots__ = ("count", "lines", "offsets")

    def __init__(self) -> None:
        self.count = 0
        self.lines: list[Output] = []
        self.offsets: list[int] = []


RunRead: TypeAlias = Callable[[Callable[[], Block]], Block]
"""Calls a function that reads from the disk, and returns its result.

It may run the function on another thread, and raise an exception instead of waiting for the result. If the function
ends later, its block is kept, so that the next call finds it.
"""


def _run_now(read: Callable[[], Block]) -> Block:
    return read()


class OutputLines:
    """The lines of an index, read from the log on demand. Recently read blocks are kept.

    The methods also raise whatever `run_read` raises.

    Args:
        path: the log.
        index: the offsets of the lines. It may grow at any time.
        step_name: the step that printed the lines; None for the lines of all steps.
        run_read: calls the functions that read the file. By default they are called directly.
    """

    def __init__(
        self, path: str, index: OutputIndex, step_name: str | None = None, *, run_read: RunRead | None = None
    ) -> None:
        self._path = path
        self._index = index
        self._step_name = step_name
        self._run_read = run_read or _run_now
        self._blocks: OrderedDict[int, Block] = OrderedDict()

    def __len__(self) -> int:
        return self._index.count

    def line(self, number: int) -> Output | None:
        """Return line ``number`` (from 0); None if there is none, or the file no longer contains it."""
        if not 0 <= number < len(self):
            return None
        first, block = self._block(self._index.block_of(number))
        index = number - first
        return block.lines[index] if index < len(block.lines) else None

    def spans(self) -> Iterator[LineSpan]:
        """Yield the spans of all lines. Nothing is read."""
        return self._index.spans()

    def number_at(self, offset: int) -> int | None:
        """Return the number of the line at ``offset`` of the file; None if no known line begins there."""
        number = self._index.block_at(offset)
        if number < 0:
            return None
        first, block = self._block(number)
        index = bisect_left(block.offsets, offset)
        is_found = index < len(block.offsets) and block.offsets[index] == offset
        return first + index if is_found and first + index < len(self) else None

    def offset_of(self, number: int) -> int | None:
        """Return the offset in the file of line ``number`` (from 0); None as for `line`."""
        if not 0 <= number < len(self):
            return None
        first, block = self._block(self._index.block_of(number))
        index = number - first
        return block.offsets[index] if index < len(block.offsets) else None

    def estimate_offset(self, number: int) -> int:
        """Return the approximate offset of line ``number``; see `PlacedLines`."""
        exact = self.offset_of(number) if self._index.blocks <= _SHORT_BLOCKS else None
        if exact is None and number >= len(self) > 0 and self._index.blocks <= _SHORT_BLOCKS:
            exact = (self.offset_of(len(self) - 1) or 0) + 1
        return self._index.estimate_offset(number) if exact is None else exact

    def _block(self, number: int) -> tuple[int, Block]:
        """Return the number of the first line of a block, and the lines of the block that can be read."""
        first, count, offset = self._index.block(number)
        block = self._blocks.get(number)
        if block is None or block.count < count:
            block = self._run_read(partial(self._load, number, offset, count))
            while len(self._blocks) > _CACHED_BLOCKS:
                self._blocks.popitem(last=False)
        if number in self._blocks:
            self._blocks.move_to_end(number)
        return first, block

    def _load(self, number: int, offset: int, count: int) -> Block:
        """Read a block and keep it: a caller that has stopped waiting needs it on its next call."""
        block = self._read(offset, count)
        self._blocks[number] = block
        return block

    def _read(self, offset: int, count: int) -> Block:
        block = Block()
        with suppress(OSError), open(open_log(self._path), "rb") as file:
            # All additions to a block begin before `soft_end`; the last one, a line or a chunk, may end after it.
            soft_end = file.seek(offset) + _BYTES_PER_BLOCK
            end = soft_end
            while len(block.lines) < count and offset < end and (text := file.readline(MAX_LINE_BYTES)):
                if offset < soft_end:
                    end = offset + len(text) + _BYTES_PER_BLOCK
                for start, line in outputs_in(text):
                    if self._step_name in (None, line.step_name):
                        block.lines.append(line)
                        block.offsets.append(offset + start)
                offset += len(text)
            block.count = count
        return block


class OutputRange:
    """A range of other output lines, such as those printed during a tier run.

    Args:
        lines: the lines that contain the range.
        first: the number of the first line of the range.
        end: returns the number of the first line after the range; None while the range still grows.
    """

    def __init__(self, lines: OutputLines, first: int, end: Callable[[], int | None]) -> None:
        self._lines = lines
        self._first = first
        self._end = end

    def __len__(self) -> int:
        end = self._end()
        end = len(self._lines) if end is None else end
        return max(0, end - self._first)  # the log may have been replaced by a shorter one since the range was found

    def line(self, number: int) -> Output | None:
        """Return line ``number`` (from 0) of the range; None as for `OutputLines.line`."""
        return self._lines.line(self._first + number) if 0 <= number < len(self) else None

    def spans(self) -> Iterator[LineSpan]:
        """Yield the spans of the lines of the range. Nothing is read."""
        begin, range_end = self._first, self._first + len(self)
        for first, count, lowest, highest in self._lines.spans():
            start, end = max(first, begin), min(first + count, range_end)
            if start < end:
                yield start - begin, end - start, lowest, highest

    def number_at(self, offset: int) -> int | None:
        """Return the number in the range of the line at ``offset`` of the file; None if no line of it begins there."""
        number = self._lines.number_at(offset)
        return number - self._first if number is not None and 0 <= number - self._first < len(self) else None

    def offset_of(self, number: int) -> int | None:
        """Return the offset in the file of line ``number`` (from 0) of the range; None as for `OutputLines.line`."""
        return self._lines.offset_of(self._first + number) if 0 <= number < len(self) else None

    def estimate_offset(self, number: int) -> int:
        """Return the approximate offset of line ``number`` of the range; see `PlacedLines`."""
        return self._lines.estimate_offset(self._first + number)
