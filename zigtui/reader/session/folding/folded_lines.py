"""Fold the lines of a log as they are read, and index those that are output."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from zigtui.reader.lines.decode import MalformedLineError, decode, text
from zigtui.reader.lines.output_index import OutputIndex
from zigtui.reader.session.folding.fold import Fold
from zigtui.reader.times import seconds

if TYPE_CHECKING:
    from zigtui.reader.lines.event_batches import EventBatch
    from zigtui.reader.lines.output_batches import OutputBatch
    from zigtui.reader.lines.parallel_read import ParallelReader

__all__ = ["FoldedLines"]

_SHORTEST_BATCH = 32 * 1024  # bytes; shorter ones are read as quickly line by line
_PIECE_BYTES = 64 * 1024


class FoldedLines:
    """The lines of a log that have been read.

    Args:
        fold: folds the lines.

    Attributes:
        fold: the session as folded so far.
        output: the index of all output lines.
    """

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self.output = OutputIndex()
        self._step_output: dict[int, OutputIndex] = {}  # by the serial of the step run
        self._first_serial = fold.first_serial
        self._is_mixed = False  # whether the last chunk had other events among its output

    @property
    def is_mixed(self) -> bool:
        """Whether steps began or ended among the output in the last lines."""
        return self._is_mixed

    def output_of(self, serial: int) -> OutputIndex:
        """The index of the output lines of a step run that the session has."""
        index = self._step_output.get(serial)
        if index is None:
            index = OutputIndex()
            if serial >= self.fold.first_serial:
                self._step_output[serial] = index
        return index

    def add(self, data: bytes, offset: int, parallel: "ParallelReader | None" = None) -> None:
        """Fold whole lines.

        Args:
            data: the lines with their newlines.
            offset: their position in the file, in bytes.
            parallel: may have parsed them already.
        """
        end = 0
        while end < len(data):
            end = self._add_next(data, end, offset, parallel)
        for serial in range(self._first_serial, self.fold.first_serial):  # those of passes that are no longer kept
            self._step_output.pop(serial, None)
        self._first_serial = self.fold.first_serial

    def _add_next(self, data: bytes, start: int, offset: int, parallel: "ParallelReader | None") -> int:
        """Fold lines from ``start`` on in one call, if that is possible, and return their end."""
        # Where steps begin and end among the output, they mostly do in what follows.
        was_mixed, self._is_mixed = self._is_mixed, False
        if was_mixed and (end := self._add_events(data, start, offset)) > start:
            return end
        # What a second process has parsed is found by its length.
        end = _piece_end(data, start) if parallel is None else len(data)
        piece = data[start:end]
        if len(piece) >= _SHORTEST_BATCH:
            if self._add_batch(piece, offset + start, parallel):
                return end
            if not was_mixed and (taken := self._add_events(piece, 0, offset + start)):
                return start + taken
        self._add_singly(piece, offset + start)
        return end

    def _add_events(self, data: bytes, start: int, offset: int) -> int:
        """Fold lines from ``start`` on together as far as that is possible, and return their end."""
        end = start

        def batches() -> "Iterator[EventBatch]":
            nonlocal end
            is_mixed = True
            while end < len(data) and is_mixed:  # where steps just print, output alone is read in less time
                following = _piece_end(data, end)
                batch = self._decoded(data[end:following], offset + end)
                if batch is None:
                    return
                end = following
                is_mixed = self._is_mixed
                yield batch

        for line in self.fold.apply_events(batches()):
            if line.serial >= self.fold.first_serial:
                printed = seconds(line.time) or 0.0
                self.output_of(line.serial).add(line.offset, printed, printed)
        return end

    def _decoded(self, data: bytes, offset: int) -> "EventBatch | None":
        """Decode lines in one call, and index those that are output; None if they have to be folded one by one."""
        from zigtui.reader.lines.event_batches import event_batch  # importing it takes longer than reading a short log

        session_id = self.fold.session_id
        if len(data) < _SHORTEST_BATCH or session_id is None:
            return None
        batch = event_batch(data, session_id, offset)
        if batch is None or not self.fold.takes(batch):
            return None
        first, count = batch.letters.find("o"), batch.letters.count("o")
        if count:
            self.output.add(batch.offsets[first], batch.span.lowest, batch.span.highest, count)
        self._is_mixed = count < len(batch.events)
        return batch

    def _add_batch(self, data: bytes, offset: int, parallel: "ParallelReader | None") -> bool:
        # Importing it takes longer than reading a short log.
        from zigtui.reader.lines.output_batches import output_batch

        session_id = self.fold.session_id
        parsed = parallel.take(offset, len(data)) if parallel is not None else None
        batch: OutputBatch | None = None
        if parsed is not None:
            batch = parsed.batch
        elif session_id is not None:
            batch = output_batch(data, session_id)
        folded = None if batch is None else self.fold.apply_batch(batch)
        if batch is None or folded is None:
            return False
        self.output.add(offset, batch.lowest, batch.highest, batch.lines)
        for serial, count in folded:
            self.output_of(serial).add(offset, batch.lowest, batch.highest, count)
        return True

    def _add_singly(self, data: bytes, offset: int) -> None:
        fold = self.fold
        for line in data.split(b"\n")[:-1]:
            if not line or line.isspace():
                fold.blank_line()
            else:
                try:
                    serial = fold.apply(decode(line), offset)
                except MalformedLineError as error:
                    for found, serial in zip(error.found, fold.malformed_line(error, offset), strict=True):
                        self._add_output(serial, offset + found.start, seconds(text(found.event, "ts")))
                else:
                    self._add_output(serial, offset, fold.moment)
            offset += len(line) + 1

    def _add_output(self, serial: int | None, offset: int, printed: float | None) -> None:
        if serial is None:
            return
        lowest, highest = (math.inf, -math.inf) if printed is None else (printed, printed)
        self.output.add(offset, lowest, highest)
        self.output_of(serial).add(offset, lowest, highest)


def _piece_end(data: bytes, start: int) -> int:
    """The end of the next piece of some lines, which is small enough to stay in a processor's cache."""
    if len(data) - start < _PIECE_BYTES + _SHORTEST_BATCH:  # no piece is left that is too short for a batch
        return len(data)
    return data.rfind(b"\n", start, start + _PIECE_BYTES) + 1 or data.index(b"\n", start + _PIECE_BYTES) + 1
