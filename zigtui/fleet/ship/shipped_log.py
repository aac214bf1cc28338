"""One log that is shipped: how far it was sent and acknowledged, and the next bytes to send.

The offsets are those of the file. `acked` is the end of what the server has acknowledged without a gap, `sent` the end
of what was handed out. If a message is lost, `rewind` goes back to `acked`. When the file is no longer the one that was
acknowledged, it begins a new *generation*: a greater `gen`, from offset 0 on.
"""

import os
import time
from typing import NamedTuple

from zigtui.fleet.ship.log_bytes import bytes_before, bytes_of, opened, start_of_line
from zigtui.fleet.ship.masked_log import Masking
from zigtui.fleet.ship.ranges import Ranges
from zigtui.fleet.ship.shipped_bytes import ShippedBytes
from zigtui.fleet.wire.chunk import ANCHOR_BYTES, MAX_CHUNK_BYTES, Chunk, anchor_of
from zigtui.fleet.wire.messages import State
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.pieces import pieces
from zigtui.reader.lines.tail import Tail, read_at

__all__ = ["Kept", "ShippedLog"]

_LEAST_READ_BYTES = 64 * 1024


class Kept(NamedTuple):
    """What is kept of a log between two starts.

    Attributes:
        gen: its generation.
        acked: the end of what the server has acknowledged, in bytes.
        crc: `anchor_of` the bytes before that end.
        size: the size of the file when it was last checked, in bytes.
        modified_ns: when it was last modified then, in nanoseconds since the epoch.
        masking: the fingerprint of the masking of secrets; empty if the log was shipped as it is.
        masked_crc: `anchor_of` the masked bytes before `acked`; -1 if it is unknown.
    """

    gen: int
    acked: int
    crc: int
    size: int = -1
    modified_ns: int = -1
    masking: str = ""
    masked_crc: int = -1


