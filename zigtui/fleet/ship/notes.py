"""What a shipper keeps between two starts, and the lock that lets only one run."""

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from zigtui.fleet.join import Join
from zigtui.fleet.ship.shipped_log import Kept
from zigtui.reader.error_reasons import reason_of
from zigtui.state.files import read_file, replace_file
from zigtui.state.process_lock import LockedError, process_lock

__all__ = ["LogNotes", "Notes", "SecondShipperError", "only_shipper"]

_MAX_BYTES = 256 * 1024**2


class SecondShipperError(Exception):
    """Another shipper runs for this user, or its lock cannot be had. The text is safe to show."""


class _Content(msgspec.Struct):
    fleet: str = ""
    logs: dict[str, Kept] = {}


class LogNotes(Protocol):
    """Notes about logs."""

    def load(self) -> dict[str, Kept]:
        """The notes about each log, by its path; none if they are missing or damaged."""

    def save(self, logs: dict[str, Kept]) -> None:
        """Replace the notes, if they have changed.

        Raises:
            OSError: if they cannot be written.
        """


class Notes:
    """The file with the notes. Without it, everything is sent again, and mirrors that have it already recognise it.

    Args:
        directory: the directory of the file. It need not exist.
        join: the server. Notes about another one do not count.
    """

    def __init__(self, directory: Path, join: Join) -> None:
        self._path = directory / "ship.json"
        self._fleet = hashlib.sha256(f"{join.ca or join.url} {join.user}".encode()).hexdigest()
        self._written: dict[str, Kept] | None = None
        self._lock = threading.Lock()

    def load(self) -> dict[str, Kept]:
        """The notes about each log, by its path; none if they are missing or damaged."""
        try:
            content = msgspec.json.decode(read_file(self._path, _MAX_BYTES), type=_Content)
        except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
            return {}
        return content.logs if content.fleet == self._fleet else {}

    def save(self, logs: dict[str, Kept]) -> None:
        """Replace the notes, if they have changed. Logs whose paths are not UTF-8 are sent again after each start.

        Raises:
            OSError: if they cannot be written.
        """
        if logs != self._written:
            written = {path: kept for path, kept in logs.items() if _is_utf8(path)}
            replace_file(self._path, msgspec.json.encode(_Content(self._fleet, written)))
            self._written = logs

    def below(self, base: str) -> LogNotes:
        """The notes about the logs of one base directory. Several threads may save those of different ones."""
        return _NotesBelow(self, base)

    def save_below(self, directory: str, logs: dict[str, Kept]) -> None:
        """Replace the notes about logs below a directory.

        Raises:
            OSError: as for `save`.
        """
        with self._lock:
            known = self.load() if self._written is None else self._written
            self.save({path: kept for path, kept in known.items() if not _is_below(path, directory)} | logs)


class _NotesBelow:
    def __init__(self, notes: Notes, base: str) -> None:
        self._notes = notes
        self._directory = os.path.realpath(base)

    def load(self) -> dict[str, Kept]:
        return {path: kept for path, kept in self._notes.load().items() if _is_below(path, self._directory)}

    def save(self, logs: dict[str, Kept]) -> None:
        self._notes.save_below(self._directory, logs)


def _is_below(path: str, directory: str) -> bool:
    return path.startswith(os.path.join(directory, ""))


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def only_shipper(directory: Path) -> Iterator[None]:
    """Keep other shippers of this user from running. Two would begin new generations of the same logs in turn.

    Raises:
        SecondShipperError: if another one runs.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(process_lock(directory / "ship.lock"))
        except LockedError:
            raise SecondShipperError(f"another zigtui ship is running; it keeps {directory}/ship.lock locked") from None
        except OSError as error:
            raise SecondShipperError(f"{directory} cannot be used: {reason_of(error)}") from None
        yield
