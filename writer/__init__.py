"""Write session logs as zig does, so that zigtui and zig's own tools can watch a runner.

Example:
    >>> from writer import SessionCoordinator, SessionWriter
    >>> with SessionCoordinator.start(SessionWriter.create("review", "review.zwf", tier_count=1)) as session:
    ...     with session.tier(["lint", "types"]) as tier:
    ...         with tier.step("lint", prompt="Lint it") as step:
    ...             step.output("all clean")
    ...         tier.step("types").skip("nothing to check")
"""

from writer._coordinator import SessionCoordinator
from writer._errors import SessionError
from writer._events import EVENT_FIELDS, HEARTBEAT_SECS, EventType, OutputStream, SessionStatus
from writer._paths import (
    LOG_SUFFIX,
    default_base,
    find_repository,
    project_name,
    sessions_directory,
    workspace_directories,
)
from writer._session import SessionWriter
from writer._steps import Step, StepFailedError, Tier

__all__ = [
    "EVENT_FIELDS",
    "HEARTBEAT_SECS",
    "LOG_SUFFIX",
    "EventType",
    "OutputStream",
    "SessionCoordinator",
    "SessionError",
    "SessionStatus",
    "SessionWriter",
    "Step",
    "StepFailedError",
    "Tier",
    "default_base",
    "find_repository",
    "project_name",
    "sessions_directory",
    "workspace_directories",
]
