"""A session without what lists of many sessions leave out, to save memory."""

from functools import lru_cache
from typing import TypeVar

from zigtui.reader.session.model.marks import NO_MARKS
from zigtui.reader.session.model.past_passes import NO_PAST
from zigtui.reader.session.model.prompt_start import prompt_start
from zigtui.reader.session.model.session import Session

__all__ = ["listed"]

_Text = TypeVar("_Text", str, str | None)


def listed(session: Session) -> Session:
    """The session without what lists of many sessions leave out; see `Session`."""
    return session._replace(
        session_id=None,  # the location has it
        workflow_name=_shared(session.workflow_name),  # many sessions share few workflows and directories
        workflow_path=_shared(session.workflow_path),
        cwd=_shared(session.cwd),
        prompt=_shared(prompt_start(session.prompt)),
        second_event_at=None,
        last_event_at=None,  # the vitals have them
        last_activity_at=None,
        last_heartbeat_at=None,
        tiers=(),
        steps=(),
        step_names=(),
        failures=(),
        marks=NO_MARKS,
        past=NO_PAST,
        past_steps=(),
        recent=(),
        active_serials=(),
        last_error=_informative_line(session.last_error),
        problems=(),
    )


@lru_cache(maxsize=4096)  # not `sys.intern`: a hundred thousand texts that differ take as much room there again
def _shared(text: _Text) -> _Text:
    """The same text, but the object that sessions read before have too."""
    return text


def _informative_line(error: str) -> str:
    if not error:
        return ""
    # Slow to import, and only needed for errors.
    from zigtui.reader.session.model.informative_line import informative_line

    return informative_line(error)
