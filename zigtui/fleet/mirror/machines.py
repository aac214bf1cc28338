"""Which machines give signs of life, and what these report."""

import math
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from zigtui.fleet.wire.messages import Beat
from zigtui.reader.clock_jumps import ClockJumps
from zigtui.reader.elapsed_secs import elapsed_secs
from zigtui.reader.machines import Hearing, MachineStatus

__all__ = ["Machines"]

_SILENT_SECS = 6.0  # three beats
_LONGEST_TICK_SECS = 1.5
_SETTLED_SECS = 12.0
"""How long a machine is heard without a break before all that it has written counts as known. When it comes back, it
sends the states of all logs first, which takes a second. While a log grows, its state is sent every ten seconds."""

_OVERDUE_SECS = 3.0  # for a beat
_SHARED_SECS = 10.0  # since the last sign that two shippers use one name


@dataclass(slots=True, eq=False)
class _Machine:
    """What is known about a machine.

    Attributes:
        status: what it has reported.
        heard_at: when its last beat came, by the steady clock; None if none ever has.
        heard_since: since when it has been heard without a break, by the steady clock; None during a break. A break is
            a silence, a backlog of messages that have not been read, or a jump of the clock that sets the times of
            files.
        known_at: when everything that it had written was last known to be here, by the steady clock; None if it never
            was. The first beats after a silence do not show that: what was written in the meantime is still on its way,
            and the machine may fall silent again before it arrives.
        published_at: when the machine published the latest message that has been read of its logs, by the steady clock;
            None if none has been read.
        silence: for how many seconds no beat has come although it could have been received, as of the last tick.
        is_silent: whether that is too long.
        run: the shipper that sent the last beat, see `Beat.run`.
        other_run: the one that sent beats before that one; None if there was none.
        shared_at: when beats of both came by turns last, by the steady clock.
    """

    status: MachineStatus
    heard_at: float | None = None
    heard_since: float | None = None
    known_at: float | None = None
    published_at: float | None = None
    silence: float = 0.0
    is_silent: bool = False
    run: int | None = None
    other_run: int | None = None
    shared_at: float = -math.inf

    def note_run(self, run: int | None, now: float) -> None:
        """Note which shipper sent a beat. One that was started again in place of another one is no second one."""
        if run is None or run == self.run:
            return
        if run == self.other_run:
            self.shared_at = now
        self.run, self.other_run = run, self.run


