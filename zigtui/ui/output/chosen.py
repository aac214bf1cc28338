"""Whose output is shown, as the tree has it: a step's, a tier's, or all there is."""

from collections.abc import Hashable
from functools import partial

from zigtui.reader.lines.output_index import Asking, OutputLines, OutputRange
from zigtui.reader.safe_text import cell_width, safe_plain
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import Search
from zigtui.reader.session.model import Session, SessionState, StepRun, TierRun
from zigtui.reader.session.session_log import SessionLog
from zigtui.ui.output.bars import ahead_bar, all_output_bar, step_bar, tier_bar
from zigtui.ui.output.items import Divider
from zigtui.ui.widgets.bar import BarLine

__all__ = ["ChosenOutput", "longest_name"]


class ChosenOutput:
    """The output that a row of the tree stands for, in one generation of a log.

    Args:
        log: the session's log. Its lock is to be held while this is made, and where a session is handed over.
        key: that of the row.
        ask: see `OutputLines`; all that reads lines may raise `NoAnswerError`.
    """

    def __init__(self, log: SessionLog, key: Hashable, ask: Asking) -> None:
        self.key = key
        self._log = log
        self._ask = ask
        session = log.session
        self._step, self._tier = _step_of(session, key), _tier_of(session, key)
        self._all = log.output(ask=ask)
        self._end: tuple[OutputLines, int] | None = None  # the line behind the last one
        self.lines: OutputLines | OutputRange = self._all if self._step is None else log.output(self._step, ask=ask)
        if self._tier is not None:
            self.lines = OutputRange(self._all, self._tier.first_line, partial(_end_of, self._tier, session))
        elif self.is_ahead:
            self.lines = OutputRange(self._all, 0, lambda: 0)

    @property
    def is_ahead(self) -> bool:
        """Whether it is that of a tier that has not begun."""
        return isinstance(self.key, tuple) and self.key[0] == "ahead"

    @property
    def has_labels(self) -> bool:
        """Whether it may be of several steps."""
        return self._step is None

    def dividers(self) -> list[Divider]:
        """Where attempts of the step failed."""
        if self._step is None:
            return []
        return [
            Divider(attempt.lines, f"✘ attempt {attempt.number} failed: {safe_plain(attempt.error)}")
            for attempt in self._step.attempts
        ]

    def title(self, session: Session, state: SessionState, note: str) -> tuple[BarLine, ...]:
        """What stands above it."""
        if self._step is not None:
            return step_bar(self._step, state, note)
        if self._tier is not None:
            return tier_bar(self._tier, state, note)
        match self.key:
            case ("ahead", int(number)):
                return ahead_bar(number, state)
        return all_output_bar(session, note)

    def is_outdated(self) -> bool:
        """Whether the row stands for something else now."""
        with self._log.lock:
            session = self._log.session
            return _step_of(session, self.key) is not self._step or _tier_of(session, self.key) is not self._tier

    # Where it lies in the file

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
        """Where the first line lies that does not belong to it any more; None if none is known yet."""
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


def longest_name(session: Session) -> int:
    """How wide the longest name of a step is."""
    return max((cell_width(safe_plain(step.name)) for step in session.steps), default=0)
