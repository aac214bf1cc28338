"""Ask a disk that may never answer, and go on meanwhile."""

import time
from collections import deque
from collections.abc import Callable, Container
from threading import Condition
from typing import Generic, TypeVar

from zigtui.reader.threads import start_thread

__all__ = ["LateAnswers", "NoAnswerError"]

_Answer = TypeVar("_Answer")

_OVERDUE_SECS = 0.25  # then the next question is asked on another thread
_MOST_THREADS = 8  # each thread that asks a dead mount is lost


class NoAnswerError(Exception):
    """The disk has not answered yet."""


class LateAnswers(Generic[_Answer]):
    """Answers to questions about paths. Threads ask the disk, once for each path.

    While a path has no answer, nothing is asked about longer paths that begin with it: they are on the same disk.

    Args:
        ask: returns the answer for a path. It may wait for a disk forever.
        is_news: whether an answer is to be counted in `news`.

    Attributes:
        news: how many such answers have come.
    """

    def __init__(
        self, ask: Callable[[str], _Answer], is_news: Callable[[str, _Answer | Exception], bool] = lambda *_: True
    ) -> None:
        self.news = 0
        self._ask = ask
        self._is_news = is_news
        self._answers: dict[str, _Answer | Exception] = {}
        self._asked: set[str] = set()  # paths that have no answer yet
        self._waiting: deque[str] = deque()  # those that a thread may ask about next
        self._held: dict[str, list[str]] = {}  # by a path in `_taken`: paths that begin with it
        self._taken: dict[str, float] = {}  # those that a thread asks about, and since when
        self._threads = 0
        self._changed = Condition()

    def get(self, path: str, wait_secs: float = 0.0) -> _Answer:
        """The answer for a path.

        Args:
            path: the path.
            wait_secs: how long to wait for the answer at most. If others are overdue, it is not waited for.

        Raises:
            NoAnswerError: if it is not known yet. It is being asked for.
            Exception: what the function has raised.
        """
        answer = self._answers.get(path)
        if answer is None:
            answer = self._asked_now(path, wait_secs)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def press_on(self) -> None:
        """Ask the next questions although an answer is overdue. Call this about once a second."""
        with self._changed:
            self._set_to_work()

    def forget_all_but(self, kept: Container[str]) -> None:
        """Forget the answers that have come, except those for some paths: the others may be asked for again."""
        with self._changed:
            self._answers = {path: answer for path, answer in self._answers.items() if path in kept}

    def _asked_now(self, path: str, wait_secs: float) -> _Answer | Exception:
        with self._changed:
            if path not in self._asked and path not in self._answers:
                self._asked.add(path)
                self._waiting.append(path)
            self._set_to_work()
            if wait_secs > 0 and not self._overdue():
                self._changed.wait_for(lambda: path in self._answers, wait_secs)
            answer = self._answers.get(path)
        if answer is None:
            raise NoAnswerError
        return answer

    def _set_to_work(self) -> None:
        if self._next() is not None and self._overdue() == self._threads < _MOST_THREADS:
            self._threads += 1
            start_thread(self._work, "ask a disk")

    def _next(self) -> str | None:
        while self._waiting:
            path = self._waiting[0]
            above = next((taken for taken in self._taken if path.startswith(taken)), None)
            if above is None:
                return path
            self._held.setdefault(above, []).append(self._waiting.popleft())
        return None

    def _overdue(self) -> int:
        now = time.monotonic()
        return sum(now - since > _OVERDUE_SECS for since in self._taken.values())

    def _work(self) -> None:
        while True:
            with self._changed:
                path = self._next()
                if path is None:
                    self._threads -= 1
                    return
                self._waiting.popleft()
                self._taken[path] = time.monotonic()
            answer: _Answer | Exception
            try:
                answer = self._ask(path)
            except Exception as error:  # `get` raises it
                answer = error
            with self._changed:
                del self._taken[path]
                self._waiting.extend(self._held.pop(path, ()))
                self._asked.discard(path)
                self._answers[path] = answer
                self.news += self._is_news(path, answer)
                self._changed.notify_all()
