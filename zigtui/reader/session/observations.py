"""Observations of logs whose sessions may be lost, which count for later commands as well.

A command that reads a log only once watches it if it is doubtful whether the session is alive. If an earlier command
has found the log as it is now, the time in between counts as watched. If the log has grown in the meantime, the session
was alive. Those who follow a log keep for how long it was silent when its session was lost. So all come to the same
result, even if a clock is ahead, so that the times of a dead session look recent later on.
"""

import os
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol, TypeAlias

from zigtui.reader.session.growth_watch import GrowthWatch
from zigtui.reader.session.states.liveness import Vitals, recent_secs

__all__ = [
    "Moment",
    "Observation",
    "Observations",
    "ObservedLog",
    "ResumableWatch",
    "SilentLog",
    "WatchedLog",
    "combined",
    "current_moment",
    "merged",
    "secs_between",
]

Moment: TypeAlias = tuple[float, ...]
"""A time by several clocks that all processes share while the machine runs, in seconds."""

_UPTIME_PATH = "/proc/uptime"


def current_moment() -> Moment:
    """The current time by the monotonic clock and, on Linux, by the kernel's uptime.

    The monotonic clock stands still while the machine sleeps, as does the clock of a writer. The uptime counts sleep,
    but it is right even in a process that runs with another monotonic clock. Neither follows changes of the time.
    """
    monotonic = time.monotonic()
    try:
        with open(_UPTIME_PATH, "rb") as file:
            return monotonic, float(file.read(64).split()[0])
    except (OSError, ValueError, IndexError):
        return (monotonic,)


def secs_between(earlier: Moment, later: Moment) -> float | None:
    """The seconds that have passed while the machine was awake. If the clocks differ, the shortest time counts.

    Returns:
        None if one of the clocks ran backwards, or the moments are from different clocks.
    """
    if not earlier or len(earlier) != len(later):
        return None
    passed = min(after - before for before, after in zip(earlier, later, strict=True))
    return passed if passed >= 0 else None


class Observation(NamedTuple):
    """How a log was found.

    Attributes:
        device: the number of the device that holds the file.
        inode: the file's number on that device.
        size: the size in bytes.
        changed_ns: when the file was last changed, in nanoseconds. A program can set the time of the last modification,
            but not this one.
        since: when it was first found like this.
        has_grown: whether it was seen to grow to this size.
    """

    device: int
    inode: int
    size: int
    changed_ns: int
    since: Moment
    has_grown: bool = False

    @property
    def file(self) -> tuple[int, int]:
        """What identifies the file."""
        return self.device, self.inode

    def is_same(self, other: "Observation") -> bool:
        """Whether the file was the same at both observations, and had not changed in between."""
        return self[:4] == other[:4]


def combined(earlier: Observation | None, present: Observation, recent: float) -> Observation:
    """The current observation of a file in the light of an earlier one.

    Args:
        earlier: the earlier observation; None if there is none.
        present: the current one.
        recent: growth within this time shows that a session is alive, in seconds. If more time has passed, it may have
            died since.
    """
    passed = None if earlier is None else secs_between(earlier.since, present.since)
    if earlier is None or passed is None or earlier.file != present.file:
        return present
    if earlier.is_same(present):
        return earlier
    return present._replace(has_grown=present.size > earlier.size and passed < recent)


def merged(kept: Iterable[Observation], new: Iterable[Observation], limit: int) -> list[Observation]:
    """Add new observations to those that other processes have kept. There is one for each file.

    Returns:
        At most ``limit`` observations: the newest ones, oldest first.
    """
    by_file = {observation.file: observation for observation in kept}
    for observation in new:
        before = by_file.get(observation.file)
        if before is not None and before.is_same(observation) and _is_earlier(before, observation):
            observation = before._replace(has_grown=before.has_grown or observation.has_grown)
        by_file[observation.file] = observation
    return sorted(by_file.values(), key=lambda observation: observation.since)[-limit:]


def _is_earlier(one: Observation, other: Observation) -> bool:
    return secs_between(one.since, other.since) is not None


class ResumableWatch(Protocol):
    """A watch that can be continued; see `GrowthWatch`."""

    def resume(self, silent_secs: float, *, has_grown: bool) -> None:
        """See `GrowthWatch.resume`."""


class ObservedLog(NamedTuple):
    """A log to add the observations of earlier programs to.

    Attributes:
        path: the path of the log.
        watch: the watch of its growth.
        vitals: the vitals of the session, by what has been read and seen so far.
        is_doubtful: whether to keep how the log is found: its silence is measured from now on.
    """

    path: str
    watch: ResumableWatch
    vitals: Vitals
    is_doubtful: bool = True


class SilentLog(NamedTuple):
    """A log whose session is lost.

    Attributes:
        path: the path of the log.
        size: its size when it was last found, in bytes.
        secs: for how long it has been silent, in seconds.
    """

    path: str
    size: int
    secs: float


class WatchedLog(NamedTuple):
    """A log that is watched because it is doubtful whether its session is alive.

    Attributes:
        path: the path of the log.
        watch: the watch of its growth.
        vitals: returns the vitals of the session, by what has been read and seen so far.
        check: passes the current size of the log to the watch. If the log has grown, reads what has been added as far
            as the vitals need it.
    """

    path: str
    watch: GrowthWatch
    vitals: Callable[[], Vitals]
    check: Callable[[], object]


class Observations:
    """The observations of this command and of earlier ones.

    Args:
        load: returns the observations of earlier commands.
        save: keeps new ones for later commands.
        clock: returns the current moment.
    """

    def __init__(
        self,
        load: Callable[[], Iterable[Observation]] = tuple,
        save: Callable[[list[Observation]], object] = lambda new: None,
        clock: Callable[[], Moment] = current_moment,
    ) -> None:
        self._load = load
        self._save = save
        self._clock = clock

    def resume(self, logs: Iterable[ObservedLog]) -> None:
        """Observe logs, and add to their watches what earlier commands saw."""
        earlier = {observation.file: observation for observation in self._load()}
        new = []
        for log in logs:
            before = self._clock()  # the log is still the same then if it is found unchanged afterwards
            present = self._observe(log.path)
            if present is None:
                continue
            known, recent = earlier.get(present.file), recent_secs(log.vitals)
            found = combined(known, present, recent)
            silent_secs = secs_between(found.since, before) or 0.0
            log.watch.resume(silent_secs, has_grown=found.has_grown and silent_secs < recent)
            if found is not known and log.is_doubtful:
                new.append(found)
        if new:
            self._save(new)

    def add_silence(self, logs: Iterable[SilentLog]) -> None:
        """Keep for how long logs have been silent. One that has another size by now is left out."""
        new = []
        for log in logs:
            now = self._clock()
            found = self._observe(log.path)
            if found is not None and found.size == log.size:
                new.append(found._replace(since=tuple(time - log.secs for time in now)))
        if new:
            self._save(new)

    def add_growth(self, logs: Iterable[WatchedLog]) -> None:
        """Keep that logs were just seen to grow."""
        observed = [self._observe(log.path) for log in logs]
        new = [found._replace(has_grown=True) for found in observed if found is not None]
        if new:
            self._save(new)

    def _observe(self, path: str) -> Observation | None:
        try:
            status = os.stat(path)
        except OSError:
            return None
        return Observation(status.st_dev, status.st_ino, status.st_size, status.st_ctime_ns, self._clock())
