"""One consumer of the server, which sends the messages of a stream."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING, Any, NamedTuple

from zigtui.fleet.mirror.cursor import StreamPosition
from zigtui.fleet.mirror.server_clock import ServerClock
from zigtui.fleet.server_api import ServerError
from zigtui.fleet.wire.subjects import Stream

if TYPE_CHECKING:
    from zigtui.fleet.client import Received, TolerantClient

__all__ = ["Consumer", "Receiver"]

_LEAST_BATCH_MESSAGES, _FIRST_BATCH_MESSAGES, _BATCH_MESSAGES = 16, 64, 1000
_QUICK_BATCH_SECS, _SLOW_BATCH_SECS = 0.25, 1.0  # signs of life and answers come after what was requested
_BATCH_BYTES = 4 * 1024**2  # for each of two streams: less than what the server lets wait
_BULK_BATCH_BYTES = 320 * 1024  # new lines come after these on the connection; the largest message has 260 KB
_EXPIRES_SECS = 30
_HEARTBEAT_SECS = 2
_SILENT_SECS = 3 * _HEARTBEAT_SECS
_UNUSED_SECS = 60
_LONGEST_PAUSE_SECS = 0.005  # before new lines are requested
_PAUSE_PER_WORK = 19.0  # so that they come many at a time once they take a twentieth of a core
_LONGEST_TURN_SECS = 0.005  # then other streams have their turn: a backlog must not delay new lines
_SECOND_NS = 10**9
_ENDS_REQUEST = {"404", "408", "409"}
_RETRY_SECS = 0.3


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
            ValueError: if it is not the reply subject of a consumer.
        """
        fields = reply.split(".")  # $JS.ACK.stream.consumer.deliveries.sequence.number.time.pending
        if len(fields) > 9:  # later versions: $JS.ACK.domain.account.stream. ... .pending.token
            fields = fields[2:]
        sequence, number, published_ns, pending = fields[5:9]
        return cls(int(sequence), int(number), int(published_ns), int(pending))


