"""SessionLogHandler: record what a program logs as the output of a step.

The package does not import this module, since logging takes longer to import than the whole package.
"""

import logging

from writer._common.errors import StepCancelledError
from writer._common.events import OutputStream, as_stream
from writer._steps.step import Step, current_step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._common.events import Stream

__all__ = ["SessionLogHandler"]


class SessionLogHandler(logging.Handler):
    """Records log records as output of steps; a traceback becomes several lines.

    Without a ``step``, one handler serves all steps, also those that run at the same time: each record goes to the step
    that `writer.current_step` returns where it is logged. What is logged outside any step is not recorded.

    With a ``step``, the handler also records what is logged outside any step, for example by threads that have no step,
    but not what belongs to another step. Remove it before the step ends: later records cannot be recorded. Like any
    other error in recording, that is reported to `logging.Handler.handleError`.

    Records of the logger ``writer`` are left out, since they report such errors.

    Example:
        >>> import logging
        >>> from writer.log_handler import SessionLogHandler
        >>> logging.getLogger().addHandler(SessionLogHandler())
        >>> with tier.step("lint") as step:
        ...     logging.warning("no configuration found")
    """

    def __init__(self, step: Step | None = None, stream: "Stream" = OutputStream.STDERR) -> None:
        """Record as output of ``step``, or of the current one, on ``stream``."""
        super().__init__()
        self._step = step
        self._stream = OutputStream(as_stream(stream))
        # A filter is applied before the handler's lock is taken. In `emit` the check could deadlock two threads: one
        # holds the lock of the log and logs a warning, the other holds the handler's lock and records.
        self.addFilter(_is_not_from_writer)

    def emit(self, record: logging.LogRecord) -> None:
        """Record a log record; called by `logging`."""
        step = self._step_of_record()
        if step is not None:
            try:
                step.output(self.format(record), self._stream)
            except StepCancelledError:  # by another thread: the step needs no more output
                pass
            except Exception:
                self.handleError(record)

    def _step_of_record(self) -> Step | None:
        current = current_step()
        if self._step is None:
            return current if current is not None and current._is_running else None
        return self._step if current is None or current._is_within(self._step) else None


def _is_not_from_writer(record: logging.LogRecord) -> bool:
    return record.name != "writer"
