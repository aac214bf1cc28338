"""Read a stream of the server in order, without ever leaving out a message silently."""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING, Any, NamedTuple

from zigtui.fleet.mirror.cursor import StreamPosition
from zigtui.fleet.mirror.server_clock import ServerClock
from zigtui.fleet.server_api import ServerError, checked, machines_in, request, stream_info
from zigtui.fleet.wire.subjects import Stream

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

__all__ = ["Receiver", "StreamReader"]

_BATCH_MESSAGES = 1000
_BATCH_BYTES = 4 * 1024**2  # for each of two streams: less than what the server lets wait
_BULK_BATCH_BYTES = 320 * 1024  # new lines come after these on the connection; the largest message has 260 KB
_EXPIRES_SECS = 30
_HEARTBEAT_SECS = 2
_SILENT_SECS = 3 * _HEARTBEAT_SECS
_UNUSED_SECS = 60
_RETRY_SECS = 0.3
_PATIENCE_SECS = 5.0  # a server that has just started refuses for a short while
_LONGEST_TURN_SECS = 0.005  # then other streams have their turn: a backlog must not delay new lines
_SECOND_NS = 10**9
_ENDS_REQUEST = {"404", "408", "409"}


class Receiver(NamedTuple):
    """What becomes of the messages of a stream.

    Attributes:
        take: takes a message: its subject, its headers, its payload, and how long ago it was published, in seconds. If
            it raises `OSError`, the same message is tried again, and no other is read meanwhile.
        report: called with the error when messages cannot be taken, and when the server has refused to send any for
            some time.
        clock: the clock of the server, which is adjusted.
        note_machines: called with the machines of the fleet, or with None if the server does not tell them.
    """

    take: Callable[[str, dict[str, str], bytes, float], None]
    report: Callable[[OSError | ServerError], object]
    clock: ServerClock
    note_machines: Callable[[frozenset[str] | None], object]


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

    def __init__(self, client: "Client", stream: Stream, position: StreamPosition, receiver: Receiver) -> None:
        self._client = client
        self._stream = stream
        self._position = position
        self._receiver = receiver
        self._consumer: _Consumer | None = None
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
        consumer = _Consumer(self._client, self._stream, self._position, self._receiver)
        subscription = await self._client.subscribe(f"{consumer.inbox}.*", cb=consumer.take_message)
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


class _Delivery(NamedTuple):
    """What the server adds to a message of a consumer, in its reply subject.

    Attributes:
        sequence: the number of the message in the stream.
        number: the number of the message among those of the consumer.
        published_ns: when the server received it, in nanoseconds since the epoch.
        pending: how many more messages the server has for the consumer.
    """

    sequence: int
    number: int
    published_ns: int
    pending: int

    @classmethod
    def of(cls, reply: str) -> "_Delivery":
        """Parse the reply subject.

        Raises:
            ValueError: if it is none of a consumer.
        """
        fields = reply.split(".")  # $JS.ACK.stream.consumer.deliveries.sequence.number.time.pending
        if len(fields) > 9:  # later versions: $JS.ACK.domain.account.stream. ... .pending.token
            fields = fields[2:]
        sequence, number, published_ns, pending = fields[5:9]
        return cls(int(sequence), int(number), int(published_ns), int(pending))


class _Consumer:
    """One consumer of the server, from which messages are requested in batches.

    Attributes:
        name: its name.
        inbox: messages and answers arrive on subjects below this one.
        pending: the number of messages that the server had after the last one.
        heard_at: when the server last gave a sign of life, in seconds of `time.monotonic`.
    """

    def __init__(self, client: "Client", stream: Stream, position: StreamPosition, receiver: Receiver) -> None:
        self.name = token_hex(8)
        self.inbox: str = client.new_inbox()
        self.pending = 0
        self.heard_at = time.monotonic()
        self._client = client
        self._stream = stream
        self._position = position
        self._receiver = receiver
        self._request = 0  # the number of the last request,
        self._remaining = 0  # and how many messages are still to come
        self._count = 0
        self._is_over = asyncio.Event()
        self._is_busy = False
        self._turn_began = self.heard_at
        self._failure: Exception | None = None
        self._reached = float("-inf")

    @property
    def caught_up(self) -> float:
        """See `StreamReader.caught_up`."""
        return self._reached if self.pending or self._is_busy else self.heard_at

    @property
    def configuration(self) -> dict[str, Any]:
        """The configuration of the consumer, which vanishes when it is not used."""
        return {
            "stream_name": self._stream.value,
            "config": {
                "name": self.name,
                "deliver_policy": "by_start_sequence",
                "opt_start_seq": self._position.next,
                "ack_policy": "none",
                "replay_policy": "instant",
                "inactive_threshold": _UNUSED_SECS * _SECOND_NS,
                "mem_storage": True,
            },
        }

    async def run(self) -> None:
        """Request messages until one is missing, the server is silent, or the consumer has vanished."""
        await self._request_more()
        while not self._is_over.is_set():
            if not self._is_busy and time.monotonic() - self.heard_at > _SILENT_SECS:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._is_over.wait()
        if self._failure is not None:
            raise self._failure

    async def take_message(self, message: "Msg") -> None:
        """Take what has arrived at the inbox: a message of the stream, or the answer to a request."""
        if self._is_over.is_set():
            return
        if message.subject.startswith(self.inbox):
            self._take_status(message.subject.rpartition(".")[2], message.headers or {})
        else:
            await self._take_data(message)
        self.heard_at = time.monotonic()
        await self._request_more()
        if self.heard_at - self._turn_began > _LONGEST_TURN_SECS:
            await asyncio.sleep(0)
            self._turn_began = time.monotonic()

    def _take_status(self, number: str, headers: dict[str, str]) -> None:
        status = headers.get("Status", "")
        if status == "100":
            if headers.get("Nats-Last-Consumer", str(self._count)) != str(self._count):
                self._is_over.set()
        elif status in _ENDS_REQUEST and "Consumer" not in headers.get("Description", ""):
            if number == str(self._request):
                self._remaining = 0
        else:
            self._is_over.set()

    async def _take_data(self, message: "Msg") -> None:
        try:
            delivery = _Delivery.of(message.reply)
        except ValueError:
            self._is_over.set()
            return
        if delivery.number != self._count + 1:
            self._is_over.set()
            return
        self._count = delivery.number
        self._remaining -= 1
        age = self._receiver.clock.age(delivery.published_ns)
        self._is_busy = True
        while True:
            try:
                self._receiver.take(message.subject, message.headers or {}, message.data, age)
                break
            except OSError as error:
                self._receiver.report(error)
                await asyncio.sleep(_RETRY_SECS)
            except Exception as error:  # raised by `run`
                self._failure = error
                self._is_over.set()
                return
        self._is_busy = False
        self._position.next = delivery.sequence + 1
        self.pending = delivery.pending
        self._reached = time.monotonic() - age

    async def _request_more(self) -> None:
        if self._remaining > 0 or self._is_over.is_set():
            return
        self._request += 1
        self._remaining = _BATCH_MESSAGES
        question = {
            "batch": _BATCH_MESSAGES,
            "max_bytes": _BULK_BATCH_BYTES if self._stream is Stream.BULK else _BATCH_BYTES,
            "expires": _EXPIRES_SECS * _SECOND_NS,
            "idle_heartbeat": _HEARTBEAT_SECS * _SECOND_NS,
        }
        await self._client.publish(
            f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self.name}",
            json.dumps(question).encode(),
            reply=f"{self.inbox}.{self._request}",
        )
