"""When frames are drawn: at once after a quiet while, then at a steady rate, and never all of the time."""

from itertools import pairwise

import pytest

from zigtui.ui.frame_pacer import FramePacer


def frames_in_a_second(pacer: FramePacer, drawing_secs: float) -> list[float]:
    """When frames are drawn within a second if there is always something new."""
    now, drawn = 100.0, []
    while (now := now + pacer.wait_secs(now)) < 101:
        drawn.append(now)
        pacer.frame_drawn(now, now + drawing_secs)
        now += drawing_secs
    return drawn


def test_the_first_changes_are_shown_as_they_come_and_then_a_frame_at_a_time() -> None:
    drawn = frames_in_a_second(FramePacer(10, 0.5), drawing_secs=0.001)
    pauses = [later - earlier for earlier, later in pairwise(drawn)]
    assert max(pauses[:2]) < 0.01
    assert pauses[3:] == pytest.approx([0.1] * len(pauses[3:]))
    assert len(pauses) > 8


def test_slow_frames_leave_time_for_keys() -> None:
    drawn = frames_in_a_second(FramePacer(1000, 0.2), drawing_secs=0.02)
    assert len(drawn) == pytest.approx(10, abs=1)
