"""The exit codes of ``zigtui``, a public interface for scripts."""

from enum import IntEnum

__all__ = ["MEANINGS", "ExitCode", "ended_by_signal"]


class ExitCode(IntEnum):
    """The exit code of a command.

    Attributes:
        OK: the command did its work.
        FAILED: the session failed (only ``listen --exit-status`` tells), or ``check`` found problems in a log.
        USAGE: wrong usage, no such session, or a file that cannot be read or written.
        LOST_OR_TIMEOUT: the session is lost, or the time limit has passed.
        DEFECT: an error in zigtui itself; the debug log has the traceback.
        INTERRUPTED: Ctrl-C, which is signal 2.
    """

    OK = 0
    FAILED = 1
    USAGE = 2
    LOST_OR_TIMEOUT = 3
    DEFECT = 70
    INTERRUPTED = 130


MEANINGS = (
    ("0", "success"),
    ("1", "the session of listen --exit-status failed, or check found problems"),
    ("2", "wrong usage, no such session or step, or a file that cannot be read or written"),
    ("3", "the session of listen was lost, or its time limit has passed"),
    ("4", "the session of listen --no-follow --exit-status is not over"),
    ("70", "an error in zigtui itself; the debug log has the details"),
    ("130", "interrupted with Ctrl-C"),
    ("128 + n", "ended by signal n: 143 by SIGTERM, 141 by a closed standard output"),
)
"""What each exit code means, for users."""


def ended_by_signal(number: int) -> int:
    """The exit code of a program ended by signal ``number``, as shells report it."""
    return 128 + number
