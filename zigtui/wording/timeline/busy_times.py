"""When something was under way in a session, brought up to date as the session goes on."""

from array import array
from bisect import bisect_left, bisect_right

from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import SessionState, TierRun
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.wording.timeline.time_axis import Stretch, TimeAxis, nice_end

__all__ = ["BusyTimes", "present_in_words"]

_LEAST_SECS = 0.001  # for each tier run or pass, so that each has a position of its own


class BusyTimes:
    """The times of the tier runs of a session, or of the passes of a listener.

    Positions are seconds during which something was under way; waits in between do not count. They never change, while
    the session goes on. What is over is only examined once.

    Attributes:
        is_listener: whether the times are those of passes.
    """

    def __init__(self) -> None:
        self._generation = -1
        self.is_listener = False
        self._forget()

    def _forget(self) -> None:
        self._begins = array("d")
        self._ends = array("d")
        self._before = array("d", [0.0])  # the position of each, and that after the last one
        self._count = 0  # tier runs or passes that are over
        self._open: Stretch | None = None
        self._is_over = False
        self._axis: TimeAxis | None = None
        self._axis_key: tuple[object, ...] = ()

    def renew(self, snapshot: SessionSnapshot) -> None:
        """Apply the changes of the session."""
        session, is_listener = snapshot.session, snapshot.session.pass_count > 0
        if (snapshot.generation, is_listener) != (self._generation, self.is_listener):
            self._forget()
            self._generation, self.is_listener = snapshot.generation, is_listener
        if not self._begins and (started := seconds(session.started_at)) is not None:
            self._add((started, started))
        self._is_over = not snapshot.state.is_live
        if is_listener:
            self._renew_passes(snapshot)
        else:
            self._renew_tiers(snapshot)

    def _renew_passes(self, snapshot: SessionSnapshot) -> None:
        session = snapshot.session
        past, recent = session.past, session.recent
        if self._count < len(past):
            for started, ended in past.times(self._count):
                self._add_if_known(seconds(started), seconds(ended))
            self._count = len(past)
        for run in recent[self._count - len(past) : -1]:
            self._add_if_known(seconds(run.started_at), seconds(run.ended_at))
            self._count += 1
        self._open = _pass_stretch(recent[-1], snapshot) if recent else None

    def _renew_tiers(self, snapshot: SessionSnapshot) -> None:
        tiers = snapshot.session.tiers
        while self._count < len(tiers) - 1:
            stretch = _tier_stretch(tiers[self._count], snapshot)
            if stretch is not None:
                self._add(stretch)
            self._count += 1
        self._open = _tier_stretch(tiers[-1], snapshot) if tiers else None

    def _add_if_known(self, began: float | None, ended: float | None) -> None:
        if began is not None:
            self._add((began, began if ended is None else ended))

    def _add(self, stretch: Stretch) -> None:
        begin, end = stretch
        self._begins.append(begin)
        self._ends.append(max(begin, end))
        self._before.append(self._before[-1] + max(_LEAST_SECS, end - begin))

    # Positions

    @property
    def end(self) -> float:
        """The position of the current time, or of the end of the session."""
        begin, end = self._open or (0.0, 0.0)
        return self._before[-1] + max(0.0, end - begin)

    @property
    def now(self) -> float:
        """The current time, or the end of the session, in seconds since the epoch."""
        return self.moment(self.end)

    def moment(self, position: float) -> float:
        """The moment at a position."""
        if self._open is not None and position >= self._before[-1]:
            return min(self._open[1], self._open[0] + position - self._before[-1])
        number = min(len(self._begins), bisect_right(self._before, position)) - 1
        return self._begins[number] + max(0.0, position - self._before[number]) if number >= 0 else 0.0

    def home(self, passes: int) -> float:
        """The position at which the last passes of a listener begin; 0 for another session."""
        first = len(self._begins) - passes + (self._open is not None)
        return self._before[max(0, min(first, len(self._begins)))] if self.is_listener else 0.0

    def position(self, moment: float) -> float:
        """The position of a moment."""
        if self._open is not None and moment >= self._open[0]:
            return self._before[-1] + min(moment, self._open[1]) - self._open[0]
        number = bisect_right(self._begins, moment) - 1
        if number < 0:
            return 0.0
        return self._before[number] + min(moment - self._begins[number], self._ends[number] - self._begins[number])

    def axis(self, first: float, last: float | None, width: int) -> TimeAxis:
        """The axis between two positions. The same object is returned until it changes.

        Args:
            first: the first position.
            last: the last position; None for now. A session that goes on has room for a while after it.
            width: the width of the axis, in cells.
        """
        end = last
        if end is None:
            end = self.end if self._is_over else first + nice_end(self.end - first)
        opened = None if self._open is None else self._open[0]
        key = self._generation, len(self._begins), opened, first, end, width
        if self._axis is None or key != self._axis_key:
            self._axis, self._axis_key = TimeAxis(self._stretches(first, end), width), key
        return self._axis

    def _stretches(self, first: float, end: float) -> list[Stretch]:
        """The stretches between two positions; at least one."""
        low = max(0, bisect_right(self._before, first) - 1)
        high = bisect_left(self._before, end)
        found = []
        for number in range(low, min(high, len(self._begins))):
            begin = self._begins[number]
            begin_in = begin + max(0.0, first - self._before[number])
            end_in = min(self._ends[number], begin + end - self._before[number])
            found.append((begin_in, max(begin_in, end_in)))
        if self._open is not None and (end > self._before[-1] or end == self.end):  # the last one may take no time
            begin = self._open[0]
            begin_in = begin + max(0.0, first - self._before[-1])
            found.append((begin_in, max(begin_in, begin + end - self._before[-1])))
        return found or [(0.0, 1.0)]


def present_in_words(snapshot: SessionSnapshot) -> str:
    """What `BusyTimes.present` is: a wait after the last tier run or pass is not part of it, but no end either."""
    if not snapshot.is_complete:
        return "so far"
    match snapshot.state:
        case SessionState.RUNNING | SessionState.STALLED:
            return "now"
        case SessionState.IDLE:
            return "idle since then"
        case SessionState.UNREACHABLE:
            return "unreachable since then"
    return "the end"


def _tier_stretch(tier: TierRun, snapshot: SessionSnapshot) -> Stretch | None:
    began = seconds(tier.started_at)
    return None if began is None else (began, began + (snapshot.tier_elapsed_ms(tier) or 0) / 1000)


def _pass_stretch(run: PassRun, snapshot: SessionSnapshot) -> Stretch | None:
    began = seconds(run.started_at)
    return None if began is None else (began, began + (snapshot.pass_elapsed_ms(run) or 0) / 1000)
