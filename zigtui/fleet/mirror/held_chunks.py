"""Chunks that wait for the bytes before them."""

from bisect import bisect_left
from collections import Counter

from zigtui.fleet.wire.chunk import Chunk
from zigtui.fleet.wire.names import RemoteLog

__all__ = ["HeldChunks"]

_CHUNK_COST = 512  # the memory that even an empty chunk needs, in bytes
_MACHINE_SHARE = 4  # so that one machine cannot use up what all need


class HeldChunks:
    """Holds chunks in memory, up to a limit. What is not held is sent again later.

    Args:
        max_bytes: how much to hold in all. A single machine gets a quarter.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._machine_bytes: Counter[str] = Counter()
        self._chunks: dict[RemoteLog, list[Chunk]] = {}  # of each log, by life and offset

    def hold(self, log: RemoteLog, chunk: Chunk) -> None:
        """Hold a chunk, unless it is held already or there is no room for it."""
        cost = len(chunk.data) + _CHUNK_COST
        if (
            self._bytes + cost > self._max_bytes
            or self._machine_bytes[log.machine] + cost > self._max_bytes // _MACHINE_SHARE
        ):
            return
        chunks = self._chunks.setdefault(log, [])
        index = bisect_left(chunks, chunk)
        if chunk not in chunks[index : index + 1]:
            chunks.insert(index, chunk)
            self._count(log, cost)

    def take(self, log: RemoteLog, gen: int, proven: int) -> Chunk | None:
        """Remove and return the next chunk of a log that adds to its proven bytes; None if there is none.

        Args:
            log: the log.
            gen: its present life. Chunks of earlier lives are dropped.
            proven: the number of proven bytes. Chunks with no others are dropped.
        """
        chunks = self._chunks.get(log)
        while chunks and (chunks[0].gen, chunks[0].offset) <= (gen, proven):
            chunk = chunks.pop(0)
            self._count(log, -len(chunk.data) - _CHUNK_COST)
            if chunk.gen == gen and chunk.end > proven:
                return chunk
        if chunks is not None and not chunks:
            del self._chunks[log]
        return None

    def _count(self, log: RemoteLog, cost: int) -> None:
        self._bytes += cost
        self._machine_bytes[log.machine] += cost
