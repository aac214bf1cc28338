"""Facts about a session and its steps, as several report formats state them."""

from datetime import UTC, datetime

from zigtui.commands.export.verbatim import TextRedactor
from zigtui.commands.reading.pass_selection import Part
from zigtui.reader.session.model.informative_line import informative_line
from zigtui.reader.session.model.session import StepState, TierRun
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.wording.states import sign_of

__all__ = ["cut_off", "redacted_error", "session_paths", "step_counts", "tier_name", "utc_time"]


_SUMMARY_CHARACTERS = 16 * 1024  # at either end of an error


def session_paths(snapshot: SessionSnapshot) -> list[str]:
    """The paths that may reveal the user of a session."""
    session, location = snapshot.session, snapshot.location
    by_project = "/" + (location.project or "").lstrip("-").replace("-", "/")  # as far as it can be restored
    return [path for path in (session.cwd, session.workflow_path, location.path, location.base, by_project) if path]


def redacted_error(snapshot: SessionSnapshot, redactor: TextRedactor) -> str | None:
    """The most informative line of the failure that explains why a session failed, redacted; None if there is none.

    It is redacted with the lines around it, which may be what shows that it is a secret.
    """
    if snapshot.error is None:
        return None
    error = snapshot.session.last_error
    if len(error) > 2 * _SUMMARY_CHARACTERS:  # the second part begins with a whole line
        *_, end = error[-_SUMMARY_CHARACTERS:].partition("\n")
        error = f"{error[:_SUMMARY_CHARACTERS]}\n{end}"
    return informative_line("\n".join(map(redactor.stream(), error.split("\n"))))


def step_counts(snapshot: SessionSnapshot) -> str:
    """The number of steps in each state, such as: 6 succeeded, 1 failed."""
    counted = snapshot.count_steps()
    return ", ".join(f"{counted[state]:,} {sign_of(state).word}" for state in StepState if counted[state]) or "none"


def tier_name(tier: TierRun, part: Part) -> str:
    """The name of a tier run: its number, from 1, and its pass if the workflow has looped."""
    name = f"tier {tier.tier_index + 1}"
    first = 1 if part.run is None else part.run.pass_number
    has_looped = part.snapshot.session.tiers[-1].pass_number > first
    return f"{name}, pass {tier.pass_number - first + 1}" if has_looped else name


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
