"""The system calls of a home's first session, from its start to its end, in bare Python."""
# ruff: noqa: PTH102, PTH109, PTH116, PTH211
# (pathlib would take longer than the calls)

import _thread
import fcntl
import os
import uuid
from datetime import UTC, datetime
from pathlib import Path

import orjson

__all__ = ["bare_session"]


def bare_session(home: Path) -> None:
    """Make the calls of a session in a new home, and encode its two events.

    They make five directories, the log with its lock, on a high descriptor, a mark, and a thread.
    """
    base, working = str(home), os.getcwd()
    project = f"{base}/projects/{working[1:].replace('/', '-')}"
    os.access(f"{working}/.git", os.F_OK)
    os.access(f"{project}/logs/sessions", os.F_OK)
    os.stat(base)
    for new in (f"{base}/projects", project, f"{project}/logs", f"{project}/logs/sessions"):
        os.mkdir(new, 0o700)
    session_id = str(uuid.uuid4())
    path = f"{project}/logs/sessions/{session_id}.jsonl"
    low = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    log = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, 512)
    os.fstat(low)
    os.fstat(log)
    os.close(low)
    fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    pending = f"{base}/sessions_index.json.pending"
    os.mkdir(pending, 0o700)
    os.symlink(path, f"{pending}/{session_id}")
    event = {"seq": 1, "ts": "", "zig_session_id": session_id, "type": "zig_session_started"}
    own = {"workflow_name": "bench", "workflow_path": "bench.zwf", "workspace_path": project, "cwd": working}
    _write_event(log, event | own | {"prompt": None, "tier_count": 0})
    os.fstat(log)
    _write_event(log, event | {"type": "zig_session_ended", "status": "success", "duration_ms": 1})
    os.fstat(log)
    fcntl.flock(log, fcntl.LOCK_UN)
    os.close(log)
    os.access(f"{pending}/{session_id}", os.F_OK)
    _thread.start_new_thread(os.unlink, (f"{pending}/{session_id}",))


def _write_event(log: int, event: dict[str, object]) -> None:
    """Append an event to a log."""
    event["ts"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    os.write(log, orjson.dumps(event, None, orjson.OPT_APPEND_NEWLINE))
