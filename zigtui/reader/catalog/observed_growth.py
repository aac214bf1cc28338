"""What was seen of the growth of logs, as the judgement of their sessions needs it."""

import math
from collections.abc import Callable, Iterable, Mapping

from zigtui.reader.catalog.scan.log_file import LogFile
from zigtui.reader.clock_jumps import ClockJump, ClockJumps
from zigtui.reader.machines import Hearing
from zigtui.reader.session.growth_watch import GrowthWatch
from zigtui.reader.session.observations import Observations, ObservedLog, SilentLog
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.signs_of_life import SignsOfLife
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.judged_anew import vitals_after_jump
from zigtui.reader.session.states.liveness import (
    Vitals,
    is_doubtful,
    is_observed_to_be_lost,
    is_unobserved,
    observed_silence_secs,
    recent_secs,
    watch_secs,
)

__all__ = ["ObservedGrowth"]

_SAME_SILENCE_SECS = 2.0  # two measurements of one silence differ by no more
_LOOK_AGAIN_SECS = 12.0  # the time in which all logs are checked again after a pause
_LEAST_WATCH_SECS = 0.3  # a writer that was paused too, such as in a container, writes its overdue heartbeat within it


class ObservedGrowth:
    """Turns what the scans of a base saw into vitals.

    What was seen is kept by the steady clock, so that only the jumps noticed by `take_jump` change the times in vitals.

    Args:
        clock: returns the time in seconds since the epoch.
        steady_clock: returns seconds that pass steadily, to notice jumps of the clock; None if it never jumps.
        observations: what other processes saw; None if that does not count.
        is_mirrored: whether the logs are those of another machine.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        steady_clock: Callable[[], float] | None,
        observations: Observations | None = None,
        *,
        is_mirrored: bool = False,
    ) -> None:
        self._clock = clock
        self._jumps = ClockJumps(clock, steady_clock or clock)
        self._may_jump = steady_clock is not None
        self._observations = None if is_mirrored else observations  # of a mirrored log, only `Hearing` counts
        self._elsewhere: dict[str, GrowthWatch] = {}
        self._kept_sizes: dict[str, int] = {}  # by path: of the logs whose silence is known to other processes
        self._unheard: float | None = None  # since when the machine has been silent, by the steady clock
        self._known = -math.inf  # see `Vitals.known_until`; by the steady clock
        self._known_until = -math.inf if is_mirrored else None
        self._knows_again_at = -math.inf  # by the steady clock

    @property
    def unheard_since(self) -> float | None:
        """Since when the machine of the logs has been silent, in seconds since the epoch; None if it is not."""
        return None if self._unheard is None else self._jumps.at(self._unheard)

    def take_hearing(self, hearing: Hearing) -> bool:
        """Note what is heard of the machine of the logs.

        Returns:
            Whether that differs from before by more than the time that has passed.
        """
        now = self.steady_clock()
        unheard = None if hearing.silent_secs is None else now - hearing.silent_secs
        if unheard is None or self._unheard is None:
            has_changed = unheard is not self._unheard
        else:
            has_changed = abs(unheard - self._unheard) > _SAME_SILENCE_SECS
        if has_changed:
            self._unheard = unheard
        known = hearing.known_until(now)
        if known != self._known and abs(known - self._known) > _SAME_SILENCE_SECS and now >= self._knows_again_at:
            self._known = known
            self._known_until = self._jumps.at(known)
            has_changed = True
        return has_changed

    def _forget_known(self, jump: ClockJump) -> None:
        """After a jump or a pause, do not know more than before until all logs have been checked again.

        A mirror sets the times of the logs anew after a jump. If the clock was set back, no earlier time fits them.
        """
        if self._known_until is None:
            return
        now = self.steady_clock()
        observed = now - jump.unobserved_secs
        if jump.secs < 0:
            self._known = self._known_until = -math.inf
        elif self._known > observed:
            self._known, self._known_until = observed, self._jumps.at(observed) - jump.secs
        self._knows_again_at = now + _LOOK_AGAIN_SECS

    def after_jump(self, vitals: Vitals, now: float, jump: ClockJump) -> Vitals:
        """The vitals of a session after a jump that was taken; see `vitals_after_jump`."""
        return vitals_after_jump(vitals, now, jump) if self._known_until is None else self.heard(vitals)

    def heard(self, vitals: Vitals) -> Vitals:
        """The vitals of a session with what is heard of its machine."""
        return vitals._replace(unheard_since=self.unheard_since, known_until=self._known_until)

    @property
    def steady_clock(self) -> Callable[[], float]:
        """Returns seconds that pass steadily."""
        return self._jumps.steady_clock

    def now(self) -> float:
        """The current time, in seconds since the epoch. A jump of the clock that was not taken has no effect yet."""
        return self._jumps.now()

    def take_jump(self, *, observes: bool) -> ClockJump | None:
        """Check for a jump of the clock, or a time in which nothing was observed; see `ClockJumps.take`."""
        jump = self._jumps.take(observes=observes) if self._may_jump else None
        if jump is not None:
            self._forget_known(jump)
        return jump

    def vitals(self, vitals: Vitals, file: LogFile) -> Vitals:
        """The vitals of a session with what was seen of its log."""
        signs = self.signs(file)
        if signs == SignsOfLife.of(vitals):
            return vitals  # as nearly always
        return vitals._replace(**signs._asdict())

    def judged(self, snapshot: SessionSnapshot, file: LogFile) -> SessionSnapshot:
        """A session with what was seen of its log in the vitals."""
        vitals = self.vitals(snapshot.vitals, file)
        return snapshot if vitals is snapshot.vitals else snapshot._replace(vitals=vitals)

    def signs(self, file: LogFile) -> SignsOfLife:
        """What was seen of a log and of its machine."""
        if self._known_until is not None:
            return self.signs_of_machine
        grown = None if file.grown is None else self._jumps.at(file.grown)
        return SignsOfLife(grown, self._jumps.at(file.watched), file.skew_secs)

    @property
    def signs_of_machine(self) -> SignsOfLife:
        """What was seen of the machine alone."""
        return SignsOfLife(unheard_since=self.unheard_since, known_until=self._known_until)

    def resume(self, found: Iterable[tuple[LogFile, SessionSnapshot]]) -> None:
        """Add what other processes saw of the logs that count as live by their times alone, once for each log."""
        if self._observations is None:
            return
        unobserved = []
        for file, snapshot in found:
            vitals = self.vitals(snapshot.vitals, file)
            if not file.is_resumed and is_unobserved(vitals, self.now()):
                file.is_resumed = True
                longest_secs = watch_secs(vitals) if is_doubtful(vitals, self.now()) else recent_secs(vitals)
                watch = _FileWatch(file, self.steady_clock(), longest_secs - _LEAST_WATCH_SECS)
                unobserved.append(ObservedLog(file.location.path, watch, vitals, is_doubtful(vitals, self.now())))
        if unobserved:
            self._observations.resume(unobserved)

    def keep_silences(self, sessions: Iterable[SessionSnapshot], files: Mapping[str, LogFile]) -> None:
        """Let other processes know of the sessions that are lost because their logs were watched in vain.

        Args:
            sessions: sessions that have not ended.
            files: the files of logs, by their paths.
        """
        if self._observations is None:
            return
        silent = []
        for snapshot in sessions:
            path, now = snapshot.location.path, self.now()
            file = files.get(path)
            if file is None or self._kept_sizes.get(path) == file.facts.size:
                continue
            vitals = self.vitals(snapshot.vitals, file)
            if is_observed_to_be_lost(vitals, now):
                self._kept_sizes[path] = file.facts.size
                silent.append(SilentLog(path, file.facts.size, observed_silence_secs(vitals, now)))
        if silent:
            self._observations.add_silence(silent)

    # Opened logs that the scans do not find

    def watch_elsewhere(self, log: SessionLog) -> None:
        """Record the current size of a log that was opened, but is outside the directories of the base."""
        log.observe(self._elsewhere.setdefault(log.path, GrowthWatch(self._clock, self.steady_clock)))

    def is_watched_elsewhere(self, path: str) -> bool:
        """Whether a log is watched by `watch_elsewhere`."""
        return path in self._elsewhere

    def forget_elsewhere(self, path: str) -> None:
        """End the watch of `watch_elsewhere`."""
        self._elsewhere.pop(path, None)


class _FileWatch:
    """The watch of a file by the scans, to be resumed.

    Args:
        file: the file.
        now: the current time by the steady clock.
        longest_secs: for how long it may have been watched at most.
    """

    def __init__(self, file: LogFile, now: float, longest_secs: float) -> None:
        self._file = file
        self._now = now
        self._longest_secs = longest_secs

    def resume(self, silent_secs: float, *, has_grown: bool) -> None:
        if has_grown:
            self._file.grown = self._now - silent_secs
        else:
            self._file.watched = min(self._file.watched, self._now - min(silent_secs, self._longest_secs))
