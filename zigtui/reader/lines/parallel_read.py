"""Read a large log from both ends: a second process parses it from the end, while this one reads from the start.

When they meet, the whole log has been read. Neither waits for the other: a chunk that the second process has not parsed
is parsed here. So nothing breaks if that process is slow, fails, or never starts.

Logs are append-only. If one is rewritten in place while it is read, with lines of the same lengths, the second process
may return the old content.
"""

import os
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import NamedTuple

import msgspec

from zigtui.reader.lines.output_batches import OutputBatch, output_batch
from zigtui.reader.lines.tail import open_log, read_at
from zigtui.reader.threads import start_thread

__all__ = ["ParallelReader", "ParsedChunk", "chunks_from_end"]


class ParsedChunk(NamedTuple):
    """A chunk of a log, parsed by the second process.

    Attributes:
        offset: where the chunk begins in the file, in bytes.
        size: its length in bytes.
        batch: its lines; None if they have to be decoded one by one.
    """

    offset: int
    size: int
    batch: OutputBatch | None


class ParallelReader:
    """A second process that parses a log from its end.

    The process ends when the readers meet, or when this object is garbage collected.

    Args:
        path: the log.
        start: the offset where the first block begins, which may be inside a line.
        end: the size of the log in bytes.
        block_bytes: how many bytes are read at a time.
        session_id: the session that all lines must belong to.
        follows_link: see `open_log`.

    Raises:
        OSError: if the log cannot be opened, or the process cannot be started.
        ValueError: if the session's id cannot be passed to a process.
        RuntimeError: if no thread can be started.
    """

    def __init__(
        self, path: str, start: int, end: int, block_bytes: int, session_id: str, *, follows_link: bool = True
    ) -> None:
        descriptor = open_log(path, follows_link=follows_link)
        try:
            process = subprocess.Popen(
                # Without -P a module in the current directory could shadow one of ours.
                [sys.executable, "-P", "-m", __name__, str(start), str(end), str(block_bytes), session_id],
                stdin=descriptor,  # the very file that is read here, even if the path is replaced
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(descriptor)
        self._chunks: dict[int, ParsedChunk] = {}
        self._stop = weakref.finalize(self, process.kill)
        start_thread(partial(_collect, process, self._chunks), "collect parsed chunks")

    def take(self, offset: int, size: int) -> ParsedChunk | None:
        """Return a chunk that the second process has parsed; None if it has not parsed it yet.

        The first chunk returned stops the process: everything from there to the end has been parsed.
        """
        chunk = self._chunks.pop(offset, None)
        if chunk is None or chunk.size != size:
            return None
        self._stop()
        return chunk


def _collect(process: "subprocess.Popen[bytes]", chunks: dict[int, ParsedChunk]) -> None:
    """Collect the chunks that the process writes until it ends. The caller parses missing chunks."""
    decode = msgspec.json.Decoder(ParsedChunk).decode
    assert process.stdout is not None
    try:
        with process.stdout as lines, suppress(msgspec.DecodeError):  # its last line is cut off when it is stopped
            for line in lines:
                chunk = decode(line)
                chunks[chunk.offset] = chunk
    finally:
        process.kill()
        process.wait()  # on this thread, because a process that waits for a disk does not end at once


def chunks_from_end(
    read: Callable[[int, int], bytes], start: int, end: int, block_bytes: int, session_id: str
) -> Iterator[ParsedChunk]:
    """Parse a log from its end, in the chunks that `zigtui.reader.lines.tail.Tail.chunks` returns.

    Args:
        read: returns bytes of the log, given an offset and a size.
        start: see `ParallelReader`.
        end: see `ParallelReader`.
        block_bytes: see `ParallelReader`.
        session_id: see `ParallelReader`.

    Yields:
        The chunks, the last one first. Chunks with a line longer than a block are left out.
    """
    blocks = (end - start) // block_bytes
    later = read(start + (blocks - 1) * block_bytes, block_bytes) if blocks > 1 else b""
    for number in range(blocks - 1, 0, -1):
        position = start + (number - 1) * block_bytes
        block, later = later, read(position, block_bytes)
        first, last = later.rfind(b"\n") + 1, block.rfind(b"\n") + 1
        if first and last:
            data = later[first:] + block[:last]
            yield ParsedChunk(position + first, len(data), output_batch(data, session_id))


def main() -> None:
    """Parse the log on standard input, and print each chunk as a line of JSON."""
    start, end, block_bytes = map(int, sys.argv[1:4])

    def read(offset: int, size: int) -> bytes:
        return read_at(sys.stdin.fileno(), offset, size)

    encode = msgspec.json.Encoder().encode
    for chunk in chunks_from_end(read, start, end, block_bytes, sys.argv[4]):
        sys.stdout.buffer.write(encode(chunk) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
