"""A session as commands see it: its log read to the end, at one moment."""

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

__all__ = ["SessionView", "is_live", "read_file", "read_session"]


class SessionView(NamedTuple):
    """A folded session and its state at ``now``, in seconds since the epoch."""

    location: LogLocation
    log: SessionLog
    vitals: Vitals
    state: SessionState
    now: float

    @property
    def session(self) -> Session:
        """The folded session."""
        return self.log.session

    @property
    def summary(self) -> Summary:
        """Its row in a list."""
        return summarise(self.location, self.session, self.vitals, self.log.trouble)

    @property
    def sign_of_life(self) -> float:
        """The last sign of life, in seconds since the epoch; 0 if there is none."""
        return last_sign_of_life(self.vitals, self.now)

    @property
    def elapsed_ms(self) -> int | None:
        """How long it took or has been running, in milliseconds."""
        return elapsed_ms(self.session, self.state, self.sign_of_life, self.now)

    @property
    def problems(self) -> list[Problem]:
        """The problems of the log. The last line of a live session may be incomplete, which is not a problem."""
        return self.session.problems if self.state.is_live else self.log.problems

    @property
    def problem_count(self) -> int:
        """The number of problems, of which `problems` holds only the first ones if there are very many."""
        return self.session.problem_count + len(self.problems) - len(self.session.problems)


def read_session(location: LogLocation, stall_secs: float = DEFAULT_STALL_SECS) -> SessionView:
    """Read a session's log to its end."""
    log = SessionLog(location.path)
    log.read_all()
    now = time.time()
    return SessionView(location, log, log.vitals, session_state(log.vitals, now, stall_secs), now)


def is_live(location: LogLocation) -> bool:
    """Whether a session is running or stalled."""
    return read_session(location).state.is_live


def read_file(path: str) -> SessionView:
    """Read a log that may be outside of all bases.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    if facts_of(path) is None:
        raise FileNotFoundError(None, "no such log", path)
    return read_session(LogLocation(path, "", None))
