"""NoLog: the log of a session that is not recorded."""

import os

from writer._common.events import EventType, OutputStream, as_stream
from writer._common.text import Text, as_text
from writer._log.session_log import SessionLog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._common.events import Stream

__all__ = ["NoLog"]


class NoLog(SessionLog):
    """Checks all calls as any other log does, and writes nothing. It needs neither a directory nor a descriptor."""

    def __init__(self, session_id: str) -> None:
        """Begin a session that is not recorded."""
        super().__init__(os.devnull, session_id, (-1, (0, 0)))
        self._is_closed = False

    @property
    def is_open(self) -> bool:
        """Whether the session has not ended and belongs to this process."""
        return not self._is_closed and self.is_owned and self._end is None

    @property
    def is_closed(self) -> bool:
        """Whether `close` has been called."""
        return self._is_closed

    def step_output(self, step_name: Text, stream: "Stream", line: Text) -> None:
        """Check the arguments."""
        as_text(step_name, "step_name")
        as_text(line, "line")
        as_stream(stream)
        self._require_open()

    def step_lines(self, step_name: str, stream: OutputStream, lines: list[str]) -> None:
        """Check whether output can follow."""
        self._require_open()

    def _append_event(self, event_type: EventType, values: tuple[object, ...], is_last: bool) -> dict[str, object]:
        """Return the event."""
        self._require_open()
        event = self._event(event_type, *values)
        if is_last:
            self._end = event
        return event

    def _require_open(self) -> None:
        self.check_owner()
        if not self.is_open:
            raise self.ended_error()

    def close(self) -> None:
        """Close the log; a second call does nothing."""
        self._is_closed = True
        self.server.close()
