"""A log that is shipped, and the work that is left for it."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from zigtui.fleet.ship.ranges import Ranges
from zigtui.fleet.ship.shipped_log import ShippedLog
from zigtui.fleet.wire.messages import Ask
from zigtui.fleet.wire.subjects import Lane
from zigtui.reader.async_threads import call_on_thread

__all__ = ["Entry", "EntryTasks"]

_MOST_AT_ONCE = 4
_Result = TypeVar("_Result")


@dataclass(eq=False, slots=True)
class Entry:
    """A log, and the work that is left for it.

    Attributes:
        log: the log.
        spelling: the end of the subjects of its messages, see `RemoteLog.spelling`.
        changed_at: when it last changed, by the monotonic clock.
        is_checked: whether it has been checked. What changes later has changed just then.
        is_bulk: whether it is left to the bulk task.
        is_lost: whether a message was lost, so that it must be rewound.
        state_at: when to send its state, by the monotonic clock; None if it has been sent.
        state_sent_at: when its state was last sent.
        pause_until: until when it is left alone, since it could not be read.
        again: what mirrors have asked for.
        asked: what they asked for while others had to leave it alone.
        task: sends its new lines; None if that is not done by a task of its own.
    """

    log: ShippedLog
    spelling: str
    changed_at: float
    is_checked: bool = False
    is_bulk: bool = False
    is_lost: bool = False
    state_at: float | None = 0.0
    state_sent_at: float = 0.0
    pause_until: float = 0.0
    again: Ranges = field(default_factory=Ranges)
    asked: Ask | None = None
    task: "asyncio.Task[None] | None" = None
    _turn: asyncio.Lock | None = None  # made when it is needed: there may be many thousands of entries
    _acknowledged: list[tuple[int, int, int]] | None = None  # while a thread masks its bytes

    @property
    def is_busy(self) -> bool:
        """Whether others must leave it alone."""
        return self._acknowledged is not None or (self.task is not None and not self.task.done())

    def ask_later(self, ask: Ask) -> None:
        """Remember what was asked for. Of several asks, one counts that leads to all that the others want."""
        if self.asked is None or (-ask.gen, ask.offset) < (-self.asked.gen, self.asked.offset):
            self.asked = ask

    def subject(self, lane: Lane) -> str:
        """The subject of its messages on a lane."""
        return lane.subject_of(self.spelling)

    async def read(self, function: Callable[[], _Result]) -> _Result:
        """Call a function that reads the log.

        Masking a long line takes seconds. So it is done on a thread, while the lines of other logs go on.
        """
        if not self.log.is_masked:
            return function()
        if self._turn is None:
            self._turn = asyncio.Lock()
        async with self._turn:
            later: list[tuple[int, int, int]] = []
            self._acknowledged = later
            try:
                return await call_on_thread(function, "mask a log")
            finally:
                self._acknowledged = None
                for acknowledged in later:
                    self.log.acknowledge(*acknowledged)

    def acknowledge(self, gen: int, start: int, end: int) -> None:
        """Record that the server has a chunk; see `ShippedLog.acknowledge`."""
        if self._acknowledged is not None:
            self._acknowledged.append((gen, start, end))
        else:
            self.log.acknowledge(gen, start, end)


class EntryTasks:
    """Does one kind of work for logs: at once, or for masked ones in tasks of their own, a few at a time.

    Args:
        group: the group of these tasks.
        most_waiting: how many more logs may wait for their turn. Nothing else is done with them meanwhile.
    """

    def __init__(self, group: asyncio.TaskGroup, most_waiting: int = 0) -> None:
        self._group = group
        self._most = _MOST_AT_ONCE + most_waiting
        self._turns = asyncio.Semaphore(_MOST_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, entry: Entry, function: Callable[[Entry], Coroutine[Any, Any, None]]) -> None:
        """Do something for a log, unless it is busy. What is left out is due again at the next check."""
        if not entry.log.is_masked:
            await function(entry)
        elif not entry.is_busy and len(self._tasks) < self._most:
            entry.task = self._group.create_task(self._run_in_turn(entry, function))
            self._tasks.add(entry.task)
            entry.task.add_done_callback(self._tasks.discard)

    async def _run_in_turn(self, entry: Entry, function: Callable[[Entry], Coroutine[Any, Any, None]]) -> None:
        async with self._turns:
            await function(entry)
