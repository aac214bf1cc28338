"""What a shipper keeps between two starts, and the lock that lets only one run."""

import hashlib
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from zigtui.fleet.join import Join
from zigtui.fleet.ship.old_notes import OldNotes
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

    @property
    def old(self) -> OldNotes:
        """The notes about logs that have not changed for long."""

    def load(self) -> dict[str, Kept]:
        """The notes about the other logs, by path; none if they are missing or damaged."""

    def save(self, logs: Iterable[tuple[str, Kept]]) -> None:
        """Replace the notes about the other logs, if they have changed or are gone.

        Args:
            logs: path and note of each log.

        Raises:
            OSError: if they cannot be written.
        """


class Notes:
    """The files with the notes. Without them, all is sent again, and mirrors that have it already recognise it.

    Args:
        directory: the directory of the files. It need not exist.
        join: the server. Notes about another one do not count.

    Attributes:
        old: the notes about logs that have not changed for long.
    """

    def __init__(self, directory: Path, join: Join) -> None:
        self._path = directory / "ship.json"
        self._fleet = hashlib.sha256(f"{join.ca or join.url} {join.user}".encode()).hexdigest()
        self.old = OldNotes(directory / "ship-old.jsonl", self._fleet)
        self._written: dict[str, bytes] = {}  # by base; an empty one stands for all
        self._others: dict[str, Kept] | None = None  # which no base has loaded yet
        self._lock = threading.Lock()

    def load(self) -> dict[str, Kept]:
        """The notes about logs that are not old, by path; none if they are missing or damaged."""
        try:
            content = msgspec.json.decode(read_file(self._path, _MAX_BYTES), type=_Content)
        except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
            return {}
        return content.logs if content.fleet == self._fleet else {}

    def save(self, logs: Iterable[tuple[str, Kept]]) -> None:
        """Replace the notes, if they have changed or are gone.

        Logs whose paths are not UTF-8 are left out, and sent again after each start.

        Args:
            logs: path and note of each log.

        Raises:
            OSError: if they cannot be written.
        """
        self._save("", _encoded(logs))

    def below(self, base: str) -> LogNotes:
        """The notes about the logs of one base directory. Several threads may save those of different ones."""
        return _NotesBelow(self, base)

    def load_below(self, directory: str) -> dict[str, Kept]:
        """The notes about logs below a directory."""
        with self._lock:
            others = self.load() if self._others is None else self._others
            found = {path: kept for path, kept in others.items() if _is_below(path, directory)}
            self._others = {path: kept for path, kept in others.items() if path not in found}
            self._written[directory] = _encoded(found.items())
        return found

    def save_below(self, directory: str, logs: Iterable[tuple[str, Kept]]) -> None:
        """Replace the notes about logs below a directory.

        Raises:
            OSError: as for `save`.
        """
        self._save(directory, _encoded(logs))

    def _save(self, part: str, logs: bytes) -> None:
        with self._lock:
            if self._written.get(part) == logs and self._path.exists():
                return
            parts = {**self._written, part: logs}
            others = _encoded((self._others or {}).items())
            fleet = msgspec.json.encode(self._fleet)
            content = b",".join(filter(None, [*parts.values(), others]))
            replace_file(self._path, [b'{"fleet":', fleet, b',"logs":{', content, b"}}"])
            self._written = parts


class _NotesBelow:
    def __init__(self, notes: Notes, base: str) -> None:
        self.old = notes.old
        self._notes = notes
        self._directory = os.path.realpath(base)

    def load(self) -> dict[str, Kept]:
        return self._notes.load_below(self._directory)

    def save(self, logs: Iterable[tuple[str, Kept]]) -> None:
        self._notes.save_below(self._directory, logs)


def _encoded(logs: Iterable[tuple[str, Kept]]) -> bytes:
    """The members of a JSON object. Logs whose paths are not UTF-8 are left out."""
    return b",".join(
        msgspec.json.encode(path) + b":" + msgspec.json.encode(kept) for path, kept in logs if _is_utf8(path)
    )


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
            raise SecondShipperError(
                f"another zigtui ship is running, perhaps with an older join token; end it first: it keeps"
                f" {directory}/ship.lock locked"
            ) from None
        except OSError as error:
            raise SecondShipperError(f"{directory} cannot be used: {reason_of(error)}") from None
        yield