class Machines:
    """Finds out which machines are silent.

    Time in which no beat could have been received does not count: the machine here slept, this process was stopped, or
    the server was away. But while there is no connection for longer, all machines count as silent.

    One thread changes it; any thread may ask for the status of machines.

    Args:
        root: the directory of the mirror, with a base directory for each machine.
        steady_clock: returns seconds that pass steadily, also while this machine sleeps.
        clock: returns the time in seconds since the epoch.

    Attributes:
        root: the directory of the mirror.
        has_connected: whether there has been a connection.
    """

    gives_hints = True

    def __init__(
        self,
        root: str,
        steady_clock: Callable[[], float] = elapsed_secs,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.has_connected = False
        self.root = root
        self._steady_clock = steady_clock
        self._clock = clock
        self._ticked_at = steady_clock()
        self._jumps = ClockJumps(clock, steady_clock)
        self._has_jumped = False
        self._machines: dict[str, _Machine] = {}
        self._by_base: dict[str, _Machine] = {}
        self._lost_at: float | None = None  # when the connection was lost, in seconds since the epoch
        self._offline_from = 0.0  # since when that counts, by the steady clock
        self._last_contact: float | None = None  # of an earlier run
        self._fleet: frozenset[str] | None = None  # the names of its machines, if they are known
        self._fleet_at = -math.inf  # when that was known, by the steady clock

    @property
    def offline_since(self) -> float | None:
        """When the connection was lost; None while it is there, and for a short while after it was lost.

        None also until the first attempt to connect has failed.
        """
        return self._lost_at if self._is_offline(self._steady_clock()) else None

    def _is_offline(self, now: float) -> bool:
        return self._lost_at is not None and now >= self._offline_from

    def add(self, machine: str) -> None:
        """Add a machine that has not been heard yet, but whose logs are here."""
        if machine not in self._machines:
            base = os.path.join(self.root, machine)
            self._machines[machine] = self._by_base[base] = _Machine(MachineStatus(machine, base))

    def restore(self, statuses: Iterable[MachineStatus], offline_since: float | None) -> None:
        """Take over what an earlier run recorded.

        Args:
            statuses: the machines, as they are now.
            offline_since: when that run lost its connection, or ended; None if it had one a moment ago.
        """
        self._last_contact = offline_since
        for status in statuses:
            self.add(status.name)
            machine = self._machines[status.name]
            machine.status = status
            if status.silent_secs is not None and offline_since is None:  # that run has ended just now
                machine.silence, machine.is_silent = status.silent_secs, True
            if status.beat_age_secs is not None:
                machine.heard_at = self._steady_clock() - status.beat_age_secs
            if status.known_secs is not None:
                machine.known_at = self._steady_clock() - status.known_secs

    def note_fleet(self, machines: frozenset[str] | None) -> None:
        """Note which machines belong to the fleet; None if that is not known.

        A machine that is not among them was removed if it gives no sign of life. Otherwise it has just been added.
        """
        self._fleet, self._fleet_at = machines, self._steady_clock()

    def belongs(self, machine: str) -> bool:
        """Whether a machine belongs to the fleet, as far as is known."""
        return self._fleet is None or machine in self._fleet

    @property
    def is_fleet_outdated(self) -> bool:
        """Whether a machine gives signs of life that is not among those that belong to the fleet."""
        return any(self._is_added(machine) and not machine.is_silent for machine in self._machines.values())

    def _is_added(self, machine: _Machine) -> bool:
        """Whether a machine has given a sign of life since it was known not to belong to the fleet."""
        return not self.belongs(machine.status.name) and (machine.heard_at or -math.inf) >= self._fleet_at

    @property
    def is_any_overdue(self) -> bool:
        """Whether the beat of a machine is overdue that was not known to have been removed: it may have been."""
        since = self._steady_clock() - _OVERDUE_SECS
        return any(
            machine.heard_at is not None and max(machine.heard_at, self._fleet_at) < since and not machine.is_silent
            for machine in self._machines.values()
        )

    def note_beat(self, machine: str, beat: Beat) -> None:
        """Note a beat of a machine."""
        self.add(machine)
        known, now = self._machines[machine], self._steady_clock()
        if known.heard_since is None or known.heard_at is None or now - known.heard_at > _SILENT_SECS:
            known.heard_since = now
        known.silence, known.heard_at = 0.0, now
        known.note_run(beat.run, now)
        if now - known.heard_since >= _SETTLED_SECS:
            known.known_at = now
        known.status = replace(
            known.status,
            sessions=beat.sessions,
            behind_bytes=beat.behind,
            version=beat.version,
            disk_free=beat.disk_free,
            disk_size=beat.disk_size,
        )

    def shared(self) -> set[str]:
        """The machines as which two shippers send at the same time."""
        since = self._steady_clock() - _SHARED_SECS
        return {name for name, machine in self._machines.items() if machine.shared_at > since}

    def note_message(self, machine: str, age: float) -> None:
        """Note when a machine that was added has published a message. An old message does not end its silence.

        Args:
            machine: the name of the machine.
            age: how long ago the message was published, in seconds.
        """
        known, published_at = self._machines.get(machine), self._steady_clock() - age
        if known is not None and (known.published_at is None or published_at > known.published_at):
            known.published_at = published_at
            if age <= _SILENT_SECS:
                known.silence = 0.0

    def note_connection(self, *, is_there: bool) -> None:
        """Note that there is a connection to the server, or none."""
        if is_there:
            self._lost_at = None
            self._begin_to_hear(None)
        elif self._lost_at is None:
            now, steady_now = self._clock(), self._steady_clock()
            if self.has_connected:
                self._lost_at, self._offline_from = now, steady_now + _SILENT_SECS
            else:
                self._lost_at, self._offline_from = min(now, self._last_contact or now), steady_now
        self.has_connected = self.has_connected or is_there

    def _begin_to_hear(self, since: float | None) -> None:
        """Count from a moment, or from the next beats (None), until the logs of the machines are known again."""
        for machine in self._machines.values():
            machine.heard_since = since

    def take_jump(self) -> bool:
        """Whether the clock has jumped since the last call, so that the times of files must be set anew."""
        has_jumped, self._has_jumped = self._has_jumped, False
        return has_jumped

    def _notice_jump(self) -> None:
        if self._jumps.take(observes=False) is not None:
            self._has_jumped = True
            for machine in self._machines.values():  # earlier moments cannot be compared with the times of files
                machine.known_at = machine.published_at = machine.heard_since = None

    def tick(self, *, is_connected: bool, late_secs: float = 0.0) -> list[tuple[str, float | None]]:
        """Let time pass. Call it about twice in a second.

        Args:
            is_connected: whether beats could be received since the last call.
            late_secs: how far the reading of messages is behind the server, in seconds.

        Returns:
            The machines that have become silent, with the seconds since their last beats; and those that have come
            back, with None.
        """
        now = self._steady_clock()
        passed, self._ticked_at = now - self._ticked_at, now
        counts = passed if is_connected and passed <= _LONGEST_TICK_SECS else 0.0
        self._notice_jump()
        if late_secs > _SILENT_SECS:
            self._begin_to_hear(now)
        changes: list[tuple[str, float | None]] = []
        for name, machine in self._machines.items():
            if machine.silence == 0.0 and machine.is_silent:
                machine.is_silent = False
                changes.append((name, None))
            machine.silence += counts
            if machine.silence > _SILENT_SECS and not machine.is_silent:
                machine.is_silent = True
                changes.append((name, machine.silence))
        return changes

    def statuses(self) -> list[MachineStatus]:
        """What is known about each machine, by name."""
        now = self._steady_clock()
        return [
            replace(
                machine.status,
                silent_secs=self._silence(machine, now),
                beat_age_secs=None if machine.heard_at is None else now - machine.heard_at,
                is_removed=self._is_removed(machine),
                known_secs=self._known_secs(machine, now),
            )
            for _, machine in sorted(self._machines.copy().items())
        ]

    def _is_removed(self, machine: _Machine) -> bool:
        if self._fleet is None:
            return machine.status.is_removed
        has_ended = machine.heard_at is not None and not self._is_added(machine)
        return not self.belongs(machine.status.name) and (machine.is_silent or has_ended)

    def hearing_of(self, base: str) -> Hearing:
        """What is heard of the machine with a base directory; nothing if there is none."""
        machine, now = self._by_base.get(base), self._steady_clock()
        if machine is None:
            return Hearing()
        return Hearing(self._silence(machine, now), self._known_secs(machine, now))

    def _silence(self, machine: _Machine, now: float) -> float | None:
        if not (self._is_offline(now) or (machine.is_silent and machine.silence)):
            return None
        signs = [sign for sign in (machine.heard_at, machine.published_at) if sign is not None]
        return now - max(signs) if signs else machine.silence

    def _known_secs(self, machine: _Machine, now: float) -> float | None:
        """How long ago the logs of a machine were last known; see `Hearing`.

        If it is silent and was never heard for long, they are known as of its last message, which the server keeps.
        """
        if machine.known_at is None:
            return None if self._is_offline(now) else self._silence(machine, now)
        known_secs = now - machine.known_at
        return 0.0 if known_secs <= _OVERDUE_SECS and self._silence(machine, now) is None else known_secs
