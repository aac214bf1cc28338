"""Work that is done in the background is not lost by interrupts."""

import _thread
import sys
import threading
from collections.abc import Callable

import pytest

from tests.support.waiting import wait_until
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


def test_nothing_waits_for_a_thread_that_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a warning fails, in a handler of the runner for its log. The items are tried again with the next one."""
    errors: list[BaseException | None] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: errors.append(args.exc_value))
    troubles, done = [ValueError("no log")], list[str]()

    def work(items: list[str]) -> list[str]:
        if troubles:
            raise troubles.pop()
        done.extend(items)
        return []

    backlog = Backlog(work, lambda _: None)
    for item in ("first", "second"):
        assert backlog.add(item)
        wait_until(lambda: backlog._thread is None)
    assert (done, backlog.items()) == (["first", "second"], [])
    assert [str(error) for error in errors] == ["no log"]
