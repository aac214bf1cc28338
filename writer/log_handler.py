"""SessionLogHandler: log records as the output of a step.

Not imported with the package: importing logging takes longer than all the rest of it.
"""

import logging

from writer._events import OutputStream
from writer._steps import Step

__all__ = ["SessionLogHandler"]


class SessionLogHandler(logging.Handler):
    """Records log records as lines that a step printed; a traceback becomes several lines.

    Take it away before the step ends: what comes later cannot be recorded, and goes to `logging.Handler.handleError`
    as all trouble with recording does. Records of the logger ``writer`` are left out, since they tell of such trouble.

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
        """Record in ``step``, as lines of ``stream``."""
        super().__init__()
        self._step = step
        self._stream = OutputStream(stream)
        # A filter and not a condition in `emit`: it comes before the handler's lock, for which a thread that holds
        # the lock of the log must not wait.
        self.addFilter(_not_by_writer)

    def emit(self, record: logging.LogRecord) -> None:
        """Record one log record."""
        try:
            self._step.output(self.format(record), self._stream)
        except Exception:
            self.handleError(record)


def _not_by_writer(record: logging.LogRecord) -> bool:
    return record.name != "writer"
