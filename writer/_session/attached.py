"""AttachedSession: a session of another process, to which this one adds tiers and steps."""

import os
from collections.abc import Iterable

from writer._common.errors import SessionError
from writer._common.events import SessionStatus, as_status
from writer._common.text import Text, as_text
from writer._programs.step_environment import SHARED_SESSION
from writer._shared.connection import connect
from writer._shared.messages import CHOSEN
from writer._shared.remote_log import RemoteLog
from writer._steps.step import Step
from writer._steps.tier import Tier, default_session_id, step_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from writer._common.events import Status

__all__ = ["AttachedSession", "attached"]


def attached(address: str | None) -> "AttachedSession":
    """Connect to a session; see `attach`."""
    address = address or os.environ.get(SHARED_SESSION, "")
    if not address:
        raise SessionError(f"no session to add to: {SHARED_SESSION} is not set")
    try:
        connection = connect(address)
        connection.hello()  # an earlier call may have connected, to a session that has ended since
    except (OSError, ValueError) as error:
        raise SessionError(f"cannot add to the session: {_reason(error)}", address) from None
    return AttachedSession(RemoteLog(address, connection.session_id), connection.workflow_name, connection.log_path)


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "it has ended, or the address is wrong"
    if isinstance(error, ConnectionRefusedError):
        return "its process has been killed, or the address is wrong"
    return f"it has ended, or the address is wrong ({error})"


class AttachedSession:
    """A session of another process. Made by `writer.attach`.

    Its tiers and steps are recorded like those of a session of this process. If this process ends in the middle of a
    step, the step has failed. If it is killed, its programs run on; on Linux, their ids are recorded then. If the
    connection is lost, a warning is logged, and the work goes on unrecorded.

    Example:
        >>> attached = attach(session.share())
        >>> with attached.tier(["upload", "notify"]) as tier:
        ...     with tier.step("upload") as step:
        ...         step.output("3 files")
        ...     tier.step("notify").skip("nothing to report")
    """

    def __init__(self, log: RemoteLog, workflow_name: str, log_path: str) -> None:
        self._log = log
        self._workflow_name = workflow_name
        self._log_path = log_path

    @property
    def session_id(self) -> str:
        """The id of the session."""
        return self._log.session_id

    @property
    def workflow_name(self) -> str:
        """The name of the workflow."""
        return self._workflow_name

    @property
    def log_path(self) -> "Path":
        """The path of the log, which the other process writes."""
        from pathlib import Path

        return Path(self._log_path)

    def tier(self, step_names: Iterable[Text]) -> Tier:
        """Create a tier, to use in a ``with`` statement. If a step is under way, its steps join the tier of that one.

        Raises:
            ValueError: If the names are not text.
        """
        return _AttachedTier(self._log, self._workflow_name, step_names, CHOSEN)

    def step(
        self,
        name: Text,
        *,
        command: Text = "run",
        model: Text | None = None,
        prompt: Text = "",
        zag_session_id: Text | None = None,
    ) -> Step:
        """Create a step without a tier of this process; for the arguments see `Tier.step`.

        It runs in the tier that is open, if that has a step of this name or another one is under way. Otherwise a tier
        begins for it.

        Raises:
            ValueError: If the name is empty, or an argument is not text.
        """
        name = step_name(name)
        session_id = default_session_id(self._workflow_name, name) if zag_session_id is None else zag_session_id
        return _AttachedStep(self._log, CHOSEN, name, command, model, prompt, session_id, None)

    def finish(self, status: "Status" = SessionStatus.SUCCESS, error: Text | None = None) -> None:
        """End the session, and wait until that is done. Only for the sessions of ``zigtui record start``.

        Args:
            status: Success or failure.
            error: Why the session fails.

        Raises:
            ValueError: If ``status`` is neither success nor failure, or ``error`` is not text.
            SessionError: If another process decides about the end.
        """
        self._log.finish(as_status(status), None if error is None else as_text(error, "error"))


class _AttachedStep(Step):
    """A step that lets the other process know when it is over, for which the format has no event in all cases."""

    _has_left = False

    def cancel(self, reason: Text = "") -> None:
        super().cancel(reason)
        self._leave()

    def fail(self, error: BaseException | Text, exit_code: int | None = None) -> None:
        super().fail(error, exit_code)
        self._leave()

    def _end(self, error: BaseException | None) -> None:
        try:
            super()._end(error)
        finally:
            self._leave()

    def _leave(self) -> None:
        if not self._has_left:
            self._has_left = True
            assert isinstance(self._log, RemoteLog)
            self._log.ask({"do": "leave", "name": self._name})


class _AttachedTier(Tier):
    _step_type = _AttachedStep

    def __enter__(self) -> Tier:
        with self._log.exclusive():  # other threads may begin tiers too
            super().__enter__()
            assert isinstance(self._log, RemoteLog)
            self._index = self._log.tier_index
        return self
