"""Find the steps under way that are silent."""

from collections.abc import Iterable, Sequence

from zigtui.reader.session.folding.open_runs import OpenStep
from zigtui.reader.session.model.session import StepRun
from zigtui.reader.session.model.silent_steps import LimitedStep, QuietStep
from zigtui.reader.times import earliest

__all__ = ["first_limited", "last_sign_at", "quietest"]


def last_sign_at(step: StepRun | OpenStep) -> str | None:
    """When a step last started, failed or printed, as recorded."""
    attempts = step.attempts
    if attempts and attempts[-1].lines == step.lines:  # nothing has been printed since
        return attempts[-1].failed_at
    return step.last_output_at or step.started_at


def quietest(steps: Sequence[OpenStep]) -> QuietStep | None:
    """The step that has been silent for longest; None if that is not known of any."""
    # Thousands of steps may be under way, and most of them have no failed attempt.
    signs = [last_sign_at(step) if step.attempts else step.last_output_at or step.started_at for step in steps]
    known = [sign for sign in signs if sign is not None]
    first = known[0] if len(known) == 1 else earliest(known)
    return None if first is None else QuietStep(steps[signs.index(first)].name, first)


def first_limited(steps: Iterable[OpenStep]) -> LimitedStep | None:
    """The first step that waits until a usage limit is reset; None if none does."""
    return next((LimitedStep(step.name, step.waiting_for) for step in steps if step.waiting_for is not None), None)
