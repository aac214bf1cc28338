"""The columns of the list, and the room that each of them has."""

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from zigtui.reader.text.safe_text import safe_short
from zigtui.ui.sessions.order.sorting import Sort
from zigtui.wording.text_fit import cell_width, shrunk

__all__ = ["BAR_WIDTH", "COLUMNS", "GAP", "MARGIN", "PROGRESS_WIDTH", "Column", "NameWidths", "columns_for"]

GAP = 2
"""The cells between two columns, unless `Column.gap` is another one."""

MARGIN = 2
"""The cells before the first column: the mark of a session, and a space so that it does not touch the state's sign."""

PROGRESS_WIDTH = 5
"""The width of the numbers in the column of tiers, such as ``2/3``."""

BAR_WIDTH = 10
"""The width of the progress bar beside them."""

# Widths in cells.
_LEAST_NOW = 12  # names are cut off to make this room; at 80 columns, two names of 20 cells leave it
_AMPLE_NOW = 28  # with this room, more is given to long names
_LEAST_NAME = 9  # room for the title of the workflows and the arrow of the sort order
_LEAST_WIDTH = 10  # room for a title and the arrow
_LEAST_PROJECT = 7  # room for its title, which never has the arrow
_UNREACHABLE = 13  # room for the longest state, which only sessions of other machines have
_GOOD_ROOM = 22  # room for a name and for what the session is doing

_FEW = 10  # of this many names, one may be cut off
_SEVERAL = 6  # and one of this many
_LONGEST_NAME = 100  # characters
_MOST_NAMES = 10_000  # further names have no influence on the widths
_LONGEST_NAMES = (  # below a width: workflow, machine and project
    (52, 20, 0, 0),
    (70, 14, 0, 10),
    (110, 20, 12, 20),
    (160, 28, 20, 24),
)
_WIDEST_NAMES = (40, 30, 30)


class Column(NamedTuple):
    """A column.

    Attributes:
        name: its name.
        title: the words above it.
        width: its width in cells.
        sort: what a click on its title sorts by; None for nothing.
        is_right: whether it is aligned to the right.
        gap: the number of cells between it and the next one.
    """

    name: str
    title: str
    width: int
    sort: Sort | None = None
    is_right: bool = False
    gap: int = GAP


COLUMNS = ("state", "workflow", "machine", "project", "tiers", "now", "time", "began", "cost", "id")
"""The names of all columns, from the left to the right."""

_TITLES = {
    "state": ("state", Sort.STATE, False),
    "workflow": ("workflow", Sort.WORKFLOW, False),
    "machine": ("machine", Sort.MACHINE, False),
    "time": ("time", Sort.DURATION, True),
    "began": ("began", Sort.NEWEST, False),
    "cost": ("cost", Sort.COST, True),
}


class NameWidths:
    """How wide a column of names needs to be."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] = set()
        self._widths: Counter[int] = Counter()  # how many names have each width

    def add(self, name: str, suffix: str = "") -> None:
        """Take a name into account, which is displayed with a suffix."""
        if (name, suffix) not in self._known and len(self._known) < _MOST_NAMES:
            self._known.add((name, suffix))
            self._widths[cell_width(safe_short(name, _LONGEST_NAME) + suffix)] += 1

    def width(self, most: int, least: int = _LEAST_WIDTH) -> int:
        """The width of the column, at most ``most`` cells. A few longer names do not widen it."""
        longer = sum(number for width, number in self._widths.items() if width > most)
        total = self._widths.total()
        if longer > max(total // _FEW, int(total >= _SEVERAL)):
            return most
        return max([least, *(width for width in self._widths if width <= most)])

    @property
    def are_there(self) -> bool:
        """Whether there is any name that is not empty."""
        return any(name for name, _ in self._known)

    @property
    def are_several(self) -> bool:
        """Whether there is more than one name."""
        return len(self._known) > 1

    def widest(self, most: int) -> int:
        """The width in which the longest name has room, at most ``most`` cells."""
        return min(most, max(self._widths, default=0))


def columns_for(
    width: int,
    workflows: NameWidths,
    machines: NameWidths,
    projects: NameWidths,
    sort: Sort = Sort.NEWEST,
    wanted: Collection[str] = COLUMNS,
) -> tuple[Column, ...]:
    """The columns for which there is room.

    The most important ones are there at any width. What a session is doing, or why it failed, has all the room that
    the others leave; names have no more than they need. A single machine has no column.

    Args:
        width: the width of the list in cells.
        workflows: the names of the workflows.
        machines: the names of the machines.
        projects: the names of the projects.
        sort: what the list is sorted by, whose column is there if possible.
        wanted: the names of the columns that the user wants.
    """
    widths = {
        "state": (_UNREACHABLE if machines.are_there else 12) if width >= 99 else 1,
        "tiers": PROGRESS_WIDTH + 1 + BAR_WIDTH if width >= 150 else 0,
        "time": 6,
        "began": 0 if width < 46 else 15 if width >= 180 else 10 if width >= 100 or sort is not Sort.NEWEST else 7,
        "cost": 7 if width >= 92 or (sort is Sort.COST and width >= 46) else 0,
        "id": 8 if width >= 139 else 0,
    }
    widths = {name: cells if name in wanted else 0 for name, cells in widths.items()}
    most = next((longest for below, *longest in _LONGEST_NAMES if width < below), _WIDEST_NAMES)
    names_of = {"workflow": workflows, "machine": machines, "project": projects}
    least = {} if machines.are_there else {"project": _LEAST_PROJECT}  # those of machines are followed by their names
    longest = [
        names.width(room, least.get(name, _LEAST_WIDTH))
        if name in wanted and room and (name != "machine" or names.are_several)
        else 0
        for (name, names), room in zip(names_of.items(), most, strict=True)
    ]
    room = width - MARGIN - sum(cells + _gap(cells) for cells in widths.values() if cells)
    room -= sum(GAP for cells in longest if cells)
    has_now = "now" in wanted and room >= _GOOD_ROOM
    least_now = _LEAST_NOW + GAP if has_now else 0
    longest = shrunk(longest, room - least_now, _LEAST_NAME) if sum(longest) > room - least_now else longest
    if has_now:  # what is left over widens the columns for the few names that would be cut off
        for index, names in enumerate(names_of.values()):
            spare = room - sum(longest) - GAP - _AMPLE_NOW
            if longest[index] and spare > 0:
                longest[index] += max(0, min(spare, names.widest(most[index]) - longest[index]))
    workflow, machine, project = longest
    if not has_now:
        workflow = max(0, room - machine - project)
    now = room - workflow - machine - project - GAP if has_now else 0
    widths |= {"workflow": workflow, "machine": machine, "project": project, "now": now}
    return tuple(_column(name, widths[name]) for name in COLUMNS if widths[name] > 0)


def _column(name: str, width: int) -> Column:
    title, sort, is_right = _TITLES.get(name, (name, None, False))
    return Column(name, title, width, sort, is_right, _gap(width))


def _gap(width: int) -> int:
    """The cells after a column, given its width: a state's sign belongs to the name that follows."""
    return 1 if width == 1 else GAP
