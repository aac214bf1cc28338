"""Find out whether the events in a part of a log may contain a query, without folding them.

It is enough to find one word of the query: a word is never divided among two fields of an event, or two lines of one.
"""

import re
from collections.abc import Collection, Iterator

from zigtui.reader.lines.decode import Event, events_in, text, texts
from zigtui.reader.lines.tail import open_log
from zigtui.reader.search.prefilter import candidate_lines, line_starts
from zigtui.reader.search.query import Query, required_texts, shown_text

__all__ = ["EventFilter"]

_PIECE_BYTES = 96 * 1024
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[\ddhms]+")  # also of a duration, and a part of one
_TEXTS = ("step_name", "error", "reason", "zag_command", "model")
_LISTS = ("step_names", "saved_vars")
_OUTPUT = b'"type":"step_output"'  # as the writers record it; another form only costs time


class EventFilter:
    """Decides for parts of a log whether texts that are made of their events may match a query.

    Args:
        path: the log.
        query: the query.
        own_words: the words, in lower case, that those texts contain besides those of the events.
    """

    def __init__(self, path: str, query: Query, own_words: Collection[str]) -> None:
        self._path = path
        self._query: Query | None = None
        parts = required_texts(query.text[1:-1]) if query.is_regex else [query.text]
        words = [word for part in parts for word in _WORD.findall(part) if word.isascii()]
        word = max(words, key=len, default="")
        is_own = _NUMBER.fullmatch(word.lower()) or any(word.lower() in own for own in own_words)
        if word and not is_own:
            self._query = Query(word)

    @property
    def is_useful(self) -> bool:
        """Whether the filter can exclude anything."""
        return self._query is not None

    def may_match(self, start: int, end: int) -> bool:
        """Whether events between two offsets of the file may match.

        Raises:
            OSError: if the log cannot be read.
        """
        query = self._query
        return query is None or any(_has_match(data, query) for data in self._pieces(start, end))

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        with open(open_log(self._path), "rb") as file:
            file.seek(start)
            rest = b""
            while start < end and (data := file.read(min(_PIECE_BYTES, end - start))):
                start += len(data)
                data = rest + data
                whole = data.rfind(b"\n") + 1
                rest = data[whole:]
                if whole:
                    yield data[:whole]
            if rest:
                yield rest + b"\n"


def _has_match(data: bytes, query: Query) -> bool:
    starts = candidate_lines(data, query)
    if starts is None:
        starts = line_starts(data.split(b"\n")[:-1])[:-1]
    for start in starts:
        line = data[start : data.index(b"\n", start)]
        if _OUTPUT not in line and any(_matches(event, query) for _, event in events_in(line)):
            return True
    return False


def _matches(event: Event, query: Query) -> bool:
    found = [text(event, field) or "" for field in _TEXTS]
    found += [item for field in _LISTS for item in texts(event, field)]
    return any(query.match(shown_text(line)) for value in found for line in value.split("\n"))
