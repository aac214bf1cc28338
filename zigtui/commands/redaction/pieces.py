"""Cuts long texts into pieces, so that each rule reads only the text around its words."""

import re
from collections.abc import Iterable, Iterator, Sequence

from zigtui.commands.redaction.prefilter import WHOLE, Piece, Prefilter
from zigtui.commands.redaction.rules import FILLER, Rule, Span

__all__ = ["pieces_of", "spans_of_pieces"]

_LONGEST_WHOLE = 3_000  # characters of a text that is one piece
_CHUNK = 500  # characters
_CHUNKS_BEFORE, _CHUNKS_AFTER = 1, 2  # a chunk with a word
_SPACE = re.compile(r"\s")
_END = re.compile(r"\s|(?<=[,;}\]>])")  # where a chunk may end; no word of a rule continues after it


def pieces_of(text: str, prefilter: Prefilter) -> Sequence[Piece]:
    """The pieces of a text in which a rule may find something, in order of precedence of the rules.

    The pieces of a rule do not overlap. A text that is not long is one piece.
    """
    if len(text) <= _LONGEST_WHOLE:
        return prefilter.pieces(text)
    ends = list(_chunk_ends(text))
    starts = [0, *ends[:-1]]
    chunks: dict[int, list[int]] = {}
    words = prefilter.words
    examined = [words.examined(text[start:end]) for start, end in zip(starts, ends, strict=True)]
    for chunk, part in enumerate(examined):
        for number in part.numbers:
            chunks.setdefault(number, []).append(chunk)
    return [
        Piece(prefilter.rule(number), starts[first], ends[last])
        for number, of_rule in sorted(chunks.items())
        for first, last in _ranges(of_rule, len(ends) - 1)
        if words.may_find(number, examined[first : last + 1])
    ]


def spans_of_pieces(text: str, pieces: Iterable[Piece]) -> Iterator[tuple[Rule, Span]]:
    """The spans that the rules of these pieces find, outside of masks.

    Backslashes at the end of a span are left out, because they escape the quote that follows.
    """
    for piece in pieces:
        spans = piece.rule.find(text) if piece.end == WHOLE else _spans_of_piece(text, piece)
        for span in spans:
            found = text[span.start : span.end]
            if FILLER not in found:
                if found.endswith("\\"):
                    span = span._replace(end=span.start + len(found.rstrip("\\")))
                yield piece.rule, span


def _spans_of_piece(text: str, piece: Piece) -> list[Span]:
    rule, start, end = piece
    spans = [span._replace(start=start + span.start, end=start + span.end) for span in rule.find(text[start:end])]
    if end < len(text) and any(span.end == end for span in spans):  # a secret may continue after the piece
        return _spans_of_piece(text, Piece(rule, start, min(len(text), 2 * end - start)))
    return spans


def _chunk_ends(text: str) -> Iterator[int]:
    end = 0
    while len(text) - end > 2 * _CHUNK:
        least = end + _CHUNK
        found = _SPACE.search(text, least, least + _CHUNK) or _END.search(text, least)
        if found is None:
            break
        end = found.end()
        yield end
    yield len(text)


def _ranges(chunks: list[int], last: int) -> Iterator[tuple[int, int]]:
    """The ranges of chunks, with their context, around these ones."""
    start = end = -1
    for chunk in chunks:
        if start >= 0 and chunk - _CHUNKS_BEFORE > end + 1:
            yield start, end
            start = -1
        if start < 0:
            start = max(0, chunk - _CHUNKS_BEFORE)
        end = min(last, chunk + _CHUNKS_AFTER)
    yield start, end
