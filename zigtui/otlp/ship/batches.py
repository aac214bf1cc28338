"""Divide spans among requests: receivers limit the size of one to some megabytes."""

from collections.abc import Iterable, Iterator

from zigtui.otlp.span import Attributes, Span

__all__ = ["batches"]

_MOST_SPANS = 256
_MOST_CHARACTERS = 1_000_000
"""The length of all texts of a request: a character takes up to four bytes. A span has a quarter of that at most."""


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


def _characters(span: Span) -> int:
    events = sum(_length(event.attributes) for event in span.events)
    return len(span.name) + len(span.error or "") + _length(span.attributes) + events


def _length(attributes: Attributes) -> int:
    texts = (value for value in attributes.values() if not isinstance(value, int | float))
    return sum(len(text) if isinstance(text, str) else sum(map(len, text)) for text in texts)
