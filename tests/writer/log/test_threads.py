"""Threads that record in the same session."""

from threading import Thread

import pytest

from tests.support.steps import output
from tests.support.waiting import wait_until
from writer import SessionWriter, Tier
from writer._log import output_log


def test_a_thread_that_finds_the_log_in_use_sleeps_before_it_blocks(
    writer: SessionWriter, tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If both block, the kernel wakes one for each line of the other, and they write at half the speed of one."""
    pauses: list[float] = []
    monkeypatch.setattr(output_log, "pause", pauses.append)
    thread = Thread(target=writer.step_output, args=("lint", "stdout", "of the thread"))
    with writer._log.exclusive():
        thread.start()
        wait_until(lambda: len(pauses) == 1)
        writer.step_output("lint", "stdout", "of the owner")
    thread.join()
    assert output(writer) == ["of the owner", "of the thread"]
