"""The queue of logs to read."""

from collections import OrderedDict
from collections.abc import Iterable
from enum import IntEnum

__all__ = ["ReadQueue", "Urgency"]


class Urgency(IntEnum):
    """Which logs are read first.

    Attributes:
        URGENT: opened logs, and those that have changed.
        NORMAL: all others.
        HINTED: logs that an index describes for now.
    """

    URGENT = 0
    NORMAL = 1
    HINTED = 2


_URGENCIES = tuple(Urgency)  # an enumeration takes longer to go through


class ReadQueue:
    """Paths of logs, the most urgent ones first, then in the order in which they were added."""

    def __init__(self) -> None:
        self._queues: list[OrderedDict[str, None]] = [OrderedDict() for _ in Urgency]

    def __bool__(self) -> bool:
        return any(self._queues)

    def add(self, paths: Iterable[str], urgency: Urgency = Urgency.URGENT) -> None:
        """Add logs. A log that is there already stays where it is."""
        self._queues[urgency] |= dict.fromkeys(paths)

    def postpone(self, path: str) -> None:
        """Make a normal log one that an index describes."""
        del self._queues[Urgency.NORMAL][path]
        self._queues[Urgency.HINTED][path] = None

    def is_urgent(self, path: str) -> bool:
        """Whether a log is among the urgent ones."""
        return path in self._queues[Urgency.URGENT]

    def pop(self) -> tuple[str, Urgency]:
        """Remove the first log, and return its path and its urgency.

        Raises:
            IndexError: if the queue is empty.
        """
        for urgency, queue in zip(_URGENCIES, self._queues, strict=True):
            if queue:
                path, _ = queue.popitem(last=False)
                if not queue:
                    queue.clear()  # frees the room that all logs of a large base took at the start
                return path, urgency
        raise IndexError("the queue is empty")
