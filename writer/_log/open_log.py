"""OpenLog: the open file of a log, whose descriptor the runner may close or replace."""

import os

from writer._common.errors import SessionError, StorageError
from writer._common.not_copied import NotCopied
from writer._log.log_file import OpenFile, identity, open_again, unlock

__all__ = ["OpenLog"]


class OpenLog(NotCopied):
    """The open file of a log.

    Attributes:
        path: The path of the file.
        session_id: The id of the session.
    """

    __slots__ = ("_descriptor", "_identity", "path", "session_id")

    def __init__(self, path: str, session_id: str, file: OpenFile) -> None:
        """Take charge of ``file``, which has been opened at ``path``."""
        self._descriptor, self._identity = file
        self.path = path
        self.session_id = session_id

    def _check_file(self) -> None:
        """Ensure that the descriptor is that of the log.

        Code that makes a process a daemon may close all descriptors, and another file then gets the number.

        Raises:
            SessionError: If the log is closed, has been removed, or cannot be opened again.
        """
        descriptor = self._descriptor
        if descriptor < 0:
            raise self.ended_error()
        try:
            status = os.fstat(descriptor)
        except OSError:
            status = None
        if status is None or (status.st_dev, status.st_ino) != self._identity:
            opened = open_again(self.path, self._identity, self.session_id)
            if self._descriptor == descriptor:
                self._descriptor = opened
            else:  # a signal handler has done it
                os.close(opened)
        elif status.st_nlink == 0:
            raise StorageError("the session log has been removed", self.path, is_lasting=True)

    def ended_error(self) -> SessionError:
        """Return the error for a call after the end of the session."""
        return SessionError("the session has ended, nothing can follow", self.path)

    def _close_descriptor(self, *, unlocks: bool = False) -> None:
        is_ours = self._is_ours()
        # No calls in between, since a signal handler may close the file too.
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0 and is_ours:
            if unlocks:  # explicitly: a process forked since has a copy of the descriptor
                unlock(descriptor)
            os.close(descriptor)

    def _is_ours(self) -> bool:
        """Whether the descriptor is still that of the log, rather than that of another file, or of none."""
        return identity(self._descriptor) == self._identity

    def __del__(self) -> None:
        # Also in a forked process, where it closes only the copy.
        if getattr(self, "_descriptor", -1) >= 0 and self._is_ours():
            os.close(self._descriptor)
