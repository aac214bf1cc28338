"""A file that only the user can read, for as long as another program needs it."""

import atexit
import os
import re
from typing import IO

from zigtui.system.private_directory import PrivateDirectory

__all__ = ["PrivateFile", "file_name_of"]

_UNUSUAL = re.compile(r"[^\w.-]+", re.ASCII)
_LONGEST_NAME = 60


def file_name_of(text: str) -> str:
    """A file name without unusual characters, made from the text of a log."""
    return _UNUSUAL.sub("-", text)[:_LONGEST_NAME].strip("-.") or "output"


class PrivateFile:
    """A new file in a new directory, both for the user alone.

    They last no longer than this process, or, if it is killed, until another one makes such a file.

    Args:
        name: the name of the file.

    Raises:
        OSError: if it cannot be created.

    Attributes:
        path: its absolute path.
    """

    def __init__(self, name: str) -> None:
        self._directory = PrivateDirectory("file")
        atexit.register(self.remove)
        self.path = str(self._directory.path / name)

    def open(self) -> IO[str]:
        """Create the file, and open it for writing."""
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return os.fdopen(descriptor, "w", encoding="utf-8", errors="replace")

    def remove(self) -> None:
        """Remove the file and its directory."""
        atexit.unregister(self.remove)
        self._directory.remove()
