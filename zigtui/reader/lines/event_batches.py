"""Decode many events in one call: the fast path for parts of a log where steps begin and end among their output.

It is to `zigtui.reader.lines.decode` what `zigtui.reader.lines.output_batches` is for output alone: each line is parsed
as JSON, and a chunk with a line that is not exactly one valid event of the session is left to the slow path.

Import this module only for long logs: importing msgspec takes longer than reading a short log line by line.
"""

import operator
import re
from collections.abc import Callable
from functools import lru_cache, reduce
from itertools import accumulate
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeAlias, cast

import msgspec

from zigtui.reader.times import TimeSpan, span_of

__all__ = [
    "LETTERS",
    "EventBatch",
    "Heartbeat",
    "StepCompleted",
    "StepFailed",
    "StepOutput",
    "StepSkipped",
    "StepStarted",
    "TierStarted",
    "ValidEvent",
    "event_batch",
    "valid_events",
]

# The numbers that the reference implementation can read, as `zigtui.reader.session.folding.field_checks` has them.
# msgspec has no bounds beyond 63 bits: larger numbers are left to the slow path.
_Index: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
_Number: TypeAlias = Annotated[int, msgspec.Meta(ge=1, lt=2**32)]
_Duration: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
_ExitCode: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]


class _Envelope(msgspec.Struct, gc=False, forbid_unknown_fields=True, tag_field="type"):
    """The fields that every event has. Each kind of event has a struct with exactly the fields of the format."""

    seq: int
    ts: str
    zig_session_id: str


class TierStarted(_Envelope, gc=False, forbid_unknown_fields=True, tag="tier_started"):
    """A tier has begun."""

    tier_index: _Index
    step_names: list[str]

    step_name: ClassVar[str] = ""  # all events have one, so that it can be read without looking at their type


class StepStarted(_Envelope, gc=False, forbid_unknown_fields=True, tag="step_started"):
    """A step has begun."""

    step_name: str
    tier_index: _Index
    zag_session_id: str
    zag_command: str
    model: str | None
    prompt_preview: str


class StepOutput(_Envelope, gc=False, forbid_unknown_fields=True, tag="step_output"):
    """A step has printed a line."""

    step_name: str
    stream: Literal["stdout", "stderr"]
    line: str


class StepCompleted(_Envelope, gc=False, forbid_unknown_fields=True, tag="step_completed"):
    """A step has succeeded."""

    step_name: str
    exit_code: _ExitCode
    duration_ms: _Duration
    saved_vars: list[str]


class StepFailed(_Envelope, gc=False, forbid_unknown_fields=True, tag="step_failed"):
    """An attempt of a step has failed."""

    step_name: str
    exit_code: _ExitCode | None
    attempt: _Number
    error: str


class StepSkipped(_Envelope, gc=False, forbid_unknown_fields=True, tag="step_skipped"):
    """A step is not run."""

    step_name: str
    reason: str


class Heartbeat(_Envelope, gc=False, forbid_unknown_fields=True, tag="heartbeat"):
    """The runner is alive."""

    interval_secs: _Number

    step_name: ClassVar[str] = ""


ValidEvent: TypeAlias = TierStarted | StepStarted | StepOutput | StepCompleted | StepFailed | StepSkipped | Heartbeat
LETTERS = {
    "tier_started": "t",
    "step_started": "s",
    "step_output": "o",
    "step_completed": "c",
    "step_failed": "f",
    "step_skipped": "k",
    "heartbeat": "h",
}
"""The letter for each type of event in `EventBatch.letters`."""

