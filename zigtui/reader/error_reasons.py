"""Exceptions in words for people."""

__all__ = ["log_trouble", "reason_of"]


def reason_of(error: BaseException) -> str:
    """Say in a few words why something failed, without class names and error numbers.

    Args:
        error: any exception. Only the system's own errors have words that help; for others a traceback belongs in the
            debug log.

    Returns:
        Words that continue a sentence after a colon, such as ``Permission denied``.
    """
    if not isinstance(error, OSError):
        return "unexpected error"
    return error.strerror or str(error) or "unexpected error"


def log_trouble(error: BaseException) -> str:
    """Say in a few words why a log cannot be read."""
    return "the log is gone" if isinstance(error, FileNotFoundError) else reason_of(error)
