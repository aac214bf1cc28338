"""The rows of a listener's tree: its passes, the newest first, and the tiers and steps of those that are unfolded."""

from bisect import bisect_right
from collections.abc import Hashable, Iterator
from operator import attrgetter
from typing import NamedTuple

from zigtui.reader.session.model.pass_lookup import pass_run, preview_of
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import TierState
from zigtui.reader.session.model.silent_steps import DEFAULT_QUIET_SECS
from zigtui.reader.session.pass_part import part_of
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_short
from zigtui.wording.durations import duration
from zigtui.wording.signs import ENDED_EARLY, NOT_READ, pass_sign
from zigtui.wording.tree.attempt_table import AttemptTable
from zigtui.wording.tree.pass_rows import pass_of_key, rows_of_pass
from zigtui.wording.tree.shown_rows import PastParts, ShownRows
from zigtui.wording.tree.tree_rows import ALL_OUTPUT, TreeRow, TreeRows, active_step, all_output_row

__all__ = ["EARLIER", "ListenerRows"]

EARLIER = ("earlier",)
"""The key of the row for all passes that are folded together."""

_ABOVE_FOLD = 10  # passes
_MAX_ABOUT = 300  # characters


class _Segment(NamedTuple):
    """Adjacent rows of one kind.

    Attributes:
        start: the index of the first one.
        rows: the number of rows.
        kind: ``row`` for a single row with the key ``value``; ``older`` for older passes, of which ``value`` is the
            position of the first one, from the newest; ``parts`` for the tiers and steps of pass ``value``; ``unread``
            for a row in place of these.
    """

    start: int
    rows: int
    kind: str
    value: Hashable


