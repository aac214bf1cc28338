"""Vitals after what makes earlier observations worthless: a jump of the clock, or a pause."""

import math

from zigtui.reader.clock_jumps import ClockJump
from zigtui.reader.session.states.liveness import Vitals, state_despite_damage

__all__ = ["vitals_after_jump"]


def vitals_after_jump(vitals: Vitals, now: float, clock_jump: ClockJump) -> Vitals:
    """The vitals of a session of this machine after a jump of our clock, or after a time in which nothing was observed.

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
    vitals = vitals._replace(grown=grown)
    if was_lost and vitals.watched is not None:
        return vitals._replace(watched=vitals.watched + jump)
    return vitals._replace(watched=now, skew_secs=math.inf if jump else vitals.skew_secs)