# The fields that other writers may add. None of these is something that orjson, which the slow path uses, cannot read.
_Scalar: TypeAlias = str | float | bool | None
_Further: TypeAlias = _Scalar | list[_Scalar]
_MOST_NAMES = 16
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.*)` - at `\$[^`]*`", re.DOTALL)

_KINDS = (TierStarted, StepStarted, StepOutput, StepCompleted, StepFailed, StepSkipped, Heartbeat)
_KNOWN_NAMES = {"type"}.union(*[kind.__struct_fields__ for kind in _KINDS])  # they may mean something elsewhere


class EventBatch(NamedTuple):
    """Consecutive lines of a log, each of which is a valid event that is neither the start nor the end of a session.

    Attributes:
        events: the events. Their ``seq`` has no gaps.
        letters: a letter for the kind of each, by `LETTERS`.
        offsets: the position of each in the log, in bytes.
        span: the span of their recorded times.
        last_activity_at: the recorded time of the last event that is not a heartbeat; None if all are.
    """

    events: list[ValidEvent]
    letters: str
    offsets: list[int]
    span: TimeSpan
    last_activity_at: str | None


class _Decoder:
    """Decodes the valid events of one session.

    Other writers add fields of their own to events. Their names are learned, so that lines with them are decoded
    together too, if the values are not objects.

    Args:
        session_id: the session that all events must belong to; None accepts any.
    """

    def __init__(self, session_id: str | None) -> None:
        self._session_id = session_id
        names: frozenset[str] = frozenset()
        self._known = names, self._decoder(names)  # in one, as several threads may read the session

    def elements(self, lines: list[bytes]) -> list[ValidEvent | int] | None:
        """Decode a list of whole lines, with zeros between them; None if any line is something else."""
        data = b"".join((b"[", b"\n,0,".join(lines), b"]"))
        while True:
            names, decode = self._known
            try:
                return decode(data)
            except msgspec.ValidationError as error:
                if not self._learn(str(error), names):
                    return None
            except (msgspec.DecodeError, UnicodeDecodeError):
                return None

    def _learn(self, error: str, known: frozenset[str]) -> bool:
        """Whether an error is that a field is not among the known ones, which it is now."""
        found = _UNKNOWN_FIELD.match(error)
        if found is None or found[1] in _KNOWN_NAMES | known or len(known) == _MOST_NAMES:
            return False
        names = known | {found[1]}
        try:
            self._known = names, self._decoder(names)
        except ValueError:  # msgspec does not take a name with quotes
            return False
        return True

    def _decoder(self, names: frozenset[str]) -> Callable[[bytes], list[ValidEvent | int]]:
        """Return a decoder for a list of events and integers, given the names of further fields."""
        fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [
            (f"further_{number}", _Further, msgspec.field(default=None, name=name))
            for number, name in enumerate(sorted(names))
        ]
        if self._session_id is not None:
            fields.insert(0, ("zig_session_id", Literal[self._session_id]))  # compared without creating a string
        kinds = [
            msgspec.defstruct(
                kind.__name__,
                fields,
                bases=(kind,),
                gc=False,
                forbid_unknown_fields=True,
                tag=kind.__struct_config__.tag,
            )
            for kind in _KINDS
        ]
        element: Any = reduce(operator.or_, kinds, int)  # created at run time
        return msgspec.json.Decoder(list[element]).decode


_decoder = lru_cache(maxsize=8)(_Decoder)


def valid_events(lines: list[bytes], session_id: str | None = None) -> list[ValidEvent] | None:
    """Decode whole lines, each of which must be a valid event that is neither the start nor the end of a session.

    The lines are parsed as one JSON list; see `zigtui.reader.lines.output_batches.output_events`.

    Args:
        lines: the lines, without their newlines.
        session_id: the session that all events must belong to; None accepts any.

    Returns:
        The events; None if any line has to be decoded on its own.
    """
    elements = _decoder(session_id).elements(lines)
    events = [] if elements is None else elements[::2]
    if elements is None or len(elements) != 2 * len(lines) - 1 or int in set(map(type, events)):
        return None
    return cast("list[ValidEvent]", events)


def event_batch(data: bytes, session_id: str, offset: int = 0) -> EventBatch | None:
    """Decode whole lines.

    Args:
        data: whole lines, with their newlines.
        session_id: the session that all events must belong to.
        offset: the position of the first line in the log, in bytes.

    Returns:
        The events; None if any line has to be decoded on its own.
    """
    lines = data.split(b"\n")
    lines.pop()
    events = valid_events(lines, session_id)
    if not events:
        return None
    seqs, times = [event.seq for event in events], [event.ts for event in events]
    if seqs != list(range(seqs[0], seqs[0] + len(events))):
        return None
    span = span_of(times)
    if span is None or (b"\\" in data and any(map(_has_newline, events))):
        return None
    starts = accumulate(map(len, lines), initial=offset)  # without the newlines before each line
    offsets = list(map(operator.add, starts, range(len(lines))))
    letters = _letters_of(events)
    last = len(letters.rstrip("h"))
    return EventBatch(events, letters, offsets, span, events[last - 1].ts if last else None)


def _letters_of(events: list[ValidEvent]) -> str:
    """A letter for each event; see `EventBatch`."""
    kinds = cast("set[type[ValidEvent]]", set(map(type, events)))
    letters = {kind: LETTERS[str(kind.__struct_config__.tag)] for kind in kinds}
    return "".join(map(letters.__getitem__, map(type, events)))


def _has_newline(event: ValidEvent) -> bool:
    """Whether an event is output with a newline in it, which is a problem."""
    return isinstance(event, StepOutput) and "\n" in event.line
