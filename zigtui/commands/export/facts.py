"""What the reports say of a session and its steps, in whatever form they say it."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from zigtui.commands.reading import SessionView
from zigtui.commands.redaction import LONGEST_KEY_LINES, Redactor
from zigtui.reader.session.liveness import step_elapsed_ms, step_state
from zigtui.reader.session.model import Attempt, Session, StepRun, StepState, TierRun, Usage
from zigtui.reader.times import milliseconds_between, seconds
from zigtui.wording.plain import duration, state_word

__all__ = [
    "FailedAttempt",
    "Line",
    "StepOutput",
    "cut",
    "failed_attempts",
    "session_paths",
    "step_counts",
    "tier_name",
    "took",
    "usage_text",
    "when",
]

_ENDS_DIFFER = 0.1


class Line(NamedTuple):
    """An output line of a step run; its number counts from 0, its text is redacted and not yet safe."""

    number: int
    is_stderr: bool
    text: str


class FailedAttempt(NamedTuple):
    """A failed attempt of a step run, and which of its lines are the attempt's.

    Attributes:
        attempt: None for one that was interrupted: it failed with its session, and nobody recorded how.
    """

    step: StepRun
    attempt: Attempt | None
    first_line: int
    end_line: int


class StepOutput:
    """The output of a step run, redacted: each stream for itself, so that lines of the other do not hide a key."""

    def __init__(self, view: SessionView, step: StepRun, redactor: Redactor) -> None:
        self._output = view.log.output(step)
        self._redactor = redactor
        self._next = 0
        self._streams = self._new_streams()

    def _new_streams(self) -> tuple[Callable[[str], str], Callable[[str], str]]:
        return self._redactor.stream(), self._redactor.stream()

    def lines(self, first: int, end: int) -> Iterator[Line]:
        """The lines of a range behind those that were given before; only these are in memory, one at a time."""
        start = max(self._next, first - LONGEST_KEY_LINES)  # a private key may begin before the range
        if start > self._next:
            self._streams = self._new_streams()
        self._next = max(self._next, end)
        for number in range(start, end):
            line = self._output.line(number)
            if line is not None:
                text = self._streams[line.is_stderr](line.text)
                if number >= first:
                    yield Line(number, line.is_stderr, text)


def failed_attempts(view: SessionView) -> list[FailedAttempt]:
    """What failed or was interrupted, in the order of the times."""
    found = []
    for step in view.session.steps:
        first = 0
        for attempt in step.attempts:
            found.append(FailedAttempt(step, attempt, first, max(first, attempt.lines)))
            first = max(first, attempt.lines)
        if step_state(step, view.state) is StepState.INTERRUPTED:
            found.append(FailedAttempt(step, None, first, step.lines))
    return sorted(found, key=lambda failed: _time_of(failed, view.now))


def _time_of(failed: FailedAttempt, now: float) -> float:
    return now if failed.attempt is None else seconds(failed.attempt.failed_at) or 0.0


def session_paths(view: SessionView) -> list[str]:
    """The paths that may tell whose session it is."""
    session, place = view.session, view.location
    by_project = "/" + (place.project or "").lstrip("-").replace("-", "/")  # as far as it can be turned back
    return [path for path in (session.cwd, session.workflow_path, place.path, place.base, by_project) if path]


def step_counts(view: SessionView) -> str:
    """How many steps came to what: 6 succeeded, 1 failed."""
    counted = Counter(step_state(step, view.state) for step in view.session.steps)
    return ", ".join(f"{counted[state]:,} {state_word(state)}" for state in StepState if counted[state]) or "none"


def tier_name(tier: TierRun, session: Session) -> str:
    """A tier run as people count them; its pass where the workflow has looped."""
    name = f"tier {tier.tier_index + 1}"
    return f"{name}, pass {tier.pass_number}" if session.tiers[-1].pass_number > 1 else name


def took(step: StepRun, view: SessionView) -> str:
    """How long a step took; in a tier of several steps also the time to its last output, where that differs."""
    recorded = step_elapsed_ms(step, step_state(step, view.state), view.now)
    to_last = milliseconds_between(step.started_at, step.last_output_at)
    if len(step.tier.steps) == 1 or not recorded or to_last is None or step.duration_ms is None:
        return duration(recorded)
    differs = abs(recorded - to_last) > _ENDS_DIFFER * recorded
    return f"{duration(to_last)}·{duration(recorded)}" if differs else duration(recorded)


def usage_text(usage: Usage) -> str:
    """Tokens and cost; empty where none was printed."""
    parts = []
    if usage.input_tokens is not None:
        parts.append(f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out")
    if usage.cost_usd is not None:
        parts.append(f"${usage.cost_usd:,.4f}")
    return ", ".join(parts)


def when(time: str | None) -> str:
    """A recorded time, in UTC and to the second; a dash if it is not known."""
    moment = seconds(time)
    return "–" if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def cut(text: str, most: int) -> str:
    """A text of at most so many characters, and a word on how many are left out."""
    return text if len(text) <= most else f"{text[:most]} … ({len(text) - most:,} more characters)"
