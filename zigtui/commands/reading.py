"""A session as a command sees it: read to its end, at one moment."""

import time
from typing import NamedTuple

from zigtui.reader.catalog.file_facts import facts_of
from zigtui.reader.lines.problems import Problem
from zigtui.reader.location import LogLocation
from zigtui.reader.session.liveness import (
    DEFAULT_STALL_SECS,
    Vitals,
    elapsed_ms,
    last_sign_of_life,
    session_state,
)
from zigtui.reader.session.model import Session, SessionState
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import Summary, summarise

__all__ = ["SessionView", "read_file", "read_session"]


class SessionView(NamedTuple):
    """A folded session and how it looks at ``now`` (seconds since the epoch)."""

    location: LogLocation
    log: SessionLog
    vitals: Vitals
    state: SessionState
    now: float

    @property
    def session(self) -> Session:
        """The model."""
        return self.log.session

    @property
    def summary(self) -> Summary:
        """What a list says of it."""
        return summarise(self.location, self.session, self.vitals, self.log.trouble)

    @property
    def sign_of_life(self) -> float:
        """When it last showed that it lives, in seconds since the epoch."""
        return last_sign_of_life(self.vitals, self.now)

    @property
    def elapsed_ms(self) -> int | None:
        """How long the session took or has been running."""
        return elapsed_ms(self.session, self.state, self.sign_of_life, self.now)

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the log. A line that is being written right now is not."""
        return self.session.problems if self.state.is_live else self.log.problems

    @property
    def problem_count(self) -> int:
        """How many problems there are; of very many only the first ones are kept."""
        return self.session.problem_count + len(self.problems) - len(self.session.problems)


def read_session(location: LogLocation, stall_secs: float = DEFAULT_STALL_SECS) -> SessionView:
    """Read the log at ``place`` to its end."""
    log = SessionLog(location.path)
    log.read_all()
    now = time.time()
    return SessionView(location, log, log.vitals, session_state(log.vitals, now, stall_secs), now)


def read_file(path: str) -> SessionView:
    """Read a log wherever it lies.

    Raises:
        OSError: if it is not there.
    """
    if facts_of(path) is None:
        raise FileNotFoundError(None, "no such log", path)
    return read_session(LogLocation(path, "", None))
