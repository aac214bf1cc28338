"""A log on its machine, and the messages that a shipper makes of it."""

from zigtui.fleet.wire.chunk import Chunk, anchor_of
from zigtui.fleet.wire.messages import State
from zigtui.fleet.wire.pieces import pieces

__all__ = ["Original"]


class Original:
    """A log that grows, is cut off and is replaced.

    Attributes:
        data: its bytes.
        gen: its life.
        age: how long ago it was modified, in milliseconds.
    """

    def __init__(self, data: bytes = b"") -> None:
        self.data = data
        self.gen = 1
        self._after = self._kept = 0
        self.age = 0

    def append(self, lines: bytes, limit: int = 256 * 1024) -> list[Chunk]:
        """Let the log grow, and return the new chunks."""
        start = len(self.data)
        self.data += lines
        return self.chunks(start, limit)

    def replace(self, data: bytes) -> None:
        """Begin a new life with these bytes."""
        self.data = data
        self.gen += 1
        self._after = self._kept = 0

    def restart_shipper(self, kept: int, rest: bytes) -> None:
        """Begin a new life, of which the shipper knows that only its first bytes are those of the one before.

        Args:
            kept: the number of these bytes.
            rest: what follows on them.
        """
        self.data = self.data[:kept] + rest
        self._after, self._kept = self.gen, kept
        self.gen += 1

    def chunks(self, start: int = 0, limit: int = 256 * 1024) -> list[Chunk]:
        """The chunks from an offset on."""
        chunks = []
        for piece in pieces(self.data[start:], limit):
            chunks.append(Chunk(self.gen, start, anchor_of(self.data[:start]), piece))
            start += len(piece)
        return chunks

    def state(self) -> State:
        """Its state."""
        return State(
            gen=self.gen,
            size=len(self.data),
            crc=anchor_of(self.data),
            age=self.age,
            after=self._after,
            kept=self._kept,
        )
