"""Record why a session fails, if no step has: the event that ends a session has no reason."""

from collections.abc import Iterator
from itertools import count

from writer._common.events import EventType
from writer._session.session_writer import SessionWriter
from writer._steps.tier import default_session_id

__all__ = ["record_reason"]

_STEP = "runner"


def record_reason(writer: SessionWriter, error: BaseException | str) -> None:
    """Record an error as the failure of a step of its own in the last tier, or in a tier of its own before any other.

    An exception that a step has recorded is not recorded again, and a text is recorded only if no step has failed, or
    each has been successful since.

    Raises:
        SessionError: If the log cannot be written.
        BaseException: What has interrupted the description of the error; see `Failure.recorded`.
    """
    from writer._steps.error_text import Failure, has_recorded

    log = writer._log
    with log.exclusive():
        if not log.is_open:
            return
        if not isinstance(error, BaseException):
            if not log.has_failed_step:
                _record(writer, None, error)
        elif not has_recorded(error, log.session_id):
            failure = Failure(error, log.traceback)
            with failure.recorded():
                _record(writer, failure.exit_code, failure.text)


def _record(writer: SessionWriter, code: int | None, text: str) -> None:
    log = writer._log
    if log.last_tier is None:
        index, name = log.take_tier_index(), _STEP
        log.record(EventType.TIER_STARTED, index, [name], in_step=True)
    else:
        index, names = log.last_tier
        name = next(name for name in _names() if name not in names)
    zag_session_id = default_session_id(writer.workflow_name, name)
    log.record(EventType.STEP_STARTED, name, index, zag_session_id, "run", None, "", in_step=True)
    log.record(EventType.STEP_FAILED, name, code, 1, text, in_step=True)


def _names() -> Iterator[str]:
    yield _STEP
    yield from (f"{_STEP} {number}" for number in count(2))
