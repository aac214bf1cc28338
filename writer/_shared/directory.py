"""The private directory of a socket."""

import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress

__all__ = ["listen", "remove"]

_PREFIX = "zigtui-"
_SOCKET = "session"
_BEGINNING = _SOCKET + ".new"
_UNFINISHED_SECS = 3600.0
_LONGEST_PATH = 100  # the system's limit is 104 or 108 bytes

_own: set[str] = set()  # the names of the directories of this process: asking its own sessions would take long


def listen() -> tuple[socket.socket, str]:
    """Make a socket in a directory that only its owner can enter; return it and its path.

    Raises:
        OSError: If there is no directory for it.
    """
    problem: OSError | None = None
    for parent in _parents():
        with suppress(OSError):  # such as for a directory that may not be listed
            _remove_stale(parent)
        try:
            directory = tempfile.mkdtemp(prefix=_PREFIX, dir=parent)
        except OSError as error:
            problem = error
            continue
        path = os.path.join(directory, _SOCKET)
        try:
            listener = _listen_at(path)
        except OSError as error:
            remove(path)
            problem = error
            continue
        _own.add(os.path.basename(directory))
        return listener, path
    raise problem or OSError("no directory has a path that is short enough for a socket")


def _listen_at(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        beginning = os.path.join(os.path.dirname(path), _BEGINNING)
        listener.bind(beginning)  # found by others only once it listens: see `_remove_stale`
        listener.listen(128)
        os.rename(beginning, path)
    except OSError:
        listener.close()
        raise
    return listener


def remove(path: str) -> None:
    """Remove a socket and its directory with all that is in it."""
    directory = os.path.dirname(path)
    _own.discard(os.path.basename(directory))
    with suppress(OSError):
        for name in os.listdir(directory):
            os.unlink(os.path.join(directory, name))
    with suppress(OSError):
        os.rmdir(directory)


def _parents() -> Iterator[str]:
    """The directories that may hold that of a socket, the best first."""
    for parent in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"):
        if os.path.isabs(parent) and len(os.fsencode(parent)) + len(_PREFIX) + 10 + len(_SOCKET) + 4 < _LONGEST_PATH:
            yield parent


def _remove_stale(parent: str) -> None:
    """Remove what killed processes of this user have left."""
    for entry in os.scandir(parent):
        if not entry.name.startswith(_PREFIX) or entry.name in _own:
            continue
        path = os.path.join(entry.path, _SOCKET)
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            if entry.stat(follow_symlinks=False).st_uid != os.geteuid() or not entry.is_dir(follow_symlinks=False):
                continue
            probe.settimeout(0.1)
            try:
                probe.connect(path)
            except ConnectionRefusedError:
                remove(path)
            except FileNotFoundError:
                if _is_unfinished(entry):
                    remove(path)


def _is_unfinished(entry: "os.DirEntry[str]") -> bool:
    """Whether the process was killed before its socket was ready. That takes a moment, and others' files stay."""
    has_only_beginning = all(name == _BEGINNING for name in os.listdir(entry.path))
    return has_only_beginning and entry.stat(follow_symlinks=False).st_mtime < time.time() - _UNFINISHED_SECS
