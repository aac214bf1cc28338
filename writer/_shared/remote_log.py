"""RemoteLog: the log of a session that another process writes, to which this one sends events."""

from contextlib import suppress

from writer._common.errors import SessionError, StepCancelledError, StorageError
from writer._common.events import EventType, OutputStream, SessionStatus, as_stream
from writer._common.text import Text, as_text, split_lines
from writer._log.session_log import NotShared, SessionLog
from writer._shared.connection import Connection, connect
from writer._shared.messages import Message, MessageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._common.events import Stream

__all__ = ["RemoteLog"]

# Characters, each of which may be escaped in the message. The other process cuts what is too long for a line.
_LONGEST_LINE = 4 * 1024 * 1024

_LONGEST_SECRET = 64 * 1024  # characters


class RemoteLog(SessionLog):
    """Sends events to the process that writes the log. A forked process gets a connection of its own.

    If the connection is lost, a warning is logged, and the work goes on without a log.

    Attributes:
        tier_index: The index of the tier that was begun last.
    """

    def __init__(self, address: str, session_id: str) -> None:
        """Send to the session that is shared at ``address``, once there is something to send."""
        super().__init__(address, session_id, (-1, (0, 0)))
        self.server = NotShared()
        self.server.address = address
        self.tier_index = 0
        self._is_lost = False

    @property
    def is_open(self) -> bool:
        """Whether something can be sent, as far as is known."""
        return True

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent any more: never known."""
        return False

    @property
    def is_owned(self) -> bool:
        """Whether this process may record: every one may."""
        return True

    def check_owner(self) -> None:
        """Allow every process to record."""

    def preview(self, prompt: str) -> str:
        """Return the whole prompt, whose secrets only the other process knows: it makes the preview."""
        return prompt[:_LONGEST_LINE]

    def held_back(self, text: str) -> int:
        """Ask the process that knows the secrets; see `SessionLog.held_back`."""
        try:
            if self._is_lost or not self._connection().has_secrets:
                return 0
        except (OSError, MessageError) as error:
            self._lose(error)
            return 0
        length = self.ask({"do": "hold back", "text": text[-_LONGEST_SECRET:]}).get("length")
        return length if isinstance(length, int) else 0

    def note_program(self, step_name: str, process: int) -> None:
        """Let the other process know: if this one is killed, nothing else tells that its program goes on."""
        self._send({"program": process, "name": step_name})

    def step_output(self, step_name: Text, stream: "Stream", line: Text) -> None:
        """Send the output of a step; see `SessionWriter.step_output`."""
        name, text, stream = as_text(step_name, "step_name"), as_text(line, "line"), as_stream(stream)
        for part in split_lines(text) if "\n" in text else [text]:
            for start in range(0, len(part) or 1, _LONGEST_LINE):
                self._send({"output": [name, stream, part[start : start + _LONGEST_LINE]]})

    def step_lines(self, step_name: str, stream: OutputStream, lines: list[str]) -> None:
        """Send lines of output."""
        for line in lines:
            self.step_output(step_name, stream, line)

    def append(self, event_type: EventType, *values: object, is_last: bool = False) -> Message:
        """Send an event and wait until it is recorded.

        Raises:
            SessionError: If it was refused.
        """
        reply = self.ask({"do": "event", "type": event_type.value, "values": list(values)})
        index = reply.get("tier_index")
        if isinstance(index, int):
            self.tier_index = index
        return reply

    def record(self, event_type: EventType, *values: object, in_step: bool = False, is_last: bool = False) -> None:
        """Send an event and wait until it is recorded; see `append`."""
        self.append(event_type, *values)

    def ask(self, message: Message) -> Message:
        """Send a request and return its reply, which is empty if the connection is lost.

        Raises:
            SessionError: If it was refused.
            StepCancelledError: If it was refused since the step has been cancelled.
        """
        reply: Message = {}
        if not self._is_lost:
            try:
                reply = self._connection().request(message)
            except (OSError, MessageError) as error:
                self._lose(error)
        if "error" in reply:
            kind = StepCancelledError if reply.get("is_cancelled") is True else SessionError
            raise kind(str(reply["error"]))
        return reply

    def finish(self, status: SessionStatus, error: str | None) -> None:
        """End the session, and wait for that: the other process closes the connection then.

        Raises:
            SessionError: If it was refused.
        """
        with suppress(OSError, MessageError):
            reply = self._connection().request({"do": "finish", "status": status.value, "error": error})
            raise SessionError(str(reply.get("error")))

    def close(self) -> None:
        """Keep the connection, which others may use."""

    def _send(self, message: Message) -> None:
        if not self._is_lost:
            try:
                self._connection().send(message)
            except (OSError, MessageError) as error:
                self._lose(error)

    def _connection(self) -> Connection:
        return connect(self.path)

    def _lose(self, error: Exception) -> None:
        self._is_lost = True
        with suppress(StorageError):
            self.handle_error(StorageError(f"the session can no longer be added to ({error})", self.path), in_step=True)
