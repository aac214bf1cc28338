"""Small files of JSON in the state directory, which several zigtui running at once may change."""

import errno
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeAlias

from zigtui.reader.error_reasons import reason_of
from zigtui.reader.log_exception import log_exception
from zigtui.reader.pause import pause
from zigtui.reader.threads import start_thread
from zigtui.state.directory import state_directory
from zigtui.state.files import read_file, replace_file

__all__ = ["Change", "Content", "StateStore"]

Content: TypeAlias = dict[str, Any]
"""The content of a file: a JSON object, which another version of zigtui or the user may have written."""

Change: TypeAlias = Callable[[Content], Content]
"""Takes the content of a file and returns what it is to become. May change and return the same object."""

MAX_BYTES = 16 * 1024 * 1024
"""Larger files are taken for damaged."""

_ANSWER_SECS = 1.0  # nothing is displayed meanwhile
_LOCK_SECS = 2.0
_LOCK_POLL_SECS = 0.01


class StateStore:
    """Files named ``NAME.json``. A file that is missing or damaged is empty, and trouble with writing raises nothing.

    Args:
        directory: the directory; by default, the user's state directory of zigtui. It need not exist.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._trouble: str | None = None
        self._has_reported = False
        self._queue: SimpleQueue[tuple[str, Change] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._starting = Lock()
        self._reading: Thread | None = None  # the last one that has read a file
        self._known: dict[str, bytes] = {}  # the files as they were last read or written

    def load(self, name: str) -> Content:
        """The current content of a file; empty if there is none that can be read.

        If the disk does not answer soon, it is what this process has last read or written.
        """
        path = self._path(name)

        def read() -> None:
            self._known[name] = _read(path)

        if self._reading is None or not self._reading.is_alive():
            self._reading = start_thread(read, "read state")
            self._reading.join(_ANSWER_SECS)
        return _parsed(self._known.get(name, b""))

    def update(self, name: str, change: Change) -> Content:
        """Change the content of a file, on top of what other processes have written in the meantime.

        Waits for other processes, so call `update_later` from a screen.

        Args:
            name: the name of the file, without its suffix.
            change: called with the current content.

        Returns:
            The new content, even if it could not be written. `take_trouble` reports that.
        """
        path = self._path(name)
        if not path.is_absolute():
            self._trouble = "What you choose is not kept: there is no home directory"
            return change(self.load(name))
        try:
            with self._lock(path.parent):
                old = _read(path, only_missing=True)
                new = change(_parsed(old))
                data = json.dumps(new, ensure_ascii=False).encode("utf-8", "surrogatepass")
                if data != old:
                    replace_file(path, data)
                self._known[name] = data
                return new
        except (OSError, ValueError) as error:
            self._trouble = f"What you choose cannot be kept in {path.parent}: {reason_of(error)}"
        return change(self.load(name))

    def update_later(self, name: str, change: Change) -> None:
        """Call `update` on a thread, in the order of the calls. May be called from any thread."""
        with self._starting:
            if self._thread is None:
                self._thread = start_thread(self._work, "state", self._report_failure)
        self._queue.put((name, change))

    def close(self, within_secs: float) -> None:
        """Wait until all changes are written, at most for this time."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join(within_secs)
            if thread.is_alive():
                self._trouble = f"What you chose last may not have been kept in {self._directory}: it does not answer"

    def take_trouble(self) -> str | None:
        """Why changes cannot be written; None if they can, and after it has been returned once."""
        if self._trouble is None or self._has_reported:
            return None
        self._has_reported = True
        return self._trouble

    def _path(self, name: str) -> Path:
        if self._directory is None:
            self._directory = state_directory()
        return self._directory / f"{name}.json"

    def _work(self) -> None:
        while (wanted := self._queue.get()) is not None:
            try:
                self.update(*wanted)
            except Exception as error:  # of this change; those after it are kept
                log_exception(f"a change of {wanted[0]!r} failed", error)
                self._report_failure(error)

    def _report_failure(self, error: BaseException) -> None:
        self._trouble = f"What you choose cannot be kept: {reason_of(error)}"

    @contextmanager
    def _lock(self, directory: Path) -> Iterator[None]:
        """Keep other processes and threads from changing files. File systems without locks are used without one."""
        import fcntl

        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        try:
            deadline = time.monotonic() + _LOCK_SECS
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise OSError(errno.EAGAIN, "another process keeps it locked") from None
                    pause(_LOCK_POLL_SECS)
                except OSError:
                    break
            yield
        finally:
            os.close(lock)


def _read(path: Path, *, only_missing: bool = False) -> bytes:
    """The content of a file; empty if it cannot be read, or with ``only_missing`` if it is missing.

    What a disk does not return for the moment must not be replaced by an empty file with one change.
    """
    try:
        return read_file(path, MAX_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError:
        if only_missing:
            raise
        return b""


def _parsed(data: bytes) -> Content:
    try:
        content = json.loads(data) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
