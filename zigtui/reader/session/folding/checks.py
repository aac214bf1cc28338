"""Check the events of a log: their order, numbers, ids, times and fields."""

from writer import EventType
from zigtui.reader.lines.decode import Event, field_faults, text
from zigtui.reader.lines.problems import Problem, ProblemKind
from zigtui.reader.session.folding.field_checks import faults_of
from zigtui.reader.text.safe_text import safe_short
from zigtui.reader.times import has_all_parts, seconds

__all__ = ["LogChecks"]

_MOST_PROBLEMS = 1000  # kept with their details; further ones are only counted
_MAX_QUOTED = 60  # characters of a value in a message
_START = EventType.SESSION_STARTED.value


class LogChecks:
    """Checks the lines of one log, in file order, and keeps the problems.

    Args:
        session_id: the id in the name of the log; if None, the id of the first event counts.

    Attributes:
        session_id: the id of the session; None while it is unknown.
        line: the number of the current line, from 1; also the number of lines so far.
        last_seq: the highest ``seq`` so far.
        moment: the time of the last event, in seconds since the epoch; None if it has none.
        problem_count: the number of problems. Only the first ones are kept in `problems`.
    """

    def __init__(self, session_id: str | None) -> None:
        self.session_id = session_id
        self.line = 0
        self.last_seq = 0
        self.moment: float | None = None
        self.problems: list[Problem] = []
        self.problem_count = 0
        self._lost_events = 0  # since the last event; see `lose_event`
        self._has_begun = False

    def note(self, kind: ProblemKind, detail: str) -> None:
        """Note a problem of the current line."""
        self.problem_count += 1
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(self.line, kind, detail))

    def lose_event(self) -> None:
        """Count an event that could not be decoded: it may have had a number that seems to be missing."""
        self._lost_events += 1

    def event(self, event: Event, *, is_after_end: bool) -> None:
        """Check the fields that every event has, on the current line."""
        if not self._has_begun:
            self._check_start(event)
        seq = event.get("seq")
        if seq == self.last_seq + 1 and type(seq) is int:
            self.last_seq = seq
            self._lost_events = 0
        else:
            self._check_seq(event)
        time = event.get("ts")
        self.moment = moment = seconds(time) if type(time) is str else None
        if type(time) is not str:
            self._note_fault(event, "ts", "text")
        elif moment is None or not has_all_parts(time):
            self.note(ProblemKind.BAD_VALUE, f"{_type_of(event)}: ts is not a time: {safe_short(time, _MAX_QUOTED)!r}")
        if event.get("zig_session_id") != self.session_id:
            self._check_session_id(event)
        if is_after_end:
            self.note(ProblemKind.AFTER_END, f"{_type_of(event)} after the end of the session")

    def follows(self, first_seq: int) -> bool:
        """Whether an event with this ``seq``, and not the first one, can come next."""
        return first_seq == self.last_seq + 1 and self._has_begun

    def valid_lines(self, count: int) -> None:
        """Count events that are known to be valid and to come next."""
        self.line += count
        self.last_seq += count
        self._lost_events = 0

    def fields(self, event: Event) -> None:
        """Check an event's own fields."""
        for kind, detail in faults_of(event):
            self.note(kind, detail)

    def _check_start(self, event: Event) -> None:
        """Check the first event, even if damaged lines before it have been reported already."""
        if event.get("type") != _START:
            begins = "the first event that can be read is" if self._lost_events else "the log begins with"
            self.note(ProblemKind.NO_START, f"{begins} {_type_of(event)}, not {_START}")
        self._has_begun = True

    def _check_seq(self, event: Event) -> None:
        seq = event.get("seq")
        if type(seq) is not int:
            self._note_fault(event, "seq", "integer")
            self.lose_event()
            return
        if seq > self.last_seq + 1 + self._lost_events:
            self.note(ProblemKind.GAP, f"seq {seq} after {self.last_seq}")
        elif seq <= self.last_seq:
            self.note(ProblemKind.REPEAT, f"seq {seq} after {self.last_seq}")
        self.last_seq = max(seq, self.last_seq)
        self._lost_events = 0

    def _check_session_id(self, event: Event) -> None:
        session_id = text(event, "zig_session_id")
        if session_id is None:
            self._note_fault(event, "zig_session_id", "text")
        elif self.session_id is None:
            self.session_id = session_id
        else:
            self.note(ProblemKind.WRONG_ID, f"an event of session {session_id}")

    def _note_fault(self, event: Event, name: str, kind: str) -> None:
        for problem_kind, fault in field_faults(event, {name: kind}):
            self.note(problem_kind, f"{_type_of(event)}: {fault}")


def _type_of(event: Event) -> str:
    return text(event, "type") or "event"
