"""OwnDescriptor: a descriptor that a runner may close behind our back."""

import os

from writer._common.descriptors import high_with_status

__all__ = ["DescriptorLostError", "OwnDescriptor"]

_READ_BYTES = 1024 * 1024


class DescriptorLostError(Exception):
    """The runner has closed a descriptor that a thread of ours was using: the work must begin again."""


class OwnDescriptor:
    """A descriptor that is checked before each use.

    Code that makes a process a daemon may close all descriptors, while a thread updates an index. Another file of the
    runner then gets the number, and must be neither written nor closed.

    Attributes:
        opened: The status of the file when it was opened.
    """

    __slots__ = ("_descriptor", "_identity", "opened")

    def __init__(self, path: str, flags: int) -> None:
        """Open a file; a new one is accessible only to its owner.

        Raises:
            OSError: If that is not possible.
            DescriptorLostError: If the runner has closed the descriptor at once.
        """
        descriptor = os.open(path, flags | os.O_CLOEXEC | getattr(os, "O_BINARY", 0), 0o600)
        try:
            self._descriptor, self.opened = high_with_status(descriptor, path)
        except OSError:
            raise DescriptorLostError from None
        self._identity = (self.opened.st_dev, self.opened.st_ino)

    def number(self) -> int:
        """Return the descriptor.

        Raises:
            DescriptorLostError: If it is that of another file now, or closed.
        """
        if not self._is_ours():
            raise DescriptorLostError
        return self._descriptor

    def size(self) -> int:
        """Return the size of the file."""
        return os.fstat(self.number()).st_size

    def read(self) -> bytes:
        """Return the whole content of a file that has not been read."""
        parts = []
        while part := os.read(self.number(), _READ_BYTES):
            parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close the descriptor, unless the runner has done so."""
        if self._is_ours():
            os.close(self._descriptor)

    def _is_ours(self) -> bool:
        try:
            status = os.fstat(self._descriptor)
        except OSError:
            return False
        return (status.st_dev, status.st_ino) == self._identity
