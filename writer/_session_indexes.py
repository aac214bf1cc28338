"""The entries of one session in its two indexes."""

from writer._errors import warn
from writer._index_entries import Entry, global_entry, project_entry
from writer._index_file import IndexFile
from writer._paths import global_index, project_index, workspace_directories
from writer._text import valid_unicode, with_valid_unicode

__all__ = ["SessionIndexes"]


class SessionIndexes:
    """The entries of one session in its project's index and in the global index.

    The log is authoritative, and an index is only a hint for readers. Problems with an index therefore do not raise:
    the first one with each of the two is logged, in one warning if they come together.
    """

    def __init__(self, started: Entry, log_path: str, base: str, workspace: str) -> None:
        """Prepare the entries; ``started`` is the ``zig_session_started`` event, ``workspace`` as in its field."""
        started = with_valid_unicode(started)
        log_path = valid_unicode(log_path)
        self._files = [
            (IndexFile(path, make_entry, workspaces), make_entry(started, log_path))
            for path, make_entry, workspaces in (
                (project_index(workspace), project_entry, lambda: [workspace]),
                (global_index(base), global_entry, lambda: workspace_directories(base)),
            )
        ]
        self._unstamped = list(self._files)
        self._unreported = [file for file, _ in self._files]
        self._is_stamping = False

    @property
    def is_stamped(self) -> bool:
        """Whether `stamp` has completed both entries."""
        return not self._unstamped

    def add(self) -> None:
        """Add the entries."""
        try:
            for file, entry in self._files:
                file.put(entry)
        finally:
            self._report()

    def stamp(self, ended: Entry) -> None:
        """Complete the entries from the ``zig_session_ended`` event; after an interrupt, a second call continues."""
        if self._is_stamping:  # a signal handler that ends the session too must not wait for the lock of an index
            return
        self._is_stamping = True
        try:
            while self._unstamped:
                file, entry = self._unstamped[0]
                file.put(entry | {"ended_at": ended["ts"], "status": ended["status"]})
                del self._unstamped[0]
        finally:
            self._is_stamping = False
            self._report()

    def remove(self) -> None:
        """Remove the entries that have been added."""
        for file, entry in self._files:
            file.remove(entry)

    def _report(self) -> None:
        troubles = [file.trouble for file in self._unreported if file.trouble is not None]
        if troubles:
            self._unreported = [file for file in self._unreported if file.trouble is None]
            errors = "; ".join(str(error) for error, _ in troubles)
            advice = ". ".join(dict.fromkeys(advice for _, advice in troubles))
            warn(
                "%s. The session log is complete without %s. %s.",
                errors,
                "it" if len(troubles) == 1 else "them",
                advice,
            )
