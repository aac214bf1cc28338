"""One pass of a session: a run of the whole workflow."""

from typing import NamedTuple

from zigtui.reader.session.model.usage import Usage

__all__ = ["PassRun"]


class PassRun(NamedTuple):
    """One full pass: a run of the whole workflow, with the iterations of a loop that belong to it.

    Attributes:
        number: the number of the pass among the full passes of the session, from 1.
        first_tier: the ordinal of its first tier run.
        first_step: the serial of its first step run.
        first_line: the number of output lines of the session before it.
        first_mark: the number of marks of the session before it.
        pass_number: `TierRun.pass_number` of its first tier run, which counts iterations too.
        offset: the position of its first event in the log, in bytes.
        step_count: the number of its step runs.
        failed_steps: the number of those that failed for good.
        failed_attempts: the number of failed attempts.
        lines: the number of lines of output.
        ended_at: the last recorded end or output of its steps; None if there was none.
        usage: the tokens and cost that its steps printed.
        started_at: when its first tier began, as recorded.
        is_failed: whether it failed.
        ended_early: whether it failed although no step did: the next pass began before its last tier.
    """

    number: int
    first_tier: int
    first_step: int
    first_line: int
    first_mark: int
    pass_number: int
    offset: int
    step_count: int
    failed_steps: int
    failed_attempts: int
    lines: int
    ended_at: str | None
    usage: Usage
    started_at: str | None
    is_failed: bool
    ended_early: bool
