"""Find every output line of a log in one pass, to read those of each step in turn.

`OutputLines` finds the lines of one step for the screen. Where many steps print in turn, it passes over the lines of
the others again for each step, which would make the time for all of them grow with the square of the log.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate, count
from operator import add
from typing import BinaryIO, NamedTuple, TypeAlias

from zigtui.reader.lines.decode import outputs_in
from zigtui.reader.lines.tail import MAX_LINE_BYTES, Tail, open_log

__all__ = ["LineTable", "RunLines"]

_CHUNK_BYTES = 64 * 1024
_BUFFER_BYTES = 16 * 1024  # the next line of a step may be far from the last one
_SHORTEST_BATCH = 32 * 1024  # bytes; in shorter ones the lines are as quickly decoded one by one
_MOST_KEPT = 32_000_000  # characters of the lines that are not read again
_OVERHEAD = 200  # of a line, in characters


class RunLines(NamedTuple):
    """The output of a step run.

    Attributes:
        step_name: the step.
        lines: the number of lines.
        start: an offset in the file at or before the first line, and after the lines of earlier runs of the step; None
            if there are no lines.
    """

    step_name: str
    lines: int
    start: int | None


class LineTable:
    """The offset of each output line of a log, which is read when the first line is needed.

    The first lines of the log are kept in memory: all lines of a small log. The table is a context manager, which
    closes the log.

    Args:
        path: the log.
        end: the offset up to which it has been read.
        runs: the output of adjacent step runs, in the order of the log.
        first_run: the number of the first of these runs among those of the session, from 0.
    """

    def __init__(self, path: str, end: int, runs: Iterable[RunLines], first_run: int = 0) -> None:
        self._path = path
        self._end = end
        self._runs = tuple(runs)
        self._first_run = first_run
        self._starts = array("Q", accumulate((run.lines for run in self._runs), initial=0))
        self._offsets = array("Q")
        self._kept: dict[int, tuple[bool, str]] = {}
        self._file: BinaryIO | None = None

    def __enter__(self) -> "LineTable":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._file is not None:
            self._file.close()

    def lines(self, run: int, first: int, end: int) -> Iterator[tuple[bool, str] | None]:
        """Yield lines of a step run, from ``first`` up to, but not including, ``end``.

        Each is a pair: whether it was printed on standard error, and its text. It is None for a line that has gone.

        Args:
            run: the number of the run among those of the session, from 0.
            first: the number of the first line, from 0.
            end: the number after the last line.

        Raises:
            OSError: if the log cannot be read.
        """
        if first >= end:
            return
        if self._file is None:
            self._file = open(open_log(self._path), "rb", _BUFFER_BYTES)  # noqa: SIM115  # `__exit__` closes it
            self._fill()
        file, index = self._file, run - self._first_run
        seek, readline = file.seek, file.readline
        start, next_start = self._starts[index], self._starts[index + 1]
        kept, offsets = self._kept, self._offsets
        for place in range(start + first, min(start + end, next_start)):
            line = kept.get(place)
            if line is None:
                seek(offsets[place])
                found = outputs_in(readline(MAX_LINE_BYTES))
                line = (found[0][1].is_stderr, found[0][1].text) if found else None
            yield line

    def _fill(self) -> None:
        self._offsets = offsets = array("Q", bytes(8 * self._starts[-1]))
        runs, end, kept = self._runs, self._end, self._kept
        of_step: dict[str, list[int]] = defaultdict(list)  # the runs still to come, the next one last
        for number in range(len(runs) - 1, -1, -1):
            if runs[number].start is not None:
                of_step[runs[number].step_name].append(number)
        # Of each step: the place of its next line, the place after its last one, and the start of its next run
        places: dict[str, list[int]] = {}
        left, room = self._starts[-1], _MOST_KEPT
        start = min((run.start for run in runs if run.start is not None), default=end)
        for batch in _printed_lines(self._path, start, end):
            for offset, name, line in batch:
                of_name = places.get(name)
                if of_name is None:
                    of_name = places[name] = [0, 0, 0]
                place, last, next_start = of_name
                if offset >= next_start or place >= last:
                    numbers = of_step[name]
                    while numbers and (runs[numbers[-1]].start or 0) <= offset:
                        number = numbers.pop()
                        place, last = self._starts[number], self._starts[number + 1]
                    next_start = (runs[numbers[-1]].start or 0) if numbers else end
                    of_name[1:] = last, next_start
                of_name[0] = place + 1
                if place < last:
                    offsets[place] = offset
                    room -= len(line[1]) + _OVERHEAD
                    if room >= 0:
                        kept[place] = line
                    left -= 1
                    if not left:
                        return


_Printed: TypeAlias = tuple[int, str, tuple[bool, str]]
"""A line of output: its offset, its step, and the line as in `LineTable.lines`."""


def _printed_lines(path: str, start: int, end: int) -> Iterator[list[_Printed]]:
    """The output lines in a range, in batches. The newline of the last one may be missing."""
    tail = Tail(path)
    tail.offset = start
    while tail.offset < end:
        chunk = tail.read(_CHUNK_BYTES)
        if chunk.restarted:
            return
        yield [printed for printed in _of_lines(chunk.data, chunk.offset) if printed[0] < end]
        if not (chunk.data or chunk.more):
            yield _of_line(tail.torn_line(), tail.offset)
            return


def _of_lines(data: bytes, offset: int) -> list[_Printed]:
    """The output in whole lines that begin at ``offset``."""
    lines = data.split(b"\n")
    lines.pop()
    offsets = map(add, accumulate(map(len, lines), initial=offset), count())
    # Most other events need not be decoded. An escape may stand for any letter of the type.
    if b"\\" in data:
        likely = [pair for pair in zip(offsets, lines, strict=False) if b"step_output" in pair[1] or b"\\" in pair[1]]
    else:
        likely = [pair for pair in zip(offsets, lines, strict=False) if b"step_output" in pair[1]]
    if len(data) >= _SHORTEST_BATCH:
        # Importing it takes longer than reading a short log.
        from zigtui.reader.lines.event_batches import StepOutput, valid_events

        events = valid_events([line for _, line in likely])
        if events is not None:
            return [
                (place, event.step_name, (event.stream == "stderr", event.line))
                for (place, _), event in zip(likely, events, strict=True)
                if isinstance(event, StepOutput)
            ]
    return [printed for place, line in likely for printed in _of_line(line, place)]


def _of_line(line: bytes, offset: int) -> list[_Printed]:
    return [(offset + start, output.step_name, (output.is_stderr, output.text)) for start, output in outputs_in(line)]
