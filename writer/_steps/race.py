"""Races: several steps do the same work, and the first one that succeeds ends the others.

This is the same with threads and with asyncio. A racer claims the victory while its step is still open, and only one
racer can: the others are cancelled before the step of the winner ends.
"""

import threading
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Generic, TypeVar

from writer._common.errors import StepCancelledError
from writer._steps.step import Step

__all__ = ["race", "race_async"]

T = TypeVar("T")


class _Race(Generic[T]):
    """What the racers share."""

    def __init__(self, racers: Iterable[tuple[Step, Callable[[Step], Any]]]) -> None:
        self.racers = list(racers)
        if not self.racers:
            raise ValueError("a race needs at least one step")
        self._lock = threading.Lock()
        self._winner: Step | None = None
        self._results: list[T] = []
        self._errors: list[Exception] = []
        self._fatal: BaseException | None = None

    def claim(self, step: Step, result: T) -> bool:
        """Let a step win and cancel the others, unless another has won: then this one is cancelled already.

        Returns:
            Whether the step has won.
        """
        with self._lock:
            if self._winner is not None:
                return False
            self._winner = step
            self._results.append(result)
        self.cancel()
        return True

    def cancel(self) -> None:
        """Cancel all steps but the winner's."""
        for step, _ in self.racers:
            if step is not self._winner:
                step.cancel("lost the race")

    def note(self, step: Step, error: BaseException) -> bool:
        """Note why a step has not won, or why its victory could not be recorded.

        Returns:
            Whether that ends the race, as an exception that is not an `Exception` does, such as `SystemExit`.
        """
        with self._lock:
            if step is self._winner or not isinstance(error, Exception):
                self._fatal = error
            elif not isinstance(error, StepCancelledError):
                self._errors.append(error)
        if self._fatal is None:
            return False
        self.cancel()
        return True

    def end(self) -> tuple[Step, T]:
        """Return the winner and its result, or raise why there is none."""
        if self._fatal is not None:
            raise self._fatal
        if self._winner is not None:
            return self._winner, self._results[0]
        if self._errors:
            raise ExceptionGroup("no step of the race has succeeded", self._errors)
        raise StepCancelledError("all steps of the race have been cancelled")


def race(racers: Iterable[tuple[Step, Callable[[Step], T]]]) -> tuple[Step, T]:
    """Run each racer in a thread; see `Tier.race`."""
    import contextvars

    course: _Race[T] = _Race(racers)

    def run(step: Step, work: Callable[[Step], T]) -> None:
        try:
            with step:
                course.claim(step, work(step))
        except BaseException as error:
            course.note(step, error)

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(run, *racer), name="zig-racer")
        for racer in course.racers
    ]
    started: list[threading.Thread] = []
    try:
        for thread in threads:
            thread.start()
            started.append(thread)
        for thread in started:
            thread.join()
    finally:
        if any(thread.is_alive() for thread in started):  # Ctrl-C, or no thread could be started
            course.cancel()
            for thread in started:
                thread.join()
    return course.end()


async def race_async(racers: Iterable[tuple[Step, Callable[[Step], Awaitable[T]]]]) -> tuple[Step, T]:
    """Run each racer in a task; see `Tier.race_async`."""
    import asyncio

    from writer._common.asyncio_loop import running_loop

    running_loop("race_async", "race")
    course: _Race[T] = _Race(racers)

    async def run(step: Step, work: Callable[[Step], Awaitable[T]]) -> None:
        try:
            with step:
                if course.claim(step, await work(step)):
                    cancel_others(step)
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            if course.note(step, error):
                cancel_others(step)

    def cancel_others(last: Step) -> None:
        for (step, _), task in zip(course.racers, tasks, strict=True):
            if step is not last:
                task.cancel()

    tasks: list[asyncio.Task[None]] = []
    try:
        tasks += [asyncio.create_task(run(*racer)) for racer in course.racers]
        await asyncio.wait(tasks)
    finally:
        for task in tasks:  # this task has been cancelled, if any is left
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return course.end()
