"""Find every output line of a log in one pass, to read those of each step in turn.

`OutputLines` finds the lines of one step for the screen. Where many steps print in turn, it passes over the lines of
the others again for each step, which would make the time for all of them grow with the square of the log.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import BinaryIO, NamedTuple

from zigtui.reader.lines.decode import Output, outputs_in
from zigtui.reader.lines.tail import MAX_LINE_BYTES, Tail, open_log

__all__ = ["LineTable", "RunLines"]

_CHUNK_BYTES = 64 * 1024
_BUFFER_BYTES = 16 * 1024  # the next line of a step may be far from the last one
_SHORTEST_BATCH = 32 * 1024  # bytes; in shorter ones the lines are as quickly decoded one by one


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

    It is a context manager, which closes the log.

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
        self._file: BinaryIO | None = None

    def __enter__(self) -> "LineTable":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._file is not None:
            self._file.close()

    def lines(self, run: int, first: int, end: int) -> Iterator[Output | None]:
        """Yield lines of a step run, from ``first`` up to, but not including, ``end``; None for one that has gone.

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
        base = self._starts[index]
        for offset in self._offsets[base + first : min(base + end, self._starts[index + 1])]:
            seek(offset)
            found = outputs_in(readline(MAX_LINE_BYTES))
            yield found[0][1] if found else None

    def _fill(self) -> None:
        self._offsets = array("Q", bytes(8 * self._starts[-1]))
        runs, end = self._runs, self._end
        of_step: dict[str, list[int]] = defaultdict(list)  # the runs still to come, the next one last
        for number in range(len(runs) - 1, -1, -1):
            if runs[number].start is not None:
                of_step[runs[number].step_name].append(number)
        places: dict[str, tuple[int, int, int]] = {}  # of the next line, after the last one; the next run
        left = self._starts[-1]
        start = min((run.start for run in runs if run.start is not None), default=end)
        for offset, name in _printed_lines(self._path, start, end):
            place, last, next_start = places.get(name) or (0, 0, 0)
            if offset >= next_start or place >= last:
                numbers = of_step[name]
                while numbers and (runs[numbers[-1]].start or 0) <= offset:
                    number = numbers.pop()
                    place, last = self._starts[number], self._starts[number + 1]
                next_start = (runs[numbers[-1]].start or 0) if numbers else end
            if place < last:
                self._offsets[place] = offset
                left -= 1
                if not left:
                    return
            places[name] = (place + 1, last, next_start)


def _printed_lines(path: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """The offset and the step of each output line in a range. The newline of the last one may be missing."""
    tail = Tail(path)
    tail.offset = start
    while tail.offset < end:
        chunk = tail.read(_CHUNK_BYTES)
        if chunk.restarted:
            return
        yield from _of_lines(chunk.data, chunk.offset, end)
        if not (chunk.data or chunk.more):
            for place, output in outputs_in(tail.torn_line()):
                yield tail.offset + place, output.step_name
            return


def _of_lines(data: bytes, offset: int, end: int) -> Iterator[tuple[int, str]]:
    """The same for whole lines that begin at ``offset``."""
    lines = data.split(b"\n")
    lines.pop()
    offsets = accumulate((len(line) + 1 for line in lines[:-1]), initial=offset)
    # Most other events need not be decoded. An escape may stand for any letter of the type.
    likely = [
        (place, line) for place, line in zip(offsets, lines, strict=False) if b"step_output" in line or b"\\" in line
    ]
    names = _steps([line for _, line in likely]) if len(data) >= _SHORTEST_BATCH else None
    for number, (place, line) in enumerate(likely):
        if place >= end:
            return
        if names is None:
            for start, output in outputs_in(line):
                yield place + start, output.step_name
        elif (name := names[number]) is not None:
            yield place, name


def _steps(lines: list[bytes]) -> list[str | None] | None:
    """The step that printed each line, if any; None instead of a list if the lines have to be decoded one by one."""
    # Importing it takes longer than reading a short log.
    from zigtui.reader.lines.event_batches import StepOutput, sound_events

    events = sound_events(lines)
    if events is None:
        return None
    return [event.step_name if isinstance(event, StepOutput) else None for event in events]
