"""How far a mirror has read the streams, kept for its next run."""

from pathlib import Path
from typing import Annotated

import msgspec

from zigtui.fleet.wire.subjects import Stream
from zigtui.state.files import read_file

__all__ = ["Cursor", "StreamPosition"]

_MAX_BYTES = 256 * 1024**2
_VERSION = 1

_Count = Annotated[int, msgspec.Meta(ge=0)]


class StreamPosition(msgspec.Struct):
    """How far a stream has been read.

    Attributes:
        created: when the server has created the stream. Another stream of the same name is read from its start.
        next: the number of the next message.
    """

    created: str = ""
    next: Annotated[int, msgspec.Meta(ge=1)] = 1

    def fit(self, created: str, last: int) -> None:
        """Start again if the server has lost the stream.

        Args:
            created: when the current stream was created.
            last: the number of its last message.
        """
        if created != self.created or self.next > last + 1:
            self.created, self.next = created, 1


class Cursor(msgspec.Struct, kw_only=True):
    """What a mirror keeps for its next run. It is only a hint: without it, all is read and compared again.

    Attributes:
        version: the version of the format.
        streams: how far the streams have been read.
        files: see `MirrorStore.positions`.
    """

    version: int = _VERSION
    streams: dict[Stream, StreamPosition] = {}
    files: dict[str, tuple[_Count, _Count]] = {}

    @classmethod
    def load(cls, path: Path) -> "Cursor":
        """Read the file; an empty cursor if there is none that can be read."""
        try:
            cursor = msgspec.json.decode(read_file(path, _MAX_BYTES), type=cls)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return cls()
        return cursor if cursor.version == _VERSION else cls()

    def encoded(self) -> bytes:
        """The content of the file."""
        return msgspec.json.encode(self)
