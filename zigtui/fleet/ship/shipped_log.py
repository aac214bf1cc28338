"""One log that is shipped: how far it was sent and acknowledged, and the next bytes to send.

The offsets are those of the file. `acked` is the end of what the server has acknowledged without a gap, `sent` the end
of what was handed out. If a message is lost, `rewind` goes back to `acked`. When the file is no longer the one that was
acknowledged, it begins a new *life*: a greater `gen`, from offset 0 on.
"""

import os
import time
from collections import deque
from contextlib import closing
from typing import NamedTuple

from zigtui.fleet.ship.ranges import Ranges
from zigtui.fleet.wire.chunk import ANCHOR_BYTES, MAX_CHUNK_BYTES, Chunk, anchor_of
from zigtui.fleet.wire.messages import State
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.pieces import pieces
from zigtui.reader.lines.tail import Tail, open_log, read_at

__all__ = ["Kept", "ShippedLog"]

_BLOCK_BYTES = 64 * 1024


class Kept(NamedTuple):
    """What is kept of a log between two starts.

    Attributes:
        gen: its life.
        acked: the end of what the server has acknowledged, in bytes.
        crc: `anchor_of` the bytes before that end.
        size: the size of the file when it was last checked, in bytes.
        modified_ns: when it was last modified then, in nanoseconds since the epoch.
    """

    gen: int
    acked: int
    crc: int
    size: int = -1
    modified_ns: int = -1


