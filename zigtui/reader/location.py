"""Where the log of a session lies."""

import os
from typing import NamedTuple

from writer import LOG_SUFFIX

__all__ = ["LogLocation", "session_id_of"]


class LogLocation(NamedTuple):
    """Where a log lies.

    Attributes:
        path: the file.
        base: the base directory it was found in.
        project: the directory name below ``projects/``, None for the base's own sessions.
    """

    path: str
    base: str
    project: str | None

    @property
    def session_id(self) -> str:
        """The id of the session, which is the file's name without its suffix."""
        return session_id_of(self.path)


def session_id_of(path: str) -> str:
    """The id of the session whose log is at ``path``."""
    return os.path.basename(path).removesuffix(LOG_SUFFIX)
