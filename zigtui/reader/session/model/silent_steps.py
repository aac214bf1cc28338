"""Steps that print nothing, and why: those under way, those that wait, and those that may be tried again."""

from typing import NamedTuple

__all__ = ["DEFAULT_QUIET_SECS", "DEFAULT_STALL_SECS", "LimitedStep", "OpenFailure", "QuietStep"]

DEFAULT_QUIET_SECS = 30.0
"""A step under way is quiet if it has printed nothing for longer than this, in seconds."""

DEFAULT_STALL_SECS = 300.0
"""A live session that is not waiting is stalled if it had no activity for longer than this, in seconds."""


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
        fails_pass: whether these failures alone make a failed pass, if they are final.
    """

    step_name: str
    number: int
    failed_at: str | None
    steps: int
    fails_pass: bool
