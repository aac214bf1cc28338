"""SessionIndexes: update the entries of a session when it begins and ends, at once or in the background."""

from writer._common.errors import warn
from writer._indexes.entries import Entry
from writer._indexes.marks import make_mark
from writer._indexes.thread import update_in_background
from writer._indexes.update import SessionEntries, remove_entries, update_indexes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    IndexMode = Literal["background", "now", "never"]
    """When an index is updated: soon and off the caller's path, before the call returns, or not at all."""

__all__ = ["SessionIndexes"]


class SessionIndexes:
    """The entries of one session in its project's index and in the global index.

    The log is authoritative, and an index is only a hint for readers. Problems with an index therefore do not raise:
    the first one with each of the two is logged, in one warning if they come together.

    In the background, a thread of this process updates them, or another process that happens to do so first.
    """

    def __init__(
        self, log_path: str, base: str, workspace: str, *, is_background: bool, is_base_new: bool = False
    ) -> None:
        """Prepare the entries of the session with a log; ``workspace`` as in the field of its first event.

        In the background, another process adds them if this one is killed as soon as the log has its first event.
        ``is_base_new`` is what `make_workspace` has returned.
        """
        self._entries = SessionEntries(log_path, base, workspace)
        self._log_path = log_path
        self._is_background = is_background
        self._reported: set[str] = set()
        self._is_completing = False
        self._is_complete = False
        if is_background:
            self._entries.mark = make_mark(base, log_path, is_first=is_base_new)

    @property
    def is_complete(self) -> bool:
        """Whether both entries have been completed, or that is left to the background."""
        return self._is_complete

    def add(self, started: Entry) -> None:
        """Add the entries; ``started`` is the ``zig_session_started`` event."""
        self._entries.begin(started)
        self._update()

    def complete(self, ended: Entry) -> None:
        """Complete the entries from the ``zig_session_ended`` event; after an interrupt, a second call continues."""
        if self._is_completing:  # a signal handler that ends the session too must not wait for the lock of an index
            return
        self._is_completing = True
        try:
            if not self._is_complete:
                self._entries.ended = ended
                mark = self._entries.mark
                if self._is_background and not (mark is not None and mark.is_untouched()):
                    self._entries.mark = make_mark(self._entries.base, self._log_path)
                self._update()
                self._is_complete = True
        finally:
            self._is_completing = False

    def remove(self) -> None:
        """Remove the entries that have been added, since the session has not begun after all."""
        entries = self._entries
        entries.is_dropped = True
        if entries.mark is not None:
            entries.mark.remove()
        if entries.has_begun:  # after Ctrl-C during a wait for the lock, do not wait for it again
            remove_entries(entries.base, {entries.workspace: {entries.session_id}})

    def _update(self) -> None:
        entries = self._entries
        if not self._is_background:
            update_indexes(entries.base, [entries])
            self._report()
            return
        update_in_background((entries, self._report))

    def _report(self) -> None:
        problems = [problem for path, problem in self._entries.problems.items() if path not in self._reported]
        if problems:
            self._reported.update(self._entries.problems)
            errors = "; ".join(str(error) for error, _ in problems)
            advice = ". ".join(dict.fromkeys(advice for _, advice in problems))
            warn(
                "%s. The session log is complete without %s. %s.",
                errors,
                "it" if len(problems) == 1 else "them",
                advice,
            )
