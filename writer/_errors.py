"""What can go wrong while a session is recorded, and how the runner's author hears of it."""

import os

__all__ = ["SessionError", "warn"]


class SessionError(Exception):
    """A session could not be recorded: the disk, the home directory or the order of calls forbids it.

    Attributes:
        path: the file or directory that the trouble is with, or None where there is none.
    """

    def __init__(self, message: str, path: str | os.PathLike[str] | None = None) -> None:
        """Say what went wrong; ``path``, where given, becomes a part of the message."""
        self.path = None if path is None else os.fspath(path)
        super().__init__(message if self.path is None else f"{message}: {self.path}")

    @classmethod
    def of(cls, error: OSError, action: str, path: str) -> "SessionError":
        """An error of the operating system while doing ``action`` to ``path``."""
        return cls(f"cannot {action} ({error.strerror or error})", path)


def warn(message: str, *arguments: object) -> None:
    """Report through the logger ``writer`` what need not stop the runner.

    Nothing is printed where the program has not set up logging: a library does not write on its user's terminal.
    """
    import logging  # takes longer to import than the whole package, and is hardly ever needed

    logger = logging.getLogger("writer")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.warning(message, *arguments)
