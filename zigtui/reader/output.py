"""Where each output line lies in the file. Memory holds offsets; lines are read when they are shown."""

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable

from zigtui.reader.decode import MalformedLineError, Output, decode, output
from zigtui.reader.tail import MAX_LINE_BYTES, open_log

__all__ = ["OutputIndex", "OutputLines", "OutputRange"]

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

    def block(self, block: int) -> tuple[int, int, int]:
        """Of a block: the number of its first line, how many lines it has, and its offset in the file."""
        first = self._numbers[block]
        end = self._numbers[block + 1] if block + 1 < len(self._numbers) else self.count
        return first, end - first, self._offsets[block]


class OutputLines:
    """The lines of an index, read from the log when they are wanted.

    Args:
        path: the log.
        index: where the lines are; it may grow meanwhile.
        step_name: the step that printed them, None for those of all steps.
    """

    def __init__(self, path: str, index: OutputIndex, step_name: str | None = None) -> None:
        self._path = path
        self._index = index
        self._step_name = step_name
        self._blocks: OrderedDict[int, list[Output]] = OrderedDict()

    def __len__(self) -> int:
        return self._index.count

    def line(self, number: int) -> Output | None:
        """Line ``number`` (from 0); None if the file does not hold it (any more) or cannot be read."""
        if not 0 <= number < len(self):
            return None
        block = self._index.block_of(number)
        first, count, offset = self._index.block(block)
        lines = self._blocks.get(block)
        if lines is None or len(lines) < count:
            lines = self._read(offset, count)
            self._blocks[block] = lines
            if len(self._blocks) > _CACHED_BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(block)
        place = number - first
        return lines[place] if place < len(lines) else None

    def _read(self, offset: int, count: int) -> list[Output]:
        lines: list[Output] = []
        try:
            with open(open_log(self._path), "rb") as file:
                end = file.seek(offset) + 2 * _BYTES_PER_BLOCK  # the last of the lines added at once may lie behind one
                while len(lines) < count and file.tell() < end and (text := file.readline(MAX_LINE_BYTES)):
                    line = self._output_on(text)
                    if line is not None:
                        lines.append(line)
        except OSError:
            pass
        return lines

    def _output_on(self, text: bytes) -> Output | None:
        try:
            event = decode(text)
        except MalformedLineError as error:
            if error.event is None:
                return None
            event = error.event
        line = output(event)
        return line if line is not None and self._step_name in (None, line.step_name) else None


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
