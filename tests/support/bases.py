"""Make a base directory for a test, with logs made for it or with the recorded sessions."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from tests.support.logs import SESSION_ID, Log

REFERENCE = Path(__file__).parents[1] / "fixtures" / "reference-sessions"
"""The recordings of the reference implementation. Copy before changing."""

RECORDED_AT = datetime(2026, 11, 22, 6, 50, tzinfo=UTC).timestamp()
"""When the logs of a copy of the recorded sessions were last modified: just after they were recorded."""

IDS = dict(line.split() for line in (REFERENCE / "ids.txt").read_text().splitlines())
"""The ids of the recorded sessions, by the names of the recordings."""


def copy_recordings(source: Path, target: Path, modified: float = RECORDED_AT) -> Path:
    """Copy recorded logs, all last modified at the same time: those of a checkout would be new."""
    shutil.copytree(source, target)
    for log in target.rglob("*.jsonl"):
        os.utime(log, (modified, modified))
    return target


def recorded_base(base: Path, modified: float = RECORDED_AT) -> Path:
    """Make a base with all recorded sessions."""
    return copy_recordings(REFERENCE / "dot-zig", base, modified)


def log_of(base: Path, name: str) -> Path:
    """The log of the session that was recorded under a name."""
    (path,) = base.rglob(f"{IDS[name]}.jsonl")
    return path


def session_id(number: int) -> str:
    """The id of the session of that number; they begin with the number in eight digits."""
    return f"{number:08}-6a0f-4a39-9d7f-2f8f6f1f7a11"


def sessions_directory(base: Path, project: str | None = "src-shop") -> Path:
    """Make the directory of the logs of a project, or of the base's own if it is None."""
    directory = (base if project is None else base / "projects" / project) / "logs" / "sessions"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def write_log(
    base: Path,
    log: Log | bytes,
    name: str = SESSION_ID,
    *,
    modified: float | None = None,
    project: str | None = "src-shop",
    workflow: str = "flow",
    began: str | None = None,
) -> Path:
    """Write the log of a session.

    Args:
        base: the base directory.
        log: its events; those of a `Log` get the session's id.
        name: the session's id.
        modified: when the log was last modified; now by default.
        project: None for the base's own sessions.
        workflow: the name of the workflow.
        began: when it started, in place of the time of the first event of a `Log`.

    Returns:
        The resolved path of the log.
    """
    data = log if isinstance(log, bytes) else log.data.replace(SESSION_ID.encode(), json.dumps(name)[1:-1].encode())
    data = data.replace(b'"workflow_name":"flow"', b'"workflow_name":' + json.dumps(workflow).encode(), 1)
    if began is not None and isinstance(log, Log):
        first = json.loads(data.split(b"\n", 1)[0])
        data = data.replace(first["ts"].encode(), began.encode(), 1)
    path = sessions_directory(base, project) / f"{name}.jsonl"
    path.write_bytes(data)
    if modified is not None:
        os.utime(path, (modified, modified))
    return path.resolve()
