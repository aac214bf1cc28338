"""The parts of a trace, independent of how they are encoded."""

from typing import NamedTuple, TypeAlias

__all__ = ["Attributes", "Event", "Link", "Span", "SpanId", "Value"]

Value: TypeAlias = str | int | float | list[str]

Attributes: TypeAlias = dict[str, Value]


class SpanId(NamedTuple):
    """The ids of a span, in hexadecimal digits: 32 for the trace, 16 for the span."""

    trace: str
    span: str


class Event(NamedTuple):
    """Something that happened at a moment of a span, in nanoseconds since the epoch."""

    name: str
    time_ns: int
    attributes: Attributes


class Link(NamedTuple):
    """A reference to a span of another trace."""

    target: SpanId
    attributes: Attributes


class Span(NamedTuple):
    """Something that took some time.

    Attributes:
        id: its ids.
        parent: the span of the same trace that it is a part of; None for the root.
        name: its name.
        start_ns: when it began, in nanoseconds since the epoch.
        end_ns: when it ended, never before it began.
        attributes: what is known about it.
        error: why it failed; None if it did not.
        events: what happened meanwhile.
        links: the spans of other traces that it belongs to.
    """

    id: SpanId
    parent: SpanId | None
    name: str
    start_ns: int
    end_ns: int
    attributes: Attributes
    error: str | None = None
    events: tuple[Event, ...] = ()
    links: tuple[Link, ...] = ()
