"""Which tier the steps of other processes run in, and which of them are under way."""

from collections import Counter

from writer._common.events import EventType
from writer._log.session_log import SessionLog
from writer._shared.messages import CHOSEN

__all__ = ["ClientSteps", "OpenTier"]


class OpenTier:
    """The tier that steps of other processes join.

    It is the one whose block the runner is in, or else one that a client has begun. While a step is under way, no other
    tier begins: readers would take the step for cancelled.
    """

    def __init__(self, log: SessionLog) -> None:
        self._log = log
        self._index = 0
        self._names: set[str] = set()  # of the tier, as far as they have not begun
        self._running = 0

    def begin(self, index: int, names: list[str]) -> int:
        """Begin a tier of a client, or add its steps to the one that is open; return its index."""
        self._names |= set(names)
        if self._is_busy:
            return self._join()
        self._names = set(names)
        self._index = self._log.take_tier_index() if index == CHOSEN else index
        self._log.record(EventType.TIER_STARTED, self._index, names, in_step=True)
        return self._index

    def index_for(self, name: str) -> int:
        """Return the index of the tier for a step that begins or is skipped. A step that fits into none begins one."""
        if name not in self._names and not self._is_busy:
            return self.begin(CHOSEN, [name])
        return self._join()

    def step_begins(self, name: str) -> None:
        """Note that a step is under way."""
        self._names.discard(name)
        self._running += 1

    def step_is_skipped(self, name: str) -> None:
        """Note that a step is not run."""
        self._names.discard(name)

    def step_is_over(self) -> None:
        """Note that a step is no longer under way."""
        self._running -= 1

    @property
    def _is_busy(self) -> bool:
        return self._running > 0 or self._log.open_tier is not None

    def _join(self) -> int:
        if self._log.open_tier is not None:
            self._index = self._log.open_tier
        return self._index


class ClientSteps:
    """The steps that one client has under way. Those that it leaves open when it ends have failed."""

    def __init__(self, log: SessionLog, tier: OpenTier) -> None:
        self._log = log
        self._tier = tier
        self._running: Counter[str] = Counter()  # steps of the same name may run at the same time
        self._attempts: dict[str, int] = {}
        self._settled: set[str] = set()  # those whose last event may be their end

    def __contains__(self, name: object) -> bool:
        return name in self._running

    def begin(self, name: str) -> None:
        """Note that a step has begun."""
        self._running[name] += 1
        self._attempts[name] = 1
        self._settled.discard(name)
        self._tier.step_begins(name)

    def settle(self, name: str, attempt: int) -> None:
        """Note that a step, or an attempt of it, has ended; the next one would have the number ``attempt``."""
        self._attempts[name] = attempt
        self._settled.add(name)

    def go_on(self, name: str) -> None:
        """Note that a step has printed something."""
        self._settled.discard(name)

    def leave(self, name: str) -> None:
        """Note that a step is over. This does nothing for a step that is not under way."""
        if name in self._running:
            self._running[name] -= 1
            if not self._running[name]:
                del self._running[name]
            self._tier.step_is_over()

    def abandon(self, process: int, *, is_cancelled: bool) -> None:
        """Record that the steps under way have failed, since the process of the client has ended.

        Those that have been cancelled have no end.
        """
        for name in list(self._running.elements()):
            self.leave(name)
            if name not in self._settled and not is_cancelled:
                error = f"the process {process}, which ran the step, has ended without ending it"
                self._log.record(EventType.STEP_FAILED, name, None, self._attempts[name], error, in_step=True)
