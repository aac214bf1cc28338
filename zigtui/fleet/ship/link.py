"""A connection to the server that comes back, and the messages on it that are not acknowledged yet."""

import asyncio
import itertools
import math
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from zigtui.fleet.connection import RefusedError, UnknownKeyError, UnreachableError, close, connect, inbox_of
from zigtui.fleet.join import Join

if TYPE_CHECKING:
    from nats.aio.client import Client

    from zigtui.fleet.client import Received, TolerantClient

__all__ = ["Link", "Outcome"]

_RETRY_SECS = 0.25
_LONGEST_RETRY_SECS = 5.0
_REFUSED_RETRY_SECS = 30.0
_PATIENCE_SECS = 600.0  # a server may be restored from a copy, or set up again, by then
_FIRST_PATIENCE_SECS = 5.0  # a machine that was added just now is known by then
_ACK_SECS, _LONGEST_ACK_SECS = 5.0, 60.0
_SLOW_ACK_SECS = 0.1
_CHECK_SECS = 1.0
_FIRST_WINDOW_BYTES = 128 * 1024  # on a new connection: one chunk at a time
_LATE_ACK_SECS = 1.0

Outcome = Callable[[bool], object]
"""Called once for each message: with True when the server has it, with False when it was lost, as far as is known."""


class _Ack(msgspec.Struct):
    stream: str = ""
    error: msgspec.Raw = msgspec.Raw()


_ACK = msgspec.json.Decoder(_Ack)


