"""Tracebacks for bug reports, on the standard logger ``zigtui``.

Programs that use the reader decide where the tracebacks go. Without a log handler they are dropped.
"""

__all__ = ["log_exception"]


def log_exception(message: str, error: BaseException) -> None:
    """Log an unexpected exception with its traceback.

    Args:
        message: what failed, for example ``"thread 'read ~/.zig' ended"``.
        error: the exception.
    """
    import logging  # takes 15 ms, and is needed only after a defect

    logger = logging.getLogger("zigtui")
    if logger.hasHandlers():  # otherwise the message would be printed over the screen
        logger.error(message, exc_info=error)
