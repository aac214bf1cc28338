"""Textual's driver for the screen in a browser, which exchanges packets with the server over pipes.

Standard input and output have packets: a letter, the length in four bytes, and the data. ``D`` is what a terminal sends
and displays, ``M`` is a JSON object, and ``P`` a piece of a file. Each deviation from `textual.drivers.web_driver` in
Textual 8.2 has its reason beside it.
"""

import logging
import os
import selectors
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import Any, BinaryIO, ClassVar, Protocol, TextIO

from textual import events
from textual.drivers._byte_stream import ByteStream
from textual.drivers.web_driver import WebDriver
from textual.geometry import Size

from zigtui.ui.terminal.events import InputEvents
from zigtui.ui.terminal.input import TerminalInput, Token
from zigtui.ui.terminal.kind import escape_secs
from zigtui.ui.terminal.modes import FOCUS, MOUSE, PASTES, SCREEN

__all__ = ["BrowserDriver", "DriverOwner", "Report"]

_LOGGER = logging.getLogger(__name__)

_STDIN, _STDOUT = 0, 1
_READ_BYTES = 65536
_MOST_DELIVERIES = 4
"""How many files wait to be downloaded. A browser that does not fetch them must not fill the disk of the server."""


Report = Callable[[dict[str, object]], object]
"""Sends a fact to the server."""


class DriverOwner(Protocol):
    """The terminal of a driver."""

    def begin(self, report: Report) -> None:
        """Take the function that sends facts to the server."""

    def server_gone(self) -> None:
        """Take note that the server is gone, or wants the process to end. Called by another thread."""


class BrowserDriver(WebDriver):
    """Reads packets from standard input, and writes packets to standard output."""

    terminal: ClassVar[DriverOwner]
    """The terminal of the process, which a subclass sets."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._write = _PacketWriter()  # type: ignore[assignment]  # Textual's writes are neither whole nor one by one

    def start_application_mode(self) -> None:
        """Start to read and to draw. Signals are the concern of the terminal, and a browser has no kitty keys."""
        self.terminal.begin(self.write_meta)
        self.write(SCREEN[0] + PASTES[0] + FOCUS[0] + MOUSE[0])
        size = Size(*(self._size or (80, 24)))
        self.send_message(events.Resize(size, size))
        self._request_terminal_sync_mode_support()
        self._key_thread.daemon = True
        self._key_thread.start()

    def stop_application_mode(self) -> None:
        """Stop reading. The page keeps the last frame, below the reason for which the screen ended."""
        self.exit_event.set()

    def run_input_thread(self) -> None:
        """Read packets until the application ends, or the server is gone: Textual's application would go on then."""
        tokens, input_events, packets = TerminalInput(escape_secs(os.environ)), InputEvents(), ByteStream()
        with selectors.DefaultSelector() as selector:
            selector.register(_STDIN, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if not selector.select(tokens.wait_secs):
                    self._take(input_events, list(tokens.tick(monotonic())))
                elif data := os.read(_STDIN, _READ_BYTES):
                    for kind, payload in packets.feed(data):
                        self._take_packet(kind, payload, tokens, input_events)
                else:
                    self.terminal.server_gone()
                    return

    def _take_packet(self, kind: str, payload: bytes, tokens: TerminalInput, input_events: InputEvents) -> None:
        if kind == "D":
            self._take(input_events, list(tokens.feed(payload, monotonic())))
        else:
            self._take_meta(kind, payload)

    def _take(self, input_events: InputEvents, tokens: list[Token]) -> None:
        for token in tokens:
            for event in input_events.understood(token):
                self.process_message(event)

    def _take_meta(self, kind: str, payload: bytes) -> None:
        try:
            self._on_meta(kind, payload)
        except Exception:  # such as that of a file that was closed because there were too many
            _LOGGER.exception("a packet of the server is ignored")

    def deliver_binary(self, binary: BinaryIO | TextIO, **options: Any) -> None:
        """Offer a file to the browser. The oldest one is no longer offered if there are too many."""
        while len(self._deliveries) >= _MOST_DELIVERIES:
            self._deliveries.pop(next(iter(self._deliveries))).close()
        super().deliver_binary(binary, **options)


class _PacketWriter:
    """Writes each packet whole, and one after the other, by whichever thread. A server that is gone takes none."""

    def __init__(self) -> None:
        self._lock = Lock()

    def __call__(self, packet: bytes) -> None:
        rest = memoryview(packet)
        with self._lock, suppress(OSError):
            while rest:
                rest = rest[os.write(_STDOUT, rest) :]
