"""One consumer of the server, without a server."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.waiting import eventually
from zigtui.fleet.client import Received
from zigtui.fleet.mirror import consumer
from zigtui.fleet.mirror.consumer import Consumer, Receiver
from zigtui.fleet.mirror.cursor import StreamPosition
from zigtui.fleet.mirror.server_clock import ServerClock
from zigtui.fleet.wire.subjects import Stream

NO_MORE = {"Status": "408", "Description": "Request Timeout"}


class Server:
    """The client of a consumer, which notes what is requested, and the messages that a server sends.

    Attributes:
        consumer: the consumer, which runs.
        requests: the requests.
        taken: the payloads that were taken.
        failures: how many messages cannot be written from now on.
        report: what is done with the errors of these.
    """

    def __init__(self, stream: Stream) -> None:
        self.requests: list[dict[str, Any]] = []
        self.taken: list[bytes] = []
        self.failures = 0
        self.report: Callable[[Exception], object] = lambda error: None
        self._replies: list[str] = []
        self._sent = 0
        clock = ServerClock()
        clock.adjust(datetime.now(UTC).isoformat())
        receiver = Receiver(self._take, lambda error: self.report(error), clock, lambda machines: None)
        client: Any = self
        self.consumer = Consumer(client, stream, StreamPosition(), receiver)

    def new_inbox(self) -> str:
        return "_INBOX_watch.x"

    async def publish(self, subject: str, payload: bytes, reply: str) -> None:
        self.requests.append(json.loads(payload))
        self._replies.append(reply)

    def _take(self, subject: str, headers: dict[str, str], payload: bytes, age: float) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError
        self.taken.append(payload)

    async def send(self, payload: bytes, *, left_out: int = 0) -> None:
        """Send a message of the stream, after some that are lost."""
        self._sent += 1 + left_out
        reply = f"$JS.ACK.{Stream.LIVE}.c.1.{self._sent}.{self._sent}.0.0"
        await self._deliver(Received("zig.log.web-07.p.s", reply, {}, payload))

    async def end_request(self, number: int = -1) -> None:
        """Say that there are no more messages for a request."""
        await self._deliver(Received(self._replies[number], "", NO_MORE, b""))

    async def _deliver(self, received: Received) -> None:
        waits = self.consumer.take(received)
        if waits is not None:
            await waits


@pytest.fixture(params=[Stream.LIVE, Stream.BULK])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    server = Server(request.param)
    running = asyncio.create_task(server.consumer.run())
    await eventually(lambda: server.requests)
    yield server
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_messages_stay_in_order_when_one_cannot_be_written_at_first(server: Server) -> None:
    await server.send(b"one")
    server.failures = 2
    for payload in (b"two", b"three", b"four"):
        await server.send(payload)
    await eventually(lambda: len(server.taken) == 4)
    await server.send(b"five")
    await eventually(lambda: len(server.taken) == 5)
    assert server.taken == [b"one", b"two", b"three", b"four", b"five"]


async def test_more_is_requested_when_a_request_has_ended(server: Server) -> None:
    for number in range(1, 4):
        await server.send(b"%d" % number)
        await server.end_request()
        await eventually(lambda: len(server.requests) == number + 1)  # noqa: B023
    await server.send(b"4")
    await server.end_request(0)  # which has ended before
    await server.send(b"5")
    await eventually(lambda: len(server.taken) == 5)
    assert len(server.requests) == 4


async def test_more_is_requested_when_all_messages_of_a_request_have_come(server: Server) -> None:
    for _ in range(server.requests[0]["batch"]):
        await server.send(b"x")
    await eventually(lambda: len(server.requests) == 2)


@pytest.mark.parametrize(("slow_secs", "grows"), [(60.0, True), (0.0, False)])
async def test_as_much_is_requested_as_the_network_brings_soon(
    server: Server, monkeypatch: pytest.MonkeyPatch, slow_secs: float, grows: bool
) -> None:
    """Answers and signs of life of the machines come after it."""
    monkeypatch.setattr(consumer, "_QUICK_BATCH_SECS", slow_secs, raising=False)
    monkeypatch.setattr(consumer, "_SLOW_BATCH_SECS", slow_secs, raising=False)
    for number in range(1, 8):
        for _ in range(server.requests[-1]["batch"]):
            await server.send(b"x")
        await eventually(lambda: len(server.requests) == number + 1)  # noqa: B023
    batches = [request["batch"] for request in server.requests]
    assert batches == sorted(batches, reverse=not grows)
    assert (batches[0], batches[-1]) == (64, 1000 if grows else 16)


@pytest.mark.parametrize("stream", [Stream.LIVE, Stream.BULK])
async def test_a_message_that_is_missing_ends_it(stream: Stream) -> None:
    server = Server(stream)
    running = asyncio.create_task(server.consumer.run())
    await eventually(lambda: server.requests)
    await server.send(b"one")
    await server.send(b"three", left_out=1)
    await running
    assert server.taken == [b"one"]


@pytest.mark.parametrize("stream", [Stream.LIVE, Stream.BULK])
async def test_a_fault_while_messages_wait_ends_it_with_its_exception(stream: Stream) -> None:
    def fail(error: Exception) -> None:
        raise RuntimeError("a fault") from error

    server = Server(stream)
    running = asyncio.create_task(server.consumer.run())
    await eventually(lambda: server.requests)
    server.failures, server.report = 2, fail  # new lines are tried once before they wait
    await server.send(b"one")
    await eventually(running.done)
    with pytest.raises(RuntimeError, match="a fault"):
        await running
