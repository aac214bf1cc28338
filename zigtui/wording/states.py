"""The signs, words and severities of all states, in one table for the screen, plain text and reports."""

from enum import StrEnum
from typing import NamedTuple

from zigtui.reader.session.model.session import SessionState, StepState, TierState

__all__ = ["STATE_SIGNS", "Severity", "State", "StateSign", "sign_of"]

State = SessionState | TierState | StepState


class Severity(StrEnum):
    """How much attention a state deserves. Each renderer maps a severity to a colour of its own.

    Attributes:
        OK: it succeeded.
        ACTIVE: it is running.
        WARNING: it is running, but not as it should.
        ERROR: it failed.
        CRITICAL: it ended without a record of its end, or cannot be read. Drawn as an error, or more prominently.
        MUTED: it needs no attention; a live session, because it is waiting.
    """

    OK = "ok"
    ACTIVE = "active"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"
    MUTED = "muted"


class StateSign(NamedTuple):
    """How a state is shown.

    Attributes:
        glyph: one character of one cell, unique to the state, so that states differ not only in colour.
        word: the state in plain words.
        severity: the severity, which determines the colour.
    """

    glyph: str
    word: str
    severity: Severity


STATE_SIGNS: dict[str, StateSign] = {
    "pending": StateSign("○", "pending", Severity.MUTED),
    "running": StateSign("●", "running", Severity.ACTIVE),
    "retrying": StateSign("↻", "retrying", Severity.WARNING),
    "stalled": StateSign("◐", "stalled", Severity.WARNING),
    "idle": StateSign("◌", "idle", Severity.MUTED),
    "unreachable": StateSign("◇", "unreachable", Severity.WARNING),
    "succeeded": StateSign("✔", "succeeded", Severity.OK),
    "failed": StateSign("✘", "failed", Severity.ERROR),
    "skipped": StateSign("↷", "skipped", Severity.MUTED),
    "cancelled": StateSign("⊘", "cancelled", Severity.MUTED),
    "interrupted": StateSign("⊗", "interrupted", Severity.CRITICAL),
    "not_run": StateSign("–", "not run", Severity.MUTED),
    "lost": StateSign("☠", "lost", Severity.CRITICAL),
    "unreadable": StateSign("?", "unreadable", Severity.CRITICAL),
}
"""The sign of each state of a session, a tier or a step, by the state's value."""


def sign_of(state: State) -> StateSign:
    """The sign of a state; its text, as in ``✔ succeeded``, is ``f"{sign.glyph} {sign.word}"``."""
    return STATE_SIGNS[state]
