"""Pauses of a thread."""

import time

import pytest

from zigtui.reader.pause import pause


def test_a_clock_that_refuses_to_sleep_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(secs: float) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(time, "sleep", refuse)
    began = time.monotonic()
    pause(0.05)
    assert time.monotonic() - began >= 0.05
