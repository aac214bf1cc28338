"""When the next frame may be drawn: changes come faster than a screen can or should show them."""

__all__ = ["FramePacer"]

_BURST = 2  # frames that may follow each other at once after a quiet while, so that few changes show as they come


class FramePacer:
    """Limits how often the screen is updated, and how much of the time that takes.

    All times are seconds of one monotonic clock.

    Args:
        frames_per_second: the highest rate while changes keep coming.
        drawing_share: how much of the time drawing may take, from 0 to 1.
    """

    def __init__(self, frames_per_second: float, drawing_share: float) -> None:
        self._frame_secs = 1 / frames_per_second
        self._drawing_share = drawing_share
        self._next_frame = 0.0  # when it is due at this rate
        self._rests_until = 0.0

    def wait_secs(self, now: float) -> float:
        """How long to wait with the next frame; 0 if it may be drawn now."""
        return max(0.0, max(self._next_frame, self._rests_until) - now)

    def frame_drawn(self, began: float, ended: float) -> None:
        """Count a frame."""
        self._next_frame = max(self._next_frame, began - _BURST * self._frame_secs) + self._frame_secs
        self._rests_until = began + (ended - began) / self._drawing_share
