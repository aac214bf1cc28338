"""Connection: the connection of this process to a session that another process has shared."""

import atexit
import os
import select
import socket
import threading
from contextlib import suppress
from time import monotonic

from writer._common.descriptors import high_socket
from writer._common.poll import new_poll
from writer._programs.step_environment import SESSION_ID, STEP
from writer._shared.messages import Message, Messages, encode

__all__ = ["Connection", "connect"]

_READ_BYTES = 64 * 1024
_LONGEST_WAIT_SECS = 30.0  # then the other process has probably been stopped
_CHECK_MS = 50  # how often to check whether a signal handler has read a reply
_WHOLE_BYTES = 16 * 1024  # messages of this size are sent whole or not at all, even if a signal comes

_connections: "dict[str, Connection]" = {}
_lock = threading.RLock()


class Connection:
    """The connection of this process to a shared session.

    All methods may be called from any thread, and by a signal handler in the middle of another call. A request has a
    number, which its reply repeats: so a request that is interrupted leaves no reply behind for the next one.

    Attributes:
        address: The path of the socket.
        session_id: The id of the session.
        workflow_name: The name of its workflow.
        log_path: The path of its log.
        has_secrets: Whether the other process knows secrets, which text must not have when it is recorded.
    """

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            OSError: If nothing listens there.
            MessageError: If it is not a session.
        """
        self.address = address
        self._lock = threading.RLock()
        self._messages = Messages()
        self._unsent: list[bytes] = []
        self._is_sending = False
        self._last_number = 0
        self._awaited: set[int] = set()  # the numbers of requests; what comes too late for one is dropped
        self._replies: dict[int, Message] = {}
        self._socket = high_socket(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        try:
            self._socket.settimeout(_LONGEST_WAIT_SECS)
            self._socket.connect(address)
            about = self.hello()
        except BaseException:
            self._socket.close()
            raise
        self.session_id = str(about.get("session_id"))
        self.workflow_name = str(about.get("workflow_name"))
        self.log_path = str(about.get("log_path"))
        self.has_secrets = about.get("has_secrets") is True

    @property
    def is_closed(self) -> bool:
        """Whether the connection has been closed, as it is when it turns out to be lost."""
        return self._socket.fileno() < 0

    def hello(self) -> Message:
        """Introduce this process, and return what the other one has to report of the session.

        Raises:
            OSError: If the connection is lost.
            MessageError: If the reply makes no sense.
        """
        step = {"session_id": os.environ.get(SESSION_ID), "step": os.environ.get(STEP)}
        return self.request({"do": "hello", "pid": os.getpid(), **step})

    def send(self, message: Message) -> None:
        """Send a message that has no reply.

        Raises:
            OSError: If the connection is lost.
        """
        data = encode(message)
        with self._lock:
            self._send(data)

    def request(self, message: Message) -> Message:
        """Send a message and return the reply, which is empty if this interrupts the sending of a long message.

        Raises:
            OSError: If the connection is lost.
            MessageError: If the reply makes no sense.
        """
        with self._lock:
            self._last_number = number = self._last_number + 1
            self._awaited.add(number)
            try:
                self._send(encode({**message, "number": number}))
                if self._is_sending:  # then the reply cannot come before this call returns
                    return {}
                deadline = monotonic() + _LONGEST_WAIT_SECS
                while number not in self._replies:
                    self._receive(deadline)
                return self._replies[number]
            finally:
                self._awaited.discard(number)
                self._replies.pop(number, None)

    def _send(self, data: bytes) -> None:
        if self._is_sending:  # this is a signal handler: the interrupted call sends the message after its own
            self._unsent.append(data)
            return
        self._is_sending = len(data) > _WHOLE_BYTES
        try:
            self._socket.sendall(data)
        except OSError:  # the message may have been sent in part
            self.close()
            raise
        finally:
            self._is_sending = False
        while self._unsent:
            self._send(self._unsent.pop(0))

    def _receive(self, deadline: float) -> None:
        """Wait a moment for replies, and keep them."""
        poll = new_poll()
        poll.register(self._socket, select.POLLIN)
        if not poll.poll(_CHECK_MS):
            if monotonic() > deadline:
                raise TimeoutError("timed out")
            return
        try:
            # Not `recv`, which waits for data. A descriptor whose socket has a timeout does not block.
            data = os.read(self._socket.fileno(), _READ_BYTES)
        except BlockingIOError:  # a signal handler has read it
            return
        if not data:
            self.close()
            raise ConnectionResetError("the session has ended")
        for reply in self._messages.feed(data):
            number = reply.get("number")
            if isinstance(number, int) and number in self._awaited:
                self._replies[number] = reply

    def has_ended(self) -> bool:
        """Whether the other process has closed the connection, as far as can be seen without waiting."""
        poll = new_poll()
        poll.register(self._socket, 0)
        return any(events & select.POLLHUP for _, events in poll.poll(0))

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        with suppress(OSError):  # closed by the runner
            self._socket.close()


def connect(address: str) -> Connection:
    """Return the connection of this process to a session, the same for all who add to it.

    Raises:
        OSError: If nothing listens there.
        MessageError: If it is not a session.
    """
    with _lock:
        connection = _connections.get(address)
        if connection is None or connection.is_closed:
            _forget_ended()
            _connections[address] = connection = Connection(address)
        return connection


def _forget_ended() -> None:
    """Close the connections to sessions that have ended: a process may add to many, one after the other."""
    for address, connection in list(_connections.items()):
        if connection.is_closed or connection.has_ended():
            connection.close()
            del _connections[address]


@atexit.register
def _close_all() -> None:
    """Close the connections, whose sockets would otherwise be reported as not closed."""
    for connection in list(_connections.values()):
        connection.close()


def _after_fork_in_child() -> None:
    global _lock
    _lock = threading.RLock()
    for connection in _connections.values():
        connection.close()  # only the copy: the other end must see when the parent ends
    _connections.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
