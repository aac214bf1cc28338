"""The debug log: a file with the details of errors, for bug reports.

All of zigtui logs to ``logging.getLogger("zigtui")`` and its children. Log messages never appear on the terminal: the
screen occupies it, and the output of commands is for other programs.
"""

import logging
import os
import traceback
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from zigtui.exit_codes import ExitCode
from zigtui.reader.text.safe_text import safe_plain
from zigtui.state.directory import state_directory
from zigtui.system.standard_streams import note

__all__ = ["DebugLogHandler", "default_path", "record_warnings", "report_defect"]

MAX_BYTES = 1024 * 1024

_LOGGER = logging.getLogger("zigtui")
_FORMAT = "%(asctime)s %(process)d %(threadName)s %(levelname)s %(name)s: %(message)s"


class DebugLogHandler(RotatingFileHandler):
    """Write log records to a file that only its owner can read.

    The file is created with its first record. It holds at most `MAX_BYTES`; older records are kept in a second file of
    that size, which has the suffix ``.1``. Errors in writing are ignored.

    Args:
        path: the file.

    Attributes:
        has_failed: whether the last record could not be written.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=MAX_BYTES, backupCount=1, delay=True, encoding="utf-8")
        self.has_failed = False
        self.setLevel(logging.WARNING)
        self.setFormatter(logging.Formatter(_FORMAT))

    def _open(self) -> TextIO:  # type: ignore[override]  # which promises more than it needs
        path = Path(self.baseFilename)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8", errors="replace"
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        self.has_failed = False
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # the name is logging's
        """Ignore the error: the record is lost, and nothing else."""
        self.has_failed = True

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):
            super().close()


def default_path() -> Path:
    """``zigtui.log`` in the user's state directory, which is ``~/.local/state/zigtui`` on Linux."""
    return state_directory() / "zigtui.log"


def record_warnings(path: Path | None = None) -> DebugLogHandler:
    """Start to write what zigtui logs, from level WARNING on, to a file.

    Args:
        path: the file; `default_path` if None.
    """
    handler = DebugLogHandler(path or default_path())
    for other in _LOGGER.handlers[:]:
        if isinstance(other, DebugLogHandler):
            _LOGGER.removeHandler(other)
            other.close()
    _LOGGER.addHandler(handler)
    _LOGGER.propagate = False  # the root logger may have a handler that prints
    return handler


def report_defect(error: BaseException, path: Path | None = None, *, show_traceback: bool = False) -> ExitCode:
    """Record an unexpected exception in the debug log, and print one line about it on standard error.

    Args:
        error: the exception.
        path: the debug log; `default_path` if None.
        show_traceback: whether to print the traceback too.

    Returns:
        The exit code to end with.
    """
    handler = record_warnings(path)
    _LOGGER.critical("internal error", exc_info=error)
    summary = "".join(traceback.format_exception_only(error)).strip()
    details = "--debug shows the details" if handler.has_failed else f"the details are in {handler.baseFilename}"
    lines = "".join(traceback.format_exception(error)).splitlines() if show_traceback else []
    lines.append(f"zigtui: internal error: {summary}; {details}")
    note("\n".join(map(safe_plain, lines)))
    return ExitCode.DEFECT
