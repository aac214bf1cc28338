"""Vitals after what makes earlier observations worthless: a jump of the clock, or the silence of a machine."""

import math

from zigtui.reader.clock_jumps import ClockJump
from zigtui.reader.session.states.liveness import Vitals, state_despite_damage

__all__ = ["vitals_after_jump", "vitals_of_silence"]


def vitals_after_jump(vitals: Vitals, now: float, clock_jump: ClockJump) -> Vitals:
    """The vitals after a jump of our clock, or after a time in which nothing was observed.

    A live session is watched anew, whatever its times are. One that was lost stays lost; if a jump would not change
    that, nothing changes.

    Args:
        vitals: the vitals before the jump.
        now: the current time, after the jump.
        clock_jump: what has happened. The session was live if it was when anything was last observed.
    """
    jump = clock_jump.secs
    was_lost = state_despite_damage(vitals, now - jump - clock_jump.unobserved_secs).is_over
    if was_lost and state_despite_damage(vitals, now).is_over:
        return vitals
    grown = None if vitals.grown is None else vitals.grown + jump
    unheard_since = None if vitals.unheard_since is None else vitals.unheard_since + jump
    vitals = vitals._replace(grown=grown, unheard_since=unheard_since)
    if was_lost and vitals.watched is not None:
        return vitals._replace(watched=vitals.watched + jump)
    return vitals._replace(watched=now, skew_secs=math.inf if jump else vitals.skew_secs)


def vitals_of_silence(vitals: Vitals, now: float, since: float | None) -> Vitals:
    """The vitals of a session whose machine has fallen silent, or has come back.

    When it is back, a session that was not lost before is watched anew: nothing could be seen of it in the meantime.

    Args:
        vitals: the vitals so far.
        now: the current time, in seconds since the epoch.
        since: since when the machine has been silent, in seconds since the epoch; None if it is back.
    """
    if vitals.unheard_since == since:
        return vitals
    if since is not None or state_despite_damage(vitals, now).is_over:
        return vitals._replace(unheard_since=since)
    return vitals._replace(unheard_since=None, watched=now)
