"""Read a stream of the server in order, without ever leaving out a message silently."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from zigtui.fleet.mirror.consumer import Consumer, Receiver
from zigtui.fleet.mirror.cursor import StreamPosition
from zigtui.fleet.server_api import ServerError, checked, machines_in, request, stream_info
from zigtui.fleet.wire.subjects import Stream

if TYPE_CHECKING:
    from zigtui.fleet.client import TolerantClient

__all__ = ["StreamReader"]

_RETRY_SECS = 0.3
_PATIENCE_SECS = 5.0  # a server that has just started refuses for a short while


class StreamReader:
    """Reads a stream from a position on, as long as a connection lasts.

    The server's consumers are not trusted to last. Each is used without acknowledgements, and replaced by another one
    as soon as a message is missing or the server is silent. The position is kept here.

    Args:
        client: the connection.
        stream: the stream.
        position: where to start. It moves on with each message.
        receiver: what becomes of the messages.
    """

    def __init__(self, client: "TolerantClient", stream: Stream, position: StreamPosition, receiver: Receiver) -> None:
        self._client = client
        self._stream = stream
        self._position = position
        self._receiver = receiver
        self._consumer: Consumer | None = None
        self._caught_up = float("-inf")
        self._heard_at = float("-inf")

    @property
    def stream(self) -> Stream:
        """The stream."""
        return self._stream

    @property
    def is_reading(self) -> bool:
        """Whether the server sends the messages of the stream."""
        return self._consumer is not None

    @property
    def caught_up(self) -> float:
        """All messages that the server had at this time have been taken; in seconds of `time.monotonic`."""
        if self._consumer is not None:
            self._caught_up = max(self._caught_up, self._consumer.caught_up)
        return self._caught_up

    @property
    def heard_at(self) -> float:
        """When the server last gave a sign of life on this stream, in seconds of `time.monotonic`."""
        if self._consumer is not None:
            self._heard_at = self._consumer.heard_at
        return self._heard_at

    async def run(self) -> None:
        """Read until the task is cancelled."""
        refused_since: float | None = None
        while True:
            try:
                await self._read()
                refused_since = None
            except ServerError as error:
                now = time.monotonic()
                refused_since = refused_since or now
                if now - refused_since > _PATIENCE_SECS:
                    self._receiver.report(error)
            await asyncio.sleep(_RETRY_SECS)

    async def ask_server(self) -> dict[str, Any]:
        """Compare the clocks again, since they do not run equally fast, and take note of the machines of the fleet.

        Returns:
            The description of the stream.

        Raises:
            ServerError: if the server does not answer.
        """
        info = await stream_info(self._client, self._stream)
        self._receiver.clock.adjust(info["ts"])
        if self._stream is Stream.STATE:
            self._receiver.note_machines(machines_in(info))
        return info

    async def _read(self) -> None:
        """Read with one consumer, until another one is needed."""
        info = await self.ask_server()
        self._position.fit(info["created"], info["state"]["last_seq"])
        consumer = Consumer(self._client, self._stream, self._position, self._receiver)
        subscription = await self._client.subscribe_directly(f"{consumer.inbox}.*", consumer.take)
        try:
            name = f"CONSUMER.CREATE.{self._stream}.{consumer.name}"
            answer = await request(self._client, name, consumer.configuration)
            consumer.pending = checked(answer, f"the stream {self._stream} cannot be read")["num_pending"]
            self._consumer = consumer
            await consumer.run()
        finally:
            self._consumer = None
            with suppress(Exception):  # the connection may be lost
                await subscription.unsubscribe()
