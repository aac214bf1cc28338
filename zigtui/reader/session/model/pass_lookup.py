"""Find the pass of a listener that a number, a tier run or a step run belongs to, among past and kept passes."""

from bisect import bisect_right
from collections.abc import Callable
from operator import attrgetter

from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Session

__all__ = ["next_pass", "pass_of_step", "pass_of_tier", "pass_run", "preview_of"]

_first_tier = attrgetter("first_tier")
_first_step = attrgetter("first_step")


def pass_run(session: Session, number: int) -> PassRun | None:
    """The full pass with a number; None if there is none, or if the session has not proved to be a listener."""
    index = number - 1 - len(session.past)
    if index < 0:
        return session.past[number - 1] if number >= 1 else None
    return session.recent[index] if index < len(session.recent) else None


def next_pass(session: Session, run: PassRun) -> PassRun | None:
    """The full pass after another one; None if that is the last one."""
    return pass_run(session, run.number + 1)


def pass_of_tier(session: Session, ordinal: int) -> PassRun | None:
    """The full pass that a tier run belongs to."""
    return _last_before(session, ordinal, _first_tier, session.past.of_tier)


def pass_of_step(session: Session, serial: int) -> PassRun | None:
    """The full pass that a step run belongs to."""
    return _last_before(session, serial, _first_step, session.past.of_step)


def preview_of(session: Session, run: PassRun) -> str:
    """What a pass is about: the prompt preview of its first step; empty if there is none.

    Args:
        session: the session, or a part of it, with the steps of the pass.
        run: the pass.
    """
    first = session.step(run.first_step)
    return (first.prompt_preview or "") if first is not None else ""


def _last_before(
    session: Session, number: int, first_of: Callable[[PassRun], int], of_past: Callable[[int], int]
) -> PassRun | None:
    index = bisect_right(session.recent, number, key=first_of) - 1
    if index >= 0:
        return session.recent[index]
    index = of_past(number)
    return session.past[index] if index >= 0 else None