class ShippedLog:
    """A log that is shipped.

    Args:
        log: its names.
        path: its path.
        kept: what was kept of it at the last start; None if it is new.
        masking: masks secrets; None to ship the log as it is. A log that was shipped with another one before begins a
            new generation.

    Attributes:
        log: its names.
        path: its path.
        gen: its current generation.
        acked: the end of what the server has acknowledged without a gap, in bytes.
        sent: the end of what was handed out, in bytes.
        size: the size of the file when it was last checked, in bytes.
    """

    __slots__ = (
        "_acked_later",
        "_after",
        "_before",
        "_bytes",
        "_facts",
        "_is_unread",
        "_long_end",
        "_ready",
        "_tail",
        "acked",
        "gen",
        "log",
        "path",
        "sent",
        "size",
    )  # there may be many thousands, most of them quiet

    def __init__(self, log: RemoteLog, path: str, kept: Kept | None = None, masking: Masking | None = None) -> None:
        self.log = log
        self.path = path
        self.size = 0
        self._bytes = ShippedBytes(path, masking)
        self._facts: tuple[int, int, int] | None = None  # when the file was last checked
        self._is_unread = True  # whether the file may have bytes that were not read yet
        self._tail: Tail | None = None
        self._ready: list[bytes] = []  # read, from `sent` on: one piece, mostly
        self._long_end = 0  # of a line that is longer than a chunk, and is read in pieces from `sent` on
        self._before = b""  # the bytes before `sent`
        self._acked_later = Ranges()  # what was acknowledged after a gap
        self._after: Kept | None = None  # the generation before, if the current one continues it
        before = None if kept is None else self._continued(kept)
        if kept is None or before is None:
            self.gen, self.acked, self.sent = _new_gen(0 if kept is None else kept.gen), 0, 0
        else:
            self.gen, self.acked, self.sent = kept.gen, kept.acked, kept.acked
            self._before = before
            self._bytes.restore_anchor(kept.acked, kept.masked_crc)
            if not self._is_unchanged(kept):  # other bytes may have been sent from there on, which are gone now
                self.gen, self._after = _new_gen(kept.gen), kept

    @property
    def is_masked(self) -> bool:
        """Whether its secrets are masked, which is slow."""
        return bool(self._bytes.fingerprint)

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
        before = self._before if self.acked == self.sent else bytes_before(self.path, self.acked)
        _, size, modified_ns = self._facts or (0, -1, -1)
        masked_crc = self._bytes.known_anchor(self.acked)
        return Kept(self.gen, self.acked, anchor_of(before), size, modified_ns, self._bytes.fingerprint, masked_crc)

    def check(self) -> bool:
        """Check whether the file has changed.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        facts = self._current_facts()
        has_changed = facts != self._facts
        self._facts, self.size = facts, facts[1]
        self._is_unread |= has_changed
        return has_changed

    def has_changed(self) -> bool:
        """Whether the next `check` will find that the file has changed.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        return self._current_facts() != self._facts

    def _current_facts(self) -> tuple[int, int, int]:
        status = os.lstat(self.path)
        return status.st_ino, status.st_size, status.st_mtime_ns

    def next_chunk(self) -> tuple[Chunk | None, bool]:
        """Read the next bytes to send.

        Returns:
            The chunk, or None if there are no new whole lines; and whether a new generation has begun before it.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        begins = False
        if not self._ready and self._long_end <= self.sent:
            begins = self._read()
        if self._long_end > self.sent:
            data = bytes_of(self.path, self.sent, min(self.sent + MAX_CHUNK_BYTES, self._long_end))
        else:
            data = self._ready.pop(0) if self._ready else b""
        if not data:
            if self._long_end > self.sent:  # the file is shorter now, which the next read notices
                self._drop_read()
            return None, begins
        chunk = self._bytes.next_chunk(self.gen, self.sent, self._before, data)
        if chunk is None:
            self._drop_read()
            return None, begins
        self.sent = chunk.end
        self._before = (self._before + data[-ANCHOR_BYTES:])[-ANCHOR_BYTES:]
        return chunk, begins

    def _read(self) -> bool:
        if self._tail is None:
            if bytes_before(self.path, self.sent) != self._before:
                self.begin_generation()
                return True
            self._tail = Tail(self.path, MAX_CHUNK_BYTES, follows_link=False)
            self._tail.rewind(self.sent)
        # The torn bytes of the last read come first, and all of them should fit one chunk.
        chunk = self._tail.read(max(_LEAST_READ_BYTES, self._bytes.chunk_bytes - self._tail.torn_bytes))
        self.size = self._tail.size
        if chunk.restarted:
            tail = self._tail
            self.begin_generation()
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
        self._bytes.forget()

    def begin_generation(self, newer_than: int = 0) -> None:
        """Begin a new generation: all of the file is sent again.

        Args:
            newer_than: a generation that others know of this log.
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
            Whether a new generation has begun, since the file is another one.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        if bytes_before(self.path, self.sent) != self._before:
            self.begin_generation()
            return True
        self.sent = self.acked
        self._drop_read()
        self._before = b""  # if it cannot be read now, a new generation begins
        self._before = bytes_before(self.path, self.acked)
        return False

    def rest(self) -> None:
        """Free what only a log that grows needs."""
        if not self.has_more:
            self._tail = None
            self._bytes.rest()

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
        return self._bytes.chunk_at(self.gen, offset, end)

    def state(self) -> State:
        """The current state of the file.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        with opened(self.path) as descriptor:
            status = os.fstat(descriptor)
            end = start_of_line(descriptor, status.st_size)
            start = max(0, end - ANCHOR_BYTES)
            before = read_at(descriptor, start, end - start)
        age = max(0, round((time.time() - status.st_mtime) * 1000))
        after, kept = (0, 0) if self._after is None else (self._after.gen, self._after.acked)
        return State(gen=self.gen, size=end, crc=self._bytes.anchor(end, before), age=age, after=after, kept=kept)

    def _continued(self, kept: Kept) -> bytes | None:
        """The bytes before the end of what was acknowledged; None if the file is no longer the same."""
        if kept.masking != self._bytes.fingerprint:
            return None
        try:
            before = bytes_before(self.path, kept.acked)
        except OSError:
            return None
        return before if len(before) == min(kept.acked, ANCHOR_BYTES) and anchor_of(before) == kept.crc else None

    def _is_unchanged(self, kept: Kept) -> bool:
        """Whether the file has not been modified since it was last checked."""
        try:
            status = os.lstat(self.path)
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (kept.size, kept.modified_ns)


def _new_gen(older: int) -> int:
    """A generation that begins now: the time in milliseconds, but always newer than the last one."""
    return max(int(time.time() * 1000), older + 1, 1)
