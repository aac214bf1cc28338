"""The chunks of a log: with its bytes as they are, or masked."""

from zigtui.fleet.ship.log_bytes import bytes_before, bytes_of
from zigtui.fleet.ship.masked_log import MaskedLog, Masking
from zigtui.fleet.wire.chunk import ANCHOR_BYTES, MAX_CHUNK_BYTES, Chunk, anchor_of

__all__ = ["ShippedBytes"]

_MASKED_BYTES = 64 * 1024  # masking more is slow, and what comes first can be sent meanwhile


class ShippedBytes:
    """Makes chunks of a log.

    Args:
        path: the log.
        masking: masks secrets; None to ship the log as it is.

    Attributes:
        fingerprint: the fingerprint of the masking; empty without one.
        chunk_bytes: how many bytes to send in a chunk.
    """

    __slots__ = ("_again", "_masked_crc", "_next", "_path", "chunk_bytes", "fingerprint")

    def __init__(self, path: str, masking: Masking | None) -> None:
        self.fingerprint = "" if masking is None else masking.fingerprint
        self.chunk_bytes = MAX_CHUNK_BYTES if masking is None else _MASKED_BYTES
        self._path = path
        self._next = None if masking is None else MaskedLog(path, masking)  # for new bytes,
        self._again = None if masking is None else MaskedLog(path, masking)  # and for those that are sent again
        self._masked_crc = (0, 0)  # `anchor_of` the masked bytes before an offset

    def rest(self) -> None:
        """Free what only a log that is being read needs."""
        for masked in (self._next, self._again):
            if masked is not None:
                masked.forget()

    def forget(self) -> None:
        """Forget what was read, since the file may have changed there."""
        self.rest()
        self._masked_crc = (0, 0)

    def next_chunk(self, gen: int, offset: int, before: bytes, data: bytes) -> Chunk | None:
        """A chunk of new bytes.

        Args:
            gen: the generation of the file.
            offset: where the bytes are.
            before: the bytes before them.
            data: the bytes, as they are in the file.

        Returns:
            The chunk; None if the file has changed there meanwhile.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        if self._next is None:
            return Chunk(gen, offset, anchor_of(before), data)
        chunk = _masked(self._next, gen, offset, len(data))
        if chunk is None or len(chunk.data) < len(data):
            return None
        if len(chunk.data) >= ANCHOR_BYTES:
            self._masked_crc = chunk.end, anchor_of(chunk.data)
        return chunk

    def chunk_at(self, gen: int, offset: int, end: int) -> Chunk | None:
        """A chunk of bytes that may have been sent before.

        Args:
            gen: the generation of the file.
            offset: where they begin.
            end: where they end at most.

        Returns:
            The chunk; None if the file is shorter now.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        stop = min(end, offset + self.chunk_bytes)
        if self._again is not None:
            chunk = _masked(self._again, gen, offset, stop - offset)
        else:
            data = bytes_of(self._path, offset, stop)
            chunk = Chunk(gen, offset, anchor_of(bytes_before(self._path, offset)), data) if data else None
        if chunk is not None and chunk.end < end:
            chunk = chunk._replace(data=chunk.data[: chunk.data.rfind(b"\n") + 1] or chunk.data)
        return chunk

    def anchor(self, end: int, before: bytes) -> int:
        """`anchor_of` the bytes before an offset, as they are shipped.

        Args:
            end: the offset, which is the end of a line.
            before: the bytes before it in the file.

        Raises:
            OSError: if the file is gone, or cannot be read.
        """
        if self._again is None:
            return anchor_of(before)
        if self._masked_crc[0] != end:
            self.restore_anchor(end, anchor_of(self._again.read(max(0, end - ANCHOR_BYTES), end)))
        return self._masked_crc[1]

    def known_anchor(self, end: int) -> int:
        """What `anchor` returns with a masking, for `restore_anchor` after the next start; -1 if it is not known."""
        return self._masked_crc[1] if self._again is not None and self._masked_crc[0] == end else -1

    def restore_anchor(self, end: int, crc: int) -> None:
        """Take over what `known_anchor` has returned, which saves masking the bytes before."""
        if crc >= 0:
            self._masked_crc = end, crc


def _masked(log: MaskedLog, gen: int, offset: int, size: int) -> Chunk | None:
    start = max(0, offset - ANCHOR_BYTES)
    read = log.read(start, offset + size)
    before, data = read[: offset - start], read[offset - start :]
    return Chunk(gen, offset, anchor_of(before), data) if data else None
