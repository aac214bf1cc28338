"""Work that is done in the background is not lost by interrupts."""

import threading
from collections.abc import Callable

import pytest

from tests.support.waiting import wait_until
from writer._common.backlog import Backlog

START = threading.Thread.start


def interrupted_before(thread: threading.Thread) -> None:
    raise KeyboardInterrupt


def interrupted_after(thread: threading.Thread) -> None:
    START(thread)
    raise KeyboardInterrupt


@pytest.mark.parametrize("start", [interrupted_before, interrupted_after])
def test_an_interrupted_start_of_the_thread_delays_an_item_until_the_next_one(
    start: Callable[[threading.Thread], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    may_work = threading.Event()

    def work(items: list[str]) -> list[str]:
        done.extend(items)
        return []

    def wait(seconds: float) -> None:
        may_work.wait()

    backlog = Backlog("backlog", work, wait, is_daemon=True)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        with pytest.raises(KeyboardInterrupt):
            backlog.add("first")
    assert backlog.add("second")
    may_work.set()
    wait_until(lambda: done == ["first", "second"] and not backlog.items())
    wait_until(lambda: "backlog" not in {thread.name for thread in threading.enumerate()})
    assert done == ["first", "second"]
