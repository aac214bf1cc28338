"""What a row of the tree stands for: a step run, an attempt, a tier run or a pass, and where it begins and ends."""

from collections.abc import Hashable
from itertools import islice
from typing import NamedTuple

from zigtui.reader.session.folding.folded_lines import FoldedLines
from zigtui.reader.session.model.attempts import AttemptRun, attempt_of
from zigtui.reader.session.model.pass_lookup import next_pass, pass_run
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Session, StepRun, TierRun
from zigtui.ui.output.past_sessions import PastSessions

__all__ = ["ChosenRun", "begun_key", "find_run"]


class ChosenRun(NamedTuple):
    """What a row of the tree stands for.

    Attributes:
        home: the part of the session that has its tier runs and step runs.
        step: the step run, also of an attempt; None for another row.
        attempt: the attempt; None for another row.
        tier: the tier run; None for another row.
        run: the pass; None for another row.
        following: the pass after those of `home`; None if `home` is the session, so that nothing follows.
        folded: the lines of `home`; None if `home` is the session.
        is_unreadable: whether the session does not have it, because the log was replaced, or whether it belongs to a
            past pass that can no longer be read. Then it has none of the above.
    """

    home: Session
    step: StepRun | None = None
    tier: TierRun | None = None
    run: PassRun | None = None
    following: PassRun | None = None
    folded: FoldedLines | None = None
    is_unreadable: bool = False
    attempt: AttemptRun | None = None

    def start_after(self, session: Session) -> tuple[int, int] | None:
        """The numbers of output lines and marks of the session before whatever follows a tier run or a pass.

        Args:
            session: the session as it is now.

        Returns:
            None if nothing follows yet.
        """
        following: PassRun | TierRun | None = None
        if self.run is not None:
            following = next_pass(session, self.run)
        elif self.tier is not None:
            following = self.home.tier(self.tier.ordinal + 1) or self.following
        return None if following is None else (following.first_line, following.first_mark)


def find_run(key: Hashable, session: Session, past: PastSessions) -> ChosenRun | None:
    """Find what a row of the tree stands for.

    Args:
        key: the key of the row.
        session: the session.
        past: reads its past passes.

    Returns:
        None if the row is that of all output, or of a tier that has not begun.

    Raises:
        NoAnswerError: if the disk has not answered yet.
    """
    position: int | None = None
    match key:
        case ("pass", int(number)):
            run = pass_run(session, number)
            return ChosenRun(session, run=run, is_unreadable=run is None)
        case ("tier", int(number)):
            index = session.past.of_tier(number) if number < session.first_ordinal else -1
        case ("step", int(number)):
            index = session.past.of_step(number) if number < session.first_serial else -1
        case ("attempt", int(number), int(position)):
            index = session.past.of_step(number) if number < session.first_serial else -1
        case _:
            return None
    folded = past.lines_with_pass(session, index) if index >= 0 else None
    if index >= 0 and folded is None:
        return ChosenRun(session, is_unreadable=True)
    home = session if folded is None else folded.fold.session
    following = None if index < 0 else pass_run(session, session.past.page_of(index)[1] + 1)
    if key[0] == "tier":
        tier = home.tier(number)
        found = None if tier is None else ChosenRun(home, tier=tier, following=following, folded=folded)
    else:
        found = _find_step(home, number, position, ChosenRun(home, following=following, folded=folded))
    return found or ChosenRun(session, is_unreadable=True)


def begun_key(key: Hashable, session: Session) -> Hashable:
    """The key of a row, or that of the tier run for a tier that had not begun and has begun now."""
    match key:
        case ("ahead", int(number)):
            first = session.recent[-1].first_tier if session.recent else session.first_ordinal
            tiers = islice(session.tiers, max(0, first - session.first_ordinal), None)
            begun = next((tier for tier in tiers if tier.tier_index == number - 1), None)
            return key if begun is None else ("tier", begun.ordinal)
    return key


def _find_step(home: Session, serial: int, position: int | None, run: ChosenRun) -> ChosenRun | None:
    step = home.step(serial)
    attempt = attempt_of(step, position) if step is not None and position is not None else None
    if step is None or (attempt is None and position is not None):
        return None
    return run._replace(step=step, attempt=attempt)
