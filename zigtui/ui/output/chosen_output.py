"""The output chosen in the tree, which is displayed: that of a step, of a tier, or of the whole session."""

from collections.abc import Hashable
from itertools import islice

from zigtui.reader.lines.output_index import OutputLines, OutputRange, RunRead
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import Search
from zigtui.reader.session.model import StepRun, StepState, TierRun
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.ui.output.bars import ahead_bar, all_output_bar, step_bar, tier_bar
from zigtui.ui.output.output_items import Divider
from zigtui.ui.widgets.bar import BarLine, BarTexts
from zigtui.ui.widgets.drawing import one_line
from zigtui.wording.text_fit import cell_width

__all__ = ["ChosenOutput", "LongestName"]


class ChosenOutput:
    """The output for a row of the tree, in one generation of a log.

    All methods that read lines may raise `NoAnswerError`.

    Args:
        log: the session's log.
        key: the key of the row.
        snapshot: the session.
        run_read: see `OutputLines`.
    """

    def __init__(self, log: SessionLog, key: Hashable, snapshot: SessionSnapshot, run_read: RunRead) -> None:
        self.key = key
        self._log = log
        self._run_read = run_read
        self._snapshot = snapshot
        self._generation = snapshot.generation
        self._dividers: tuple[Divider, ...] = ()
        self._end: tuple[OutputLines, int] | None = None  # the first line after this output
        self._steps_searched = 0  # while looking for the end
        step, tier = self._step, self._tier
        self._all = log.output(run_read=run_read)
        self.lines: OutputLines | OutputRange = self._all
        if step is not None:
            self.lines = log.output(step, run_read=run_read)
        elif tier is not None:
            self.lines = OutputRange(self._all, tier.first_line, self._end_of_tier)
        elif self.is_ahead:
            self.lines = OutputRange(self._all, 0, lambda: 0)

    def update(self, snapshot: SessionSnapshot) -> None:
        """Apply the changes of the session."""
        self._snapshot = snapshot

    @property
    def _step(self) -> StepRun | None:
        match self.key:
            case ("step", int(serial)):
                return self._snapshot.session.step(serial)
        return None

    @property
    def _tier(self) -> TierRun | None:
        match self.key:
            case ("tier", int(ordinal)):
                return self._snapshot.session.tier(ordinal)
        return None

    @property
    def is_ahead(self) -> bool:
        """Whether the output belongs to a tier that has not begun."""
        return isinstance(self.key, tuple) and self.key[0] == "ahead"

    @property
    def has_labels(self) -> bool:
        """Whether lines have labels, because several steps may have printed them."""
        return self._step is None

    def dividers(self) -> tuple[Divider, ...]:
        """The rows that mark where attempts of the step failed; the same object until another one fails."""
        attempts = () if self._step is None else self._step.attempts
        if len(attempts) > len(self._dividers):
            new = [Divider(one.lines, one.number, one.error) for one in attempts[len(self._dividers) :]]
            self._dividers = (*self._dividers, *new)
        return self._dividers

    def title(self, note: BarTexts, quiet_secs: float) -> tuple[BarLine, ...]:
        """The lines above the output; for ``quiet_secs`` see `step_bar`."""
        step, tier = self._step, self._tier
        if step is not None:
            return step_bar(step, self._snapshot, note, quiet_secs)
        if tier is not None:
            return tier_bar(tier, self._snapshot, note)
        match self.key:
            case ("ahead", int(number)):
                return ahead_bar(number, self._snapshot.state)
        return all_output_bar(self._snapshot.session, note)

    @property
    def error(self) -> str:
        """The error of the step's last attempt if the step failed; else empty."""
        step = self._step
        if step is None or not step.attempts or self._snapshot.step_state(step) is not StepState.FAILED:
            return ""
        return step.attempts[-1].error

    def is_outdated(self, snapshot: SessionSnapshot) -> bool:
        """Whether the log has been replaced or truncated since the row was chosen."""
        return snapshot.generation != self._generation

    # The part of the file with this output

    def search(self, query: Query, top_line: int) -> Search | None:
        """Create a search of the output that begins at a line; None if there is nothing to search."""
        if self.is_ahead:
            return None
        origin = self.lines.offset_of(top_line)
        start = self.lines.offset_of(0)
        if start is None:
            start = 0 if len(self.lines) else self._log.end_offset
        step = self._step
        step_name = step.name if step is not None else None
        return Search(self._log.path, query, step_name=step_name, start=start, end=self.end(), origin=origin or start)

    def end(self) -> int | None:
        """The offset in the file of the first line after the output; None if there is none yet."""
        if self._end is None:
            self._end = self._line_behind()
        return None if self._end is None else self._end[0].offset_of(self._end[1])

    def _line_behind(self) -> tuple[OutputLines, int] | None:
        step, session = self._step, self._snapshot.session
        if self._tier is not None:
            behind = self._end_of_tier()
            return (self._all, behind) if behind is not None and behind < len(self._all) else None
        if step is not None:
            first = max(step.serial + 1, self._steps_searched, session.first_serial) - session.first_serial
            for other in islice(session.steps, first, None):
                if other.name == step.name:
                    if not other.lines:
                        return None  # it has begun and may print soon: check it again
                    return self._log.output(other, run_read=self._run_read), 0
                self._steps_searched = other.serial + 1
        return None

    def _end_of_tier(self) -> int | None:
        """The number of the first output line after the tier run; None if the tier run is the last one."""
        following = None if self._tier is None else self._snapshot.session.tier(self._tier.ordinal + 1)
        return None if following is None else following.first_line


class LongestName:
    """The width of the longest step name of a log. Each name is measured once."""

    def __init__(self) -> None:
        self._generation = 0
        self._measured = 0
        self._width = 0

    def width(self, snapshot: SessionSnapshot) -> int:
        """The width of the longest name so far, in cells."""
        if snapshot.generation != self._generation:
            self._generation, self._measured, self._width = snapshot.generation, 0, 0
        steps = snapshot.session.steps
        for step in islice(steps, self._measured, None):
            self._width = max(self._width, cell_width(one_line(step.name)))
        self._measured = len(steps)
        return self._width
