"""Which machines give signs of life."""

import time
from collections.abc import Callable

__all__ = ["Machines"]

_SILENT_SECS = 6.0  # three beats
_LONGEST_TICK_SECS = 1.5


class Machines:
    """Finds out which machines are silent.

    Time in which no beat could have been received does not count: the machine here slept, this process was stopped, or
    the server was away.

    Args:
        steady_clock: returns seconds that pass steadily.
    """

    def __init__(self, steady_clock: Callable[[], float] = time.monotonic) -> None:
        self._steady_clock = steady_clock
        self._ticked_at = steady_clock()
        self._silences: dict[str, float] = {}  # the seconds since the last beat, as of the last tick
        self._silent: set[str] = set()

    def note_beat(self, machine: str) -> None:
        """Note a beat of a machine."""
        self._silences[machine] = 0.0

    def tick(self, *, is_connected: bool) -> list[tuple[str, float | None]]:
        """Let time pass. Call it about twice in a second.

        Args:
            is_connected: whether beats have been received since the last call.

        Returns:
            The machines that have become silent, with the seconds since their last beats; and those that have come
            back, with None.
        """
        now = self._steady_clock()
        passed, self._ticked_at = now - self._ticked_at, now
        counts = passed if is_connected and passed <= _LONGEST_TICK_SECS else 0.0
        changes: list[tuple[str, float | None]] = []
        for machine, silence in self._silences.items():
            if silence == 0.0 and machine in self._silent:
                self._silent.remove(machine)
                changes.append((machine, None))
            self._silences[machine] = silence + counts
            if silence + counts > _SILENT_SECS and machine not in self._silent:
                self._silent.add(machine)
                changes.append((machine, silence + counts))
        return changes
