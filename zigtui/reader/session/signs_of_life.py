"""The signs of life of a session that its log does not record."""

from typing import NamedTuple

from zigtui.reader.session.model.session import Session
from zigtui.reader.session.states.liveness import LIKELY_SKEW_SECS, Vitals, vitals_of
from zigtui.reader.times import seconds

__all__ = ["SignsOfLife", "vitals_at_end"]


class SignsOfLife(NamedTuple):
    """What readers have observed of a log and of its machine. The fields are those of `Vitals`."""

    grown: float | None = None
    watched: float | None = None
    skew_secs: float = LIKELY_SKEW_SECS
    unheard_since: float | None = None
    known_until: float | None = None

    @classmethod
    def of(cls, vitals: Vitals) -> "SignsOfLife":
        """Those that vitals have."""
        return cls(vitals.grown, vitals.watched, vitals.skew_secs, vitals.unheard_since, vitals.known_until)

    def vitals(self, session: Session, modified: float) -> Vitals:
        """The vitals of the session.

        Args:
            session: the session as recorded.
            modified: the modification time of the log.
        """
        vitals = vitals_of(session, modified, self.grown, self.watched, self.skew_secs)
        if self.known_until is None:
            return vitals
        return vitals._replace(unheard_since=self.unheard_since, known_until=self.known_until)


def vitals_at_end(vitals: Vitals, end: Session | None) -> Vitals:
    """The vitals of a session whose log is only half read: the events at its end count.

    Args:
        vitals: those of the part that has been read.
        end: the session as the events at the end of the log have it; None if they are not known.
    """
    vitals = vitals._replace(is_waiting=False, quiet_since=None)  # it may go on in the part that is not read
    if end is None:
        return vitals
    return vitals._replace(
        status=end.status,
        last_event=seconds(end.last_event_at),
        last_activity=seconds(end.last_activity_at) or vitals.last_activity,
    )
