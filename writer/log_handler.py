"""SessionLogHandler: record what a program logs as the output of a step.

The package does not import this module, since logging takes longer to import than the whole package.
"""

import logging

from writer._events import OutputStream
from writer._steps import Step

__all__ = ["SessionLogHandler"]


class SessionLogHandler(logging.Handler):
    """Records log records as output of a step; a traceback becomes several lines.

    Remove it before the step ends: later records cannot be recorded. That and any other trouble goes to
    `logging.Handler.handleError`. Records of the logger ``writer`` are left out, since they report trouble with
    recording.

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
        # A filter, since that is applied before the handler's lock is taken: a thread that holds the lock of the log
        # and warns must not wait for another thread that holds the handler's lock and records.
        self.addFilter(_is_not_from_writer)

    def emit(self, record: logging.LogRecord) -> None:
        """Record a log record; called by `logging`."""
        try:
            self._step.output(self.format(record), self._stream)
        except Exception:
            self.handleError(record)


def _is_not_from_writer(record: logging.LogRecord) -> bool:
    return record.name != "writer"
