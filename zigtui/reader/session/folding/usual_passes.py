"""Find the passes of a listener in which every step succeeded or was skipped, as in most.

Those that will not be kept in full are counted without a run for each of their tiers and steps, which is much quicker.
"""

from collections.abc import Iterator, Sequence
from itertools import compress
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, cast

from zigtui.reader.session.folding.output_usage import USAGE_SIGN, usage_in
from zigtui.reader.session.model.session import StepState
from zigtui.reader.session.model.usage import NO_USAGE, Usage

if TYPE_CHECKING:
    from zigtui.reader.lines.event_batches import SoundEvent, StepOutput, TierStarted

__all__ = ["FoundPass", "Stretch", "UsualPass", "usual_passes"]

# By the letter of the last event of a step; see `zigtui.reader.lines.event_batches.EventBatch.letters`.
_STATES = {"c": StepState.SUCCEEDED, "k": StepState.SKIPPED}
_FOLLOW_EACH_OTHER = frozenset(("ts", "tk", "so", "sc", "oo", "oc"))  # events of a step, from its announcement on
_name_of = attrgetter("step_name")


class Stretch(NamedTuple):
    """Events that follow each other, without heartbeats.

    Attributes:
        events: the events.
        letters: a letter for each; see `zigtui.reader.lines.event_batches.EventBatch.letters`.
        offsets: the position of each in the log, in bytes.
    """

    events: "list[SoundEvent]"
    letters: str
    offsets: list[int]

    def part(self, start: int, end: int | None = None) -> "Stretch":
        """The events from one index to another, or to the end."""
        return Stretch(self.events[start:end], self.letters[start:end], self.offsets[start:end])

    def plus(self, following: "Stretch") -> "Stretch":
        """These events and those that follow."""
        return Stretch(
            self.events + following.events, self.letters + following.letters, self.offsets + following.offsets
        )


class UsualPass(NamedTuple):
    """A pass of all tiers, in which each announced step was skipped, or started and completed.

    Attributes:
        tiers: the names of the steps of each tier.
        steps: the steps of all tiers in turn, each with its state.
        offset: the position of its first event in the log, in bytes.
        started_at: when its first tier began, as recorded.
        ended_at: the last recorded end or output of its steps.
        lines: the number of lines of output.
        stderr_lines: the number of those on standard error.
        output_bytes: the size of the lines in UTF-8 bytes, without newlines.
        usage: the tokens and cost that its steps printed.
    """

    tiers: tuple[tuple[str, ...], ...]
    steps: tuple[tuple[str, StepState], ...]
    offset: int
    started_at: str
    ended_at: str
    lines: int
    stderr_lines: int
    output_bytes: int
    usage: Usage


class FoundPass(NamedTuple):
    """A usual pass in a stretch of events.

    Attributes:
        start: the index of its first event.
        end: the index after its last one.
        usual: the pass.
    """

    start: int
    end: int
    usual: UsualPass


def usual_passes(stretch: Stretch, tier_count: int, first_names: tuple[str, ...]) -> Iterator[FoundPass]:
    """Yield the usual passes in a stretch of events.

    Args:
        stretch: the events, whose times are in order and of one form.
        tier_count: the number of tiers of the workflow.
        first_names: the names of the steps of its first tier.
    """
    events, letters = stretch.events, stretch.letters
    starts = [index for index, letter in enumerate(letters) if letter == "t"]
    ends = [*starts[1:], len(letters)]
    indices = [cast("TierStarted", events[start]).tier_index for start in starts]
    expected = list(range(tier_count))
    number = 0
    while 0 < tier_count <= len(starts) - number:
        following = number + tier_count
        if indices[number:following] == expected:
            bounds = zip(starts[number:following], ends[number:following], strict=True)
            tiers = [_settled_steps(events[start:end], letters[start:end]) for start, end in bounds]
            names = tuple(map(tuple, tiers))
            if all(tiers) and names[0] == first_names and len(set().union(*names)) == sum(map(len, names)):
                steps = tuple([(name, _STATES[letter]) for tier in tiers for name, letter in tier.items()])
                start, end = starts[number], ends[following - 1]
                yield FoundPass(start, end, _usual_pass(stretch.part(start, end), names, steps))
                number = following
                continue
        number += 1


def _settled_steps(events: "Sequence[SoundEvent]", letters: str) -> dict[str, str]:
    """The steps of a tier, each with the letter of its last event; empty unless all are settled as in a usual pass."""
    steps = dict.fromkeys(cast("TierStarted", events[0]).step_names, "t")
    if letters[1:2] == "s" and letters[-1] == "c" and letters.count("o") == len(letters) - 3:  # a single step: quicker
        return dict.fromkeys(steps, "c") if set(map(_name_of, events[1:])) == steps.keys() else {}
    for event, letter in zip(events[1:], letters[1:], strict=True):
        name = _name_of(event)
        if steps.get(name, "") + letter not in _FOLLOW_EACH_OTHER:
            return {}
        steps[name] = letter
    return steps if _STATES.keys() >= set(steps.values()) else {}


def _usual_pass(
    stretch: Stretch, tiers: tuple[tuple[str, ...], ...], steps: tuple[tuple[str, StepState], ...]
) -> UsualPass:
    events = stretch.events
    outputs = cast("list[StepOutput]", list(compress(events, map("o".__eq__, stretch.letters))))
    text = "".join([event.line for event in outputs])
    usage = NO_USAGE
    if USAGE_SIGN in text:
        for printed in map(usage_in, [event.line for event in outputs]):
            if printed is not None:
                usage = usage.plus(*printed)
    return UsualPass(
        tiers,
        steps,
        stretch.offsets[0],
        events[0].ts,
        events[-1].ts,  # of a step, which ends the last tier
        len(outputs),
        [event.stream for event in outputs].count("stderr"),
        len(text) if text.isascii() else len(text.encode("utf-8", "replace")),
        usage,
    )
