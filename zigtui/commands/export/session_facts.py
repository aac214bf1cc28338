"""Facts about a session and its steps, as several report formats state them."""

from datetime import UTC, datetime

from zigtui.reader.session.model.session import StepState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.redacted.error import redacted_error_line
from zigtui.redacted.text_redactor import TextRedactor
from zigtui.wording.states import sign_of

__all__ = ["cut_off", "redacted_error", "step_counts", "utc_time"]


def redacted_error(snapshot: SessionSnapshot, redactor: TextRedactor) -> str | None:
    """The most informative line of the failure that explains why a session failed, redacted; None if there is none."""
    return None if snapshot.error is None else redacted_error_line(snapshot.session.last_error, redactor)


def step_counts(snapshot: SessionSnapshot) -> str:
    """The number of steps in each state, such as: 6 succeeded, 1 failed."""
    counted = snapshot.count_steps()
    return ", ".join(f"{counted[state]:,} {sign_of(state).word}" for state in StepState if counted[state]) or "none"


def utc_time(time: str | None) -> str:
    """A recorded time in UTC, to the second; a dash if it is unknown. The result needs no escaping."""
    if time is None:
        return "–"
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return "–"
    if time.endswith("+00:00") and time[10] == "T" and time[4] == time[7] == "-" and time[13] == time[16] == ":":
        return f"{time[:10]} {time[11:19]} UTC"  # quicker, and possible for most times
    try:
        utc = moment if moment.tzinfo in (UTC, None) else moment.astimezone(UTC)
    except OverflowError:  # before the year 1 or after 9999 in UTC
        return moment.isoformat(" ", "seconds")
    return utc.isoformat(" ", "seconds").removesuffix("+00:00") + " UTC"


def cut_off(text: str, limit: int, rest: int = 0) -> str:
    """Cut off a text at ``limit`` characters, with a note of how many more there are.

    Args:
        text: the text, or its beginning.
        limit: the largest number of its characters to return.
        rest: the number of characters after ``text``.
    """
    if not rest and len(text) <= limit:
        return text
    return f"{text[:limit]} … ({max(0, len(text) - limit) + rest:,} more characters)"
