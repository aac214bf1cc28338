"""Descriptions of exceptions, in words for people."""

__all__ = ["log_trouble", "reason_of"]


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
