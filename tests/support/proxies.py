"""A proxy for TCP, whose connections can be cut."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_BLOCK_BYTES = 64 * 1024


class Proxy:
    """Passes on what comes on a free port of the loopback address to another port.

    Args:
        target: that port.

    Attributes:
        port: its own port.
        bytes_per_sec: how many bytes of a connection it passes on to that port in a second; None for all that come.
        answered_per_sec: the same in the other direction.
        passes_on: whether it passes on anything to that port.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.bytes_per_sec: float | None = None
        self.answered_per_sec: float | None = None
        self.passes_on = threading.Event()
        self.passes_on.set()
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cut all connections."""
        for connection in self._open.copy():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Cut all connections, and accept no more."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):  # it is closed
            while True:
                client, _ = self._listening.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target))
                except OSError:  # the server is away
                    client.close()
                    continue
                self._open |= {client, server}
                threading.Thread(target=self._pass_on, args=(client, server, self._delay), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(server, client, self._delay_answer), daemon=True).start()

    def _delay(self, size: int) -> None:
        self.passes_on.wait()
        if self.bytes_per_sec is not None:
            time.sleep(size / self.bytes_per_sec)

    def _delay_answer(self, size: int) -> None:
        if self.answered_per_sec is not None:
            time.sleep(size / self.answered_per_sec)

    def _pass_on(self, source: socket.socket, sink: socket.socket, delay: Callable[[int], None]) -> None:
        """Pass on bytes in one direction. Each direction closes the socket that it reads from."""
        with source:
            with suppress(OSError):
                while data := source.recv(_BLOCK_BYTES):
                    delay(len(data))
                    sink.sendall(data)
            with suppress(OSError):
                sink.shutdown(socket.SHUT_RDWR)
            self._open.discard(source)


@contextmanager
def proxy(target: int) -> Iterator[Proxy]:
    """A proxy that runs until the block is left."""
    found = Proxy(target)
    try:
        yield found
    finally:
        found.close()
