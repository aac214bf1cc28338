"""Find the steps that are silent, and why: those under way, those that wait, and those that may be tried again."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Union

from zigtui.reader.times import earliest

if TYPE_CHECKING:
    from zigtui.reader.session.model import StepRun
    from zigtui.reader.session.open_runs import OpenStep

__all__ = ["DEFAULT_QUIET_SECS", "LimitedStep", "OpenFailure", "QuietStep", "first_limited", "last_sign_at", "quietest"]

DEFAULT_QUIET_SECS = 30.0
"""A step under way is quiet if it has printed nothing for longer than this, in seconds."""


class QuietStep(NamedTuple):
    """The step under way that has been silent for longest.

    Attributes:
        since: when it last started, failed or printed, as recorded.
    """

    name: str
    since: str


class LimitedStep(NamedTuple):
    """A step under way that waits until a usage limit is reset.

    Attributes:
        name: the name of the step.
        resumes: when it resumes, as printed.
    """

    name: str
    resumes: str


class OpenFailure(NamedTuple):
    """The last failed attempt of a tier that is open, so that the step may be tried again.

    Attributes:
        number: the number of the attempt.
        steps: the number of steps of the tier that have failed so far.
    """

    step_name: str
    number: int
    failed_at: str | None
    steps: int


def last_sign_at(step: Union["StepRun", "OpenStep"]) -> str | None:
    """When a step last started, failed or printed, as recorded."""
    attempts = step.attempts
    if attempts and attempts[-1].lines == step.lines:  # nothing has been printed since
        return attempts[-1].failed_at
    return step.last_output_at or step.started_at


def quietest(steps: Sequence["OpenStep"]) -> QuietStep | None:
    """The step that has been silent for longest; None if that is not known of any."""
    # Thousands of steps may be under way, and most of them have no failed attempt.
    signs = [last_sign_at(step) if step.attempts else step.last_output_at or step.started_at for step in steps]
    known = [sign for sign in signs if sign is not None]
    first = known[0] if len(known) == 1 else earliest(known)
    return None if first is None else QuietStep(steps[signs.index(first)].name, first)


def first_limited(steps: Iterable["OpenStep"]) -> LimitedStep | None:
    """The first step that waits until a usage limit is reset; None if none does."""
    return next((LimitedStep(step.name, step.waiting_for) for step in steps if step.waiting_for is not None), None)
