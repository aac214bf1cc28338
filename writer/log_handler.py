"""SessionLogHandler: record what a program logs as the output of a step.

The package does not import this module, since logging takes longer to import than the whole package.
"""

import logging

from writer._events import OutputStream
from writer._steps import Step

__all__ = ["SessionLogHandler"]


class SessionLogHandler(logging.Handler):
    """Records log records as output of a step; a traceback becomes several lines.

    Remove it before the step ends: later records cannot be recorded. Like any other error in recording, that is
    reported to `logging.Handler.handleError`. Records of the logger ``writer`` are left out, since they report such
    errors.

    Example:
        >>> import logging
        >>> from writer.log_handler import SessionLogHandler
        >>> with tier.step("lint") as step:
        ...     handler = SessionLogHandler(step)
        ...     logging.getLogger().addHandler(handler)
        ...     try:
        ...         logging.warning("no configuration found")
        ...     finally:
        ...         logging.getLogger().removeHandler(handler)
    """

    def __init__(self, step: Step, stream: OutputStream | str = OutputStream.STDERR) -> None:
        """Record as output of ``step`` on ``stream``."""
        super().__init__()
        self._step = step
        self._stream = OutputStream(stream)
        # A filter is applied before the handler's lock is taken. In `emit` the check could deadlock two threads: one
        # holds the lock of the log and logs a warning, the other holds the handler's lock and records.
        self.addFilter(_is_not_from_writer)

    def emit(self, record: logging.LogRecord) -> None:
        """Record a log record; called by `logging`."""
        try:
            self._step.output(self.format(record), self._stream)
        except Exception:
            self.handleError(record)


def _is_not_from_writer(record: logging.LogRecord) -> bool:
    return record.name != "writer"
