"""The client of nats-py, for a server on which machines may be hostile.

The server delivers subjects and headers of any bytes, and streams keep them. nats-py expects them to be well-formed:
where they are not, it stops reading or loses the connection. A mirror would meet the same message again with each new
connection, and receive nothing more of any machine. So such a message must arrive, to be refused like any other.
"""

import re
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

__all__ = ["NatsError", "Received", "Take", "TolerantClient"]


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Let imports of a module fail, as if it were not installed, unless it is there already.

    No other thread may import it meanwhile.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]


# nats-py needs aiohttp for websockets only, and it takes 10 MB and more time than all the rest. So whoever needs
# something of nats-py while the program runs imports it from here.
with _without("aiohttp"):
    from nats.aio.client import Client
    from nats.aio.subscription import Subscription
    from nats.errors import Error as NatsError
    from nats.protocol import parser

# The server separates arguments by spaces only, and other white space may be part of a subject. nats-py looks its
# patterns up in its module, so this is the only way to replace them.
parser.MSG_RE = re.compile(rb"\AMSG +([^ \r\n]+) +(\d+) +(([^ \r\n]+) +)?(\d+)\r\n")
parser.HMSG_RE = re.compile(rb"\AHMSG +([^ \r\n]+) +(\d+) +(([^ \r\n]+) +)?(\d+) +(\d+)\r\n")


class Received(NamedTuple):
    """A message that was received.

    Attributes:
        subject: its subject.
        reply: where to answer; empty if no answer is wanted.
        headers: its headers. They have the field ``Status``, and may have ``Description``, if the server itself
            reports something.
        data: the payload.
    """

    subject: str
    reply: str
    headers: dict[str, str]
    data: bytes


Take = Callable[[Received], Awaitable[object] | None]
"""Takes a message. Nothing else is read from the connection while it waits for something. It must raise nothing."""


class TolerantClient(Client):
    """A client that no message stops.

    Headers that cannot be parsed count as missing. In subjects, bytes that are not UTF-8 become U+FFFD, which no
    subject of a fleet contains.
    """

    def __init__(self) -> None:
        super().__init__()
        self._takers: dict[int, Take] = {}  # by number of the subscription

    async def subscribe_directly(self, subject: str, take: Take) -> Subscription:
        """Subscribe without the queue and the task of a subscription, which take most of the time of a small message.

        Args:
            subject: the subject.
            take: called with each message. It must be quick.
        """
        subscription = await self.subscribe(subject)
        self._takers[subscription._id] = take
        return subscription

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes) -> None:
        self._pings_outstanding = 0  # the answer to a ping comes after all this, on a slow network much later
        take = self._takers.get(sid)
        if take is None:
            await super()._process_msg(sid, subject, reply, data, headers)
        else:
            parsed = _headers_of(headers) if headers else {}
            received = Received(subject.decode("utf-8", "replace"), reply.decode("utf-8", "replace"), parsed, data)
            waits = take(received)
            if waits is not None:
                await waits

    def _remove_sub(self, sid: int, max_msgs: int = 0) -> None:
        super()._remove_sub(sid, max_msgs)
        self._takers.pop(sid, None)

    async def _process_headers(self, headers: bytes | None) -> dict[str, str] | None:
        try:
            return await super()._process_headers(headers)
        except (ValueError, IndexError):
            return None

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: dict[str, str] | None
    ) -> Any:
        try:
            return super()._build_message(sid, subject, reply, data, headers)
        except UnicodeDecodeError:
            return super()._build_message(sid, _as_utf8(subject), _as_utf8(reply), data, headers)


def _headers_of(content: bytes) -> dict[str, str]:
    """Parse headers. Lines that have no colon are left out."""
    lines = content.decode("utf-8", "replace").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, separator, value = line.partition(":")
        if separator:
            headers[name.strip()] = value.strip()
    status = lines[0].split(maxsplit=2)[1:]  # after the version
    if status:
        headers["Status"], headers["Description"] = status[0], status[1] if len(status) > 1 else ""
    return headers


def _as_utf8(subject: bytes) -> bytes:
    return subject.decode("utf-8", "replace").encode()
