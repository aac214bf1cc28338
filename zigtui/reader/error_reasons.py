"""Descriptions of exceptions and of the ends of processes, in words for people."""

__all__ = ["end_of_process", "log_trouble", "reason_of"]


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


def end_of_process(exit_code: int) -> str:
    """How a process of zigtui ended: ``ended with exit code 3``, or for -9 ``ended by signal 9``."""
    return f"ended with exit code {exit_code}" if exit_code >= 0 else f"ended by signal {-exit_code}"
