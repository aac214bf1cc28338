"""Compare the time that work takes with that of other work in the same run.

A limit in seconds holds on one machine and not on another, or not while that is busy.
"""

from collections.abc import Callable
from time import thread_time
from typing import TypeVar

Input = TypeVar("Input")

_ATTEMPTS = 12
"""Other processes lengthen some of the times, but hardly all."""

_GROWTH = 8
"""The ratio of the two sizes that are compared."""

_MOST_GROWTH = 24
"""Between 8, the growth of linear time, and 64, that of quadratic time."""

_NOISE_SECS = 0.0005
"""Times that differ by no more count as equal."""


def assert_takes_at_most(factor: float, work: Callable[[], object], other: Callable[[], object]) -> None:
    """Check that work takes at most this many times the processor time of other work.

    Both are done in turn until their shortest times fulfil this, or for the last time.

    Args:
        factor: how many times as long it may take. Choose it well above the expected ratio.
        work: what is checked. It runs in this thread.
        other: what it is compared with.

    Raises:
        AssertionError: if it takes longer in each attempt.
    """
    _assert_ratio(factor, lambda: _seconds(work), lambda: _seconds(other))


def assert_grows_linearly(size: int, make: Callable[[int], Input], work: Callable[[Input], object]) -> None:
    """Check that work for 8 times the input takes about 8 times as long, and not 64 times.

    Args:
        size: the size of the smaller input, for which the work should take a millisecond or more.
        make: makes an input of some size, anew for each attempt. Its time does not count.
        work: what is checked. It runs in this thread.

    Raises:
        AssertionError: if the time grows much faster than the input in each attempt.
    """

    def seconds(size: int) -> float:
        made = make(size)
        return _seconds(lambda: work(made))

    _assert_ratio(_MOST_GROWTH, lambda: seconds(_GROWTH * size), lambda: seconds(size))


def shortest_seconds(work: Callable[[], object], attempts: int = 20) -> float:
    """The processor time of the quickest of some attempts, for work that cannot be done in turn with other work."""
    return min(_seconds(work) for _ in range(attempts))


def _assert_ratio(factor: float, measure: Callable[[], float], measure_other: Callable[[], float]) -> None:
    shortest, shortest_other = measure(), measure_other()
    for _ in range(_ATTEMPTS):
        if shortest <= factor * shortest_other + _NOISE_SECS:
            return
        shortest, shortest_other = min(shortest, measure()), min(shortest_other, measure_other())
    raise AssertionError(f"took {shortest:.4f} s, more than {factor:g} times the {shortest_other:.4f} s of the other")


def _seconds(work: Callable[[], object]) -> float:
    began = thread_time()
    work()
    return thread_time() - began
