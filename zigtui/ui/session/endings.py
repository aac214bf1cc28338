"""What Escape ends on the screen of a session, before it leaves the screen."""

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Ending", "Endings"]


class Ending(NamedTuple):
    """Something that the user begins, and that Escape ends.

    Attributes:
        level: returns how many times it has been begun and not ended; 0 if it is not there.
        end: ends it once.
    """

    level: Callable[[], int]
    end: Callable[[], object]


class Endings:
    """Ends what was begun last.

    Args:
        endings: what can be ended. Of several that began between two calls of `note`, the last of these ends first.
    """

    def __init__(self, *endings: Ending) -> None:
        self._order = list(endings)
        self._levels = dict.fromkeys(endings, 0)

    def note(self) -> None:
        """Note what has begun since the last call. Call this whenever the screen changes."""
        for ending in [*self._order]:
            before, self._levels[ending] = self._levels[ending], ending.level()
            if self._levels[ending] > before:
                self._order.remove(ending)
                self._order.append(ending)

    @property
    def are_left(self) -> bool:
        """Whether there is anything to end."""
        return any(ending.level() for ending in self._order)

    def end_last(self) -> None:
        """End what was begun last."""
        self.note()
        last = next((ending for ending in reversed(self._order) if self._levels[ending]), None)
        if last is not None:
            last.end()
            self.note()
