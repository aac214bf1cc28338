"""The lines of an output that a search has found, as a line source of its own."""

from collections import OrderedDict
from functools import partial

from zigtui.reader.lines.decode import Output, outputs_in
from zigtui.reader.lines.output_index import Block, RunRead
from zigtui.reader.lines.tail import MAX_LINE_BYTES, open_log
from zigtui.reader.search.search import Search

__all__ = ["FilteredLines"]

_LINES_PER_BLOCK = 64
_CACHED_BLOCKS = 64


class FilteredLines:
    """The hits of a search from the start of an output, numbered from 0. Text is read when it is needed.

    The methods that read also raise whatever ``run_read`` raises.

    Args:
        path: the log.
        search: the search. Its origin is the start of the output, so that a line keeps its number.
        run_read: see `OutputLines`.
    """

    def __init__(self, path: str, search: Search, run_read: RunRead) -> None:
        self._path = path
        self._search = search
        self._run_read = run_read
        self._blocks: OrderedDict[int, Block] = OrderedDict()

    def __len__(self) -> int:
        return len(self._search)

    def line(self, number: int) -> Output | None:
        """Return line ``number`` (from 0); None if there is none, or the file no longer contains it."""
        if not 0 <= number < len(self):
            return None
        block_number, index = divmod(number, _LINES_PER_BLOCK)
        block = self._blocks.get(block_number)
        if block is None or (index >= block.count and block.count < _LINES_PER_BLOCK):
            block = self._run_read(partial(self._load, block_number))
            while len(self._blocks) > _CACHED_BLOCKS:
                self._blocks.popitem(last=False)
        if block_number in self._blocks:
            self._blocks.move_to_end(block_number)
        return block.lines[index] if index < len(block.lines) else None

    def _load(self, number: int) -> Block:
        """Read a block and keep it: a caller that has stopped waiting needs it on its next call."""
        block, first = Block(), number * _LINES_PER_BLOCK
        offsets = self._search.hits(first, first + _LINES_PER_BLOCK)
        try:
            with open(open_log(self._path), "rb") as file:
                for offset in offsets:
                    file.seek(offset)
                    found = outputs_in(file.readline(MAX_LINE_BYTES))
                    if not found:
                        break  # the file has changed
                    block.lines.append(found[0][1])
                    block.offsets.append(offset)
            block.count = len(offsets)
        except OSError:
            return block
        self._blocks[number] = block
        return block

    def number_at(self, offset: int) -> int | None:
        """Return the number of the line at ``offset`` of the file; None if none of these lines begins there."""
        number = self._search.count_before(offset)
        return number if self.offset_of(number) == offset else None

    def number_from(self, offset: int) -> int:
        """Return the number of the first line at ``offset`` of the file or after it."""
        return self._search.count_before(offset)

    def offset_of(self, number: int) -> int | None:
        """Return the offset in the file of line ``number`` (from 0); None if there is none."""
        return next(iter(self._search.hits(number, number + 1)), None) if number >= 0 else None

    def estimate_offset(self, number: int) -> int:
        """Return the offset in the file of line ``number``; one behind the last line if there is none."""
        offset = self.offset_of(number)
        if offset is None:
            last = self.offset_of(len(self) - 1)
            return 0 if last is None else last + 1
        return offset
