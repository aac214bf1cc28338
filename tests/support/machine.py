"""A machine of a fleet, reduced to what a shipper publishes."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from nats.aio.client import Client
from nats.aio.msg import Msg

from tests.support.fleet import connected
from tests.support.originals import Original
from zigtui.fleet.join import Join
from zigtui.fleet.wire.chunk import CHUNK_HEADER, Chunk
from zigtui.fleet.wire.messages import Ask, Beat
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.subjects import Lane, ask_subject, beat_subject

__all__ = ["Machine", "machine"]


class Machine:
    """Publishes chunks and states of logs, and sends logs again when it is asked to.

    Attributes:
        originals: its logs, which are sent again on request.
        asks: what it was asked for.
    """

    def __init__(self, client: Client, name: str) -> None:
        self.originals: dict[RemoteLog, Original] = {}
        self.asks: list[Ask] = []
        self._client = client
        self._name = name

    async def ship(self, log: RemoteLog, chunks: Iterable[Chunk], lane: Lane = Lane.LIVE) -> None:
        """Publish chunks."""
        for chunk in chunks:
            header, payload = chunk.encoded()
            await self._client.publish(lane.subject(log), payload, headers={CHUNK_HEADER: header})
        await self._client.flush()

    async def publish(self, subject: str, payload: bytes, headers: dict[str, str]) -> None:
        """Publish anything, as a hostile machine may."""
        await self._client.publish(subject, payload, headers=headers)
        await self._client.flush()

    async def publish_raw(self, subject: bytes, header: bytes, payload: bytes) -> None:
        """Publish what nats-py does not: a subject, which a reply subject may follow, and headers of any bytes."""
        sizes = b"%d %d" % (len(header), len(header) + len(payload))
        await self._client._send_command(b"HPUB %b %b\r\n%b%b\r\n" % (subject, sizes, header, payload))
        await self._client.flush()

    async def ship_state(self, log: RemoteLog) -> None:
        """Publish the state of a log."""
        state = self.originals[log].state()
        await self.publish(Lane.STATE.subject(log), state.payload, state.headers)

    async def beat(self) -> None:
        """Give a sign of life."""
        beat = Beat(n=1, sessions=len(self.originals), behind=0)
        await self.publish(beat_subject(self._name), beat.payload, beat.headers)

    async def take_ask(self, message: Msg) -> None:
        """Send a log again."""
        ask = Ask.decoded(message.headers, message.data)
        self.asks.append(ask)
        log = ask.log(self._name)
        await self.ship(log, self.originals[log].chunks(ask.offset), Lane.BULK)
        await self.ship_state(log)


@asynccontextmanager
async def machine(join: Join) -> AsyncIterator[Machine]:
    """A machine that is connected until the block is left."""
    async with connected(join) as client:
        connected_machine = Machine(client, join.user)
        await client.subscribe(ask_subject(join.user), cb=connected_machine.take_ask)
        yield connected_machine
