"""Requests: what other processes ask of a shared session, and how that is recorded."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress

from writer._common.errors import SessionError, StepCancelledError, warn
from writer._common.events import EventType, OutputStream, SessionStatus, as_status, as_stream
from writer._common.text import as_text
from writer._log.session_log import SessionLog
from writer._shared.client_programs import ClientPrograms
from writer._shared.messages import CHOSEN, Message, MessageError, checked
from writer._shared.open_steps import ClientSteps, OpenTier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from writer._common.events import Stream

    class SharedStep(Protocol):
        """A step that this process runs; see `writer._steps.shared_step.SharedStep`."""

        def let_go(self) -> bool: ...
        def record(self, line: str, stream: Stream) -> None: ...
        def call(self, message: Message) -> Message: ...


__all__ = ["Client", "Requests"]

_MOST_OVER = 1_000  # shared steps that are over, of which clients may still ask whether they have been cancelled


class Client:
    """A process that adds to the session.

    Attributes:
        process: Its id, by its own account.
        parent: The name of the step whose program it is part of, or an empty string.
        steps: Its steps under way.
        programs: The programs of its steps.
    """

    def __init__(self, steps: ClientSteps) -> None:
        self.steps = steps
        self.process = 0
        self.parent = ""
        self.programs = ClientPrograms()


class Requests:
    """Does what clients ask for. Only the thread of the server calls `answer`."""

    def __init__(self, log: SessionLog) -> None:
        """Record in ``log``."""
        self._log = log
        self._finish: Callable[[SessionStatus, str | None], None] | None = None
        self._shared_steps: dict[int, SharedStep] = {}
        self._last_step = -1
        self._steps_over: deque[int] = deque()  # the oldest first
        self._steps_under_way: set[int] = set()
        self._tier = OpenTier(log)
        self._clients: set[Client] = set()

    def let_finish(self, finish: Callable[[SessionStatus, str | None], None]) -> None:
        """Allow clients to end the session, by a call of ``finish``."""
        self._finish = finish

    def share_step(self, step: "SharedStep") -> int:
        """Let clients add to a step that this process runs; return the number that they name it by."""
        with self._log.exclusive():  # steps of several threads may be shared at once
            over = [number for number in self._steps_under_way if self._shared_steps[number].let_go()]
            self._steps_under_way.difference_update(over)
            self._steps_over.extend(over)
            while len(self._steps_over) > _MOST_OVER:
                del self._shared_steps[self._steps_over.popleft()]
            self._last_step = number = self._last_step + 1
            self._shared_steps[number] = step
            self._steps_under_way.add(number)
            return number

    def add_client(self) -> Client:
        """Return a new client."""
        client = Client(ClientSteps(self._log, self._tier))
        self._clients.add(client)
        return client

    def drop_client(self, client: Client) -> None:
        """Note that a client has gone: the steps that it has not ended have failed, and its programs are named.

        They have been cancelled if they belong to one that has been, whose programs are ended then.
        """
        self._name_programs(client)
        self._clients.discard(client)
        with suppress(SessionError):
            client.steps.abandon(client.process, is_cancelled=client.parent in self._log.cancelled_steps)

    def answer(self, client: Client, message: Message) -> Message | None:
        """Do what a message asks for, and return the reply, or None if it has none.

        Raises:
            MessageError: If the message is not one of a client.
        """
        try:
            if "output" in message:
                self._record_output(client, message)
                return None
            if "program" in message:
                name = as_text(message.get("name"), "name")
                client.programs.add(message["program"], client.process, message.get("step"), name)
                return None
            reply = self._do(client, message)
        except MessageError:
            raise
        except (SessionError, StepCancelledError, ValueError, TypeError) as error:
            reply = {"error": str(error), "is_cancelled": isinstance(error, StepCancelledError)}
        except Exception as error:  # of a function of the runner: other clients still need the server
            warn("a request of another process has failed: %r", error)
            reply = {"error": f"the request has failed: {error!r}"}
        return None if reply is None else {**reply, "number": message.get("number")}

    def _record_output(self, client: Client, message: Message) -> None:
        name, stream, line = checked(EventType.STEP_OUTPUT, message["output"])[1]
        name, stream, line = str(name), as_stream(stream), str(line)
        number = message.get("step")
        self._record_line(client, number, name, stream, line)

    def _record_line(self, client: Client, number: object, name: str, stream: "Stream", line: str) -> None:
        """Record a line of the step with a number, or of the one of a client with a name if there is no number."""
        with suppress(SessionError, StepCancelledError):  # of a step that has ended
            if number is not None:
                self._shared_step(number).record(line, stream)
            elif any(name in other.steps for other in self._clients):
                client.steps.go_on(name)
                self._log.step_output(name, stream, line)

    def _name_programs(self, client: Client) -> None:
        """Record the programs of a client that go on though it has ended, as when it was killed."""
        for program in client.programs.running():
            line = f"still running: pid {program.process.pid}, started by the process {client.process}, which has ended"
            self._record_line(client, program.step, program.step_name, OutputStream.STDERR, line)

    def _do(self, client: Client, message: Message) -> Message | None:
        match message.get("do"):
            case "hello":
                process = message.get("pid")
                client.process = process if isinstance(process, int) else 0
                client.parent = str(message.get("step")) if message.get("session_id") == self._log.session_id else ""
                return {
                    "session_id": self._log.session_id,
                    "workflow_name": self._log.workflow_name,
                    "log_path": self._log.path,
                    "has_secrets": self._log.has_secrets,
                }
            case "hold back":
                return {"length": self._log.held_back(as_text(message.get("text"), "text"))}
            case "event":
                return self._record(client, *checked(message.get("type"), message.get("values")))
            case "leave":
                client.steps.leave(str(message.get("name")))
                return {}
            case "finish":
                status, error = as_status(str(message.get("status"))), message.get("error")
                if self._finish is None:
                    raise SessionError("the session belongs to another process, which ends it")
                self._finish(status, None if error is None else as_text(error, "error"))
                return None  # the end of the connection is the answer
            case "retry" | "saved" | "cancel" | "check":
                return self._call_step(message)
        raise MessageError(f"unknown request: {message.get('do')!r}")

    def _call_step(self, message: Message) -> Message:
        return self._shared_step(message.get("step")).call(message)

    def _shared_step(self, number: object) -> "SharedStep":
        step = self._shared_steps.get(number) if isinstance(number, int) else None
        if step is None:
            raise SessionError("there is no such step, or it has ended long ago")
        return step

    def _record(self, client: Client, event_type: EventType, values: list[object]) -> Message:
        name = str(values[0])
        if event_type is EventType.TIER_STARTED:
            if self._log.has_passes:
                raise SessionError("the tiers of a listener belong to its passes: only the listener can begin one")
            index, names = values
            assert isinstance(index, int)
            assert isinstance(names, list)
            return {"tier_index": self._tier.begin(index, names)}
        if event_type is EventType.STEP_STARTED:
            values[-1] = self._log.preview(str(values[-1]))
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
