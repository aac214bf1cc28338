"""Exceptions that nothing has handled, as a line for people and an exit code."""

from pathlib import Path

from zigtui.exit_codes import ExitCode
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.standard_streams import note

__all__ = ["report_failure"]


def report_failure(error: Exception, log_file: Path | None, *, show_traceback: bool) -> ExitCode:
    """Print one line about an exception: the reason for an `OSError`; any other one is a defect of zigtui.

    Args:
        error: the exception.
        log_file: the debug log, for a defect; None for the one in the user's state directory.
        show_traceback: whether to print the traceback of a defect.

    Returns:
        The exit code to end with.
    """
    if isinstance(error, OSError):
        message = f"zigtui: {reason_of(error)}: {error.filename or ''}".rstrip(": ")
        note(safe_plain(message))
        return ExitCode.USAGE
    from zigtui.debug_log import report_defect  # rarely needed

    return report_defect(error, log_file, show_traceback=show_traceback)
