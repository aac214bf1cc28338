"""Exclude dividers that cannot match a query before their texts are made, and parts of a log before they are folded."""

import re

from writer import EventType
from zigtui.reader.search.event_filter import EventFilter, WantedWord
from zigtui.reader.search.query import Query, required_words
from zigtui.reader.session.model.marks import Mark, MarkKind
from zigtui.reader.session.model.session import Session
from zigtui.wording.dividers import OWN_WORDS, recorded_texts

__all__ = ["DividerFilter"]

_NUMBER = re.compile(r"[\ddhms]+", re.IGNORECASE)  # also of a duration, and a part of one
_MOST_REMEMBERED = 1000  # texts
_EVENT_TYPES = {  # the only events that make marks of these kinds
    MarkKind.STEP_STARTED: EventType.STEP_STARTED,
    MarkKind.ATTEMPT_FAILED: EventType.STEP_FAILED,
    MarkKind.STEP_COMPLETED: EventType.STEP_COMPLETED,
    MarkKind.STEP_SKIPPED: EventType.STEP_SKIPPED,
    MarkKind.SESSION_ENDED: EventType.SESSION_ENDED,
}


class DividerFilter:
    """Decides which dividers for the marks of a session may match a query.

    A word of the query is one that the program adds to a divider, or a number, or it is in a recorded text.

    Args:
        path: the log.
        query: the query.

    Attributes:
        path: the log.
    """

    def __init__(self, path: str, query: Query) -> None:
        self.path = path
        words = [word for word in dict.fromkeys(required_words(query)) if not _NUMBER.fullmatch(word)]
        kinds = {word: [kind for kind in MarkKind if _has(kind, word)] for word in words}
        self._recorded = {kind: [Query(word) for word in words if kind not in kinds[word]] for kind in MarkKind}
        self._known: dict[tuple[str, str], bool] = {}  # whether a text may contain a word
        self._events = EventFilter(
            path,
            [
                WantedWord(Query(word), [_EVENT_TYPES[kind].value for kind in kinds[word]])
                for word in words
                if _EVENT_TYPES.keys() >= set(kinds[word])
            ],
        )

    def may_match_events(self, start: int, end: int) -> bool:
        """Whether dividers for the events between two offsets of the log may match.

        Raises:
            OSError: if the log cannot be read.
        """
        return self._events.may_match(start, end)

    def may_match(self, session: Session, mark: Mark) -> bool:
        """Whether the divider for a mark may match, given a session with its tier run or step run."""
        words = self._recorded[mark.kind]
        if not words:
            return True
        texts = recorded_texts(session, mark)
        if len(words) == 1:
            return any(self._may_contain(words[0], text) for text in texts)
        return all(any(self._may_contain(word, text) for text in texts) for word in words)

    def _may_contain(self, word: Query, text: str) -> bool:
        key = word.text, text
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[key] = not text.isprintable() or word.match(text) is not None
        return known


def _has(kind: MarkKind, word: str) -> bool:
    return any(word.lower() in own for own in OWN_WORDS[kind])
