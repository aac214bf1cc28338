"""Find out which of some sessions are lost, for commands that read their logs only once."""

import os
import time
from collections.abc import Callable, Iterable

from zigtui.reader.session.growth_watch import LONGEST_WATCH_SECS, GrowthWatch
from zigtui.reader.session.liveness import watch_secs
from zigtui.reader.session.session_log import SessionLog

__all__ = ["settle"]

_STEP_SECS = 0.1


def settle(logs: Iterable[SessionLog], on_wait: Callable[[int, float], object] = lambda count, secs: None) -> None:
    """Watch the logs of doubtful sessions for a heartbeat, all at once. Returns as soon as none is doubtful any more.

    Afterwards the snapshots of the logs have the right state. Only logs that have grown are read again.

    Args:
        logs: logs that have been read.
        on_wait: called before the watch begins, with the number of doubtful sessions and the longest time it takes, in
            seconds. It is not called if there are none.
    """
    watched = [(log, GrowthWatch()) for log in logs if log.snapshot().is_doubtful]
    if not watched:
        return
    longest = min(LONGEST_WATCH_SECS, max(watch_secs(log.snapshot().vitals) for log, _ in watched))
    on_wait(len(watched), longest)
    give_up_at = time.monotonic() + longest + _STEP_SECS
    for log, watch in watched:
        log.observe(watch)
    while watched and time.monotonic() < give_up_at:
        time.sleep(_STEP_SECS)
        for log, watch in watched:
            if _size(log) != log.size:
                log.advance()
            log.observe(watch)
        watched = [(log, watch) for log, watch in watched if log.snapshot().is_doubtful]


def _size(log: SessionLog) -> int:
    try:
        return os.path.getsize(log.path)
    except OSError:
        return log.size
