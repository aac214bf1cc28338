"""A location in a session: where the screen opens it, and the command that opens it there again."""

import re
import shlex
from contextlib import suppress
from typing import NamedTuple

from writer import SessionError
from zigtui.reader.bases import default_bases
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import Session, StepRun

__all__ = ["OpenedAt", "command_to_open"]

_SHORTEST_ID = 8
_RUN = re.compile(r"(.+)#(\d{1,9})", re.DOTALL)


class OpenedAt(NamedTuple):
    """A location in a session.

    Attributes:
        step: the name of a step, whose last run is meant. ``NAME#2`` means its second run. Empty for all output.
        target: a jump target in that output; see `zigtui.reader.user_input.jump_target.jump_steps`. Empty for its end.
    """

    step: str = ""
    target: str = ""

    @classmethod
    def of_step(cls, step: StepRun, session: Session, line: int) -> "OpenedAt":
        """The location of a line of a step run, numbered from 0."""
        runs = sum(other.name == step.name for other in session.steps)
        is_only_run = runs == 1 and not session.pass_count and session.ended_at is not None
        name = step.name if is_only_run and not _RUN.fullmatch(step.name) else f"{step.name}#{step.occurrence}"
        return cls(name, str(line + 1))

    def find_step(self, session: Session) -> StepRun | None:
        """The step run that is meant; None if the session does not have it, or no longer keeps it."""
        match = _RUN.fullmatch(self.step)
        run = None if match is None else (match[1], int(match[2]))
        steps = session.steps
        exact = next((step for step in steps if (step.name, step.occurrence) == run), None)
        return exact or next((step for step in reversed(steps) if step.name == self.step), None)


def command_to_open(
    location: LogLocation, catalog: Catalog, opened_at: OpenedAt | None = None, fleet: str | None = None
) -> str:
    """The command that opens a session, safe for a shell.

    Args:
        location: the location of the session's log.
        catalog: the sessions, among which its id must not be mistaken for another.
        opened_at: where to open it.
        fleet: the name of the fleet whose sessions are displayed; None if there is none.
    """
    words = ["zigtui", *_session_words(location, catalog, fleet)]
    if opened_at is not None and opened_at.step:
        words += ["--step", opened_at.step]
    if opened_at is not None and opened_at.target:
        words += ["--at", opened_at.target]
    return shlex.join(words)


def _session_words(location: LogLocation, catalog: Catalog, fleet: str | None) -> list[str]:
    session_id = location.session_id
    if fleet is not None and location.machine is not None and location.has_session_id:
        return ["--fleet", fleet, location.name]  # whole, since others have received other sessions
    others = [other for each in catalog.sessions() if (other := each.location.session_id) != session_id]
    if not location.has_session_id or len(catalog.sessions()) - len(others) > 1:  # copies have the same id
        return [location.path]
    length = _SHORTEST_ID
    while length < len(session_id) and any(other.startswith(session_id[:length]) for other in others):
        length += 1
    bases: list[str] = []
    with suppress(SessionError):  # there is no home directory
        bases = default_bases()
    return [session_id[:length], *([] if location.base in bases else ["--base", location.base])]
