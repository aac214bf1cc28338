"""Conditions that lines have to meet together, each of which is a query or its opposite."""

from collections.abc import Sequence
from typing import NamedTuple

from zigtui.reader.search.query import MATCH_TIMEOUT_SECS, Query, QueryError

__all__ = ["Condition", "LineFilter"]

_NOT = "!"


class Condition(NamedTuple):
    """A query that a line has to match, or must not match.

    Attributes:
        query: the query.
        is_negated: whether the line must not match it.
    """

    query: Query
    is_negated: bool = False

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Parse a query, with ``!`` before it for its opposite.

        Raises:
            QueryError: see `Query`.
        """
        is_negated = text.startswith(_NOT)
        query = text.removeprefix(_NOT)
        if not query.strip():
            raise QueryError("nothing to filter by")
        return cls(Query(query), is_negated)

    @property
    def text(self) -> str:
        """The condition as typed."""
        return f"{_NOT if self.is_negated else ''}{self.query.text}"


class LineFilter:
    """Matches the lines that meet all conditions. For a `Search`, it is like a `Query`.

    Args:
        conditions: at least one condition.
    """

    def __init__(self, conditions: Sequence[Condition]) -> None:
        # Plain queries first, which are the fastest. Of two of a kind, the one that matches fewer lines is not known.
        self._conditions = sorted(conditions, key=lambda condition: condition.query.is_regex)
        self.text = " ".join(condition.text for condition in conditions)
        self.is_regex = any(condition.query.is_regex for condition in conditions)
        positive = (condition.query for condition in conditions if not condition.is_negated)
        rarest = max(positive, key=lambda query: len(query.needle or b""), default=None)
        self.needle = None if rarest is None else rarest.needle
        self.word = None if rarest is None else rarest.word
        self.folds_case = rarest is not None and rarest.folds_case

    def match(self, text: str, timeout: float = MATCH_TIMEOUT_SECS) -> bool:
        """Whether a line, as it is shown, meets all conditions.

        Raises:
            TimeoutError: if a regular expression takes longer than ``timeout`` seconds.
        """
        for query, is_negated in self._conditions:
            found = query.match(text, timeout=timeout) if query.is_regex else query.match(text)
            if bool(found) == is_negated:
                return False
        return True
