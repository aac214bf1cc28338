"""The exit codes of ``zigtui``, a public interface for scripts."""

from enum import IntEnum

__all__ = ["MEANINGS", "ExitCode", "ended_by_signal"]


class ExitCode(IntEnum):
    """The exit code of a command.

    Attributes:
        OK: the command did its work.
        FAILED: the session failed (with ``listen --exit-status`` and ``demo``), or ``check`` found problems in a log.
        USAGE: wrong usage, no such session, a file that cannot be read or written, or a server that refuses.
        LOST_OR_TIMEOUT: the session is lost, the time limit has passed, or a server cannot be reached.
        NOT_OVER: the session is not over, with ``listen --no-follow --exit-status``.
        DEFECT: an error in zigtui itself; the debug log has the traceback.
        NOT_EXECUTABLE: the program of ``record`` cannot be run, as shells report it.
        NOT_FOUND: there is no such program, as shells report it.
        INTERRUPTED: Ctrl-C, which is signal 2.
        READER_GONE: the reader of standard output closed it before anything else was known, which is signal 13.
    """

    OK = 0
    FAILED = 1
    USAGE = 2
    LOST_OR_TIMEOUT = 3
    NOT_OVER = 4
    DEFECT = 70
    NOT_EXECUTABLE = 126
    NOT_FOUND = 127
    INTERRUPTED = 130
    READER_GONE = 141


MEANINGS = (
    ("0", "success"),
    ("1", "the session of listen --exit-status failed, or check found problems"),
    ("2", "wrong usage, no such session or step, a file that cannot be read or written, or a server that refuses"),
    ("3", "the session of listen was lost, its time limit has passed, or a server cannot be reached"),
    ("4", "the session of listen --no-follow --exit-status is not over"),
    ("70", "an error in zigtui itself; the debug log has the details"),
    ("126", "the program of record cannot be run; otherwise record exits as its program does"),
    ("127", "record has found no such program"),
    ("130", "interrupted with Ctrl-C"),
    ("128 + n", "ended by signal n: 143 by SIGTERM, 141 by a closed standard output"),
)
"""What each exit code means, for users."""


def ended_by_signal(number: int) -> int:
    """The exit code of a program ended by signal ``number``, as shells report it."""
    return 128 + number
