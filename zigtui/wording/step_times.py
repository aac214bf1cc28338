"""How long a step took, even if the recorded duration and the output disagree."""

from zigtui.reader.session.model.session import Session, StepRun
from zigtui.reader.session.model.silent_steps import DEFAULT_QUIET_SECS
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import milliseconds_between
from zigtui.wording.durations import duration, largest_unit

__all__ = ["is_quiet", "printing_ms", "step_time"]

_MIN_RELATIVE_DIFFERENCE = 0.1
_MIN_DIFFERENCE_MS = 100  # below, writing the log may be all that takes so long


def printing_ms(step: StepRun, session: Session, secs_to_last_output: float | None = None) -> int | None:
    """The time from a parallel step's start to its last output, if it differs from the recorded duration.

    The ends of parallel steps are recorded together, once the last of them has ended. The time of the last output is
    therefore the better estimate of when a step was done.

    Args:
        step: the step run.
        session: its session.
        secs_to_last_output: the time from its start to its last output, in seconds, if the caller knows it.

    Returns:
        Milliseconds; None if the step has no siblings, if the times differ by at most 10 % or 100 ms, or if one is not
        known.
    """
    if session.tier_of(step).step_count < 2 or step.duration_ms is None or step.last_output_at is None:
        return None
    if secs_to_last_output is None:
        printed = milliseconds_between(step.started_at, step.last_output_at)
    else:
        printed = max(0, round(secs_to_last_output * 1000))
    least = max(_MIN_DIFFERENCE_MS, _MIN_RELATIVE_DIFFERENCE * step.duration_ms)
    if printed is None or abs(printed - step.duration_ms) <= least:
        return None
    return printed


def is_quiet(step: StepRun, snapshot: SessionSnapshot, quiet_secs: float = DEFAULT_QUIET_SECS) -> bool:
    """Whether a step is under way, and has been silent for ``quiet_secs`` or for so long that it may hang."""
    quiet_ms = snapshot.step_quiet_ms(step)
    return quiet_ms is not None and quiet_ms >= min(quiet_secs, snapshot.stall_secs) * 1000


def step_time(
    step: StepRun,
    snapshot: SessionSnapshot,
    quiet_secs: float = DEFAULT_QUIET_SECS,
    *,
    unknown: str = "–",
    secs_to_last_output: float | None = None,
) -> str:
    """How long a step took or has been running, in words; ``unknown`` if it never started.

    A parallel step may have two times, as in ``8.2s·12.4s``: to its last output, and as recorded. A step under way
    that has been silent for ``quiet_secs`` has its silence instead, as in ``quiet 41s``. One that may be retried has
    the time since it failed. ``secs_to_last_output`` is as in `printing_ms`.
    """
    if not snapshot.is_complete and not step.state.is_settled:
        return unknown
    state = snapshot.step_state(step)
    if state.is_active and is_quiet(step, snapshot, quiet_secs):
        return f"quiet {largest_unit((snapshot.step_quiet_ms(step) or 0) / 1000)}"
    if snapshot.may_be_retried(step):
        silent_secs = snapshot.silent_secs_since(step.ended_at)
        return "failed" if silent_secs is None else f"failed {largest_unit(silent_secs)} ago"
    elapsed_ms = snapshot.step_elapsed_ms(step)
    elapsed = unknown if elapsed_ms is None else duration(elapsed_ms, whole=state.is_active)
    printed = printing_ms(step, snapshot.session, secs_to_last_output)
    return elapsed if printed is None else f"{duration(printed)}·{elapsed}"