class ShippedLog:
    """A log that is shipped.

    Args:
        log: its names.
        path: its path.
        kept: what was kept of it at the last start; None if it is new.

    Attributes:
        log: its names.
        path: its path.
        gen: its present life.
        acked: the end of what the server has acknowledged without a gap, in bytes.
        sent: the end of what was handed out, in bytes.
        size: the size of the file when it was last checked, in bytes.
    """

    def __init__(self, log: RemoteLog, path: str, kept: Kept | None = None) -> None:
        self.log = log
        self.path = path
        self.size = 0
        self._facts: tuple[int, int, int] | None = None  # when the file was last checked
        self._is_unread = True  # whether the file may have bytes that were not read yet
        self._tail: Tail | None = None
        self._ready: deque[bytes] = deque()  # read, from `sent` on
        self._long_end = 0  # of a line that is longer than a chunk, and is read in pieces from `sent` on
        self._before = b""  # the bytes before `sent`
        self._acked_later = Ranges()  # what was acknowledged after a gap
        self._after: Kept | None = None  # the life before, if the present one continues it
        before = None if kept is None else self._continued(kept)
        if kept is None or before is None:
            self.gen, self.acked, self.sent = _new_gen(0 if kept is None else kept.gen), 0, 0
        else:
            self.gen, self.acked, self.sent = kept.gen, kept.acked, kept.acked
            self._before = before
            if not self._is_unchanged(kept):  # other bytes may have been sent from there on, which are gone now
                self.gen, self._after = _new_gen(kept.gen), kept

    @property
    def modified(self) -> float:
        """When the file was last modified, as far as is known, in seconds since the epoch."""
        return self._facts[2] / 1e9 if self._facts is not None else 0.0

    @property
    def backlog(self) -> int:
        """The number of bytes that are not acknowledged yet. Those of a torn line are among them."""
        return max(0, self.size - self.acked)

    @property
    def is_acked(self) -> bool:
        """Whether all that was sent is acknowledged."""
        return self.acked >= self.sent

    @property
    def has_more(self) -> bool:
        """Whether there may be something to send."""
        return self._is_unread or bool(self._ready) or self._long_end > self.sent

    def kept(self) -> Kept:
        """What to keep of it for the next start.

        Raises:
            OSError: if the file cannot be read.
        """
        before = self._before if self.acked == self.sent else self._bytes_before(self.acked)
        _, size, modified_ns = self._facts or (0, -1, -1)
        return Kept(self.gen, self.acked, anchor_of(before), size, modified_ns)

    def check(self) -> bool:
        """Check whether the file has changed.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        status = os.stat(self.path)
        facts = status.st_ino, status.st_size, status.st_mtime_ns
        has_changed = facts != self._facts
        self._facts, self.size = facts, status.st_size
        self._is_unread |= has_changed
        return has_changed

    def next_chunk(self) -> tuple[Chunk | None, bool]:
        """Read the next bytes to send.

        Returns:
            The chunk, or None if there are no new whole lines; and whether a new life has begun before it.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        begins = False
        if not self._ready and self._long_end <= self.sent:
            begins = self._read()
        if self._long_end > self.sent:
            data = self._read_at(self.sent, min(MAX_CHUNK_BYTES, self._long_end - self.sent))
        else:
            data = self._ready.popleft() if self._ready else b""
        if not data:
            if self._long_end > self.sent:  # the file is shorter now, which the next read notices
                self._drop_read()
            return None, begins
        chunk = Chunk(self.gen, self.sent, anchor_of(self._before), data)
        self.sent = chunk.end
        self._before = (self._before + data)[-ANCHOR_BYTES:]
        return chunk, begins

    def _read(self) -> bool:
        if self._tail is None:
            if self._bytes_before(self.sent) != self._before:
                self.begin_life()
                return True
            self._tail = Tail(self.path, MAX_CHUNK_BYTES)
            self._tail.rewind(self.sent)
        chunk = self._tail.read(MAX_CHUNK_BYTES)
        self.size = self._tail.size
        if chunk.restarted:
            tail = self._tail
            self.begin_life()
            self._tail = tail  # which has begun at the start already
        if chunk.skipped_bytes:
            self._long_end = chunk.offset
        self._ready.extend(pieces(chunk.data))
        self._is_unread = chunk.more
        return chunk.restarted

    def _drop_read(self) -> None:
        """Forget what was read but not sent."""
        self._ready.clear()
        self._long_end = 0
        self._is_unread = True
        self._tail = None

    def begin_life(self, newer_than: int = 0) -> None:
        """Begin a new life: all of the file is sent again.

        Args:
            newer_than: a life that others know of this log.
        """
        self.gen, self._after = _new_gen(max(self.gen, newer_than)), None
        self.acked = self.sent = 0
        self._before = b""
        self._acked_later.clear()
        self._drop_read()

    def acknowledge(self, gen: int, start: int, end: int) -> None:
        """Record that the server has a chunk. Those of two connections may be acknowledged in any order."""
        if gen != self.gen:
            return
        self._acked_later.add(start, end)
        while self._acked_later and self._acked_later.first[0] <= self.acked:
            self.acked = max(self.acked, self._acked_later.first[1])
            self._acked_later.remove_before(self.acked)

    def rewind(self) -> bool:
        """Go back to the end of what is acknowledged, since a message was lost.

        Returns:
            Whether a new life has begun, since the file is another one.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        if self._bytes_before(self.sent) != self._before:
            self.begin_life()
            return True
        self.sent = self.acked
        self._drop_read()
        self._before = b""  # if it cannot be read now, a new life begins
        self._before = self._bytes_before(self.acked)
        return False

    def rest(self) -> None:
        """Give up what only a log that grows needs."""
        if not self.has_more:
            self._tail = None

    def chunk_at(self, offset: int, end: int) -> Chunk | None:
        """Read bytes that were sent before, once more.

        Args:
            offset: where they begin.
            end: where they end at most.

        Returns:
            The first chunk of them; None if the file is shorter now.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        start = max(0, offset - ANCHOR_BYTES)
        data = self._read_at(start, min(end - offset, MAX_CHUNK_BYTES) + offset - start)
        before, data = data[: offset - start], data[offset - start :]
        if not data:
            return None
        if offset + len(data) < end:
            data = data[: data.rfind(b"\n") + 1] or data
        return Chunk(self.gen, offset, anchor_of(before), data)

    def state(self) -> State:
        """The present state of the file.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        with closing(_Opened(self.path)) as file:
            status = os.fstat(file.descriptor)
            end, before = file.end_of_lines(status.st_size)
            age = max(0, round((time.time() - status.st_mtime) * 1000))
        after, kept = (0, 0) if self._after is None else (self._after.gen, self._after.acked)
        return State(gen=self.gen, size=end, crc=anchor_of(before), age=age, after=after, kept=kept)

    def _continued(self, kept: Kept) -> bytes | None:
        """The bytes before the end of what was acknowledged; None if the file is no longer the same."""
        try:
            before = self._bytes_before(kept.acked)
        except OSError:
            return None
        return before if len(before) == min(kept.acked, ANCHOR_BYTES) and anchor_of(before) == kept.crc else None

    def _is_unchanged(self, kept: Kept) -> bool:
        """Whether the file has not been modified since it was last checked."""
        try:
            status = os.stat(self.path)
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (kept.size, kept.modified_ns)

    def _bytes_before(self, offset: int) -> bytes:
        start = max(0, offset - ANCHOR_BYTES)
        return self._read_at(start, offset - start) if offset else b""

    def _read_at(self, offset: int, size: int) -> bytes:
        with closing(_Opened(self.path)) as file:
            return read_at(file.descriptor, offset, size)


class _Opened:
    """A file that is open for reading."""

    def __init__(self, path: str) -> None:
        self.descriptor = open_log(path)

    def close(self) -> None:
        os.close(self.descriptor)

    def end_of_lines(self, size: int) -> tuple[int, bytes]:
        """The end of the last whole line, and the bytes before it."""
        end = size
        while end > 0:
            start = max(0, end - _BLOCK_BYTES)
            newline = read_at(self.descriptor, start, end - start).rfind(b"\n")
            if newline >= 0:
                end = start + newline + 1
                start = max(0, end - ANCHOR_BYTES)
                return end, read_at(self.descriptor, start, end - start)
            end = start
        return 0, b""


def _new_gen(older: int) -> int:
    """A life that begins now: the time in milliseconds, but always newer than the last one."""
    return max(int(time.time() * 1000), older + 1, 1)
