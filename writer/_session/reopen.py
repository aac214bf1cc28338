"""Go on with a session whose process has been killed."""

import os
from datetime import UTC, datetime
from itertools import islice

from writer._common.errors import SessionError
from writer._common.events import HEAD_BYTES, HEARTBEAT_SECS, EventType, may_be_log
from writer._common.paths import (
    LOG_SUFFIX,
    absolute_path,
    base_of,
    default_base,
    physical_path,
    sessions_directory,
    workspace_directories,
    workspace_of,
)
from writer._common.text import U32_MAX, U64_MAX
from writer._log.log_file import end_of_whole_lines, last_line_with, line_at, lines_with, open_existing, read_at
from writer._session.start import Options, SessionStart, Workflow

__all__ = ["reopen_session"]

Event = dict[str, object]

_MOST_DAMAGED = 10_000  # events whose ``seq`` is damaged, before the count starts over
_END_BYTES = 1024 * 1024  # little can follow the end of a session, such as a late heartbeat


def reopen_session(
    session: str | os.PathLike[str], base: str | os.PathLike[str] | None, options: Options
) -> SessionStart:
    """Open the log of a session again, and record a heartbeat; see `SessionWriter.reopen`."""
    path, base_path = _find_log(session, base)
    descriptor, identity = open_existing(path)
    try:
        first = _event(line_at(descriptor, 0)) if may_be_log(read_at(descriptor, 0, HEAD_BYTES)) else {}
        session_id = first.get("zig_session_id")
        if first.get("type") != EventType.SESSION_STARTED or not isinstance(session_id, str):
            raise SessionError("this is not the log of a session", path)
        if last_line_with(descriptor, b'"type":"zig_session_ended"', _END_BYTES):
            raise SessionError("the session has ended, nothing can follow", path)
        _mend(descriptor)
        seq = _last_seq(descriptor)
        tier = _event(last_line_with(descriptor, b'"type":"tier_started"'))
    except BaseException:
        os.close(descriptor)
        raise
    log = options.open_log(path, session_id, (descriptor, identity))
    try:
        log.traceback = options.traceback
        log.go_on_after(seq, *_tier(tier))
        log.append(EventType.HEARTBEAT, HEARTBEAT_SECS)  # readers see at once that the session is not lost
    except BaseException:
        log.close()
        raise
    start = SessionStart(_workflow(first), log, None)
    start.elapsed_secs = _elapsed_secs(first)
    if options.index != "never":
        from writer._indexes.session_entries import SessionIndexes

        workspace = workspace_of(path)
        is_background = options.index == "background"
        start.indexes = SessionIndexes(path, base_path, workspace, is_background=is_background)
        start.indexes.add(first)
    return start


def _find_log(session: str | os.PathLike[str], base: str | os.PathLike[str] | None) -> tuple[str, str]:
    """Return the path of the log of a session, and its base."""
    name = os.fsdecode(session)
    if os.path.dirname(name) or name.endswith(LOG_SUFFIX):
        path = physical_path(name, "session")
        return path, base_of(workspace_of(path))
    directory = absolute_path(base, "base") if base is not None else default_base()
    for workspace in workspace_directories(directory):
        path = os.path.join(sessions_directory(workspace), name + LOG_SUFFIX)
        if os.path.exists(path):
            return path, directory
    raise SessionError(f"no session has the id {name!r}", directory)


def _event(line: bytes) -> Event:
    from writer._common.safe_orjson import orjson

    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return event if isinstance(event, dict) else {}


def _mend(descriptor: int) -> None:
    """End the last line of the log with a newline if it is whole, or else cut it off."""
    size = os.fstat(descriptor).st_size
    start = end_of_whole_lines(descriptor, size)
    if start == size:
        return
    if _event(read_at(descriptor, start, size - start)):
        os.write(descriptor, b"\n")
    else:
        os.ftruncate(descriptor, start)


def _last_seq(descriptor: int) -> int:
    """Return the ``seq`` of the last event, which is that of an earlier one and the number of damaged ones after it."""
    damaged = 0
    for line in islice(lines_with(descriptor, b'"seq":'), _MOST_DAMAGED):
        seq = _event(line).get("seq")
        if isinstance(seq, int) and 0 < seq < U64_MAX - damaged:
            return seq + damaged
        damaged += 1
    return max(1, damaged)


def _tier(event: Event) -> tuple[int, list[str]]:
    index, names = event.get("tier_index"), event.get("step_names")
    last_index = index if isinstance(index, int) and 0 <= index < U32_MAX else -1
    return last_index, list(map(str, names)) if isinstance(names, list) else []


def _workflow(first: Event) -> Workflow:
    prompt, tier_count = first.get("prompt"), first.get("tier_count")
    return Workflow(
        str(first.get("workflow_name", "")),
        str(first.get("workflow_path", "")),
        prompt if isinstance(prompt, str) else None,
        tier_count if isinstance(tier_count, int) and 0 <= tier_count <= U32_MAX else 0,
    )


def _elapsed_secs(first: Event) -> float:
    try:
        started = datetime.fromisoformat(str(first.get("ts")))
        return max(0.0, (datetime.now(UTC) - started).total_seconds())
    except (ValueError, TypeError):  # no time, or one without an offset
        return 0.0
