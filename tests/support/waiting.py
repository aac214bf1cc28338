"""Wait for a condition, with one generous deadline for all tests and a message if the condition never holds."""

import asyncio
import inspect
import time
from collections.abc import Callable, Iterator

DEADLINE_SECS = 100.0
"""How long anything may take. Reached only by a test that fails, however busy the machine is."""

_SHORTEST_PAUSE_SECS, _LONGEST_PAUSE_SECS = 0.005, 0.05
_SHARE_PAUSED = 0.1
"""The part of the time waited so far for which a pause lasts: it delays a test by no more, and costs others less."""


def until(
    condition: Callable[[], object], seen: Callable[[], object] | None = None, seconds: float = DEADLINE_SECS
) -> Iterator[float]:
    """Yield for as long as a condition does not hold; the caller decides how to spend the time in between.

    Yields:
        the seconds for which to pause if nothing else tells when to look again. They grow with the time waited so far.

    Args:
        condition: what to wait for. Its source code is quoted when it never holds.
        seen: what to report then of the state that was reached, such as the text of the screen.
        seconds: how long it may take.

    Raises:
        AssertionError: if the condition does not hold in time.
    """
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        if waited >= seconds:
            last = "" if seen is None else f"\nseen last:\n{seen()}"
            raise AssertionError(f"waited {seconds:g} s in vain for:\n{_source(condition)}{last}")
        yield min(max(_SHORTEST_PAUSE_SECS, waited * _SHARE_PAUSED), _LONGEST_PAUSE_SECS)


def wait_until(
    condition: Callable[[], object], seen: Callable[[], object] | None = None, seconds: float = DEADLINE_SECS
) -> None:
    """Return as soon as a condition holds. See `until`."""
    for pause in until(condition, seen, seconds):
        time.sleep(pause)


async def eventually(condition: Callable[[], object], seen: Callable[[], object] | None = None) -> None:
    """Wait until a condition holds, and let the other tasks run meanwhile. See `until`."""
    for pause in until(condition, seen):
        await asyncio.sleep(pause)


def growing_secs(first: float) -> Iterator[float]:
    """Yield longer and longer waits, for something that a busy machine may not do before the first is over.

    The caller leaves the loop when it has been done in time. The last wait is long enough for that on any machine.
    """
    secs = first
    while secs < DEADLINE_SECS:
        yield secs
        secs *= 4


def _source(condition: Callable[[], object]) -> str:
    try:
        return inspect.getsource(condition).strip()
    except (OSError, TypeError):  # code that was not read from a file, or that is not written in Python
        return repr(condition)
