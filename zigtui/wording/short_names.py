"""Names of sessions and files, shortened for people."""

from zigtui.reader.text.safe_text import safe_plain

__all__ = ["short_id", "tilde"]


def short_id(session_id: str) -> str:
    """The first 8 characters of an id, enough to distinguish sessions. Made safe, since an id may be any file name."""
    return safe_plain(session_id)[:8]


def tilde(path: str, home: str | None) -> str:
    """A path with the home directory written as ``~``."""
    if home and (path == home or path.startswith(home.rstrip("/") + "/")):
        return "~" + path[len(home.rstrip("/")) :]
    return path
