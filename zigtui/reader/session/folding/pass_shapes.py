"""Recognize passes of a listener by their shape, which is folded only once."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from zigtui.reader.session.folding.run_events import RunEvents
from zigtui.reader.session.folding.runs import Runs, state_when_passed
from zigtui.reader.session.folding.usual_passes import PassShape, Stretch, UsualPass
from zigtui.reader.session.model.passes import TierOutcome, TierShape

if TYPE_CHECKING:
    from zigtui.reader.lines.event_batches import StepFailed, TierStarted, ValidEvent

__all__ = ["PassShapes"]

_MOST_SIGNS = 4096
_MOST_KEPT = 1024 * 1024  # characters of all shapes that are kept
_FEW_SHAPES = 64
_USES = 4  # of a shape on average, so that it is worth folding
_OTHER = "\0"  # the sign of events for which no signs are left
_TIER_OR_FAILURE = re.compile("[tf]")
_name_of = attrgetter("step_name")


class _Meaning(NamedTuple):
    """What is the same in all events with one sign.

    Attributes:
        letter: the kind of the event; see `zigtui.reader.lines.event_batches.EventBatch.letters`.
        names: the name of its step, or those of the steps of its tier.
        number: the index of its tier, or the number of the attempt that failed; else 0.
    """

    letter: str
    names: tuple[str, ...]
    number: int


_UNKNOWN = _Meaning("", ("",), 0)


class _Signs(dict[object, str]):
    """The signs of events, by what distinguishes them; new ones are made as they are asked for."""

    def __init__(self, meanings: dict[str, _Meaning], meaning_of: Callable[[Any], _Meaning]) -> None:
        self._meanings = meanings
        self._meaning_of = meaning_of

    def __missing__(self, key: object) -> str:
        if len(self._meanings) == _MOST_SIGNS:
            return _OTHER
        sign = self[key] = chr(len(self._meanings) + 1)
        self._meanings[sign] = self._meaning_of(key)
        return sign


class PassShapes:
    """The shapes of the passes of one session.

    Args:
        runs: the runs of the session, which has begun.

    Attributes:
        tier_count: the number of tiers that the session had announced; with another one, passes have other shapes.
    """

    def __init__(self, runs: Runs) -> None:
        self.tier_count = runs.passes.tier_count
        self._first_names = runs.passes.first_names
        self._meanings: dict[str, _Meaning] = {}
        self._steps = _Signs(self._meanings, lambda key: _Meaning(key[0], (key[1],), 0))
        self._tiers = _Signs(self._meanings, lambda key: _Meaning("t", tuple(dict.fromkeys(key[1])), key[0]))
        self._failures = _Signs(self._meanings, lambda key: _Meaning("f", (key[0],), key[1]))
        self._first = re.compile(re.escape(self._tiers[0, self._first_names]))
        self._shapes: dict[str, tuple[PassShape | None, int]] = {}  # by the signs, with the number of lines
        self._folded: dict[str, PassShape | None] = {}  # by the signs without output that changes nothing
        self._kept = 0  # the number of characters in the keys of both
        self._asked = 0  # how many passes had their shape looked up

    def signs_of(self, events: "list[ValidEvent]", letters: str) -> str:
        """Return a character for each event, which stands for its kind, the names of its steps and its numbers."""
        signs = list(map(self._steps.__getitem__, zip(letters, map(_name_of, events), strict=True)))
        for found in _TIER_OR_FAILURE.finditer(letters):
            index = found.start()
            event = events[index]
            if letters[index] == "t":
                tier = cast("TierStarted", event)
                signs[index] = self._tiers[tier.tier_index, tuple(tier.step_names)]
            else:
                failed = cast("StepFailed", event)
                signs[index] = self._failures[failed.step_name, failed.attempt]
        return "".join(signs)

    def passes_in(self, stretch: Stretch) -> tuple[list[UsualPass | Stretch], Stretch]:
        """Return the passes of some events, with the events between them that are not a usual pass.

        Returns:
            The passes and other events, and the events from the beginning of the last pass on, which may go on.
        """
        starts = [found.start() for found in self._first.finditer(stretch.signs)]
        found: list[UsualPass | Stretch] = []
        end = 0  # of what was found
        for start, following in pairwise(starts):
            shape, lines = self._shape(stretch.signs[start:following])
            if shape is not None:
                if end < start:
                    found.append(stretch.part(end, start))
                found.append(UsualPass(stretch, start, following, shape, lines))
                end = following
        last = starts[-1] if starts else len(stretch.signs)
        if end < last:
            found.append(stretch.part(end, last))
        return found, stretch.part(last)

    def _shape(self, signs: str) -> tuple[PassShape | None, int]:
        """The shape of a pass with these signs, and its number of lines; None if it is not a usual pass."""
        self._asked += 1
        known = self._shapes.get(signs)
        if known is None:
            changing, lines = self._changing(signs)
            ends_well = signs[-1] in self._meanings and self._meanings[signs[-1]].letter in "ocfk"
            if ends_well and not self._is_worth_folding(changing):
                return None, lines  # until passes with this shape have come often enough
            known = self._folded_once(changing) if ends_well else None, lines
            self._make_room(len(signs))
            self._shapes[signs] = known
        return known

    def _is_worth_folding(self, signs: str) -> bool:
        """Whether a shape is known, or passes are alike: if few are, it is quicker to fold each of them."""
        is_usual = len(self._folded) <= _FEW_SHAPES or self._asked >= _USES * len(self._folded)
        return is_usual or signs in self._folded

    def _folded_once(self, signs: str) -> PassShape | None:
        if signs not in self._folded:
            self._make_room(len(signs))
            self._folded[signs] = self._fold(signs)
        return self._folded[signs]

    def _make_room(self, characters: int) -> None:
        if self._kept > _MOST_KEPT:
            self._shapes.clear()
            self._folded.clear()
            self._asked = self._kept = 0
        self._kept += characters

    def _changing(self, signs: str) -> tuple[str, int]:
        """Return the signs that determine the shape, and the number of lines.

        Output that only counts, since its step was under way, is left out. Steps side by side of which none fails have
        the same shape in whatever order their events come.
        """
        kept: list[str] = []
        lines = 0
        last: dict[str, str] = {}  # the letter of the last event of each step
        tier, begins = _UNKNOWN, 0
        for sign in (*signs, ""):
            meaning = self._meanings.get(sign, _UNKNOWN)
            letter, names, _ = meaning
            if not sign or letter == "t":
                kept[begins:] = self._in_order(tier, kept[begins:])
                tier, begins = meaning, len(kept) + 1
            lines += letter == "o"
            if letter != "o" or last.get(names[0], "t") not in "os":
                kept.append(sign)
            last.update(dict.fromkeys(names, letter))
        return "".join(kept), lines

    def _in_order(self, tier: _Meaning, signs: list[str]) -> list[str]:
        """The signs of the events of a tier, those of each step together if that makes no difference."""
        meanings = [self._meanings.get(sign, _UNKNOWN) for sign in signs]
        if all(meaning.letter != "f" and meaning.names[0] in tier.names for meaning in meanings):
            return sorted(signs, key=lambda sign: self._meanings[sign].names)
        return signs

    def _fold(self, signs: str) -> PassShape | None:
        """Fold a pass with these signs between two others; None if it is not a pass, or needs what came before it."""
        scratch = RunEvents(keeps_all=True)
        runs, passes = scratch.runs, scratch.runs.passes
        passes.tier_count = self.tier_count
        scratch.tier_started(0, self._first_names, None)
        if self.tier_count > 1:
            scratch.tier_started(self.tier_count - 1, (), None)
        first, mark = runs.last_ordinal + 1, runs.marks.count
        tiers: list[_Meaning] = []
        outcomes: list[TierOutcome | None] = []
        seen: set[str] = set()
        for sign in signs:
            meaning = self._meanings.get(sign, _UNKNOWN)
            if meaning.letter == "t":
                outcomes.append(runs.last_outcome)
                tiers.append(meaning)
            elif meaning.letter not in "sk" and meaning.names[0] not in seen:  # may be of a pass before
                return None
            seen.update(meaning.names)
            _apply(scratch, meaning)
        outcomes.append(runs.last_outcome)
        scratch.tier_started(0, self._first_names, None)
        begun = passes.begun
        if _OTHER in signs or [run.first_tier for run in begun[1:2]] != [first]:
            return None
        if [run.first_tier for run in begun[2:]] not in ([], [runs.last_ordinal]):
            return None
        steps = runs.steps_between(first, runs.last_ordinal)
        run = runs.pass_run(2, begun[1], steps)
        shapes = [
            TierShape(tier.number, tier.names, outcome)
            for tier, outcome in zip(tiers, outcomes[1:], strict=True)
            if outcome is not None
        ]
        return PassShape(
            tiers=tuple(shapes),
            steps=tuple([(step.name, state_when_passed(step.state)) for step in steps]),
            names=dict(Counter(step.name for step in steps)),
            iterations=sum(later.tier_index <= tier.tier_index for tier, later in pairwise(shapes)),
            marks=runs.marks.count - mark - 1,  # without that of the tier run after it
            failed_steps=run.failed_steps,
            failed_attempts=run.failed_attempts,
            retried=runs.retried,
            is_failed=run.is_failed,
            ended_early=run.ended_early,
        )


def _apply(events: RunEvents, meaning: _Meaning) -> None:
    """Apply an event with a sign. What it does not determine has no effect on the shape of a pass."""
    letter, names, number = meaning
    match letter:
        case "t":
            events.tier_started(number, names, None)
        case "s":
            events.step_started(names[0], 0, None, None, None, None, None)
        case "o":
            events.step_output(names[0], 0, None, "", False)
        case "c":
            events.step_completed(names[0], 0, None, 0, 0, [])
        case "f":
            events.step_failed(names[0], 0, None, None, number, "")
        case "k":
            events.step_skipped(names[0], 0, None, None)
