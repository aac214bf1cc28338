"""A base with sessions of two projects on two days."""

from pathlib import Path

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log

__all__ = ["ERROR", "HOUR", "NOW", "write_two_days"]

HOUR = 3600.0
NOW = BEGAN + 26 * HOUR
"""Two o'clock in the afternoon of the second day."""

ERROR = "lock timeout\nwhile waiting for migration 0042"
"""The error of the deploy that failed on the first day."""


def write_two_days(base: Path) -> list[Path]:
    """Write seven sessions that have ended, of which four failed, and a live one of which a step is stalled.

    Returns:
        Their logs: the first one is that of the deploy that failed on the first day, the last one the live one.
    """
    paths = []
    for number, (at, workflow, project, error) in enumerate(
        [
            (0.0, "deploy", "src-shop", ERROR),
            (0.5 * HOUR, "deploy", "src-notes", "no route to host"),
            (1.0 * HOUR, "essay", "src-notes", None),
            (21.0 * HOUR, "deploy", "src-shop", None),
            (23.0 * HOUR, "nightly", "src-shop", "disk full"),
            (25.2 * HOUR, "backup", "src-shop", "permission denied"),
            (25.3 * HOUR, "backup", "src-notes", "permission denied"),
        ]
    ):
        log = _deploy(at, f"/{project.replace('-', '/')}", error)
        modified = BEGAN + log.second
        paths.append(write_log(base, log, session_id(number), workflow=workflow, project=project, modified=modified))
    return [*paths, write_log(base, _review(600), session_id(90), workflow="review", modified=NOW - 1)]


def _deploy(at: float, cwd: str, error: str | None) -> Log:
    """A session of two tiers that began at a time in seconds after `BEGAN`. Its second tier may have an error."""
    log = Log().wait(at + 1).start(2, cwd).tier(0, "build").step("build").says("build", "compiled").done("build")
    log.tier(1, "push").step("push", 1).says("push", "connecting", "src/push.py:12: retrying")
    if error is None:
        return log.done("push").end()
    return log.event("step_failed", step_name="push", exit_code=1, attempt=1, error=error).end("failure")


def _review(quiet_secs: float) -> Log:
    """A live session of two steps. One prints lines until now, the other has printed nothing for some time."""
    log = Log().wait(25.5 * HOUR).start(cwd="/src/shop").tier(0, "lint", "types").step("lint").step("types")
    log.wait(NOW - quiet_secs - BEGAN - log.second + 1).says("types", "checking module 7")
    return log.wait(NOW - 2 - BEGAN - log.second + 1).says("lint", "ok").beat()
