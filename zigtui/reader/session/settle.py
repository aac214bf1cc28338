"""Find out which of some sessions are lost, for commands that read their logs only once."""

import os
import time
from collections.abc import Callable, Iterable

from zigtui.reader.pause import pause
from zigtui.reader.recorded_machines import recorded_hearing
from zigtui.reader.session.growth_watch import LONGEST_WATCH_SECS, GrowthWatch
from zigtui.reader.session.observations import Observations, ObservedLog, SilentLog, WatchedLog
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.states.liveness import (
    is_doubtful,
    is_observed_to_be_lost,
    is_unobserved,
    observed_silence_secs,
    watch_secs,
)

__all__ = ["is_worth_watching", "keep_silences", "settle", "watched_log"]

_STEP_SECS = 0.1
_OVERDUE_SECS = 0.05  # in which a heartbeat comes that was due long ago


def watched_log(log: SessionLog) -> WatchedLog:
    """Begin to watch a log that has been read."""
    watch = GrowthWatch(hearing=recorded_hearing(log.location))

    def check() -> None:
        if _size(log) != log.size:
            log.advance()
        log.observe(watch)

    log.observe(watch)
    return WatchedLog(log.path, watch, lambda: log.snapshot().vitals, check)


def is_worth_watching(log: WatchedLog, observations: Observations) -> bool:
    """Whether a session that counts as live by its times may be lost: they are odd, or others saw its log be silent."""
    if not _is_unobserved(log):
        return False
    _resume([log], observations)
    return log.watch.grown is None and not _is_fresh(log)


def settle(
    logs: Iterable[WatchedLog],
    observations: Observations | None = None,
    on_wait: Callable[[int, float], object] = lambda count, secs: None,
) -> None:
    """Watch the logs of doubtful sessions for a heartbeat, all at once. Returns as soon as none is doubtful any more.

    Afterwards, the vitals of the logs show the right state.

    Args:
        logs: logs that have been read.
        observations: observations of the logs by earlier commands; those of this one are added.
        on_wait: called before the watch begins, with the number of doubtful sessions and the longest time it takes, in
            seconds. It is not called if there are none.
    """
    watched = list(filter(_is_unobserved, logs))
    if not watched:
        return
    observations = observations or Observations()
    _resume(watched, observations)
    watched = [log for log in watched if log.watch.grown is None and not _is_fresh(log)]
    left = [_secs_left(log) for log in watched if _is_doubtful(log)]
    if left:
        on_wait(len(left), max(left))
    give_up_at = time.monotonic() + max(left, default=0.0) + _STEP_SECS
    # Even if all seem to be lost, by what earlier commands saw, they are watched for a moment: a writer may have been
    # stopped until now, with its container or virtual machine. Then its next heartbeat is overdue, and comes at once.
    step_secs = _STEP_SECS if left else _OVERDUE_SECS
    while watched and time.monotonic() < give_up_at:
        pause(step_secs)
        for log in watched:
            log.check()
        observations.add_growth(log for log in watched if log.watch.grown is not None)
        watched = [log for log in watched if _is_doubtful(log)]


def keep_silences(logs: Iterable[WatchedLog], observations: Observations) -> None:
    """Keep for how long the logs of sessions were watched in vain that are lost now."""
    silent = []
    for log in logs:
        vitals, now = log.vitals(), log.watch.now()
        if is_observed_to_be_lost(vitals, now):
            silent.append(SilentLog(log.path, log.watch.size, observed_silence_secs(vitals, now)))
    if silent:
        observations.add_silence(silent)


def _resume(logs: list[WatchedLog], observations: Observations) -> None:
    observations.resume(ObservedLog(log.path, log.watch, log.vitals(), _is_doubtful(log)) for log in logs)
    for log in logs:
        log.check()


def _is_unobserved(log: WatchedLog) -> bool:
    return is_unobserved(log.vitals(), log.watch.now())


def _is_doubtful(log: WatchedLog) -> bool:
    return is_doubtful(log.vitals(), log.watch.now())


def _is_fresh(log: WatchedLog) -> bool:
    """Whether a log needs no watch."""
    return _is_unobserved(log) and not _is_doubtful(log)


def _secs_left(log: WatchedLog) -> float:
    return min(LONGEST_WATCH_SECS, log.watch.watched + watch_secs(log.vitals()) - log.watch.now())


def _size(log: SessionLog) -> int:
    try:
        return os.path.getsize(log.path)
    except OSError:
        return log.size
