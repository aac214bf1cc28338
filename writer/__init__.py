"""Write session logs as zig does, so that zigtui and zig's own tools can watch a runner.

For runners:

- `SessionWriter` records the events of a session, one method for each.
- `session` begins a session and its coordinator in one call.
- `SessionCoordinator` sends heartbeats, and ensures that the session ends.
- `SessionListener` is the coordinator of a session that handles many events, each in a `Pass`.
- `Tier` and `Step` record the work as ``with`` blocks. `Step.run` records the output of a program;
  `Step.redirect` and `writer.log_handler.SessionLogHandler` record what the runner itself prints and logs.
- `current_step` is the step whose block the running code is in.
- `SessionError` is raised when recording fails, `StepFailedError` when the process of a step does, `StepTimeoutError`
  when it runs too long, and `StepCancelledError` when the step is cancelled.
- `OutputStream` and `SessionStatus` are the values of the fields ``stream`` and ``status``.
- `attach` returns the `AttachedSession` of another process, which has shared it. `Step.remote` makes a `RemoteStep`,
  by which other processes add to the step.

For readers, the facts of the format:

- `EventType`, `EVENT_FIELDS` and `HEARTBEAT_SECS`: the events of a log.
- `default_base`, `workspace_directories`, `sessions_directory` and `LOG_SUFFIX`: where the logs are.
- `find_repository` and `project_name`: the project that a directory belongs to.

`prune` removes old sessions, and returns a `PrunedSession` for each.

Problems that need not stop a runner are logged as warnings on the logger ``writer``.

Example:
    >>> from writer import SessionCoordinator, SessionWriter
    >>> with SessionCoordinator.start(SessionWriter.create("review", "review.zwf", tier_count=1)) as session:
    ...     with session.tier(["lint", "types"]) as tier:
    ...         with tier.step("lint", prompt="Lint it") as step:
    ...             step.output("all clean")
    ...         tier.step("types").skip("nothing to check")
"""

# Where to begin inside: `_session` is a session of a runner, and the packages below it have what it uses: `_steps` on
# `_programs`, and all of them on `_log`. `_indexes` and `_shared` are apart. All use `_common`, whose module `events`
# defines the format of a log.

from writer._common import at_exit as _at_exit  # noqa: F401
from writer._common.errors import SessionError, StepCancelledError, StepFailedError, StepTimeoutError
from writer._common.events import EVENT_FIELDS, HEARTBEAT_SECS, EventType, OutputStream, SessionStatus
from writer._common.paths import (
    LOG_SUFFIX,
    default_base,
    find_repository,
    project_name,
    sessions_directory,
    workspace_directories,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from writer._session.attach import attach
    from writer._session.attached import AttachedSession
    from writer._session.coordinator import SessionCoordinator
    from writer._session.listener import Pass, SessionListener
    from writer._session.prune import PrunedSession, prune
    from writer._session.session_writer import SessionWriter
    from writer._session.whole_session import session
    from writer._steps.remote_step import RemoteStep
    from writer._steps.step import Step, current_step
    from writer._steps.tier import Tier

__all__ = [
    "EVENT_FIELDS",
    "HEARTBEAT_SECS",
    "LOG_SUFFIX",
    "AttachedSession",
    "EventType",
    "OutputStream",
    "Pass",
    "PrunedSession",
    "RemoteStep",
    "SessionCoordinator",
    "SessionError",
    "SessionListener",
    "SessionStatus",
    "SessionWriter",
    "Step",
    "StepCancelledError",
    "StepFailedError",
    "StepTimeoutError",
    "Tier",
    "attach",
    "current_step",
    "default_base",
    "find_repository",
    "project_name",
    "prune",
    "session",
    "sessions_directory",
    "workspace_directories",
]


_MODULES = {
    "AttachedSession": "_session.attached",
    "Pass": "_session.listener",
    "PrunedSession": "_session.prune",
    "RemoteStep": "_steps.remote_step",
    "SessionCoordinator": "_session.coordinator",
    "SessionListener": "_session.listener",
    "SessionWriter": "_session.session_writer",
    "Step": "_steps.step",
    "Tier": "_steps.tier",
    "attach": "_session.attach",
    "current_step": "_steps.step",
    "prune": "_session.prune",
    "session": "_session.whole_session",
}
"""The module of each name that only runners need."""


def __getattr__(name: str) -> object:
    """Import what only runners need when it is used: readers should stay small."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(__import__(f"{__name__}.{_MODULES[name]}", fromlist=[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__} - {"TYPE_CHECKING"})
