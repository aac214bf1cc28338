"""What logs fold to, to compare one way of reading them with another."""

from pathlib import Path
from unittest.mock import patch

from tests.support.logs import all_problems, log_at, texts_of
from zigtui.reader.lines import event_batches
from zigtui.reader.session.session_log import SessionLog

__all__ = ["everything", "folded"]


def everything(log: SessionLog) -> object:
    """All that was folded, with the texts of all outputs."""
    session = log.snapshot().session
    return [session, all_problems(log), texts_of(log), [texts_of(log, step) for step in session.steps]]


def folded(path: Path, *, at_once: bool) -> object:
    """What a log folds to, with or without the fast path."""
    with patch.object(event_batches, "event_batch", event_batches.event_batch if at_once else lambda *_: None):
        log = log_at(path)
        log.read_all()
        return everything(log)
