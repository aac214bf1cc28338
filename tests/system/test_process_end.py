"""Waiting for the end of a process while signal handlers raise."""

import subprocess
import sys
from types import FrameType

from tests.support.waiting import DEADLINE_SECS
from zigtui.system.process_end import ProcessEnd


def test_the_exit_code_is_known_once_the_process_has_ended() -> None:
    with subprocess.Popen(["sh", "-c", "read line; exit 3"], stdin=subprocess.PIPE) as process:
        end = ProcessEnd(process)
        assert (end.exit_code, end.wait(0.01)) == (None, False)
        process.communicate()
        assert end.wait(DEADLINE_SECS)
        assert end.exit_code == 3


def test_an_interrupt_at_any_moment_leaves_the_end_to_be_found() -> None:
    """`Popen.poll` holds a lock at some of them, which each later wait needs."""
    point, left = 0, 0

    def interrupt(frame: FrameType, event: str, argument: object) -> None:
        nonlocal left
        left -= event in ("call", "c_return")
        if left == 0:
            raise KeyboardInterrupt

    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        end = ProcessEnd(process)
        while left <= 0:
            point += 1
            left = point
            try:
                sys.setprofile(interrupt)
                assert end.exit_code is None
            except KeyboardInterrupt:
                pass
            finally:
                sys.setprofile(None)
        process.kill()
        assert end.wait(DEADLINE_SECS)
