"""Where the log of a session lies."""

import os
from typing import NamedTuple

from writer import LOG_SUFFIX

__all__ = ["LogLocation"]


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
        """The id that the name of the file tells."""
        return os.path.basename(self.path).removesuffix(LOG_SUFFIX)
