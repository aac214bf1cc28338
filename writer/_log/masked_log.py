"""MaskedLog: a log without the secrets of its session."""

from writer._common.events import ENVELOPE_FIELDS, EventType, OutputStream
from writer._common.text import Text, as_text
from writer._log.log_file import OpenFile
from writer._log.mask import Mask
from writer._log.session_log import SessionLog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._common.errors import OnError
    from writer._common.events import Stream

__all__ = ["MaskedLog"]

_WORDS = {*ENVELOPE_FIELDS, "stream", "status", "parent_session_id"}  # fields with words of the format, and ids


class MaskedLog(SessionLog):
    """Masks all text before it is written."""

    def __init__(self, path: str, session_id: str, file: OpenFile, on_error: "OnError | None", mask: Mask) -> None:
        """Write to ``file`` as `SessionLog` does."""
        self._mask = mask
        super().__init__(path, session_id, file, on_error)

    @property
    def has_secrets(self) -> bool:
        """Whether `masked` and `held_back` depend on the text."""
        return True

    def masked(self, text: str) -> str:
        """Return the text as it may be recorded."""
        return self._mask.apply(text)

    def held_back(self, text: str) -> int:
        """Return the length of the end of ``text`` that may be the beginning of a secret."""
        return self._mask.held_back(text)

    def step_output(self, step_name: Text, stream: "Stream", line: Text) -> None:
        """Append the output of a step; see `SessionWriter.step_output`."""
        mask = self._mask.apply
        super().step_output(mask(as_text(step_name, "step_name")), stream, mask(as_text(line, "line")))

    def step_lines(self, step_name: str, stream: OutputStream, lines: list[str]) -> None:
        """Append lines of output; see `EventLog.step_lines`."""
        mask = self._mask.apply
        super().step_lines(mask(step_name), stream, list(map(mask, lines)))

    def _event(self, event_type: EventType, *values: object) -> dict[str, object]:
        event = super()._event(event_type, *values)
        return {name: value if name in _WORDS else self._masked_value(value) for name, value in event.items()}

    def _masked_value(self, value: object) -> object:
        if isinstance(value, str):
            return self._mask.apply(value)
        return [self._masked_value(one) for one in value] if isinstance(value, list) else value
