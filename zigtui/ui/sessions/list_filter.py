"""The filter of the list: what the user has typed, and the project to which the list is limited."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from zigtui.reader.catalog.project import Project, membership
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.sessions.order.order import RowFilter, SessionOrder

if TYPE_CHECKING:
    from zigtui.reader.filter.directories import LateDirectories
    from zigtui.reader.filter.session_filter import SessionFilter
    from zigtui.reader.filter.terms import Matcher

__all__ = ["ListFilter"]


class ListFilter:
    """Filters the rows of an order.

    Args:
        order: the sessions.
        of_several_bases: returns whether words are also found in the names of the base directories.

    Attributes:
        text: the last text that was a filter.
        projects: the projects to which the list is limited; None for all.
    """

    def __init__(self, order: SessionOrder, *, of_several_bases: Callable[[], bool]) -> None:
        self.text = ""
        self.projects: Sequence[Project] | None = None
        self._order = order
        self._of_several_bases = of_several_bases
        self._filter: SessionFilter | None = None  # as long as nothing has been typed
        self._directories: LateDirectories | None = None  # as long as none is asked for
        self._answers = self._links = 0  # those that were known when the filter was last changed
        self._unanswered: tuple[str, bool] | None = None  # the arguments of `change` if a disk did not answer then
        self._unanswered_fault = ""

    @property
    def version(self) -> int:
        """Increased whenever other rows may pass."""
        return self._order.version

    def change(self, text: str, now: float, *, is_typed: bool = False) -> str:
        """Filter by another text. If it is not a filter, the terms before the fault count, or else the last filter.

        Args:
            text: the filter.
            now: the current time, in seconds since the epoch.
            is_typed: whether the user is typing the text: its last word does not count yet if it may become a key.

        Returns:
            What is wrong with the text; empty if it is a filter.
        """
        if self._filter is None and not text.strip():
            return ""
        # The list is displayed sooner without it.
        from zigtui.reader.filter.filter_error import FilterError, UnansweredError
        from zigtui.reader.filter.session_filter import NO_FILTER, parse_filter, without_unfinished_key

        directories = self._known_directories()
        directories.begin_to_read()
        answers = directories.answers
        fault, whole, self._unanswered = "", text, None
        if is_typed and text.strip() != self.text:  # not when the user begins to edit the current filter
            text = without_unfinished_key(text)
        try:
            wanted = parse_filter(text, now, directories)
        except FilterError as error:
            if isinstance(error, UnansweredError):
                self._unanswered, self._answers = (whole, is_typed), answers
                self._unanswered_fault = str(error)
            fault, text = str(error), text[: error.position].rpartition(" ")[0]
            try:
                wanted = parse_filter(text, now, directories)
            except FilterError:
                return fault
        before, self._filter = self._filter or NO_FILTER, wanted
        self.text = text.strip()
        if wanted != before:
            self._apply(narrows=wanted.narrows(before))
        return fault

    @property
    def unanswered(self) -> str:
        """Why the last text is not applied yet, if the disk of a directory in it has not answered; else empty."""
        return "" if self._unanswered is None else self._unanswered_fault

    def take_answers(self, now: float) -> str | None:
        """Filter again if disks have answered since the last call.

        Returns:
            What is wrong with the text now, see `change`; None if nothing has changed.
        """
        if self._directories is None:
            return None
        self._directories.press_on()
        fault = None
        if self._unanswered is not None and self._directories.answers != self._answers:
            text, is_typed = self._unanswered
            fault = self.change(text, now, is_typed=is_typed)
        if self._directories.links != self._links:
            self._links = self._directories.links
            self._order.filter_again()
        return fault

    def limit_to(self, projects: Sequence[Project] | None) -> None:
        """Limit the list to some projects; None for all."""
        self.projects = projects
        self._apply(narrows=False)

    def _apply(self, *, narrows: bool) -> None:
        if not self._filter and self.projects is None:
            self._order.filter_by(None)
            return
        changes = self._filter is not None and self._filter.changes_with_time
        self._order.filter_by(RowFilter(self._matcher, changes_with_time=changes, narrows=narrows))

    def _matcher(self, now: float) -> "Matcher":
        wanted, projects = self._filter, self.projects
        directories = self._known_directories()
        directories.begin()
        passes = wanted.matcher(now, of_several_bases=self._of_several_bases()) if wanted else _passes
        if projects is None:
            return passes

        includes = membership(projects, directories.real_path)
        return lambda snapshot: includes(snapshot.location, snapshot.session.cwd) and passes(snapshot)

    def _known_directories(self) -> "LateDirectories":
        if self._directories is None:
            from zigtui.reader.filter.directories import LateDirectories  # the list is displayed sooner without it

            self._directories = LateDirectories()
        return self._directories


def _passes(snapshot: SessionSnapshot) -> bool:
    return True
