"""Fold the lines of a log as they are read, and index those that are output."""

import math
from typing import TYPE_CHECKING

from zigtui.reader.lines.decode import MalformedLineError, decode, text
from zigtui.reader.lines.output_index import SHORTEST_SILENCE_SECS, OutputIndex
from zigtui.reader.session.folding.fold import Fold
from zigtui.reader.times import seconds

if TYPE_CHECKING:
    from zigtui.reader.lines.output_batches import OutputBatch
    from zigtui.reader.lines.parallel_read import ParallelReader

__all__ = ["FoldedLines"]

_SHORTEST_BATCH = 32 * 1024  # bytes; shorter ones are read as quickly line by line


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
        if len(data) < _SHORTEST_BATCH or not self._add_together(data, offset, parallel):
            self._add_singly(data, offset)
        for serial in range(self._first_serial, self.fold.first_serial):  # those of passes that are no longer kept
            self._step_output.pop(serial, None)
        self._first_serial = self.fold.first_serial

    def _add_together(self, data: bytes, offset: int, parallel: "ParallelReader | None") -> bool:
        """Fold lines in one call, which is much quicker; False if they have to be folded one by one."""
        # Where steps begin and end in one chunk, they mostly do in the next one.
        was_mixed = self._is_mixed
        if was_mixed and self._add_events(data, offset):
            return True
        self._is_mixed = False
        return self._add_batch(data, offset, parallel) or (not was_mixed and self._add_events(data, offset))

    def _add_events(self, data: bytes, offset: int) -> bool:
        from zigtui.reader.lines.event_batches import event_batch  # importing it takes longer than reading a short log

        session_id = self.fold.session_id
        batch = None if session_id is None else event_batch(data, session_id, offset)
        output = None if batch is None else self.fold.apply_events(batch)
        if batch is None or output is None:
            return False
        if output:
            self.output.add(output[0][1], batch.lowest, batch.highest, len(output))
            first_kept = self.fold.first_serial
            if batch.highest - batch.lowest < SHORTEST_SILENCE_SECS:
                for serial, position in output:
                    if serial >= first_kept:
                        self.output_of(serial).add(position, batch.lowest, batch.highest)
            else:  # a step may have been silent meanwhile
                for (serial, position), printed in zip(output, batch.output_times(), strict=True):
                    if serial >= first_kept:
                        self.output_of(serial).add(position, printed, printed)
        self._is_mixed = len(output) < len(batch.events)
        return True

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
