"""Limits the frame rate, since changes come faster than a screen can or should display them."""

__all__ = ["FramePacer"]

_BURST = 2  # frames drawn without delay after a quiet while, so that a few changes appear as they come


class FramePacer:
    """Limits the rate of screen updates, and the share of the time that they take.

    All times are seconds of one monotonic clock.

    Args:
        frames_per_second: the highest rate while changes keep coming.
        drawing_share: the largest share of the time that drawing may take, from 0 to 1.
    """

    def __init__(self, frames_per_second: float, drawing_share: float) -> None:
        self._frame_secs = 1 / frames_per_second
        self._drawing_share = drawing_share
        self._next_frame = 0.0  # when it is due at the highest rate
        self._rests_until = 0.0

    def wait_secs(self, now: float) -> float:
        """How long to wait before the next frame; 0 if it may be drawn now."""
        return max(0.0, max(self._next_frame, self._rests_until) - now)

    def frame_drawn(self, began: float, ended: float) -> None:
        """Take a drawn frame into account."""
        self._next_frame = max(self._next_frame, began - _BURST * self._frame_secs) + self._frame_secs
        self._rests_until = began + (ended - began) / self._drawing_share
