"""The metadata of logs. No log is opened."""

import os
import stat
from typing import NamedTuple

__all__ = ["FileFacts", "facts_of"]


class FileFacts(NamedTuple):
    """The metadata of a log. Equal facts mean that there is nothing new to read.

    Attributes:
        device: the number of the device that holds the file.
        inode: the file's number on that device.
        size: the size in bytes.
        modified_ns: the time of the last modification, in nanoseconds since the epoch.
        has_other_paths: whether other paths may lead to the file, since its name is a symbolic link or one of several
            hard links.
    """

    device: int
    inode: int
    size: int
    modified_ns: int
    has_other_paths: bool = False

    @property
    def modified(self) -> float:
        """The time of the last modification, in seconds since the epoch."""
        return self.modified_ns / 1e9

    def is_same_file(self, other: "FileFacts") -> bool:
        """Whether both are facts of the same file, perhaps at different times."""
        return (self.device, self.inode) == (other.device, other.inode)


def facts_of(file: "str | os.DirEntry[str]") -> FileFacts | None:
    """Read the metadata of a log; None if it does not exist or is not a regular file. Symbolic links are followed."""
    try:
        if isinstance(file, str):
            status = os.lstat(file)
            is_link = stat.S_ISLNK(status.st_mode)
            if is_link:
                status = os.stat(file)
        else:
            is_link = file.is_symlink()
            status = file.stat()
    except (OSError, ValueError):  # ValueError for a path that no file can have
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    has_other_paths = is_link or status.st_nlink > 1
    return FileFacts(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, has_other_paths)
