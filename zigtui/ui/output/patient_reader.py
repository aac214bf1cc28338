"""Read for a screen from a disk that may not answer, such as a network mount that hangs."""

import queue
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from typing import Any, TypeVar

from zigtui.reader.threads import start_thread

__all__ = ["NoAnswerError", "PatientReader"]

Result = TypeVar("Result")


class NoAnswerError(Exception):
    """The disk has not answered yet."""


class PatientReader:
    """Reads on a thread of its own, and waits only a short time for each answer.

    Only one thread, that of the screen, calls the methods.

    Args:
        on_late_answer: called when the disk has answered after all; usually from the reader's thread.
        patience_secs: how long to wait for an answer, in seconds.
    """

    def __init__(self, on_late_answer: Callable[[], None], patience_secs: float) -> None:
        self._on_late_answer = on_late_answer
        self._patience_secs = patience_secs
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._latest: Future[Any] | None = None

    def run(self, read: Callable[[], Result]) -> Result:
        """Call a function that reads.

        Returns:
            The result of ``read``. An exception that it raises is raised here.

        Raises:
            NoAnswerError: if ``read`` has not ended in time, or an earlier call has not: then ``read`` is not called.
        """
        if self._latest is None:
            start_thread(self._work, "read lines")
        elif not self._latest.done():
            raise NoAnswerError
        answer: Future[Result] = Future()
        self._latest = answer
        self._jobs.put(partial(_answer, answer, read))
        if not wait([answer], self._patience_secs).done:
            answer.add_done_callback(lambda _: self._on_late_answer())
            raise NoAnswerError
        return answer.result()

    def close(self) -> None:
        """End the thread, once the disk has answered."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _answer(answer: Future[Result], read: Callable[[], Result]) -> None:
    try:
        answer.set_result(read())
    except BaseException as error:  # raised again by `run`
        answer.set_exception(error)