class Link:
    """A connection that comes back.

    As many bytes are under way as the network takes within about a second. More of them would wait in buffers, where
    they hold up the signs of life of the connection, and would count as lost before they are acknowledged.

    Args:
        join: the server, and who connects.
        window_bytes: how many bytes may be under way at most.
        report: called with what has become of the connection, for people.
        subscribe: called with each new connection, before anything is published.
        patience_secs: how long to try again after a server refuses that has accepted connections before.
    """

    def __init__(
        self,
        join: Join,
        window_bytes: int,
        report: Callable[[str], object],
        subscribe: Callable[["Client"], Awaitable[None]] | None = None,
        patience_secs: float = _PATIENCE_SECS,
    ) -> None:
        self.has_room = asyncio.Event()
        self._join = join
        self._most_bytes = window_bytes
        self._window_bytes = min(window_bytes, _FIRST_WINDOW_BYTES)
        self._shrunk_at = 0.0  # when the window was last made smaller, by the monotonic clock
        self._ack_secs = _ACK_SECS  # after which a message counts as lost
        self._report = report
        self._subscribe = subscribe
        self._patience_secs = patience_secs
        self._client: Client | None = None
        self._numbers = itertools.count()
        self._under_way: dict[int, tuple[float, int, Outcome]] = {}  # by number: when sent, and how many bytes
        self._bytes = 0
        self._quickest_ack_secs = math.inf  # on this connection
        self._inbox = ""

    @property
    def is_up(self) -> bool:
        """Whether the connection is there."""
        return self._client is not None and self._client.is_connected

    @property
    def is_slow(self) -> bool:
        """Whether acknowledgements take longer than the way to the server and back: it has more to do than it can."""
        oldest = next(iter(self._under_way.values()), None)
        if oldest is None or self._quickest_ack_secs == math.inf:
            return False
        return time.monotonic() - oldest[0] > self._quickest_ack_secs + _SLOW_ACK_SECS

    async def keep(self) -> None:
        """Connect, and connect again whenever the connection is lost. Ends only by an exception.

        Raises:
            RefusedError: if the server refuses the first connection, for a few seconds if it does not know the machine;
                or any other for as long as the patience lasts.
        """
        has_connected, retry_secs, trouble = False, _RETRY_SECS, ""
        refused_since: float | None = None
        while True:
            try:
                is_lost = asyncio.Event()
                client = await connect(self._join, on_lost=is_lost.set)
            except (RefusedError, UnreachableError) as error:
                limit, pause = "", retry_secs
                if not isinstance(error, RefusedError):
                    refused_since = None
                else:
                    patience, now = self._patience(error, has_connected=has_connected), time.monotonic()
                    refused_since = now if refused_since is None else refused_since
                    if now - refused_since >= patience:
                        raise
                    limit = f" for {_duration(patience)}"
                    if has_connected:
                        pause = min(_REFUSED_RETRY_SECS, patience)
                if str(error) != trouble:
                    trouble = str(error)
                    self._report(f"{trouble}; trying again{limit}")
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))
                retry_secs = min(_LONGEST_RETRY_SECS, retry_secs * 2)
                continue
            if trouble or not has_connected:
                self._report(f"connected to {self._join.url}")
            has_connected, retry_secs, trouble, refused_since = True, _RETRY_SECS, "", None
            await self._use(client, is_lost)

    def _patience(self, error: RefusedError, *, has_connected: bool) -> float:
        """How long to try again, in seconds."""
        if has_connected:
            return self._patience_secs
        return _FIRST_PATIENCE_SECS if isinstance(error, UnknownKeyError) else 0.0

    async def _use(self, client: "TolerantClient", is_lost: asyncio.Event) -> None:
        """Use a connection until it is lost."""
        try:
            self._inbox = f"{inbox_of(self._join)}.{random.getrandbits(64):x}"
            self._quickest_ack_secs = math.inf
            self._window_bytes = min(self._most_bytes, _FIRST_WINDOW_BYTES)
            await client.subscribe_directly(f"{self._inbox}.*", self._take_ack)
            if self._subscribe is not None:
                await self._subscribe(client)
            self._client = client
            self._update_room()
            while client.is_connected and not is_lost.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(_CHECK_SECS):
                        await is_lost.wait()
                self._give_up_old()
        except (OSError, _errors()):
            pass  # it is lost
        finally:
            self._client = None
            self._update_room()
            for number in list(self._under_way):
                self._finish(number, False)
            await close(client)

    async def publish(self, subject: str, headers: dict[str, str], payload: bytes, outcome: Outcome) -> None:
        """Publish a message that the server acknowledges. If there is no connection, it counts as lost at once."""
        client = self._client
        if client is None or not client.is_connected:
            outcome(False)
            return
        number = next(self._numbers)
        self._under_way[number] = time.monotonic(), len(payload), outcome
        self._bytes += len(payload)
        self._update_room()
        try:
            await client.publish(subject, payload, reply=f"{self._inbox}.{number}", headers=headers)
        except (OSError, _errors()):
            self._finish(number, False)

    async def send(self, subject: str, headers: dict[str, str], payload: bytes) -> None:
        """Publish a message that is not acknowledged. It is dropped if there is no connection."""
        client = self._client
        if client is not None and client.is_connected:
            try:
                await client.publish(subject, payload, headers=headers)
            except (OSError, _errors()):
                pass

    def _take_ack(self, received: "Received") -> None:
        name = received.subject.rpartition(".")[2]
        number = int(name) if name.isdecimal() and len(name) < 20 else -1
        try:
            ack = _ACK.decode(received.data)
        except (msgspec.DecodeError, UnicodeError, RecursionError):  # also for "no responders": nothing keeps it
            ack = _Ack()
        self._finish(number, bool(ack.stream) and not bytes(ack.error))

    def _give_up_old(self) -> None:
        """Take messages for lost that were not acknowledged in time."""
        now, ack_secs = time.monotonic(), self._ack_secs
        for number, (published_at, _, _) in list(self._under_way.items()):
            if now - published_at < ack_secs:
                break
            self._ack_secs = min(_LONGEST_ACK_SECS, 2 * ack_secs)  # a network may be too slow for a single chunk
            self._finish(number, False)

    def _finish(self, number: int, is_kept: bool) -> None:
        entry = self._under_way.pop(number, None)
        if entry is not None:
            published_at, size, outcome = entry
            self._bytes -= size
            if is_kept:
                self._take_ack_time(published_at, size)
            self._update_room()
            outcome(is_kept)

    def _take_ack_time(self, published_at: float, size: int) -> None:
        """Adjust the limits to the time that an acknowledgement has taken."""
        now = time.monotonic()
        ack_secs = now - published_at
        self._quickest_ack_secs = min(self._quickest_ack_secs, ack_secs)
        if ack_secs < _LATE_ACK_SECS:
            self._ack_secs = _ACK_SECS
            self._window_bytes = min(self._most_bytes, self._window_bytes + size)
        elif published_at > self._shrunk_at:  # else the smaller window has had no effect on it yet
            self._shrunk_at = now
            self._window_bytes = max(min(self._most_bytes, _FIRST_WINDOW_BYTES), self._window_bytes // 2)

    def _update_room(self) -> None:
        if self.is_up and self._bytes < self._window_bytes:
            self.has_room.set()
        else:
            self.has_room.clear()


def _errors() -> type[Exception]:
    from zigtui.fleet.client import NatsError

    return NatsError


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds > 60 else f"{seconds:.0f} seconds"
