"""Reading for a screen, from a disk that may not answer: a network mount that hangs, say."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from typing import Any, TypeVar

__all__ = ["NoAnswerError", "PatientReader"]

_PATIENCE_SECS = 0.3

Result = TypeVar("Result")


class NoAnswerError(Exception):
    """The disk has not answered yet."""


class PatientReader:
    """Does what asks the disk on a thread of its own, and waits for each answer only shortly.

    The methods are called by one thread, that of the screen.

    Args:
        on_late_answer: called when the disk has answered after all; from the thread of the reader, most often.
    """

    def __init__(self, on_late_answer: Callable[[], None]) -> None:
        self._on_late_answer = on_late_answer
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._latest: Future[Any] | None = None

    def run(self, read: Callable[[], Result]) -> Result:
        """What ``read`` returns or raises.

        Raises:
            NoAnswerError: if it has not ended within 0.3 seconds, or an earlier one still goes on: then it is
                not begun.
        """
        if self._latest is None:
            threading.Thread(target=self._work, name="read lines", daemon=True).start()
        elif not self._latest.done():
            raise NoAnswerError
        answer: Future[Result] = Future()
        self._latest = answer
        self._jobs.put(partial(_answer, answer, read))
        if not wait([answer], _PATIENCE_SECS).done:
            answer.add_done_callback(lambda _: self._on_late_answer())
            raise NoAnswerError
        return answer.result()

    def close(self) -> None:
        """Let the thread end, once the disk has answered it."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _answer(answer: Future[Result], read: Callable[[], Result]) -> None:
    try:
        answer.set_result(read())
    except BaseException as error:  # it belongs to the one that asked
        answer.set_exception(error)
