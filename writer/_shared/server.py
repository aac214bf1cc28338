"""The server of a shared session: a thread that records what other processes send."""

import atexit
import os
import select
import socket
import threading
import weakref
from collections.abc import Callable
from contextlib import ExitStack, suppress
from errno import EMFILE, ENFILE, ENOBUFS, ENOMEM
from time import monotonic

from writer._common.descriptors import high_socket
from writer._common.pause import pause
from writer._common.poll import new_poll
from writer._log.session_log import NotShared, SessionLog
from writer._shared.directory import listen, remove
from writer._shared.messages import LONGEST_BYTES, Message, MessageError, Messages, encode
from writer._shared.requests import Client, Requests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType

__all__ = ["Server"]

_READ_BYTES = 256 * 1024
_DRAIN_SECS = 2.0  # how long the end of a step or session waits for what clients have sent before
_NO_DESCRIPTOR_SECS = 0.05  # how long the server waits if it cannot accept a connection
_NO_DESCRIPTOR = (EMFILE, ENFILE, ENOBUFS, ENOMEM)

_servers: "weakref.WeakSet[Server]" = weakref.WeakSet()


class _Peer:
    """The connection of a client."""

    def __init__(self, connection: socket.socket, client: Client) -> None:
        self.connection = connection
        self.messages = Messages()
        self.client = client
        self.unsent = bytearray()  # of replies
        self.descriptor = connection.fileno()


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
            RuntimeError: If no thread can be started.
        """
        self.requests = Requests(log)
        self._peers: dict[int, _Peer] = {}  # by their descriptors
        self._waiting: list[LockType] = []  # for what has been sent
        self._must_stop = False
        self._process = os.getpid()
        with ExitStack() as undo:
            self._wake_reader, self._wake_writer = map(high_socket, socket.socketpair())
            undo.callback(self._wake_reader.close)
            undo.callback(self._wake_writer.close)
            listener, self.address = listen()
            self._listener = high_socket(listener)
            undo.callback(remove, self.address)
            undo.callback(self._listener.close)
            for endpoint in (self._wake_reader, self._wake_writer, self._listener):
                endpoint.setblocking(False)
            # Not the module selectors, whose best way to wait needs one more descriptor that the runner may close.
            self._poll = new_poll()
            self._actions: dict[int, Callable[[int], None]] = {}
            self._watch(self._listener.fileno(), self._accept)
            self._watch(self._wake_reader.fileno(), self._awake)
            self._thread = threading.Thread(target=self._run, name="zig-shared-session", daemon=True)
            self._thread.start()
            undo.pop_all()
        _servers.add(self)

    @property
    def is_lost(self) -> bool:
        """Whether clients cannot reach it any more, since the runner has closed its descriptors."""
        return not self._wake() or not self._thread.is_alive()

    def drain(self) -> None:
        """Wait until all that clients have sent before this call is recorded, or until a time limit."""
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            return
        done = threading.Lock()  # not an Event: an interrupt can leave its inner lock held, which the thread needs
        done.acquire()
        self._waiting.append(done)
        if self._wake():
            done.acquire(timeout=_DRAIN_SECS)

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
            _close(self._peers.popitem()[1].connection)
        for endpoint in (self._listener, self._wake_reader, self._wake_writer):
            _close(endpoint)

    def _wake(self) -> bool:
        """Let the thread see what has changed; return whether that is possible.

        If the runner has closed the descriptors, the thread still waits for the sockets behind them. A last connection
        lets it find that out, and end.
        """
        try:
            self._wake_writer.send(b"x")
        except BlockingIOError:  # full of earlier calls
            return True
        except OSError:
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as last:
                last.setblocking(False)
                last.connect(self.address)
            return False
        return True

    def _run(self) -> None:
        while not self._must_stop:
            try:
                waiting = self._waiting[:]
                # While callers of `drain` wait, go on until nothing is left to read, or until they give up.
                deadline = monotonic() + _DRAIN_SECS
                while self._serve(0 if waiting else None) and waiting and monotonic() < deadline:
                    pass
            except OSError:  # the descriptors have been closed, by `close` or by the runner
                return
            finally:
                for done in waiting:
                    self._waiting.remove(done)
                    done.release()

    def _watch(self, descriptor: int, action: Callable[[int], None], events: int = select.POLLIN) -> None:
        self._actions[descriptor] = action
        self._poll.register(descriptor, events)

    def _serve(self, timeout: int | None) -> bool:
        ready = self._poll.poll(timeout)
        for descriptor, events in ready:
            action = self._actions.get(descriptor)
            if action is not None and not self._must_stop:
                action(events)
        return bool(ready)

    def _awake(self, _events: int) -> None:
        with suppress(BlockingIOError):
            self._wake_reader.recv(_READ_BYTES)

    def _accept(self, _events: int) -> None:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # the client has gone again
            return
        except OSError as error:
            if error.errno not in _NO_DESCRIPTOR:
                raise
            pause(_NO_DESCRIPTOR_SECS)  # the client waits
            return
        connection = high_socket(connection)
        connection.setblocking(False)
        lost = self._peers.pop(connection.fileno(), None)
        if lost is not None:  # the runner has closed its descriptor, which is that of the new connection now
            lost.connection.detach()
            self.requests.drop_client(lost.client)
        peer = _Peer(connection, self.requests.add_client())
        self._peers[peer.descriptor] = peer
        self._watch(peer.descriptor, lambda events: self._exchange(peer, events))

    def _exchange(self, peer: _Peer, events: int) -> None:
        if events & select.POLLOUT:
            self._send(peer)
        if events & ~select.POLLOUT:  # also its end
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
        if self._is_connected(peer):  # otherwise `close` has closed the connection
            del self._peers[peer.descriptor], self._actions[peer.descriptor]
            self._poll.unregister(peer.descriptor)
            _close(peer.connection)
            self.requests.drop_client(peer.client)

    def _is_connected(self, peer: _Peer) -> bool:
        return self._peers.get(peer.descriptor) is peer

    def _reply(self, peer: _Peer, reply: Message) -> None:
        peer.unsent += encode(reply)
        if len(peer.unsent) > LONGEST_BYTES:
            raise MessageError("the replies are not read")
        self._send(peer)

    def _send(self, peer: _Peer) -> None:
        """Send as much of the replies as the client can take, and the rest when it can take more."""
        if not self._is_connected(peer):  # a request has ended the session
            return
        try:
            del peer.unsent[: peer.connection.send(peer.unsent)]
        except BlockingIOError:
            pass
        except OSError:  # it has gone, as the next attempt to read shows
            peer.unsent.clear()
        self._poll.modify(peer.descriptor, select.POLLIN | (select.POLLOUT if peer.unsent else 0))


def _close(endpoint: socket.socket) -> None:
    with suppress(OSError):  # closed by the runner
        endpoint.close()


@atexit.register
def _close_all() -> None:
    for server in list(_servers):
        server.close()


def _after_fork_in_child() -> None:
    for server in list(_servers):
        server.close_descriptors()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
