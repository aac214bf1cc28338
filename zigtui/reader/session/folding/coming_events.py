"""Sort the events of a listener into those that have to be folded, and passes that only have to be counted."""

from collections import deque
from collections.abc import Iterator
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple, cast

from zigtui.reader.session.folding.runs import Runs
from zigtui.reader.session.folding.usual_passes import Stretch, UsualPass, usual_passes
from zigtui.reader.times import continues

if TYPE_CHECKING:
    from zigtui.reader.lines.event_batches import EventBatch, TierStarted

__all__ = ["ComingEvents"]

_NOTHING = Stretch([], "", [])
_MOST_WAITING = 20_000  # events


class _Item(NamedTuple):
    """Events that wait, and the pass that they are; None if they have to be folded."""

    events: Stretch
    usual: UsualPass | None


class ComingEvents:
    """Events that are not folded yet, since it depends on those after them whether they have to be.

    Args:
        runs: the runs to which the events are applied as they are taken from here.
    """

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._waiting: deque[_Item] = deque()
        self._event_count = 0  # of those that wait
        self._usual_count = 0
        self._rest = _NOTHING  # may be the beginning of a pass
        self._last_time: str | None = None

    def add(self, batch: "EventBatch") -> None:
        """Add the events that follow."""
        stretch = Stretch(batch.events, batch.letters, batch.offsets)
        if "h" in batch.letters:
            is_other = list(map("h".__ne__, batch.letters))
            events, offsets = list(compress(batch.events, is_other)), list(compress(batch.offsets, is_other))
            stretch = Stretch(events, batch.letters.replace("h", ""), offsets)
        is_in_order = batch.span.is_in_order and (
            self._last_time is None or continues(batch.events[0].ts, self._last_time)
        )
        self._last_time = batch.events[-1].ts if batch.span.is_in_order else None
        if not is_in_order:
            self._wait(self._rest)
            self._rest = _NOTHING
        if not batch.span.is_in_order or not self._runs.passes.total:
            self._wait(stretch)
        else:
            self._find(self._rest.plus(stretch), len(self._rest.events))

    def _find(self, stretch: Stretch, new: int) -> None:
        """Find passes. Only the events from index ``new`` on have not been searched before."""
        passes, end = self._runs.passes, 0
        for found in usual_passes(stretch, passes.tier_count, passes.first_names):
            self._wait(stretch.part(end, found.start))
            self._wait(stretch.part(found.start, found.end), found.usual)
            end = found.end
        begins = stretch.letters.rfind("t", end)
        while begins >= new and cast("TierStarted", stretch.events[begins]).tier_index > 0:
            begins = stretch.letters.rfind("t", end, begins)
        if begins < max(new, end):
            begins = len(stretch.events)
        self._wait(stretch.part(end, begins))
        self._rest = stretch.part(begins)

    def _wait(self, events: Stretch, usual: UsualPass | None = None) -> None:
        if events.letters:
            self._waiting.append(_Item(events, usual))
            self._event_count += len(events.letters)
            self._usual_count += usual is not None

    def take(self, *, is_end: bool = False) -> Iterator[Stretch | list[UsualPass]]:
        """Yield events to fold, and passes to count. Apply each to the runs before asking for the next one.

        Args:
            is_end: whether nothing follows.
        """
        if is_end:
            self._wait(self._rest)
            self._rest = _NOTHING
        while self._waiting:
            passes = self._passes()
            if passes:
                yield passes
                continue
            is_undecided = self._waiting[0].usual is not None and (len(self._waiting) == 1 or self._is_followed())
            if is_undecided and not is_end and self._event_count < _MOST_WAITING:
                return
            yield self._next().events

    def _passes(self) -> list[UsualPass]:
        """Take passes that only have to be counted, since enough others come after them."""
        passes: list[UsualPass] = []
        room = self._runs.room_for(self._usual_count)
        while len(passes) < room and self._is_followed():
            usual = self._next().usual
            assert usual is not None
            passes.append(usual)
        return passes

    def _is_followed(self) -> bool:
        """Whether the next events are a pass, and those after it another one with the same steps."""
        if len(self._waiting) < 2:
            return False
        usual, following = self._waiting[0].usual, self._waiting[1].usual
        return usual is not None and following is not None and usual.tiers == following.tiers

    def _next(self) -> _Item:
        item = self._waiting.popleft()
        self._event_count -= len(item.events.letters)
        self._usual_count -= item.usual is not None
        return item
