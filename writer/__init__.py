"""Write session logs as zig does, so that zigtui and zig's own tools can watch a runner.

Example:
    >>> from writer import SessionCoordinator, SessionWriter
    >>> with SessionCoordinator.start(SessionWriter.create("review", "review.zwf", tier_count=1)) as session:
    ...     with session.tier(["lint", "types"]) as tier:
    ...         with tier.step("lint", prompt="Lint it") as step:
    ...             step.output("all clean")
    ...         tier.step("types").skip("nothing to check")
"""

from writer.coordinator import SessionCoordinator
from writer.errors import SessionError
from writer.events import OutputStream, SessionStatus
from writer.session import SessionWriter
from writer.steps import Step, StepFailedError, Tier

__all__ = [
    "OutputStream",
    "SessionCoordinator",
    "SessionError",
    "SessionStatus",
    "SessionWriter",
    "Step",
    "StepFailedError",
    "Tier",
]