class Consumer:
    """One consumer of the server, from which messages are requested in batches.

    As many are requested at once as the network brings in about half a second.

    Of new lines, a request takes those that are there, or waits for the next one. If there are many, the next request
    comes a little later: each time that some arrive costs the server and this process more than many messages do.

    New lines are written as they are read from the connection, which is quick. A backlog waits in a queue, so that it
    does not keep the connection from being read; and so does whatever comes after a message that cannot be written.

    Attributes:
        name: its name.
        inbox: messages and answers arrive on subjects below this one.
        pending: the number of messages that the server had after the last one.
        heard_at: when the server last gave a sign of life, in seconds of `time.monotonic`.
    """

    def __init__(self, client: "TolerantClient", stream: Stream, position: StreamPosition, receiver: Receiver) -> None:
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
        self._batch = _FIRST_BATCH_MESSAGES  # how many it asked for
        self._batch_began = self.heard_at  # when the first of them came
        self._count = 0
        self._is_over = False
        self._is_drained = False  # whether the last request has ended since there were no more messages
        self._worked_before = time.thread_time()
        self._wakes = asyncio.Event()  # when a request has ended, or all is over
        self._waiting: deque[Received] = deque()
        self._has_waiting = asyncio.Event()
        self._turn_began = self.heard_at
        self._failure: Exception | None = None
        self._reached = float("-inf")

    @property
    def caught_up(self) -> float:
        """See `StreamReader.caught_up`."""
        return self._reached if self.pending or self._waiting else self.heard_at

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
        taking = asyncio.create_task(self._take_waiting())
        taking.add_done_callback(lambda _: self._end())
        try:
            while not self._is_over:
                if self._remaining <= 0:
                    await self._request_more()
                elif not self._waiting and time.monotonic() - self.heard_at > _SILENT_SECS:
                    return
                with suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await self._wakes.wait()
                self._wakes.clear()
        finally:
            taking.cancel()
        if taking.done():  # it never ends but by an exception
            taking.result()
        if self._failure is not None:
            raise self._failure

    def take(self, received: "Received") -> Awaitable[None] | None:
        """Take what has arrived at the inbox: a message of the stream, or the answer to a request.

        Returns:
            What to wait for before the next one; None if there is no need to wait.
        """
        if self._waiting or self._stream is Stream.BULK:
            self._let_wait(received)
            return None
        try:
            self._take(received)
        except OSError:  # it is tried again
            self._let_wait(received)
            return None
        return self._let_others() if self.heard_at - self._turn_began > _LONGEST_TURN_SECS else None

    def _let_wait(self, received: "Received") -> None:
        self._waiting.append(received)
        self._has_waiting.set()

    async def _take_waiting(self) -> None:
        """Take what waits, until the task is cancelled."""
        while True:
            await self._has_waiting.wait()
            while self._waiting:
                try:
                    self._take(self._waiting[0])
                except OSError as error:
                    self._receiver.report(error)
                    await asyncio.sleep(_RETRY_SECS)
                else:
                    self._waiting.popleft()
                    if self.heard_at - self._turn_began > _LONGEST_TURN_SECS:
                        await self._let_others()
            self._has_waiting.clear()

    def _take(self, received: "Received") -> None:
        """Take what has arrived.

        Raises:
            OSError: if it cannot be written now.
        """
        if self._is_over:
            return
        if received.subject.startswith(self.inbox):
            self._take_status(received.subject.rpartition(".")[2], received.headers)
        else:
            self._take_data(received)
        self.heard_at = time.monotonic()
        if self._remaining <= 0:
            self._wakes.set()

    def _end(self) -> None:
        self._is_over = True
        self._wakes.set()

    def _take_status(self, number: str, headers: dict[str, str]) -> None:
        status = headers.get("Status", "")
        if status == "100":
            if headers.get("Nats-Last-Consumer", str(self._count)) != str(self._count):
                self._end()
        elif status in _ENDS_REQUEST and "Consumer" not in headers.get("Description", ""):
            if number == str(self._request):
                self._remaining = 0
                self._is_drained = True
        else:
            self._end()

    def _take_data(self, received: "Received") -> None:
        try:
            delivery = _Delivery.of(received.reply)
        except ValueError:
            self._end()
            return
        if delivery.number != self._count + 1:
            self._end()
            return
        age = self._receiver.clock.age(delivery.published_ns)
        try:
            self._receiver.take(received.subject, received.headers, received.data, age)
        except OSError:
            raise
        except Exception as error:  # raised by `run`
            self._failure = error
            self._end()
            return
        self._count = delivery.number
        if self._remaining == self._batch:
            self._batch_began = time.monotonic()
        self._remaining -= 1
        if self._remaining == 0:
            self._adjust_batch()
        self._position.next = delivery.sequence + 1
        self.pending = delivery.pending
        self._reached = time.monotonic() - age

    def _adjust_batch(self) -> None:
        took = time.monotonic() - self._batch_began
        if took < _QUICK_BATCH_SECS:
            self._batch = min(_BATCH_MESSAGES, 2 * self._batch)
        elif took > _SLOW_BATCH_SECS:
            self._batch = max(_LEAST_BATCH_MESSAGES, self._batch // 2)

    async def _let_others(self) -> None:
        """Let others have their turn."""
        await asyncio.sleep(0)
        self._turn_began = time.monotonic()

    async def _request_more(self) -> None:
        question = {
            "batch": self._batch,
            "max_bytes": _BULK_BATCH_BYTES if self._stream is Stream.BULK else _BATCH_BYTES,
            "expires": _EXPIRES_SECS * _SECOND_NS,
            "idle_heartbeat": _HEARTBEAT_SECS * _SECOND_NS,
        }
        if self._stream is Stream.LIVE:
            question["no_wait"] = True  # with "expires": end when there are no more, but wait for the first one
            if self._is_drained:
                work = time.thread_time() - self._worked_before
                await asyncio.sleep(min(_LONGEST_PAUSE_SECS, work * _PAUSE_PER_WORK))
            self._worked_before, self._is_drained = time.thread_time(), False
        self._request += 1
        self._remaining = self._batch
        await self._client.publish(
            f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self.name}",
            json.dumps(question).encode(),
            reply=f"{self.inbox}.{self._request}",
        )