class ListenerRows:
    """The rows of a listener. Beside those of `TreeRows` there are rows for passes, with the key ``("pass", number)``.

    Below the newest passes is one row for all older ones, with the key `EARLIER`, and below that a row for each of them
    if they are unfolded. Rows are created on access, and found in logarithmic time.

    Args:
        snapshot: the session.
        shown_rows: what is unfolded.
        past: what has been read again of past passes.
        quiet_secs: see `TreeRows`.
    """

    def __init__(
        self, snapshot: SessionSnapshot, shown_rows: ShownRows, past: PastParts, quiet_secs: float = DEFAULT_QUIET_SECS
    ) -> None:
        self._snapshot = snapshot
        self._quiet_secs = quiet_secs
        self._shown_rows = shown_rows
        self._past = past
        self._segments: list[_Segment] = []
        self._rows: dict[Hashable, int] = {}  # of single rows
        self._parts: dict[int, tuple[int, TreeRows]] = {}  # of unfolded passes, each with the index of its first row
        self._pass_rows: dict[int, TreeRow] = {}  # by the number of the pass, once it is known what it is about
        self._length = 0
        self._earlier = 0  # passes that are folded together
        session = snapshot.session
        self._total = session.pass_count
        self._older = max(0, self._total - _ABOVE_FOLD)
        of_recent = [run.number for run in session.recent if run.is_failed and run.number <= self._older]
        self._older_failed = of_recent[::-1]  # those that are not past passes, the newest first
        self._add("row", 1, ALL_OUTPUT)
        for run in reversed(session.recent[-_ABOVE_FOLD:]):
            if run.is_failed or not shown_rows.failed_only:
                self._add("row", 1, ("pass", run.number))
                self._add_parts(run)
        self._add_older()

    # Layout

    def _add_older(self) -> None:
        shown_rows = self._shown_rows
        if shown_rows.failed_only:
            self._add_passes(0, len(self._older_failed) + self._snapshot.session.past.failed)
            return
        oldest = shown_rows.oldest
        shown = 0 if oldest is None else max(0, self._older - oldest + 1)
        self._add_passes(0, shown)
        if shown < self._older:
            self._earlier = self._older - shown
            self._add("row", 1, EARLIER)
            if shown_rows.shows_earlier:
                self._add_passes(shown, self._older)

    def _add_passes(self, first: int, end: int) -> None:
        """Add the older passes with these positions, and the parts of those that are unfolded."""
        at = first
        for position, number in self._unfolded_positions():
            if first <= position < end:
                self._add("older", position + 1 - at, at)
                run = pass_run(self._snapshot.session, number)
                assert run is not None
                self._add_parts(run)
                at = position + 1
        self._add("older", end - at, at)

    def _unfolded_positions(self) -> list[tuple[int, int]]:
        """The positions of older passes that are unfolded, and their numbers."""
        numbers = [number for number, is_open in self._shown_rows.passes.items() if is_open]
        found = ((self._position(number), number) for number in numbers)
        return sorted((position, number) for position, number in found if position is not None)

    def _is_open(self, number: int) -> bool:
        is_open = self._shown_rows.passes.get(number)
        if is_open is not None:
            return is_open
        return number == self._total

    def _add_parts(self, run: PassRun) -> None:
        if not self._is_open(run.number):
            return
        session = self._snapshot.session
        folded = self._past.parts(run.number - 1) if run.number <= len(session.past) else None
        if folded is None and run.number <= len(session.past):
            self._add("unread", 1, run.number)
            return
        part = part_of(self._snapshot, run, folded)
        failed_only = self._shown_rows.failed_only and run.failed_steps > 0
        attempts = AttemptTable.of(part.session, self._shown_rows.steps)
        rows = rows_of_pass(run, part, self._quiet_secs, failed_only=failed_only, attempts=attempts)
        self._parts[run.number] = (self._length, rows)
        self._add("parts", len(rows) - 1, run.number)  # without the first one, for all output

    def _add(self, kind: str, rows: int, value: Hashable) -> None:
        if rows <= 0:
            return
        if kind == "row":
            self._rows[value] = self._length
        self._segments.append(_Segment(self._length, rows, kind, value))
        self._length += rows

    # The interface of `TreeRows`

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[TreeRow]:
        return map(self.__getitem__, range(self._length))

    def __getitem__(self, index: int) -> TreeRow:
        segment = self._segment_at(index)
        match segment.kind, segment.value:
            case "parts", int(number):
                first, rows = self._parts[number]
                row = rows[index - first + 1]
                return row._replace(depth=row.depth + 1)
            case "unread", _:
                return TreeRow(self.key_at(index), 1, None, "…", "", "")
        key = self.key_at(index)
        match key:
            case ("pass", int(number)):
                return self._pass_row(number)
        if key == EARLIER:
            return self._earlier_row()
        return all_output_row(self._snapshot)

    def part_at(self, index: int) -> SessionSnapshot:
        """The session, or the pass as if it were one, that the run of a row belongs to."""
        segment = self._segment_at(index)
        match segment.kind, segment.value:
            case "parts", int(number):
                return self._parts[number][1].part_at(0)
        return self._snapshot

    @property
    def shape(self) -> Hashable:
        """A value that is equal for rows of one session with the same keys in the same order."""
        parts = tuple((number, rows.shape) for number, (_, rows) in self._parts.items())
        of_passes = self._total, self._shown_rows.failed_only, tuple(self._older_failed)
        return self._snapshot.generation, of_passes, tuple(self._segments), parts

    def key_at(self, index: int) -> Hashable:
        """The key of a row."""
        segment = self._segment_at(index)
        match segment.kind, segment.value:
            case "older", int(position):
                return "pass", self._number(position + index - segment.start)
            case "parts", int(number):
                first, rows = self._parts[number]
                return rows.key_at(index - first + 1)
            case "unread", number:
                return "unread", number
        return segment.value

    def find(self, key: Hashable) -> int | None:
        """The index of the row with a key; None if there is none."""
        row = self._rows.get(key)
        if row is not None:
            return row
        session = self._snapshot.session
        match key:
            case ("pass", int(number)):
                position = self._position(number)
                return None if position is None else self._row_of_position(position)
            case ("ahead", _):
                return self._find_part(self._total, key)
            case ("tier" | "step" | "attempt", *_):
                run = pass_of_key(session, key)
                return None if run is None else self._find_part(run.number, key)
        return None

    @property
    def earlier(self) -> int:
        """The number of passes that are folded together, or below the row for these if they are unfolded."""
        return self._earlier

    @property
    def active_row(self) -> int | None:
        """The index of the `active_step` if it is shown, or else that of the newest pass."""
        serial = active_step(self._snapshot)
        row = None if serial is None else self.find(("step", serial))
        return min(1, len(self) - 1) if row is None else row

    # Positions of older passes, from the newest

    def _position(self, number: int) -> int | None:
        if not 1 <= number <= self._older:
            return None
        if not self._shown_rows.failed_only:
            return self._older - number
        past = self._snapshot.session.past
        if number > len(past):
            return self._older_failed.index(number) if number in self._older_failed else None
        before = past.failed_before(number - 1)
        is_failed = past.failed_before(number) > before
        return len(self._older_failed) + past.failed - 1 - before if is_failed else None

    def _number(self, position: int) -> int:
        if not self._shown_rows.failed_only:
            return self._older - position
        past, in_past = self._snapshot.session.past, position - len(self._older_failed)
        return self._older_failed[position] if in_past < 0 else 1 + past.failed_pass(past.failed - 1 - in_past)

    def _row_of_position(self, position: int) -> int | None:
        older = [segment for segment in self._segments if segment.kind == "older"]
        found = bisect_right(older, position, key=attrgetter("value")) - 1
        if found < 0:
            return None
        segment, first = older[found], older[found].value
        assert isinstance(first, int)
        return segment.start + position - first if position - first < segment.rows else None

    def _find_part(self, number: int, key: Hashable) -> int | None:
        if number not in self._parts:
            return None
        first, rows = self._parts[number]
        row = rows.find(key)
        return None if row is None or row == 0 else first + row - 1

    def _segment_at(self, index: int) -> _Segment:
        if not 0 <= index < self._length:
            raise IndexError(index)
        return self._segments[bisect_right(self._segments, index, key=attrgetter("start")) - 1]

    # Rows

    def _pass_row(self, number: int) -> TreeRow:
        row = self._pass_rows.get(number)
        if row is None:
            session = self._snapshot.session
            run = pass_run(session, number)
            assert run is not None
            preview = self._past.preview(number - 1) if number <= len(session.past) else preview_of(session, run)
            row = self._new_pass_row(run, preview)
            if preview is not None:
                self._pass_rows[number] = row
        return row

    def _new_pass_row(self, run: PassRun, preview: str | None) -> TreeRow:
        snapshot, number = self._snapshot, run.number
        state = snapshot.pass_state(run)
        about = safe_short(preview or "", _MAX_ABOUT)
        if run.ended_early:
            about = f"{ENDED_EARLY}  {about}".rstrip()
        elapsed_ms = snapshot.pass_elapsed_ms(run)
        sign, is_open = pass_sign(run, snapshot), self._is_open(number)
        is_read = sign is not NOT_READ
        time = duration(elapsed_ms, whole=state is TierState.RUNNING) if is_read and elapsed_ms is not None else ""
        return TreeRow(("pass", number), 0, state, f"Pass {number:,}", "", time, sign, about=about, is_open=is_open)

    def _earlier_row(self) -> TreeRow:
        past = self._snapshot.session.past
        failed = past.failed_before(min(self._earlier, len(past)))
        failed += sum(number <= self._earlier for number in self._older_failed)
        name = f"{self._earlier:,} earlier {'pass' if self._earlier == 1 else 'passes'}"
        note = f"· {failed:,} failed" if failed else ""
        return TreeRow(EARLIER, 0, None, name, note, "", is_open=self._shown_rows.shows_earlier)
