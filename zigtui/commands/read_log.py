"""Read logs for commands, each to its present end."""

from zigtui.reader.catalog.file_facts import facts_of
from zigtui.reader.location import LogLocation
from zigtui.reader.session.session_log import SessionLog

__all__ = ["is_live", "read_file", "read_log"]


def read_log(location: LogLocation) -> SessionLog:
    """Read a session's log to its end. If it cannot be read, its snapshot has the reason."""
    log = SessionLog(location)
    log.read_all()
    return log


def read_file(path: str) -> SessionLog:
    """Read a log by its path, which may be outside all bases.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    if facts_of(path) is None:
        raise FileNotFoundError(None, "no such log", path)
    return read_log(LogLocation(path, "", None))


def is_live(location: LogLocation) -> bool:
    """Whether a session is running or stalled. Only the beginning and the end of a large log are read."""
    log = SessionLog(location)
    log.advance()
    return log.snapshot().state.is_live
