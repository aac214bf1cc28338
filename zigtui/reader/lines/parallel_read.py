"""A second process, which reads a large log from its end while this one reads it from its beginning.

Where they meet, all has been read: neither waits for the other, and one that is slow, or never begins, holds up
nothing: a piece that it has not been through is parsed here. Logs are appended to; of one that is rewritten ahead of
the reader, with lines as long as before, it tells what was there.
"""

import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import msgspec

from zigtui.reader.lines.output_batches import OutputRun, output_run
from zigtui.reader.lines.tail import open_log, read_at

__all__ = ["ReadAhead", "Reading", "readings_from_end"]


class Reading(NamedTuple):
    """What a piece of a log holds: a run of output, or something that has to be looked at line by line."""

    offset: int
    size: int
    run: OutputRun | None


class ReadAhead:
    """The other process, and what it has found.

    Args:
        path: the log.
        start: where the first piece is read, which may be in the midst of a line.
        end: how large the log is.
        piece_bytes: how much is read at a time.
        session_id: see `zigtui.reader.lines.output_batches.output_run`.

    Raises:
        OSError: if the log cannot be opened, or the process cannot be started.
        ValueError: if the session's id is none that could be handed over.
    """

    def __init__(self, path: str, start: int, end: int, piece_bytes: int, session_id: str) -> None:
        descriptor = open_log(path)
        try:
            process = subprocess.Popen(
                # Without -P a module in the current directory could take the place of one of ours.
                [sys.executable, "-P", "-m", __name__, str(start), str(end), str(piece_bytes), session_id],
                stdin=descriptor,  # of the very file that is being read, whatever takes its place
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(descriptor)
        self._readings: dict[int, Reading] = {}
        self._end = weakref.finalize(self, process.kill)
        threading.Thread(
            target=_gather, args=(process, self._readings), name="gather what is read ahead", daemon=True
        ).start()

    def take(self, offset: int, size: int) -> Reading | None:
        """What it found in this piece, None if it has not been there."""
        reading = self._readings.pop(offset, None)
        if reading is None or reading.size != size:
            return None
        self._end()  # they have met
        return reading


def _gather(process: "subprocess.Popen[bytes]", readings: dict[int, Reading]) -> None:
    decode = msgspec.json.Decoder(Reading).decode
    assert process.stdout is not None
    with process.stdout as lines, suppress(msgspec.DecodeError):  # it may be ended while it writes
        for line in lines:
            reading = decode(line)
            readings[reading.offset] = reading
    process.wait()  # here, where nobody minds: a process that waits for a disk does not end at once


def readings_from_end(
    read: Callable[[int, int], bytes], start: int, end: int, piece_bytes: int, session_id: str
) -> Iterator[Reading]:
    """Read a log piece by piece, the last one first, cut as `zigtui.reader.lines.tail.Tail.pieces` cuts them.

    Args:
        read: gives the bytes at an offset, so many.
        start: see `ReadAhead`.
        end: see there.
        piece_bytes: see there.
        session_id: see there.
    """
    pieces = (end - start) // piece_bytes
    later = read(start + (pieces - 1) * piece_bytes, piece_bytes) if pieces > 1 else b""
    for number in range(pieces - 1, 0, -1):
        position = start + (number - 1) * piece_bytes
        block, later = later, read(position, piece_bytes)
        first, last = later.rfind(b"\n") + 1, block.rfind(b"\n") + 1
        if first and last:  # otherwise a line is longer than a piece
            data = later[first:] + block[:last]
            yield Reading(position + first, len(data), output_run(data, session_id))


def main() -> None:
    """Tell what is found in the log that standard input is, a line for each piece."""
    start, end, piece_bytes = map(int, sys.argv[1:4])

    def read(offset: int, size: int) -> bytes:
        return read_at(sys.stdin.fileno(), offset, size)

    encode = msgspec.json.Encoder().encode
    for reading in readings_from_end(read, start, end, piece_bytes, sys.argv[4]):
        sys.stdout.buffer.write(encode(reading) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
