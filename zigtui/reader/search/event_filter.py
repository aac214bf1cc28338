"""Find out whether the events in a part of a log may contain some words, without folding them."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from zigtui.reader.lines.decode import Event, events_in, text, texts
from zigtui.reader.lines.tail import open_log
from zigtui.reader.search.prefilter import candidate_lines
from zigtui.reader.search.query import Query, shown_text

__all__ = ["EventFilter", "WantedWord"]

_PIECE_BYTES = 96 * 1024
_OUTPUT = b'"type":"step_output"'  # as the writers record it; another form only costs time
_GLUED = b"}{"
_TEXTS = ("step_name", "error", "reason", "zag_command", "model")
_LISTS = ("step_names", "saved_vars")
# What is displayed nowhere: the names of fields, and the texts of some. Another form only costs time.
_NOT_SHOWN = re.compile(
    rb'"(?:ts|type|status|zig_session_id|zag_session_id|prompt|prompt_preview|cwd|workflow_name|workflow_path)"'
    rb':"(?:[^"\\]|\\.)*+"|"\w++":'
)


class WantedWord(NamedTuple):
    """A word that is wanted.

    Attributes:
        query: finds it in recorded texts.
        event_types: the types of the events that count as containing it, whatever their texts are.
    """

    query: Query
    event_types: Sequence[str] = ()


class EventFilter:
    """Decides for parts of a log whether their events, except output, may contain all of some words.

    Args:
        path: the log.
        words: the words. None of them is divided among two fields of an event.
    """

    def __init__(self, path: str, words: Sequence[WantedWord]) -> None:
        self._path = path
        self._words = words

    def may_match(self, start: int, end: int) -> bool:
        """Whether events between two offsets of the file may contain all words.

        Raises:
            OSError: if the log cannot be read.
        """
        missing = self._words
        pieces = self._pieces(start, end)
        while missing and (data := next(pieces, None)) is not None:
            lines = [line for line in data.split(b"\n") if line and (_OUTPUT not in line or _GLUED in line)]
            missing = [word for word in missing if not _may_contain(lines, word)]
        return not missing

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        with open(open_log(self._path), "rb") as file:
            file.seek(start)
            rest: list[bytes] = []  # joined once: a line may be much longer than a piece
            while start < end and (data := file.read(min(_PIECE_BYTES, end - start))):
                start += len(data)
                whole = data.rfind(b"\n") + 1
                if whole:
                    yield b"".join([*rest, data[:whole]])
                    rest = [data[whole:]]
                else:
                    rest.append(data)
            if any(rest):
                yield b"".join(rest)


def _may_contain(lines: list[bytes], word: WantedWord) -> bool:
    data = b"\n".join(lines) + b"\n"
    if any(event_type.encode() in data for event_type in word.event_types):
        return True
    starts = candidate_lines(data, word.query)
    if starts is None:  # there are many
        data = _NOT_SHOWN.sub(b"", data)
        starts = candidate_lines(data, word.query)
    if starts is None:
        return True
    found = [lines[data.count(b"\n", 0, start)] for start in starts]
    return any(_matches(event, word.query) for line in found for _, event in events_in(line))


def _matches(event: Event, query: Query) -> bool:
    found = [text(event, field) or "" for field in _TEXTS]
    found += [item for field in _LISTS for item in texts(event, field)]
    return any(query.match(shown_text(line)) for value in found for line in value.split("\n"))
