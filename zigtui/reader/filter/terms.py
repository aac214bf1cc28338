"""The conditions that a filter consists of."""

import fnmatch
import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache, partial
from typing import ClassVar

from zigtui.reader.catalog.project import Project, RealPath, membership, recorded_real_path
from zigtui.reader.filter.session_texts import all_texts, error_of, machine_of, names_of_project, workflow_of
from zigtui.reader.search.query import plain_pattern
from zigtui.reader.session.model.prompt_start import prompt_start
from zigtui.reader.session.model.session import SessionState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.user_input.typed_times import TypedTime, TypedTimeError, typed_time

__all__ = [
    "COMPARISONS",
    "AmountTerm",
    "GlobTerm",
    "Matcher",
    "StateTerm",
    "Term",
    "TextTerm",
    "TimeTerm",
]

Matcher = Callable[[SessionSnapshot], bool]
"""Whether a session passes, as it is at the moment of its snapshot."""

COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
"""The signs that may stand before an amount, the longest first."""


@dataclass(frozen=True)
class Term(ABC):
    """A condition.

    Attributes:
        key: the key by which it was typed; None for a word.
        is_negated: whether sessions pass that do not meet the condition.
        needs_only_start: whether the first line of a log and its modification time are all that the condition needs.
        changes_with_time: whether a session that is over may meet the condition now and not later, or the reverse.
    """

    key: str | None
    is_negated: bool

    needs_only_start: ClassVar[bool] = False

    @property
    def changes_with_time(self) -> bool:
        """See the attributes of the class."""
        return False

    def matcher(self, now: float, *, of_several_bases: bool = False) -> Matcher:
        """What the condition means at ``now``; see `SessionFilter.matcher`."""
        met = self._met(now, of_several_bases=of_several_bases)
        return (lambda snapshot: not met(snapshot)) if self.is_negated else met

    @abstractmethod
    def _met(self, now: float, *, of_several_bases: bool) -> Matcher:
        """What the condition means without the negation."""


@dataclass(frozen=True)
class TextTerm(Term):
    """A text that one of the session's own texts contains: any of them, or the one that the key names."""

    text: str

    def _met(self, now: float, *, of_several_bases: bool) -> Matcher:
        search = plain_pattern(self.text).search
        texts = partial(all_texts, of_several_bases=of_several_bases) if self.key is None else _TEXTS[self.key]
        return lambda snapshot: search(texts(snapshot)) is not None


@dataclass(frozen=True)
class StateTerm(Term):
    """A set of states that contains the state of the session."""

    states: frozenset[SessionState]

    def _met(self, now: float, *, of_several_bases: bool) -> Matcher:
        states = self.states
        return lambda snapshot: snapshot.state in states

    @property
    def passing(self) -> frozenset[SessionState]:
        """The states of sessions that pass."""
        return frozenset(SessionState) - self.states if self.is_negated else self.states


@dataclass(frozen=True)
class GlobTerm(Term):
    """Glob patterns. At least one of them matches a whole name of the workflow, the project or the machine.

    Attributes:
        patterns: the patterns.
        projects: projects that were given by their directories, whose sessions meet the condition too.
        real_path: see `membership`.
    """

    patterns: tuple[str, ...]
    projects: tuple[Project, ...] = ()
    real_path: RealPath = field(default=recorded_real_path, compare=False)

    needs_only_start: ClassVar[bool] = True

    def _met(self, now: float, *, of_several_bases: bool) -> Matcher:
        match = re.compile("|".join(map(fnmatch.translate, self.patterns))).match
        matches = lru_cache(maxsize=4096)(lambda name: match(name) is not None)  # many sessions share few names
        if self.key != "project":
            name_of = workflow_of if self.key == "workflow" else machine_of
            return lambda snapshot: matches(name_of(snapshot))
        if not self.projects:
            return lambda snapshot: any(map(matches, names_of_project(snapshot)))
        includes = membership(self.projects, self.real_path)
        return lambda snapshot: (
            includes(snapshot.location, snapshot.session.cwd) or any(map(matches, names_of_project(snapshot)))
        )


@dataclass(frozen=True)
class TimeTerm(Term):
    """A time since which (or until which) the session began."""

    text: str
    time: TypedTime

    needs_only_start: ClassVar[bool] = True

    @property
    def changes_with_time(self) -> bool:
        """Whether the time was typed as an age, or as today or yesterday."""
        return self.time.is_relative

    def _met(self, now: float, *, of_several_bases: bool) -> Matcher:
        time = self._time_at(now)
        if self.key == "since":
            return lambda snapshot: snapshot.vitals.assumed_begin >= time.moment
        if time.day_end is not None:  # the whole day counts
            end = time.day_end
            return lambda snapshot: snapshot.vitals.assumed_begin < end
        return lambda snapshot: snapshot.vitals.assumed_begin <= time.moment

    def _time_at(self, now: float) -> TypedTime:
        if self.time.is_relative:
            with suppress(TypedTimeError):  # on the next morning, "today 14:03" is in the future: it keeps its meaning
                return typed_time(self.text, now)
        return self.time


@dataclass(frozen=True)
class AmountTerm(Term):
    """A comparison of the session's cost or duration. One whose amount is not known does not meet it."""

    comparison: str
    amount: Decimal

    def _met(self, now: float, *, of_several_bases: bool) -> Matcher:
        compare, amount, amount_of_session = COMPARISONS[self.comparison], self.amount, _AMOUNTS[self.key]

        def met(snapshot: SessionSnapshot) -> bool:
            found = amount_of_session(snapshot)
            return found is not None and compare(found, amount)

        return met


def _cost(snapshot: SessionSnapshot) -> Decimal | None:
    cost = snapshot.session.usage.cost_usd
    return cost if cost is not None and cost.is_finite() else None


def _duration(snapshot: SessionSnapshot) -> Decimal | None:
    elapsed_ms = snapshot.elapsed_ms
    return None if elapsed_ms is None else Decimal(elapsed_ms) / 1000


_AMOUNTS: dict[str | None, Callable[[SessionSnapshot], Decimal | None]] = {"cost": _cost, "duration": _duration}
_TEXTS: dict[str, Callable[[SessionSnapshot], str]] = {
    "error": error_of,
    "id": lambda snapshot: snapshot.location.session_id,
    "prompt": lambda snapshot: prompt_start(snapshot.session.prompt) or "",
}
