"""Write the ends of sessions that the disk had no room for, as soon as it has."""

import atexit
from collections.abc import Callable

from writer._common.backlog import Backlog
from writer._common.errors import warn
from writer._common.pause import pause

__all__ = ["end_later"]

_RETRY_SECS = 5.0

End = Callable[[], bool]


def end_later(end: End) -> None:
    """Call ``end`` every few seconds, in a thread for all sessions, until it returns True or the interpreter exits."""
    _ends.add(end)


def _call(ends: list[End]) -> list[End]:
    return [end for end in ends if not end()]


_ends = Backlog(_call, lambda seconds: pause(_RETRY_SECS))


@atexit.register
def _end_now() -> None:
    for _ in _call(_ends.items()):
        warn("the end of a session could not be written: readers will see it as lost")
