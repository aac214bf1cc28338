"""The output that is displayed, as chosen in the tree: that of a step, of a tier, or all there is."""

from collections.abc import Hashable
from functools import partial
from itertools import islice

from zigtui.reader.lines.output_index import Asking, OutputLines, OutputRange
from zigtui.reader.safe_text import cell_width, safe_plain
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import Search
from zigtui.reader.session.model import Attempt, Session, SessionState, StepRun, TierRun
from zigtui.reader.session.session_log import SessionLog
from zigtui.ui.output.bars import ahead_bar, all_output_bar, step_bar, tier_bar
from zigtui.ui.output.items import Divider
from zigtui.ui.widgets.bar import BarLine
from zigtui.ui.widgets.drawing import one_line

__all__ = ["ChosenOutput", "LongestName"]


class ChosenOutput:
    """The output that a row of the tree stands for, in one generation of a log.

    All methods that read lines may raise `NoAnswerError`.

    Args:
        log: the session's log. Hold its lock while making this object, and in calls that take a session.
        key: that of the row.
        ask: see `OutputLines`.
        longest_error: how many characters of an error are displayed.
    """

    def __init__(self, log: SessionLog, key: Hashable, ask: Asking, longest_error: int) -> None:
        self.key = key
        self._log = log
        self._ask = ask
        session = log.session
        self._step, self._tier = _step_of(session, key), _tier_of(session, key)
        self._all = log.output(ask=ask)
        self._end: tuple[OutputLines, int] | None = None  # the first line behind it
        self._longest_error = longest_error
        self._dividers: list[Divider] = []
        self.lines: OutputLines | OutputRange = self._all if self._step is None else log.output(self._step, ask=ask)
        if self._tier is not None:
            self.lines = OutputRange(self._all, self._tier.first_line, partial(_end_of, self._tier, session))
        elif self.is_ahead:
            self.lines = OutputRange(self._all, 0, lambda: 0)

    @property
    def is_ahead(self) -> bool:
        """Whether it belongs to a tier that has not begun."""
        return isinstance(self.key, tuple) and self.key[0] == "ahead"

    @property
    def has_labels(self) -> bool:
        """Whether several steps may have printed it."""
        return self._step is None

    def dividers(self) -> list[Divider]:
        """The rows that mark where attempts of the step failed; each is made once."""
        if self._step is not None:
            for attempt in self._step.attempts[len(self._dividers) :]:
                self._dividers.append(_divider(attempt, self._longest_error))
        return self._dividers.copy()

    def title(self, session: Session, state: SessionState, note: str) -> tuple[BarLine, ...]:
        """The lines above it."""
        if self._step is not None:
            return step_bar(self._step, state, note)
        if self._tier is not None:
            return tier_bar(self._tier, state, note)
        match self.key:
            case ("ahead", int(number)):
                return ahead_bar(number, state)
        return all_output_bar(session, note)

    def is_outdated(self) -> bool:
        """Whether the row stands for another step or tier now."""
        with self._log.lock:
            session = self._log.session
            return _step_of(session, self.key) is not self._step or _tier_of(session, self.key) is not self._tier

    # Its part of the file

    def search(self, query: Query, top_line: int) -> Search | None:
        """A search through it that begins at a line; None if there is nothing to search."""
        if self.is_ahead:
            return None
        origin = self.lines.offset_of(top_line)
        start = self.lines.offset_of(0)
        if start is None:
            start = 0 if len(self.lines) else self._log.bytes_read - self._log.torn_bytes
        step_name = self._step.name if self._step is not None else None
        return Search(self._log.path, query, step_name=step_name, start=start, end=self.end(), origin=origin or start)

    def end(self) -> int | None:
        """The offset in the file of the first line that is not part of it; None if none is known yet."""
        if self._end is None:
            with self._log.lock:
                self._end = self._line_behind()
        return None if self._end is None else self._end[0].offset_of(self._end[1])

    def _line_behind(self) -> tuple[OutputLines, int] | None:
        session = self._log.session
        if self._tier is not None:
            behind = _end_of(self._tier, session)
            return (self._all, behind) if behind is not None and behind < len(self._all) else None
        if self._step is not None:
            for step in session.steps[self._step.serial + 1 :]:
                if step.name == self._step.name and step.lines:
                    return self._log.output(step, ask=self._ask), 0
        return None


def _step_of(session: Session, key: Hashable) -> StepRun | None:
    match key:
        case ("step", int(serial)) if serial < len(session.steps):
            return session.steps[serial]
    return None


def _tier_of(session: Session, key: Hashable) -> TierRun | None:
    match key:
        case ("tier", int(ordinal)) if ordinal <= len(session.tiers):
            return session.tiers[ordinal - 1]
    return None


def _end_of(tier: TierRun, session: Session) -> int | None:
    """The number of the first output line behind a tier run, None if it is the last one."""
    return session.tiers[tier.ordinal].first_line if tier.ordinal < len(session.tiers) else None


def _divider(attempt: Attempt, longest_error: int) -> Divider:
    hidden = len(attempt.error) - longest_error
    more = f" … {hidden:,} more characters" if hidden > 0 else ""
    return Divider(
        attempt.lines, f"✘ attempt {attempt.number} failed: {safe_plain(attempt.error[:longest_error])}{more}"
    )


class LongestName:
    """The width of the longest step name of a log. Each name is measured once."""

    def __init__(self) -> None:
        self._session: Session | None = None
        self._measured = 0
        self._width = 0

    def width(self, session: Session) -> int:
        """The width among the steps so far, in cells."""
        if session is not self._session:
            self._session, self._measured, self._width = session, 0, 0
        for step in islice(session.steps, self._measured, None):
            self._width = max(self._width, cell_width(one_line(step.name)))
        self._measured = len(session.steps)
        return self._width
