"""Passes of a listener whose counts follow from their shape: which events they have, in which order.

Those that will not be kept in full are counted without a run for each of their tiers and steps, which is much quicker.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast

from zigtui.reader.session.folding.output_usage import USAGE_SIGN, usage_in
from zigtui.reader.session.model.passes import TierShape
from zigtui.reader.session.model.session import StepState
from zigtui.reader.session.model.usage import NO_USAGE, Usage

if TYPE_CHECKING:
    from zigtui.reader.lines.event_batches import StepOutput, ValidEvent

__all__ = ["PassShape", "Stretch", "UsualPass", "printed_by", "usages_of"]


class Stretch(NamedTuple):
    """Events that follow each other, without heartbeats.

    Attributes:
        events: the events.
        letters: a letter for each; see `zigtui.reader.lines.event_batches.EventBatch.letters`.
        offsets: the position of each in the log, in bytes.
        signs: a character for each; see `zigtui.reader.session.folding.pass_shapes.PassShapes.signs_of`. Empty if no
            passes are looked for.
    """

    events: "list[ValidEvent]"
    letters: str
    offsets: list[int]
    signs: str

    def part(self, start: int, end: int | None = None) -> "Stretch":
        """The events from one index to another, or to the end."""
        part = slice(start, end)
        return Stretch(self.events[part], self.letters[part], self.offsets[part], self.signs[part])

    def plus(self, following: "Stretch") -> "Stretch":
        """These events and those that follow."""
        return Stretch(
            self.events + following.events,
            self.letters + following.letters,
            self.offsets + following.offsets,
            self.signs + following.signs,
        )


@dataclass(slots=True, eq=False, repr=False)
class PassShape:
    """What all passes with the same events in the same order have in common. Another pass must follow.

    Attributes:
        tiers: its tier runs, with those of the iterations of a loop.
        steps: its step runs, each with its state when the pass is over.
        names: the names of these steps, each once, with the number of their runs.
        iterations: the number of iterations of a loop.
        marks: the number of its marks.
        failed_steps: the number of step runs that failed for good.
        failed_attempts: the number of failed attempts.
        retried: the step with the most attempts, and their number; None if no step had several.
        is_failed: whether the pass failed.
        ended_early: whether it failed although no step did.
    """

    tiers: tuple[TierShape, ...]
    steps: tuple[tuple[str, StepState], ...]
    names: dict[str, int]
    iterations: int
    marks: int
    failed_steps: int
    failed_attempts: int
    retried: tuple[str, int] | None
    is_failed: bool
    ended_early: bool


class UsualPass(NamedTuple):
    """A pass whose counts follow from its shape.

    Attributes:
        stretch: events with those of the pass.
        start: the index of the first one of the pass.
        end: the index after the last one, which is an output or the end of a step.
        shape: its shape.
        lines: the number of lines of output.
    """

    stretch: Stretch
    start: int
    end: int
    shape: PassShape
    lines: int


def printed_by(passes: Sequence[UsualPass]) -> "list[StepOutput]":
    """The output of passes that follow each other."""
    outputs: list[ValidEvent] = []
    ends = {id(usual.stretch): usual.end for usual in passes}
    for usual in passes:
        end = ends.pop(id(usual.stretch), None)
        if end is not None:  # the first pass in this stretch
            events, letters = usual.stretch.events[usual.start : end], usual.stretch.letters[usual.start : end]
            outputs += [event for event, letter in zip(events, letters, strict=True) if letter == "o"]
    return cast("list[StepOutput]", outputs)


def usages_of(passes: Sequence[UsualPass], lines: Sequence[str]) -> Iterator[Usage]:
    """Yield the tokens and the cost that each pass printed, given the lines of all of them."""
    end = 0
    for usual in passes:
        start, end = end, end + usual.lines
        usage = NO_USAGE
        for line in lines[start:end]:
            printed = usage_in(line) if USAGE_SIGN in line else None
            if printed is not None:
                usage = usage.plus(*printed)
        yield usage
