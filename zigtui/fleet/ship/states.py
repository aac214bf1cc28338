"""When to send the state of a log, from which mirrors find out what they lack."""

import time
from operator import itemgetter

from zigtui.fleet.ship.entry import Entry, EntryTasks
from zigtui.fleet.ship.link import Link
from zigtui.fleet.ship.log_set import LogSet
from zigtui.fleet.wire.subjects import Lane

__all__ = ["States"]

_QUIET_SECS = 1.0  # after the last growth the state of a log is sent
_STATE_SECS = 10.0  # and meanwhile this often
_AGAIN_SECS = 600.0  # all states are sent again, in case the server has lost them
_AT_ONCE = 200
_PAUSE_SECS = 0.00002  # between two checks for those that are due, for each log


class States:
    """Sends the states of the logs.

    Args:
        link: the connection.
        logs: the logs.
    """

    def __init__(self, link: Link, logs: LogSet) -> None:
        self._link = link
        self._logs = logs
        self._next_check = 0.0

    def plan(self, entry: Entry, now: float) -> None:
        """Send the state of a log when it has become quiet, or after a while."""
        entry.state_at = max(now, min(now + _QUIET_SECS, entry.state_sent_at + _STATE_SECS))
        self._logs.states[entry.log.path] = entry

    def are_due(self, now: float) -> bool:
        """Whether to check for states that are due."""
        return now >= self._next_check

    async def send_due(self, now: float, tasks: EntryTasks) -> None:
        """Send those that are due, as far as the connection has room.

        Args:
            now: the time of the monotonic clock.
            tasks: for the logs.
        """
        self._next_check = now + len(self._logs.states) * _PAUSE_SECS
        states = self._logs.states.values()
        due = [(entry.state_at, entry) for entry in states if entry.state_at is not None and entry.state_at <= now]
        due.sort(key=itemgetter(0))  # so that it is not always the same ones that wait
        for _, entry in due[:_AT_ONCE]:
            if not self._link.has_room.is_set():
                break
            await tasks.run(entry, self.send)

    async def send(self, entry: Entry) -> None:
        """Send the state of a log now."""
        log, now = entry.log, time.monotonic()
        try:
            state = await entry.read(log.state)
        except OSError as error:
            self._logs.pause(entry, error, now)
            entry.state_at = entry.pause_until
            return
        entry.state_sent_at, entry.state_at = now, now + _AGAIN_SECS

        def take(is_kept: bool) -> None:
            if not is_kept:
                entry.state_at = time.monotonic() + _QUIET_SECS

        await self._link.publish(entry.subject(Lane.STATE), state.headers, state.payload, take)
