"""The columns of the list of machines."""

from collections.abc import Sequence
from typing import NamedTuple

from zigtui.reader.machines import MachineStatus
from zigtui.wording.machines import behind, disk, last_beat, machine_state, version
from zigtui.wording.text_fit import cell_width

__all__ = ["GAP", "MARGIN", "MachineColumn", "MachineRow", "columns_for"]

GAP = 2
"""The cells between two columns."""

MARGIN = 1
"""The cells before the first column."""

_LEAST_NAME = 8  # cells


class MachineRow(NamedTuple):
    """A machine in the list.

    Attributes:
        status: what is known about it.
        live: the number of its live sessions.
        sessions: the number of all its sessions here.
    """

    status: MachineStatus
    live: int
    sessions: int

    def cell(self, column: str) -> str:
        """The text of a column."""
        status = self.status
        match column:
            case "machine":
                return status.name
            case "state":
                return "never connected" if self._never_connected else machine_state(status)
            case "live":
                return f"{self.live:,}"
            case "sessions":
                return f"{self.sessions:,}"
            case "behind by":
                return behind(status)
            case "last beat":
                return last_beat(status)
            case "disk":
                return disk(status)
        return version(status)

    @property
    def _never_connected(self) -> bool:
        """Whether nothing has ever been received of it. Where logs are, its beats may only be older than the record."""
        status = self.status
        is_silent = status.silent_secs is not None and not status.is_removed
        return is_silent and status.beat_age_secs is None and not self.sessions


class MachineColumn(NamedTuple):
    """A column.

    Attributes:
        title: the words above it.
        width: its width in cells.
        is_right: whether it is aligned to the right.
    """

    title: str
    width: int
    is_right: bool = False


_TITLES = ("machine", "state", "live", "sessions", "behind by", "last beat", "disk", "version")
_OF_NUMBERS = {"live", "sessions", "behind by", "last beat", "disk"}
_FIRST_TO_GO = ("version", "last beat", "disk", "sessions", "behind by", "live")


def columns_for(width: int, rows: Sequence[MachineRow]) -> list[MachineColumn]:
    """The columns for which there is room in ``width`` cells. Names and states are there at any width."""
    widths = {title: max([cell_width(title), *(cell_width(row.cell(title)) for row in rows)]) for title in _TITLES}
    for title in _FIRST_TO_GO:
        if _total(widths) <= width:
            break
        del widths[title]
    widths["machine"] = max(_LEAST_NAME, widths["machine"] - max(0, _total(widths) - width))
    return [MachineColumn(title, widths[title], title in _OF_NUMBERS) for title in _TITLES if title in widths]


def _total(widths: dict[str, int]) -> int:
    return MARGIN + sum(widths.values()) + GAP * (len(widths) - 1)
