"""States, beats and asks: small JSON objects. Fields that this version does not know are ignored."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

import msgspec

from zigtui.fleet.wire.chunk import MAX_NUMBER
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.wire_error import WireError

__all__ = ["Ask", "Beat", "State", "StatesAsk", "check_was_published"]

_FORWARDED_HEADER = "Nats-Subject"

_MAX_BYTES = 4096

_Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_NUMBER)]
_Gen = Annotated[int, msgspec.Meta(ge=1, le=MAX_NUMBER)]
_Crc = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
_Version = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z.+-]{1,40}\Z")]


def check_was_published(headers: Mapping[str, str]) -> None:
    """Refuse a message that the server has sent to a subject of a client's choice.

    The user whom its subject names did not publish it, and must not be blamed for it. Such messages can be recognized:
    to a stored message the server adds a header, and its own acknowledgements have no headers at all.

    Raises:
        WireError: if the message is one of these.
    """
    if not headers:
        raise WireError("it has no headers, so another machine may have made the server send it")
    if _FORWARDED_HEADER in headers:
        raise WireError("the message was not published by the user whom its subject names")


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    header: ClassVar[str]
    """The name of the header of such messages. Its value is ``1``, the version of the format."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the message."""
        return {self.header: "1"}

    @property
    def payload(self) -> bytes:
        """The message as it travels."""
        return msgspec.json.encode(self)

    @classmethod
    def decoded(cls, headers: Mapping[str, str] | None, payload: bytes) -> Self:
        """Parse a message.

        Args:
            headers: the headers; None if the message has none, as with those that the server makes.
            payload: the JSON object.

        Raises:
            WireError: if it is not such a message, if nobody has published it, or if a value is out of range.
        """
        headers = headers or {}
        check_was_published(headers)
        if headers.get(cls.header) != "1":
            raise WireError(f"the message has no header {cls.header}, or one of another version")
        if len(payload) > _MAX_BYTES:
            raise WireError(f"the message is longer than {_MAX_BYTES} bytes")
        try:
            return msgspec.json.decode(payload, type=cls)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise WireError(f"the message is not as expected: {error}") from None


class State(_Message, frozen=True, kw_only=True, omit_defaults=True):
    """The current state of a log on its machine. The server keeps the last one of each log.

    A shipper publishes one as soon as a generation of the file begins, before its first chunk. It publishes another one
    when the file has grown and is quiet, or keeps growing for long. This is how a mirror notices that bytes are missing
    at the end.

    Attributes:
        gen: the current generation of the file, see `Chunk.gen`.
        size: the end of the last whole line, in bytes.
        crc: `anchor_of` the bytes before that end.
        age: how long ago the file was last modified, in milliseconds. As a difference of two times of the machine, it
            is right whatever the machine's clock shows.
        after: an earlier generation, whose first `kept` bytes are the same as here; 0 if none is known. A shipper that
            starts again begins a new generation if the file has changed, since it does not know what it sent after its
            last notes, and the content at an offset must not change within a generation. Mirrors keep the common bytes.
        kept: the number of these bytes.
    """

    header: ClassVar[str] = "Zig-State"

    gen: _Gen
    size: _Count
    crc: _Crc
    age: _Count = 0
    after: _Count = 0
    kept: _Count = 0


class Beat(_Message, frozen=True, kw_only=True, omit_defaults=True):
    """A sign of life of a machine, sent every two seconds.

    Attributes:
        n: the number of the beat since the shipper started, from 1.
        run: a random number that the shipper has chosen when it started; None if it is of an older version.
        sessions: the number of logs that the shipper ships.
        behind: the number of bytes that the server has not acknowledged yet.
        version: the version of zigtui on the machine; None if it is not known.
        disk_free: the bytes that are free on the disk of the logs; None if it is not known.
        disk_size: the size of that disk in bytes; None if it is not known.
    """

    header: ClassVar[str] = "Zig-Beat"

    n: _Count
    run: _Count | None = None
    sessions: _Count
    behind: _Count
    version: _Version | None = None
    disk_free: _Count | None = None
    disk_size: _Count | None = None

    def __post_init__(self) -> None:
        if (self.disk_free or 0) > (self.disk_size or 0):
            raise ValueError("more of the disk is free than there is")


class Ask(_Message, frozen=True, kw_only=True):
    """The request of a mirror to send a log again from an offset on.

    The shipper sends the bytes from there to the end of the log on the lane for bulk, in the current generation, and a
    state.

    Attributes:
        p: the project, as it is spelled in subjects.
        s: the session, as it is spelled in subjects.
        offset: where to start, in bytes; ``from`` in JSON. A shipper whose log is shorter starts at 0.
        gen: the latest generation that the mirror knows. If the shipper's own is older (its clock was set back, and its
            notes are lost), the shipper begins a generation that is newer than this one, since mirrors drop older ones.
    """

    header: ClassVar[str] = "Zig-Ask"

    p: str
    s: str
    offset: _Count = msgspec.field(name="from")
    gen: _Count = 0

    @classmethod
    def for_log(cls, log: RemoteLog, offset: int, gen: int) -> "Ask":
        """Ask for a log from an offset on."""
        _, project, session = log.tokens
        return cls(p=project, s=session, offset=offset, gen=gen)

    def log(self, machine: str) -> RemoteLog:
        """The log that is asked for, on the machine that is asked.

        Raises:
            WireError: if the names are none.
        """
        return RemoteLog.of_tokens(machine, self.p, self.s)


class StatesAsk(_Message, frozen=True, kw_only=True):
    """The request to send the states of all logs again, since the server has lost or removed some."""

    header: ClassVar[str] = "Zig-Ask-States"
