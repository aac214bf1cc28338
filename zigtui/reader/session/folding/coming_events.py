"""Sort the events of a listener into those that have to be folded, and passes that only have to be counted."""

from collections import deque
from collections.abc import Container, Iterator
from itertools import compress, takewhile
from typing import TYPE_CHECKING, cast

from zigtui.reader.session.folding.pass_shapes import PassShapes
from zigtui.reader.session.folding.retirement import passed
from zigtui.reader.session.folding.runs import Runs
from zigtui.reader.session.folding.usual_passes import PassShape, Stretch, UsualPass
from zigtui.reader.times import continues

if TYPE_CHECKING:
    from zigtui.reader.lines.event_batches import EventBatch

__all__ = ["ComingEvents"]

_NOTHING = Stretch([], "", [], "")
_LONGEST_PASS = 2000  # events; longer ones are folded
_MOST_WAITING = 20_000  # events
_MOST_PASSES = 64


class ComingEvents:
    """Events that are not folded yet: whether they have to be depends on the events after them.

    Args:
        runs: the runs to which the events are applied as they are taken from here.
    """

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._shapes: PassShapes | None = None
        self._waiting: deque[UsualPass | Stretch] = deque()
        self._event_count = 0  # of those that wait
        self._usual_count = 0
        self._rest = _NOTHING  # may be the beginning of a pass
        self._last_time: str | None = None

    def add(self, batch: "EventBatch") -> None:
        """Add the events that follow."""
        events, letters, offsets = batch.events, batch.letters, batch.offsets
        if "h" in letters:
            is_other = list(map("h".__ne__, letters))
            events, offsets = list(compress(events, is_other)), list(compress(offsets, is_other))
            letters = letters.replace("h", "")
        is_continued = self._last_time is not None and continues(batch.events[0].ts, self._last_time)
        self._last_time = batch.events[-1].ts if batch.span.is_in_order else None
        if not is_continued:
            self._forget_rest()
        if not batch.span.is_in_order or self._runs.keeps_all or not self._runs.passes.total:
            self._forget_rest()
            self._wait(Stretch(events, letters, offsets, ""))
            return
        if self._shapes is None or self._shapes.tier_count != self._runs.passes.tier_count:
            self._shapes = PassShapes(self._runs)
        stretch = Stretch(events, letters, offsets, self._shapes.signs_of(events, letters))
        found, self._rest = self._shapes.passes_in(self._rest.plus(stretch))
        for item in found:
            self._wait(item)
        if len(self._rest.letters) > _LONGEST_PASS:
            self._forget_rest()

    def _forget_rest(self) -> None:
        self._wait(self._rest)
        self._rest = _NOTHING

    def _wait(self, item: UsualPass | Stretch) -> None:
        if isinstance(item, UsualPass):
            self._usual_count += 1
            self._event_count += item.end - item.start
        elif item.letters:
            self._event_count += len(item.letters)
        else:
            return
        self._waiting.append(item)

    def take(self, *, is_end: bool = False) -> Iterator[Stretch | list[UsualPass]]:
        """Yield events to fold, and passes to count. Apply each to the runs before asking for the next one.

        Args:
            is_end: whether nothing follows.
        """
        if is_end:
            self._forget_rest()
            self._last_time = None
        while self._waiting:
            following = [cast("UsualPass", item) for item in takewhile(_is_usual, self._waiting)]
            known = _superseded(self._runs, following)
            count = min(known, _room_for(self._runs, self._usual_count))
            if count > 0:
                yield [cast("UsualPass", self._next()) for _ in range(count)]
                continue
            is_undecided = known > 0 or len(following) == len(self._waiting)
            is_full = self._event_count > _MOST_WAITING or self._usual_count > _MOST_PASSES
            if is_undecided and not is_end and not is_full:
                return
            item = self._next()
            yield item.stretch.part(item.start, item.end) if isinstance(item, UsualPass) else item

    def _next(self) -> UsualPass | Stretch:
        item = self._waiting.popleft()
        if isinstance(item, UsualPass):
            self._usual_count -= 1
            self._event_count -= item.end - item.start
        else:
            self._event_count -= len(item.letters)
        return item


def _is_usual(item: UsualPass | Stretch) -> bool:
    return isinstance(item, UsualPass)


def _room_for(runs: Runs, coming: int) -> int:
    """How many passes may be counted now, given the number of further full passes that are known to come."""
    total = runs.passes.total
    # The last tier run may still turn out to be one more pass.
    return 0 if runs.keeps_all or not total else max(0, passed(total + coming) - total - 1)


def _superseded(runs: Runs, passes: list[UsualPass]) -> int:
    """How many of the next passes may be counted, as far as that depends on the events after all of these passes.

    They have only steps that run again in a later one, so that no later event is theirs. The passes that are kept are
    dropped before their time then, so that must be true of them too.
    """
    last: dict[str, int] = {}  # the index of the last pass with each step
    seen: set[PassShape] = set()
    for index in range(len(passes) - 1, -1, -1):
        shape = passes[index].shape
        if shape not in seen:
            seen.add(shape)
            last = {**dict.fromkeys(shape.names, index), **last}
    count = min(last.values(), default=0)
    return count if count and _may_drop_kept(runs, last, len(passes)) else 0


def _may_drop_kept(runs: Runs, names: Container[str], coming: int) -> bool:
    """Whether no event changes a pass that is kept now, from some full passes on.

    Args:
        runs: the runs.
        names: the names of the steps of these passes.
        coming: the number of these passes.
    """
    begun = runs.passes.begun
    dropped_by_then = max(0, passed(runs.passes.total + coming) - len(runs.past))
    if not begun or dropped_by_then > len(begun):
        return True
    steps = runs.steps_between(begun[min(dropped_by_then, len(begun) - 1)].first_tier, None)
    return all(step.name in names or runs.latest[step.name] is not step for step in steps)
