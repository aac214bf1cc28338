"""Read again what is on the screen of the past passes of a listener, without waiting for the disk."""

from contextlib import suppress
from functools import partial

from zigtui.reader.session.model.pass_lookup import preview_of
from zigtui.reader.session.model.session import Session, StepRun
from zigtui.reader.session.pass_part import part_of
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.ui.output.patient_reader import NoAnswerError, PatientReader

__all__ = ["PastReader"]

_MOST_PREVIEWS = 20_000
_MOST_PARTS = 2_000


class PastReader:
    """Past passes of a log, as far as they have been needed. What is missing is read by `read_wanted`.

    Args:
        log: the session's log.
        snapshot: the session.
        reader: reads from the disk.
    """

    def __init__(self, log: SessionLog, snapshot: SessionSnapshot, reader: PatientReader) -> None:
        self._log = log
        self._reader = reader
        self._snapshot = snapshot
        self._forget()

    def _forget(self) -> None:
        # New objects: a reading that is under way goes on to fill the old ones.
        self._parts: dict[int, Session] = {}
        self._previews: dict[int, str] = {}
        self._silences: dict[int, list[tuple[float, float]]] = {}  # by the serial of the step
        self._unreadable: set[int] = set()
        self._wanted_parts: set[int] = set()
        self._wanted_previews: set[int] = set()

    def renew(self, snapshot: SessionSnapshot) -> None:
        """Apply the changes of the session."""
        if snapshot.generation != self._snapshot.generation or len(self._previews) > _MOST_PREVIEWS:
            self._forget()
        elif len(self._parts) > _MOST_PARTS:
            self._parts, self._silences = {}, {}
        else:
            self._keep_passed(snapshot.session)
        self._unreadable.clear()
        self._snapshot = snapshot

    def _keep_passed(self, session: Session) -> None:
        """Keep the parts of passes that the session no longer has in full, so that they need not be read."""
        before = self._snapshot
        for run in before.session.recent[:-2]:  # what came after these has shown that they are over
            if run.number <= len(session.past):
                self._parts[run.number - 1] = part = part_of(before, run).session
                self._previews[run.number - 1] = preview_of(part, run)

    def parts(self, index: int) -> Session | None:
        """The tiers and steps of a past pass; None if they have not been read yet."""
        found = self._parts.get(index)
        if found is None and index not in self._unreadable:
            self._wanted_parts.add(index)
        return found

    def preview(self, index: int) -> str | None:
        """What a past pass is about; None if that has not been read yet."""
        found = self._previews.get(index)
        if found is None and index not in self._unreadable:
            self._wanted_previews.add(index)
        return found

    def silences(self, step: StepRun) -> list[tuple[float, float]]:
        """When a step of a past pass printed nothing for a while, if its pass has been read again."""
        return self._silences.get(step.serial, [])

    @property
    def is_wanting(self) -> bool:
        """Whether something was asked for that has not been read yet."""
        return bool(self._wanted_parts or self._wanted_previews)

    def read_wanted(self) -> bool:
        """Read what was asked for. Returns whether it has been read; if not, it is read later."""
        if not self.is_wanting:
            return False
        read = partial(
            _read,
            self._log,
            self._snapshot,
            (self._parts, self._previews, self._silences, self._unreadable),
            sorted(self._wanted_parts),
            sorted(self._wanted_previews, reverse=True),
        )
        self._wanted_parts.clear()
        self._wanted_previews.clear()
        with suppress(NoAnswerError):
            self._reader.run(read)
            return True
        return False


def _read(
    log: SessionLog,
    snapshot: SessionSnapshot,
    found: tuple[dict[int, Session], dict[int, str], dict[int, list[tuple[float, float]]], set[int]],
    parts: list[int],
    previews: list[int],
) -> None:
    of_passes, of_previews, of_steps, unreadable = found
    session = snapshot.session
    for index in parts:
        try:
            folded = log.past.with_pass(session, index)
            part = part_of(snapshot, session.past[index], folded.fold.session).session
            for step in part.steps:
                of_steps[step.serial] = folded.output_of(step.serial).silences(seconds(step.started_at))
            of_passes[index] = part
        except OSError:
            unreadable.add(index)
    for index in previews:
        try:
            of_previews[index] = log.past.preview(session, index)
        except OSError:
            unreadable.add(index)
