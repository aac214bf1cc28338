"""Descriptions of exceptions, in words for people."""

import os

from zigtui.reader.safe_text import safe_short

__all__ = ["log_trouble", "reason_of", "search_trouble"]

_MAX_NAME = 60  # characters


def reason_of(error: BaseException) -> str:
    """Describe briefly why something failed, without class names and error numbers.

    Args:
        error: any exception. Only errors of the operating system have useful messages. For other exceptions, log the
            traceback as well.

    Returns:
        A phrase to put after a colon, such as ``Permission denied``.
    """
    if not isinstance(error, OSError):
        return "unexpected error"
    return error.strerror or str(error) or "unexpected error"


def log_trouble(error: BaseException) -> str:
    """Describe briefly why a log cannot be read."""
    return "the log is gone" if isinstance(error, FileNotFoundError) else reason_of(error)


def search_trouble(error: OSError, path: str) -> str:
    """Describe briefly why a log cannot be searched, with the name of the file."""
    if isinstance(error, FileNotFoundError):
        return log_trouble(error)
    return f"cannot read {safe_short(os.path.basename(path), _MAX_NAME)}: {reason_of(error)}"
