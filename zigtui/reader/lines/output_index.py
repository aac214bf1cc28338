"""Where each output line lies in the file. Memory holds offsets; lines are read when they are shown."""

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from zigtui.reader.lines.decode import MalformedLineError, Output, decode, output
from zigtui.reader.lines.tail import MAX_LINE_BYTES, open_log

__all__ = ["Asking", "OutputIndex", "OutputLines", "OutputRange", "output_on"]

_LINES_PER_BLOCK = 128
_BYTES_PER_BLOCK = 256 * 1024  # other steps' lines may lie between: no block is longer to read than this and a line
_CACHED_BLOCKS = 64


class OutputIndex:
    """The offsets of a run of output lines: those of a step run, or of the whole session.

    Only where a block of lines begins is kept; the lines in it are found by reading on from there.
    """

    __slots__ = ("_numbers", "_offsets", "count")

    def __init__(self) -> None:
        self._numbers = array("Q")
        self._offsets = array("Q")
        self.count = 0

    def add(self, offset: int, lines: int = 1) -> None:
        """The next ``lines`` lines of the run lie at ``offset`` and behind it."""
        if (
            not self._numbers
            or self.count - self._numbers[-1] >= _LINES_PER_BLOCK
            or offset - self._offsets[-1] >= _BYTES_PER_BLOCK
        ):
            self._offsets.append(offset)  # first: a block is there for others once its number is
            self._numbers.append(self.count)
        self.count += lines

    def block_of(self, number: int) -> int:
        """The block that line ``number`` (from 0) is in."""
        return bisect_right(self._numbers, number) - 1

    def block_at(self, offset: int) -> int:
        """The block that a line at ``offset`` of the file is in, -1 if it lies before the first."""
        return bisect_right(self._offsets, offset, hi=len(self._numbers)) - 1

    def block(self, block: int) -> tuple[int, int, int]:
        """Of a block: the number of its first line, how many lines it has, and its offset in the file."""
        first = self._numbers[block]
        end = self._numbers[block + 1] if block + 1 < len(self._numbers) else self.count
        return first, end - first, self._offsets[block]


class Block:
    """Lines that lie near each other, and where; ``count`` of them were looked for, 0 if they could not be read."""

    __slots__ = ("count", "lines", "offsets")

    def __init__(self) -> None:
        self.count = 0
        self.lines: list[Output] = []
        self.offsets: list[int] = []


Asking = Callable[[Callable[[], Block]], Block]


def _at_once(read: Callable[[], Block]) -> Block:
    return read()


class OutputLines:
    """The lines of an index, read from the log when they are wanted.

    Args:
        path: the log.
        index: where the lines are; it may grow meanwhile.
        step_name: the step that printed them, None for those of all steps.
        ask: calls what reads the disk, for somebody who does not want to wait for it: `PatientReader.run`, whose
            `NoAnswerError` the methods then raise.
    """

    def __init__(
        self, path: str, index: OutputIndex, step_name: str | None = None, *, ask: Asking | None = None
    ) -> None:
        self._path = path
        self._index = index
        self._step_name = step_name
        self._ask = ask or _at_once
        self._blocks: OrderedDict[int, Block] = OrderedDict()

    def __len__(self) -> int:
        return self._index.count

    def line(self, number: int) -> Output | None:
        """Line ``number`` (from 0); None if the file does not hold it (any more) or cannot be read."""
        if not 0 <= number < len(self):
            return None
        first, block = self._block(self._index.block_of(number))
        place = number - first
        return block.lines[place] if place < len(block.lines) else None

    def number_at(self, offset: int) -> int | None:
        """The number of the line at ``offset`` of the file; None if none of these lines (that are known) lies there."""
        number = self._index.block_at(offset)
        if number < 0:
            return None
        first, block = self._block(number)
        place = bisect_left(block.offsets, offset)
        is_there = place < len(block.offsets) and block.offsets[place] == offset
        return first + place if is_there and first + place < len(self) else None

    def offset_of(self, number: int) -> int | None:
        """Where in the file line ``number`` (from 0) lies; None as for `line`."""
        if not 0 <= number < len(self):
            return None
        first, block = self._block(self._index.block_of(number))
        place = number - first
        return block.offsets[place] if place < len(block.offsets) else None

    def _block(self, number: int) -> tuple[int, Block]:
        """The number of the first line of a block, and the block as far as it is known and can be read."""
        first, count, offset = self._index.block(number)
        block = self._blocks.get(number)
        if block is None or block.count < count:
            block = self._ask(partial(self._load, number, offset, count))
            while len(self._blocks) > _CACHED_BLOCKS:
                self._blocks.popitem(last=False)
        if number in self._blocks:
            self._blocks.move_to_end(number)
        return first, block

    def _load(self, number: int, offset: int, count: int) -> Block:
        """Read a block and keep it: whoever asked may have stopped waiting for it, and will ask again."""
        block = self._read(offset, count)
        self._blocks[number] = block
        return block

    def _read(self, offset: int, count: int) -> Block:
        block = Block()
        try:
            with open(open_log(self._path), "rb") as file:
                near = file.seek(offset) + _BYTES_PER_BLOCK
                end = near
                while len(block.lines) < count and offset < end and (text := file.readline(MAX_LINE_BYTES)):
                    if offset < near:  # here the last lines of the block were added: a line, and a piece behind it
                        end = offset + len(text) + _BYTES_PER_BLOCK
                    line = output_on(text)
                    if line is not None and self._step_name in (None, line.step_name):
                        block.lines.append(line)
                        block.offsets.append(offset)
                    offset += len(text)
            block.count = count
        except OSError:
            pass
        return block


def output_on(text: bytes) -> Output | None:
    """The output that a line of a log records, as far as it can be made out; None if it records none."""
    try:
        event = decode(text)
    except MalformedLineError as error:
        if error.event is None:
            return None
        event = error.event
    return output(event)


class OutputRange:
    """A part of other lines: those printed while a tier run was open, say.

    Args:
        lines: all lines.
        first: the number of the first one that belongs to the part.
        end: tells the number of the first one behind it, None while the part still grows.
    """

    def __init__(self, lines: OutputLines, first: int, end: Callable[[], int | None]) -> None:
        self._lines = lines
        self._first = first
        self._end = end

    def __len__(self) -> int:
        end = self._end()
        return (len(self._lines) if end is None else end) - self._first

    def line(self, number: int) -> Output | None:
        """Line ``number`` (from 0) of the part."""
        return self._lines.line(self._first + number)

    def number_at(self, offset: int) -> int | None:
        """The number of the line at ``offset`` of the file; None if none of these lines (that are known) lies there."""
        number = self._lines.number_at(offset)
        return number - self._first if number is not None and 0 <= number - self._first < len(self) else None

    def offset_of(self, number: int) -> int | None:
        """Where in the file line ``number`` (from 0) of the part lies; None as for `OutputLines.line`."""
        return self._lines.offset_of(self._first + number) if 0 <= number < len(self) else None
