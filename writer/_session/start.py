"""What a writer begins with: a new log, or none."""

import os
from contextlib import suppress
from functools import cache

from writer._common.directories import make_workspace
from writer._common.errors import StorageError, check_interpreter, check_on_error, warn
from writer._common.events import EventType
from writer._common.paths import (
    absolute_path,
    current_directory,
    default_base,
    log_path_of,
    physical_path,
)
from writer._common.text import U32_MAX, Text, as_integer, as_text
from writer._log.log_file import OpenFile, create
from writer._log.no_log import NoLog
from writer._log.session_log import SessionLog
from writer._programs.step_environment import SESSION_ID, STEP
from writer._steps.step_output import surrounding_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from writer._common.errors import OnError, Traceback
    from writer._indexes.session_entries import IndexMode, SessionIndexes
    from writer._log.mask import Mask, MaskItem

__all__ = ["Options", "SessionStart", "Workflow", "begin_session", "begin_without_log"]


class Workflow:
    """The workflow of a session, as its first event has it."""

    __slots__ = ("name", "path", "prompt", "tier_count")

    def __init__(self, name: Text, path: Text, prompt: Text | None, tier_count: int) -> None:
        """Check the arguments, which are those of `SessionWriter.create`.

        Raises:
            ValueError: If one is invalid.
        """
        self.name = as_text(name, "workflow_name")
        self.path = as_text(path, "workflow_path")
        self.prompt = None if prompt is None else as_text(prompt, "prompt")
        self.tier_count = as_integer(tier_count, "tier_count", 0, U32_MAX)


class Options:
    """How a session is recorded, as `SessionWriter.create` describes it."""

    __slots__ = ("_mask", "index", "on_error", "traceback")

    def __init__(
        self, on_error: "OnError | None", traceback: "Traceback", index: "IndexMode", mask: "Iterable[MaskItem]"
    ) -> None:
        """Check the arguments.

        Raises:
            ValueError: If one is invalid.
        """
        check_interpreter()
        check_on_error(on_error)
        if traceback not in ("short", "full", "none"):
            raise ValueError(f"traceback must be one of short, full, none, not {traceback!r}")
        if index not in ("background", "now", "never"):
            raise ValueError(f"index must be one of background, now, never, not {index!r}")
        self.on_error = on_error
        self.traceback = traceback
        self.index = index
        self._mask = _compiled(mask)

    def open_log(self, path: str, session_id: str, file: OpenFile) -> SessionLog:
        """Make the log that writes to ``file``."""
        if self._mask is None:
            return SessionLog(path, session_id, file, self.on_error)
        from writer._log.masked_log import MaskedLog

        return MaskedLog(path, session_id, file, self.on_error, self._mask)


def _compiled(mask: "Iterable[MaskItem]") -> "Mask | None":
    if mask == ():
        return None
    from writer._log.mask import Mask  # imports re, which sessions without secrets do not need

    return Mask(mask)


class SessionStart:
    """What a writer begins with.

    Attributes:
        workflow: The workflow.
        log: The log, whose first event has been written.
        indexes: The entries of the session; None if it has none.
        elapsed_secs: The seconds since the session began, if it has been reopened.
    """

    __slots__ = ("elapsed_secs", "indexes", "log", "workflow")

    def __init__(self, workflow: Workflow, log: SessionLog, indexes: "SessionIndexes | None") -> None:
        self.workflow = workflow
        self.log = log
        self.indexes = indexes
        self.elapsed_secs = 0.0


def begin_session(
    workflow: Workflow,
    base: str | os.PathLike[str] | None,
    cwd: str | os.PathLike[str] | None,
    options: Options,
) -> SessionStart:
    """Create the log of a session, record its first event and add it to the indexes; see `SessionWriter.create`."""
    try:
        base_path = absolute_path(base, "base") if base is not None else default_base()
        directory = physical_path(cwd, "cwd") if cwd is not None else current_directory()
        start = _begin(workflow, base_path, directory, options)
    except StorageError as error:
        if options.on_error != "warn":
            raise
        warn("%s. The session goes on without a log.", error)
        start = begin_without_log(workflow)
    start.log.traceback = options.traceback
    return start


def _begin(workflow: Workflow, base: str, directory: str | None, options: Options) -> SessionStart:
    make_indexes = _session_indexes()  # before the log is made: a process that is killed meanwhile would leave it empty
    workspace, is_new = make_workspace(base, directory)
    session_id = _new_id()
    path = log_path_of(workspace, session_id)
    log = options.open_log(path, session_id, create(path, needs_owner=not is_new))
    log.origin = _origin()
    indexes = None
    try:
        if options.index != "never":
            is_background = options.index == "background"
            indexes = make_indexes(path, base, workspace, is_background=is_background, is_base_new=is_new)
        started = log.append(
            EventType.SESSION_STARTED,
            workflow.name,
            workflow.path,
            workspace,
            directory,
            workflow.prompt,
            workflow.tier_count,
        )
        if indexes is not None:
            indexes.add(started)
    except BaseException:
        log.close()
        with suppress(OSError):
            os.unlink(log.path)
        if indexes is not None:
            indexes.remove()
        raise
    return SessionStart(workflow, log, indexes)


@cache
def _session_indexes() -> "type[SessionIndexes]":
    """Import once what a session needs, also later: the runner may give up its rights to read these files meanwhile."""
    from writer._common.safe_orjson import orjson  # noqa: F401  # which the log uses
    from writer._indexes.session_entries import SessionIndexes

    return SessionIndexes


def _origin() -> dict[str, str]:
    """Return the step inside which the session begins: of this process, or of the one that has started it.

    The format has no field for it. Its readers ignore fields that they do not know, as the reference implementation
    does. The ``zag_session_id`` of the step cannot name the session, since it is recorded before the session begins.
    """
    step = surrounding_output()
    if step is not None:
        return {"parent_session_id": step._log.session_id, "parent_step": step.name}
    session_id = os.environ.get(SESSION_ID)
    name = os.environ.get(STEP) if session_id else None
    return {"parent_session_id": session_id, "parent_step": name} if session_id and name else {}


def begin_without_log(workflow: Workflow) -> SessionStart:
    """Begin a session that is not recorded."""
    check_interpreter()
    return SessionStart(workflow, NoLog(_new_id()), None)


def _new_id() -> str:
    """Return a random UUID, version 4, in a fifth of the time that `uuid.uuid4` takes."""
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
