"""The reason for which a step waits, in words."""

from zigtui.reader.session.model.session import StepRun
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_short
from zigtui.reader.times import seconds
from zigtui.wording.dates import when

__all__ = ["USAGE_LIMIT", "limit_in_words", "waiting_for"]

USAGE_LIMIT = "usage limit, "
"""The beginning of the words, which is left out where there is no room for them."""

_LONGEST = 60  # characters


def waiting_for(step: StepRun, snapshot: SessionSnapshot) -> str:
    """The reason for which a step under way waits: usage limit, resumes 15:00; empty if it waits for nothing."""
    if step.waiting_for is None or not snapshot.step_state(step).is_active:
        return ""
    return limit_in_words(step.waiting_for, snapshot.now)


def limit_in_words(resumes: str, now: float) -> str:
    """A usage limit, and when work resumes.

    A time that has a date and an offset from UTC becomes a local time; another one is shown as it was printed.
    """
    moment = seconds(resumes)
    time = safe_short(resumes, _LONGEST) if moment is None else when(moment, now)
    return f"{USAGE_LIMIT}resumes {time}"
