"""A real server of a fleet on a free port of the loopback address."""

import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from nats.aio.client import Client

from tests.support.waiting import DEADLINE_SECS
from zigtui.fleet.connection import close, connect
from zigtui.fleet.join import Join
from zigtui.fleet.server.directory import ServerDirectory
from zigtui.fleet.server.process import NatsServer

STORE_BYTES = 512 * 1024**2


def free_port() -> int:
    """A port that nothing listens on, and that no connection gets in the meantime: theirs have higher numbers."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as listening, suppress(OSError):
            listening.bind(("", port))
            return port


class FleetServer:
    """A server of a fleet. Its machines are taken over at once.

    Attributes:
        directory: its directory.
        log: its warnings and errors.
        nats: the running nats-server.
    """

    def __init__(self, path: Path) -> None:
        self.directory = ServerDirectory(path)
        self.directory.create(f"127.0.0.1:{free_port()}", None, STORE_BYTES)
        self.log: list[str] = []
        self.start()

    def start(self) -> None:
        """Start it, or start it again, and wait until it serves."""
        with self.directory.running() as lock:
            self.nats = NatsServer(self.directory, self.log.append, lock)
        try:
            self.nats.wait_until_ready()
        except BaseException:
            self.nats.stop()
            raise

    def kill(self) -> None:
        """End it as a crash does."""
        os.kill(self.nats.process_id, signal.SIGKILL)
        self.nats.stop()

    def add(self, machine: str) -> Join:
        """Add a machine."""
        join = self.directory.add(machine)
        self._take_over()
        return join

    def remove(self, machine: str) -> None:
        """Remove a machine."""
        self.directory.remove(machine)
        self._take_over()

    def _take_over(self) -> None:
        """Take over a change, and tell watchers, as `zigtui fleet serve` does."""
        self.nats.reload_if_changed()
        with ThreadPoolExecutor(1) as pool:  # a test may run an event loop in this thread
            pool.submit(self.nats.announce_machines).result()


@contextmanager
def running_server(path: Path) -> Iterator[FleetServer]:
    """A server that runs until the block is left."""
    server = FleetServer(path)
    try:
        yield server
    finally:
        server.nats.stop()


@asynccontextmanager
async def connected(join: Join, errors: list[str] | None = None) -> AsyncIterator[Client]:
    """A connection to a server, and what the server refuses on it."""
    seen = errors if errors is not None else []
    client = await connect(join, timeout_secs=DEADLINE_SECS, on_error=lambda error: seen.append(str(error)))
    try:
        yield client
    finally:
        await close(client)
