"""The settings that a user may want to change. They are passed down from where the program starts."""

from dataclasses import dataclass

from zigtui.reader.session.liveness import DEFAULT_STALL_SECS
from zigtui.reader.session.silence import DEFAULT_QUIET_SECS

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the program; the defaults are those of a user who has set none.

    Attributes:
        stall_secs: a session or a step without activity for longer than this is stalled, although there are heartbeats.
        quiet_secs: for a step under way that has printed nothing for this long, its silence is displayed.
        frames_per_second: the highest rate of screen updates while changes keep coming.
        drawing_share: the largest share of the time spent on updating the screen, from 0 to 1. The rest is for keys.
        note_secs: how long a note below the output is displayed, in seconds.
        disk_patience_secs: how long the screen waits for the disk before it reports that the disk does not answer, in
            seconds.
        frame_patience_secs: how long a frame waits for the disk before it leaves out what past passes are about, in
            seconds.
        first_read_secs: how long a session's first frame may wait for the log to be read, in seconds.
        wheel_rows: the number of rows by which one step of the mouse wheel scrolls the output.
        widest_label: the largest width of the step names beside the output, in cells.
        longest_line: the number of characters of an output line or of an error that are displayed.
        shows_dividers: whether dividers are displayed between the lines of output, until the user hides them.
    """

    stall_secs: float = DEFAULT_STALL_SECS
    quiet_secs: float = DEFAULT_QUIET_SECS
    frames_per_second: float = 15.0
    drawing_share: float = 0.2
    note_secs: float = 6.0
    disk_patience_secs: float = 0.3
    frame_patience_secs: float = 0.05
    first_read_secs: float = 0.05
    wheel_rows: int = 3
    widest_label: int = 16
    longest_line: int = 20_000
    shows_dividers: bool = True
