"""The server of a shared session: a thread that records what other processes send."""

import atexit
import os
import selectors
import socket
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from writer._errors import SessionError
from writer._events import EventType, SessionStatus, as_status
from writer._log.session_log import NotShared, SessionLog
from writer._shared.directory import listen, remove
from writer._shared.messages import CHOSEN, Message, MessageError, Messages, checked, encode
from writer._shared.open_steps import ClientSteps, OpenTier

__all__ = ["Server"]

_READ_BYTES = 256 * 1024
_DRAIN_SECS = 2.0  # how long the end of a step or session waits for what clients have sent before

_servers: "weakref.WeakSet[Server]" = weakref.WeakSet()


class _Client:
    """A connection.

    Attributes:
        process: The id of its process, as it says.
        steps: Its steps under way.
    """

    def __init__(self, connection: socket.socket, steps: ClientSteps) -> None:
        self.connection = connection
        self.messages = Messages()
        self.steps = steps
        self.process = 0


class Server(NotShared):
    """Records what other processes send, in a thread, until `stop` is called.

    Attributes:
        address: The path of its socket.
    """

    def __init__(self, log: SessionLog) -> None:
        """Start to serve the session of ``log``.

        Raises:
            OSError: If there is no directory for the socket.
        """
        self._log = log
        self._finish: Callable[[SessionStatus], None] | None = None
        self._shared_steps: dict[int, tuple[Callable[[str, str], None], Callable[[Message], None]]] = {}
        self._tier = OpenTier(log)
        self._clients: set[_Client] = set()
        self._waiting: list[threading.Event] = []  # for what has been sent
        self._must_stop = False
        self._listener, self.address = listen()
        self._listener.setblocking(False)
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, self._awake)
        self._process = os.getpid()
        _servers.add(self)
        self._thread = threading.Thread(target=self._run, name="zig-shared-session", daemon=True)
        self._thread.start()

    def let_finish(self, finish: Callable[[SessionStatus], None]) -> None:
        """Allow clients to end the session, by a call of ``finish`` in the server's thread."""
        self._finish = finish

    def share_step(self, record: Callable[[str, str], None], call: Callable[[Message], None]) -> int:
        """Let clients add to a step that this process runs.

        Args:
            record: Records a line of a stream.
            call: Does what else a client asks for.

        Returns:
            The number that clients name the step by.
        """
        number = len(self._shared_steps)
        self._shared_steps[number] = record, call
        return number

    def drain(self) -> None:
        """Wait until all that clients have sent before this call is recorded, but not for ever."""
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
        for client in list(self._clients):
            client.connection.close()
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
                # With somebody waiting, go on until nothing is left to read, or for as long as they wait.
                deadline = monotonic() + _DRAIN_SECS
                while self._serve(0 if waiting else None) and waiting and monotonic() < deadline:
                    pass
            except OSError:  # the runner has closed the descriptors
                return
            finally:
                for done in waiting:
                    self._waiting.remove(done)
                    done.set()

    def _serve(self, timeout: float | None) -> bool:
        ready = self._selector.select(timeout)
        for key, _ in ready:
            key.data()
        return bool(ready)

    def _awake(self) -> None:
        with suppress(BlockingIOError):
            self._wake_reader.recv(_READ_BYTES)

    def _accept(self) -> None:
        with suppress(OSError):  # it has gone again, or there are too many
            connection, _ = self._listener.accept()
            connection.setblocking(False)
            client = _Client(connection, ClientSteps(self._log, self._tier))
            self._clients.add(client)
            self._selector.register(connection, selectors.EVENT_READ, lambda: self._read(client))

    def _read(self, client: _Client) -> None:
        try:
            data = client.connection.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        try:
            if not data:
                raise MessageError("the connection has been closed")
            for message in client.messages.feed(data):
                self._answer(client, message)
        except MessageError as error:
            self._reply(client, {"error": str(error)})
            self._drop(client)

    def _drop(self, client: _Client) -> None:
        self._selector.unregister(client.connection)
        client.connection.close()
        self._clients.discard(client)
        with suppress(SessionError):
            client.steps.abandon(client.process)

    def _answer(self, client: _Client, message: Message) -> None:
        try:
            if "output" in message:
                self._record_output(client, message)
                return
            reply = self._do(client, message)
        except MessageError:
            raise
        except (SessionError, ValueError, TypeError) as error:
            reply = {"error": str(error)}
        if reply is not None:
            self._reply(client, reply)

    def _reply(self, client: _Client, reply: Message) -> None:
        with suppress(OSError):  # it does not read: its next message fails
            client.connection.send(encode(reply))

    def _record_output(self, client: _Client, message: Message) -> None:
        name, stream, line = map(str, checked(EventType.STEP_OUTPUT, message["output"])[1])
        number = message.get("step")
        with suppress(SessionError):  # of a step that has ended
            if isinstance(number, int) and number in self._shared_steps:
                self._shared_steps[number][0](line, stream)
            elif any(name in other.steps for other in self._clients):
                client.steps.go_on(name)
                self._log.step_output(name, stream, line)

    def _do(self, client: _Client, message: Message) -> Message | None:
        match message.get("do"):
            case "hello":
                process = message.get("pid")
                client.process = process if isinstance(process, int) else 0
                return {
                    "session_id": self._log.session_id,
                    "workflow_name": self._log.workflow_name,
                    "log_path": self._log.path,
                }
            case "event":
                return self._record(client, *checked(message.get("type"), message.get("values")))
            case "leave":
                client.steps.leave(str(message.get("name")))
                return {}
            case "finish":
                status = as_status(str(message.get("status")))
                if self._finish is None:
                    raise SessionError("the session belongs to another process, which ends it")
                self._finish(status)
                return None  # the end of the connection is the answer
            case "retry" | "saved" | "cancel":
                return self._call_step(message)
        raise MessageError(f"unknown request: {message.get('do')!r}")

    def _call_step(self, message: Message) -> Message:
        number = message.get("step")
        step = self._shared_steps.get(number) if isinstance(number, int) else None
        if step is None:
            raise SessionError("there is no such step")
        step[1](message)
        return {}

    def _record(self, client: _Client, event_type: EventType, values: list[object]) -> Message:
        name = str(values[0])
        if event_type is EventType.TIER_STARTED:
            if self._log.has_passes:
                raise SessionError("the tiers of a listener belong to its passes: only the listener can begin one")
            index, names = values
            assert isinstance(index, int)
            assert isinstance(names, list)
            return {"tier_index": self._tier.begin(index, names)}
        if event_type is EventType.STEP_STARTED and values[1] == CHOSEN:
            values[1] = self._tier_for(name)
        elif event_type is EventType.STEP_SKIPPED and name not in client.steps:
            self._tier_for(name)
        elif event_type in (EventType.STEP_COMPLETED, EventType.STEP_FAILED) and name not in client.steps:
            raise SessionError(f"step {name!r} has not been begun by this process")
        self._log.record(event_type, *values, in_step=True)
        match event_type:
            case EventType.STEP_STARTED:
                client.steps.begin(name)
            case EventType.STEP_COMPLETED:
                client.steps.settle(name, 1)
            case EventType.STEP_SKIPPED:
                self._tier.step_is_skipped(name)
            case EventType.STEP_FAILED:
                attempt = values[2]
                assert isinstance(attempt, int)
                client.steps.settle(name, attempt + 1)
        return {}

    def _tier_for(self, name: str) -> int:
        if self._log.has_passes and self._log.open_tier is None:
            raise SessionError("no tier of the listener is open")
        return self._tier.index_for(name)


@atexit.register
def _close_all() -> None:
    for server in list(_servers):
        server.close()


def _leave_to_parent() -> None:
    for server in list(_servers):
        server.close_descriptors()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
