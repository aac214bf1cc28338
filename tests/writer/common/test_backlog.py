"""Work that is done in the background is not lost by interrupts."""

import _thread
import threading
from collections.abc import Callable

import pytest

from writer._common.backlog import Backlog

START = _thread.start_new_thread
Start = Callable[[Callable[..., object], tuple[object, ...]], int]


def interrupted_before(function: Callable[..., object], arguments: tuple[object, ...]) -> int:
    raise KeyboardInterrupt


def interrupted_after(function: Callable[..., object], arguments: tuple[object, ...]) -> int:
    START(function, arguments)
    raise KeyboardInterrupt


@pytest.mark.parametrize("start", [interrupted_before, interrupted_after])
def test_an_interrupted_start_of_the_thread_delays_an_item_until_the_next_one(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    may_work = threading.Event()

    def work(items: list[str]) -> list[str]:
        done.extend(items)
        return []

    def wait(seconds: float) -> None:
        may_work.wait()

    backlog = Backlog(work, wait)
    with monkeypatch.context() as patch:
        patch.setattr(_thread, "start_new_thread", start)
        with pytest.raises(KeyboardInterrupt):
            backlog.add("first")
    assert backlog.add("second")
    may_work.set()
    backlog.join()
    assert (done, backlog.items()) == (["first", "second"], [])
