"""Chunks that wait for the bytes before them."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable

from zigtui.fleet.wire.chunk import Chunk
from zigtui.fleet.wire.names import RemoteLog

__all__ = ["HeldChunks"]

_CHUNK_COST = 512  # the memory that even an empty chunk needs, in bytes
_MACHINE_SHARE = 4  # so that one machine cannot use up what all need
_LONGEST_SECS = 120.0  # the bytes before them were asked for several times by then


class HeldChunks:
    """Holds chunks in memory, up to a limit. What is not held is sent again later.

    Args:
        max_bytes: how much to hold in all. A single machine gets a quarter.
        steady_clock: returns seconds that pass steadily.
    """

    def __init__(self, max_bytes: int, steady_clock: Callable[[], float] = time.monotonic) -> None:
        self._max_bytes = max_bytes
        self._steady_clock = steady_clock
        self._moved_at: dict[RemoteLog, float] = {}  # when a chunk of each log was last held or taken
        self._bytes = 0
        self._machine_bytes: Counter[str] = Counter()
        self._chunks: dict[RemoteLog, list[Chunk]] = {}  # of each log, by generation and offset

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
            self._moved_at[log] = self._steady_clock()

    def take(self, log: RemoteLog, gen: int, proven: int) -> Chunk | None:
        """Remove and return the next chunk of a log that adds to its proven bytes; None if there is none.

        Args:
            log: the log.
            gen: its current generation. Chunks of earlier generations are dropped.
            proven: the number of proven bytes. Chunks with no others are dropped.
        """
        chunks = self._chunks.get(log)
        while chunks and (chunks[0].gen, chunks[0].offset) <= (gen, proven):
            chunk = chunks.pop(0)
            self._count(log, -len(chunk.data) - _CHUNK_COST)
            self._moved_at[log] = self._steady_clock()
            if chunk.gen == gen and chunk.end > proven:
                return chunk
        if chunks is not None and not chunks:
            self._forget(log)
        return None

    def drop_old(self) -> None:
        """Drop the chunks of logs that have waited for long, such as those of a machine that is gone."""
        oldest = self._steady_clock() - _LONGEST_SECS
        for log in [log for log, moved_at in self._moved_at.items() if moved_at < oldest]:
            for chunk in self._chunks[log]:
                self._count(log, -len(chunk.data) - _CHUNK_COST)
            self._forget(log)

    def _forget(self, log: RemoteLog) -> None:
        del self._chunks[log], self._moved_at[log]

    def _count(self, log: RemoteLog, cost: int) -> None:
        self._bytes += cost
        self._machine_bytes[log.machine] += cost
