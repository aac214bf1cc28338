"""Decode many lines of output in one call: the fast path for parts of a log where steps only print.

All lines of a chunk are parsed together, into objects of one type, which takes a tenth of the time. Each line is still
parsed as JSON, with its keys in any order, and the result equals that of decoding line by line. A chunk that contains
anything but plain output of one session is left to that slow path.

Import this module only for long logs: importing msgspec takes longer than reading a short log line by line.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple, cast

import msgspec

from zigtui.reader.lines.usage_limit import LIMIT_SIGN, resume_time
from zigtui.reader.times import span_of

__all__ = ["OutputBatch", "OutputEvent", "StepShare", "output_batch", "output_events"]


class OutputEvent(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A recorded line of output with exactly the fields of the format.

    The literals repeat `writer.EventType` and `writer.OutputStream`: a type checker accepts no computed ones.
    """

    seq: int
    ts: str
    zig_session_id: str
    type: Literal["step_output"]
    step_name: str
    stream: Literal["stdout", "stderr"]
    line: str


@lru_cache(maxsize=8)
def _decoder(session_id: str | None) -> Callable[[bytes], list[OutputEvent | int]]:
    """Return a decoder for a list of events and integers. Unless the id is None, it accepts only that session."""
    if session_id is None:
        return msgspec.json.Decoder(list[OutputEvent | int]).decode
    event = msgspec.defstruct(
        "OutputEventOfSession",
        [("zig_session_id", Literal[session_id])],  # the parser compares it without creating a string
        bases=(OutputEvent,),
        gc=False,
        forbid_unknown_fields=True,
    )
    return msgspec.json.Decoder(list[event | int]).decode  # type: ignore[valid-type]  # created at run time


class StepShare(NamedTuple):
    """The lines of one step in a batch.

    Attributes:
        step_name: the step.
        lines: the number of its lines.
        stderr_lines: the number of those printed on the standard error stream.
        output_bytes: the size of the lines in UTF-8 bytes, without newlines.
        last_output_at: the recorded time of the last line.
    """

    step_name: str
    lines: int
    stderr_lines: int
    output_bytes: int
    last_output_at: str


class OutputBatch(NamedTuple):
    """Consecutive lines of a log that record nothing but output.

    Attributes:
        lines: the number of lines.
        first_seq: the ``seq`` of the first line; the others follow without a gap.
        lowest: the lowest recorded time of a line, in seconds since the epoch.
        highest: the highest one.
        last_event_at: the recorded time of the last line.
        shares: the lines of each step, in the order of their first lines.
    """

    lines: int
    first_seq: int
    lowest: float
    highest: float
    last_event_at: str
    shares: tuple[StepShare, ...]


def output_events(data: bytes, session_id: str | None = None) -> list[OutputEvent] | None:
    """Decode whole lines, each of which must record output.

    The lines are parsed as one JSON list. A zero between commas is inserted after each newline, so that the list
    alternates between events and zeros. No zero can be inside a string, because a string cannot contain a newline. Nor
    can it be inside an object, because the objects are flat and a zero is not a key. So if the list has twice as many
    elements as there are lines, every line is one object.

    Args:
        data: whole lines, with their newlines.
        session_id: the session that all events must belong to; None accepts any.

    Returns:
        The events; None if any line records something else.
    """
    elements = _elements(data, session_id)
    if elements is None or int in set(map(type, events := elements[::2])):
        return None
    return cast("list[OutputEvent]", events)


def _elements(data: bytes, session_id: str | None) -> list[OutputEvent | int] | None:
    """Decode whole lines into the list described at `output_events`; None if its length shows that it is another."""
    separated = data.replace(b"\n", b"\n,0,")
    lines = (len(separated) - len(data)) // 3
    try:
        elements = _decoder(session_id)(b"".join((b"[", separated, b"0]")))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    elements.pop()  # the zero that follows the last comma
    return elements if len(elements) == 2 * lines else None


def output_batch(data: bytes, session_id: str) -> OutputBatch | None:
    """Summarize whole lines of output.

    Args:
        data: whole lines, with their newlines.
        session_id: the session that all lines must belong to.

    Returns:
        The batch; None if any line has to be decoded on its own.
    """
    elements = _elements(data, session_id)
    if not elements:
        return None
    events = cast("list[OutputEvent]", elements[::2])
    try:
        seqs = [event.seq for event in events]
    except AttributeError:  # a line is a number
        return None
    lines, first_seq = len(events), seqs[0]
    if seqs != list(range(first_seq, first_seq + lines)):
        return None
    span = span_of([event.ts for event in events])
    if span is None:
        return None
    shares = [_share(name, step_events) for name, step_events in _by_step(events).items()]
    if None in shares:
        return None
    known = tuple(share for share in shares if share is not None)
    return OutputBatch(lines, first_seq, span.lowest, span.highest, events[-1].ts, known)


def _by_step(events: list[OutputEvent]) -> dict[str, list[OutputEvent]]:
    names = [event.step_name for event in events]
    if names.count(names[0]) == len(names):
        return {names[0]: events}
    by_step: dict[str, list[OutputEvent]] = {name: [] for name in dict.fromkeys(names)}
    for name, event in zip(names, events, strict=True):
        by_step[name].append(event)
    return by_step


def _share(name: str, events: list[OutputEvent]) -> StepShare | None:
    """Summarize the lines of one step; None if one has to be read on its own.

    Such a line may report token usage or a usage limit, or contains a newline, which is a problem.
    """
    text = "".join([event.line for event in events])
    if "\n" in text or (":" in text and "tokens:" in text):  # a single character is found ten times as fast
        return None
    if LIMIT_SIGN in text and any(resume_time(event.line) for event in events if LIMIT_SIGN in event.line):
        return None
    size = len(text) if text.isascii() else len(text.encode())
    stderr_lines = [event.stream for event in events].count("stderr")
    return StepShare(name, len(events), stderr_lines, size, events[-1].ts)
