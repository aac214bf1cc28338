"""The last line of a log while its newline is missing.

A runner that is killed between the two writes of an event leaves a whole event without its newline. Such a line counts
once the log has not grown for a second, since it may otherwise still be being written.
"""

import time

from zigtui.reader.lines.decode import MalformedLineError, decode
from zigtui.reader.lines.tail import Chunk, Tail

__all__ = ["LastLine", "is_whole"]

_SETTLED_SECS = 1.0


class LastLine:
    """Decides whether the torn bytes at the end of a log are a whole event.

    Args:
        tail: reads the log.

    Attributes:
        accepted: the torn line that was accepted as an event; empty if there is none. Its newline may come later.
    """

    def __init__(self, tail: Tail) -> None:
        self.accepted = b""
        self._tail = tail
        self._judged_end = 0
        self._end = 0
        self._end_seen_at = 0.0  # by the monotonic clock

    @property
    def is_undecided(self) -> bool:
        """Whether the log ends in torn bytes that have not been judged yet."""
        tail = self._tail
        end = tail.offset + tail.torn_bytes
        return tail.torn_bytes > 0 and not self.accepted and end >= tail.size and end != self._judged_end

    def accept(self, *, may_grow: bool) -> bytes:
        """Judge the torn bytes if there are any. Call this after the log has been read to its end.

        Args:
            may_grow: whether to wait until the log has not grown for a second.

        Returns:
            The line, if it has just been accepted; otherwise nothing.

        Raises:
            OSError: if the log cannot be read.
        """
        if not self.is_undecided or (may_grow and not self._has_settled()):
            return b""
        self._judged_end = self._end = self._tail.offset + self._tail.torn_bytes
        line = self._tail.torn_line()
        if len(line) == self._tail.torn_bytes and is_whole(line):
            self.accepted = line
        return self.accepted

    def rest_of(self, chunk: Chunk) -> bytes | None:
        """The lines of a chunk after the accepted one, which is complete now.

        Returns:
            None if the log no longer contains the accepted line, or has a longer one in its place.

        Raises:
            OSError: if the log cannot be read.
        """
        if chunk.data:
            line = self.accepted + b"\n"
            return chunk.data[len(line) :] if chunk.data.startswith(line) else None
        return b"" if self._tail.torn_line().startswith(self.accepted) else None

    def _has_settled(self) -> bool:
        now = time.monotonic()
        end = self._tail.offset + self._tail.torn_bytes
        if end != self._end:
            self._end, self._end_seen_at = end, now
        return now - self._end_seen_at >= _SETTLED_SECS or time.time() - self._tail.modified >= _SETTLED_SECS


def is_whole(line: bytes) -> bool:
    """Whether nothing of a line is missing, though it may be damaged."""
    try:
        decode(line)
    except MalformedLineError as error:
        return bool(error.found) and not error.is_part_lost
    return True
