"""What a user may want to change, in one place. Values are passed down from where the program starts."""

from dataclasses import dataclass

from zigtui.reader.session.liveness import DEFAULT_STALL_SECS

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the program; the defaults are those of a user who has set none.

    Attributes:
        stall_secs: a session without activity for longer than this is stalled, although it sends heartbeats.
        frames_per_second: how often the screen is updated at most while changes keep coming.
        drawing_share: how much of the time may be spent on updating the screen, from 0 to 1. The rest is for keys.
        note_secs: how long a note below the output is displayed.
        disk_patience_secs: how long the screen waits for the disk before it says that it does not answer.
        first_read_secs: how long a session's first frame may wait for the log to be read.
        wheel_rows: by how many rows a step of the mouse wheel scrolls the output.
        widest_label: how many cells the step names beside the output may take.
        longest_line: how many characters of an output line are displayed.
    """

    stall_secs: float = DEFAULT_STALL_SECS
    frames_per_second: float = 15.0
    drawing_share: float = 0.2
    note_secs: float = 6.0
    disk_patience_secs: float = 0.3
    first_read_secs: float = 0.05
    wheel_rows: int = 3
    widest_label: int = 16
    longest_line: int = 20_000
