"""Many output lines at once: the quick way through the long stretches of a log where steps only print.

The result is the same as line by line; what is not plain output of one session is left to that way. There is no
short cut through the format either: each line is parsed as JSON, in whatever order its keys are, only that all
lines of a piece are parsed in one call, straight into objects of one type, which costs a tenth of the time.

Import this only when a log is long: to import msgspec takes longer than to read a short one line by line.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple, cast

import msgspec

__all__ = ["OutputEvent", "OutputRun", "StepShare", "output_events", "output_run"]


class OutputEvent(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A line of output as it is recorded, when nothing about it is odd."""

    seq: int
    ts: str
    zig_session_id: str
    type: Literal["step_output"]
    step_name: str
    stream: Literal["stdout", "stderr"]
    line: str


@lru_cache(maxsize=8)
def _decoder(session_id: str | None) -> Callable[[bytes], list[OutputEvent | int]]:
    """Decodes a list of events and numbers; the events of one session only, unless it is None."""
    if session_id is None:
        return msgspec.json.Decoder(list[OutputEvent | int]).decode
    event = msgspec.defstruct(
        "OutputEventOfSession",
        [("zig_session_id", Literal[session_id])],  # compared by the parser, which makes no text of it
        bases=(OutputEvent,),
        gc=False,
        forbid_unknown_fields=True,
    )
    return msgspec.json.Decoder(list[event | int]).decode  # type: ignore[valid-type]  # it is made only now


class StepShare(NamedTuple):
    """What one step printed in a run of output lines.

    Attributes:
        output_bytes: UTF-8 bytes of the lines, without newlines.
        last_output_at: when the last of them was printed.
    """

    step_name: str
    lines: int
    stderr_lines: int
    output_bytes: int
    last_output_at: str


class OutputRun(NamedTuple):
    """Consecutive lines of a log that are nothing but output.

    Attributes:
        first_seq: of the first line; those of the others follow one by one.
        last_event_at: when the last line was written.
        shares: by step, in the order of their first lines.
    """

    lines: int
    first_seq: int
    last_event_at: str
    shares: tuple[StepShare, ...]


def output_events(data: bytes, session_id: str | None = None) -> list[OutputEvent] | None:
    """The output that ``data`` (whole lines) records, or None if any line is anything else, or of another session.

    Why one parse of all lines equals one of each: behind every line break a zero is put between commas. Neither can
    lie in a JSON string (it may not be broken) or in one of the objects (they are flat, and a zero is no key). So
    each stands between two elements of the list; with twice as many elements as lines, each line is one object.
    """
    separated = data.replace(b"\n", b"\n,0,")
    lines = (len(separated) - len(data)) // 3
    try:
        elements = _decoder(session_id)(b"[" + separated[:-1] + b"]")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    events = elements[::2]
    if len(elements) != 2 * lines or int in set(map(type, events)):
        return None
    return cast("list[OutputEvent]", events)


def output_run(data: bytes, session_id: str) -> OutputRun | None:
    """The run of output that ``data`` (whole lines) is, or None if anything in it needs to be looked at singly."""
    events = output_events(data, session_id)
    if not events:
        return None
    lines, first_seq = len(events), events[0].seq
    if [event.seq for event in events] != list(range(first_seq, first_seq + lines)):
        return None
    shares = [_share(name, printed) for name, printed in _by_step(events).items()]
    if None in shares:
        return None
    return OutputRun(lines, first_seq, events[-1].ts, tuple(share for share in shares if share is not None))


def _by_step(events: list[OutputEvent]) -> dict[str, list[OutputEvent]]:
    names = [event.step_name for event in events]
    if names.count(names[0]) == len(names):
        return {names[0]: events}
    by_step: dict[str, list[OutputEvent]] = {name: [] for name in dict.fromkeys(names)}
    for name, event in zip(names, events, strict=True):
        by_step[name].append(event)
    return by_step


def _share(name: str, printed: list[OutputEvent]) -> StepShare | None:
    """The share of a step that printed these lines; None if they have to be looked at one by one."""
    text = "".join([event.line for event in printed])
    if "tokens:" in text:  # what a step says it used is counted line by line
        return None
    size = len(text) if text.isascii() else len(text.encode())
    stderr_lines = [event.stream for event in printed].count("stderr")
    return StepShare(name, len(printed), stderr_lines, size, printed[-1].ts)
