"""The current problems of a watch."""

from collections.abc import Callable
from time import monotonic

from zigtui.reader.log_exception import log_exception

__all__ = ["WatchNotices"]

_NO_ANSWER_SECS = 5.0
"""How long a disk may take to answer before a notice is given."""


class WatchNotices:
    """The current problems of the two threads of a watch, one sentence each. Any thread may call the methods.

    Args:
        on_change: called when they have changed.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._notices: dict[tuple[str, str], str] = {}  # by the name of the thread, and the path concerned
        self._waiting: tuple[float, str] | None = None  # since when for the disk, and for which path

    def sentences(self, concerned: tuple[str, ...] | None = None) -> list[str]:
        """The notices.

        Args:
            concerned: only those about these paths; None for all.
        """
        waiting, notices = self._waiting, []
        if waiting is not None and monotonic() - waiting[0] > _NO_ANSWER_SECS:
            notices.append(f"{waiting[1]} does not answer")
        found = self._notices.copy().items()
        return notices + [notice for (_, path), notice in found if concerned is None or path in concerned]

    def wait_for(self, path: str | None) -> None:
        """Note that the disk is asked about a path; None if it has answered."""
        self._waiting = None if path is None else (monotonic(), path)

    def report(self, thread: str, path: str, what: str, error: BaseException) -> None:
        """Give a notice about an error, and log its traceback unless the same error was reported before."""
        notice = f"{path} {what}"
        if notice != self._notices.get((thread, path)):
            log_exception(notice, error)
        self.put(thread, path, notice)

    def put(self, thread: str, path: str, notice: str | None) -> None:
        """Replace the notice of a thread about a path; None if there is no problem any more."""
        key = thread, path
        if notice == self._notices.get(key):
            return
        if notice is None:
            del self._notices[key]
        else:
            self._notices[key] = notice
        self._on_change()
