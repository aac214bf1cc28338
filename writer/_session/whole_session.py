"""Begin a session and its coordinator in one call."""

from collections.abc import Iterable

from writer._common.events import HEARTBEAT_SECS
from writer._common.text import Text
from writer._session.coordinator import SessionCoordinator
from writer._session.session_writer import SessionWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Unpack

    from writer._session.session_creation import CreateOptions

__all__ = ["session"]


def session(
    workflow_name: Text,
    workflow_path: Text,
    prompt: Text | None = None,
    tier_count: int = 0,
    *,
    heartbeat_secs: int = HEARTBEAT_SECS,
    end_on: Iterable[int] = (),
    **options: "Unpack[CreateOptions]",
) -> SessionCoordinator:
    """Begin a session, to use in a ``with`` statement: `SessionWriter.create` and `SessionCoordinator` in one call.

    A disk error, or a missing home directory, is only logged as a warning, even at the start of the session, which then
    continues without a log. With ``on_error="raise"`` it is a `SessionError`.

    Args:
        workflow_name: As for `SessionWriter.create`.
        workflow_path: As for `SessionWriter.create`; usually ``__file__``.
        prompt: As for `SessionWriter.create`.
        tier_count: As for `SessionWriter.create`.
        heartbeat_secs: As for `SessionCoordinator`.
        end_on: As for `SessionCoordinator`.
        **options: Other arguments of `SessionWriter.create`, such as ``base``.

    Raises:
        ValueError: If an argument is invalid.
        SessionError: If the log cannot be written, and ``on_error`` is "raise".

    Example:
        >>> import writer
        >>> with writer.session("review", "review.py") as session:
        ...     with session.tier(["lint"]) as tier, tier.step("lint") as step:
        ...         step.output("all clean")
    """
    options.setdefault("on_error", "warn")
    writer = SessionWriter.create(workflow_name, workflow_path, prompt, tier_count, **options)
    return SessionCoordinator.start(writer, heartbeat_secs=heartbeat_secs, end_on=end_on)
