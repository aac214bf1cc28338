"""The server of a shared session: a thread that records what other processes send."""

import atexit
import os
import selectors
import socket
import threading
import weakref
from contextlib import ExitStack, suppress
from time import monotonic, sleep

from writer._log.session_log import NotShared, SessionLog
from writer._shared.directory import listen, remove
from writer._shared.messages import LONGEST_BYTES, Message, MessageError, Messages, encode
from writer._shared.requests import Client, Requests

__all__ = ["Server"]

_READ_BYTES = 256 * 1024
_DRAIN_SECS = 2.0  # how long the end of a step or session waits for what clients have sent before
_NO_DESCRIPTOR_SECS = 0.05  # how long the server waits if it cannot accept a connection

_servers: "weakref.WeakSet[Server]" = weakref.WeakSet()


class _Peer:
    """The connection of a client."""

    def __init__(self, connection: socket.socket, client: Client) -> None:
        self.connection = connection
        self.messages = Messages()
        self.client = client
        self.unsent = bytearray()  # of replies


class Server(NotShared):
    """Records what other processes send, in a thread, until `stop` is called.

    Attributes:
        address: The path of its socket.
        requests: What clients may ask for.
    """

    def __init__(self, log: SessionLog) -> None:
        """Start to serve the session of ``log``.

        Raises:
            OSError: If there is no directory for the socket.
        """
        self.requests = Requests(log)
        self._peers: set[_Peer] = set()
        self._waiting: list[threading.Event] = []  # for what has been sent
        self._must_stop = False
        self._process = os.getpid()
        with ExitStack() as undo:
            self._wake_reader, self._wake_writer = socket.socketpair()
            undo.callback(self._wake_reader.close)
            undo.callback(self._wake_writer.close)
            self._wake_reader.setblocking(False)
            self._selector = selectors.DefaultSelector()
            undo.callback(self._selector.close)
            self._listener, self.address = listen()
            undo.callback(remove, self.address)
            undo.callback(self._listener.close)
            self._listener.setblocking(False)
            self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
            self._selector.register(self._wake_reader, selectors.EVENT_READ, self._awake)
            self._thread = threading.Thread(target=self._run, name="zig-shared-session", daemon=True)
            self._thread.start()
            undo.pop_all()
        _servers.add(self)

    def drain(self) -> None:
        """Wait until all that clients have sent before this call is recorded, or until a time limit."""
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            return
        done = threading.Event()
        self._waiting.append(done)
        self._wake()
        done.wait(_DRAIN_SECS)

    def stop(self) -> None:
        """Record what clients have sent, and stop. Their connections stay open until `close`."""
        if os.getpid() != self._process:
            return
        self.drain()
        self._must_stop = True
        self._wake()
        if threading.current_thread() is not self._thread:
            self._thread.join(_DRAIN_SECS)

    def close(self) -> None:
        """Close all connections and remove the socket; a second call does nothing."""
        if os.getpid() == self._process:
            self.stop()
            remove(self.address)
        self.close_descriptors()

    def close_descriptors(self) -> None:
        """Close the descriptors. In a forked process, this closes only its copies."""
        _servers.discard(self)
        while self._peers:
            self._peers.pop().connection.close()
        for endpoint in (self._listener, self._wake_reader, self._wake_writer):
            endpoint.close()
        with suppress(OSError, RuntimeError):
            self._selector.close()

    def _wake(self) -> None:
        with suppress(OSError):
            self._wake_writer.send(b"x")

    def _run(self) -> None:
        while not self._must_stop:
            try:
                waiting = self._waiting[:]
                # While callers of `drain` wait, go on until nothing is left to read, or until they give up.
                deadline = monotonic() + _DRAIN_SECS
                while self._serve(0 if waiting else None) and waiting and monotonic() < deadline:
                    pass
            # The descriptors have been closed, by `close` or by the runner.
            except (OSError, ValueError, KeyError, RuntimeError):
                return
            finally:
                for done in waiting:
                    self._waiting.remove(done)
                    done.set()

    def _serve(self, timeout: float | None) -> bool:
        ready = self._selector.select(timeout)
        for key, events in ready:
            if not self._must_stop:
                key.data(events)
        return bool(ready)

    def _awake(self, _events: int) -> None:
        with suppress(BlockingIOError):
            self._wake_reader.recv(_READ_BYTES)

    def _accept(self, _events: int) -> None:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # the client has gone again
            return
        except OSError:  # no descriptor is free: the client waits
            sleep(_NO_DESCRIPTOR_SECS)
            return
        connection.setblocking(False)
        peer = _Peer(connection, self.requests.add_client())
        self._peers.add(peer)
        self._selector.register(connection, selectors.EVENT_READ, lambda events: self._exchange(peer, events))

    def _exchange(self, peer: _Peer, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._send(peer)
        if events & selectors.EVENT_READ:
            self._read(peer)

    def _read(self, peer: _Peer) -> None:
        try:
            data = peer.connection.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        try:
            if not data:
                raise MessageError("the connection has been closed")
            for message in peer.messages.feed(data):
                reply = self.requests.answer(peer.client, message)
                if reply is not None:
                    self._reply(peer, reply)
        except MessageError as error:
            with suppress(OSError):
                peer.connection.send(encode({"error": str(error)}))
            self._drop(peer)

    def _drop(self, peer: _Peer) -> None:
        if peer in self._peers:  # otherwise `close` has closed the connection
            self._selector.unregister(peer.connection)
            peer.connection.close()
            self._peers.discard(peer)
            self.requests.drop_client(peer.client)

    def _reply(self, peer: _Peer, reply: Message) -> None:
        peer.unsent += encode(reply)
        if len(peer.unsent) > LONGEST_BYTES:
            raise MessageError("the replies are not read")
        self._send(peer)

    def _send(self, peer: _Peer) -> None:
        """Send as much of the replies as the client can take, and the rest when it can take more."""
        if peer not in self._peers:  # a request has ended the session
            return
        key = self._selector.get_key(peer.connection)
        try:
            del peer.unsent[: peer.connection.send(peer.unsent)]
        except BlockingIOError:
            pass
        except OSError:  # it has gone, as the next attempt to read shows
            peer.unsent.clear()
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if peer.unsent else 0)
        if events != key.events:
            self._selector.modify(peer.connection, events, key.data)


@atexit.register
def _close_all() -> None:
    for server in list(_servers):
        server.close()


def _leave_to_parent() -> None:
    for server in list(_servers):
        server.close_descriptors()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
