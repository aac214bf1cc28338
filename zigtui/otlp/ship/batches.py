"""Divide spans among requests: receivers limit the size of one to some megabytes."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeVar

from zigtui.otlp.span import Attributes, Span

__all__ = ["batches", "joined"]

_MOST_SPANS = 256
_MOST_CHARACTERS = 1_000_000
"""The length of all texts of a request: a character takes up to four bytes. A span has a quarter of that at most."""

_MOST_JOINED_CHARACTERS = 200_000
"""The same of a request with several parts, which even a proxy with a limit of one megabyte takes."""

_Part = TypeVar("_Part")


def batches(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Yield the spans of each request, in order."""
    batch: list[Span] = []
    characters = 0
    for span in spans:
        length = _characters(span)
        if batch and (len(batch) == _MOST_SPANS or characters + length > _MOST_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(span)
        characters += length
    if batch:
        yield batch


def joined(parts: Iterable[tuple[_Part, Iterable[Span]]]) -> Iterator[list[tuple[_Part, Iterable[Span]]]]:
    """Yield parts of a trace in groups. A group of several parts fits into one request.

    Args:
        parts: the parts with their spans. Those of a part must be used up before the next group is requested.
    """
    group: list[tuple[_Part, Iterable[Span]]] = []
    spans_left, characters_left = _MOST_SPANS, _MOST_JOINED_CHARACTERS
    for part, spans in parts:
        requests = batches(spans)
        first, second = next(requests, []), next(requests, None)
        characters = sum(map(_characters, first))
        if group and (second is not None or len(first) > spans_left or characters > characters_left):
            yield group
            group, spans_left, characters_left = [], _MOST_SPANS, _MOST_JOINED_CHARACTERS
        if second is not None:
            yield [(part, chain(first, second, chain.from_iterable(requests)))]
        else:
            group.append((part, first))
            spans_left, characters_left = spans_left - len(first), characters_left - characters
    if group:
        yield group


def _characters(span: Span) -> int:
    events = sum(_length(event.attributes) for event in span.events)
    return len(span.name) + len(span.error or "") + _length(span.attributes) + events


def _length(attributes: Attributes) -> int:
    texts = (value for value in attributes.values() if not isinstance(value, int | float))
    return sum(len(text) if isinstance(text, str) else sum(map(len, text)) for text in texts)
