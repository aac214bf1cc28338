"""What has been sent to a receiver, kept for the next start."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import msgspec

from zigtui.state.files import read_file, replace_file

__all__ = ["Sent", "SentNotes", "notes_path"]

_MAX_BYTES = 256 * 1024**2
_SPARE_LINES = 1000  # more than needed, before the file is rewritten


def notes_path(directory: Path, endpoint: str) -> Path:
    """The file with the notes about an endpoint."""
    return directory / f"otlp-{hashlib.sha256(endpoint.encode()).hexdigest()[:16]}.jsonl"


class Sent(msgspec.Struct, frozen=True):
    """What has been sent of a session.

    Attributes:
        path: its log.
        end: the mark of the end with which it was sent, since it may be continued; empty if it was not over.
        passes: the number of passes that were sent; 0 if it is not a listener.
        last_pass: the mark of the last of them, since that may have changed; see `zigtui.otlp.ship.due`.
    """

    path: str
    end: str = ""
    passes: int = 0
    last_pass: str = ""


class SentNotes:
    """A file with a line for each session, or pass of a listener, that has been sent.

    A line is added as soon as something has been received, so that a process that is killed repeats little. Without the
    file, sessions are sent again, with the same ids.

    Args:
        path: the file. Its directory need not exist.

    Raises:
        OSError: if the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sent: dict[str, Sent] = {}
        lines = self._load()
        if lines > len(self._sent) + _SPARE_LINES or lines < 0:
            self._sent = {path: sent for path, sent in self._sent.items() if os.path.lexists(path)}
            replace_file(path, b"".join(map(_line, self._sent.values())))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def of(self, path: str) -> Sent:
        """What has been sent of the session whose log is at ``path``."""
        return self._sent.get(path) or Sent(path)

    def add(self, sent: Sent) -> None:
        """Note what has been sent. A log whose path is not UTF-8 is forgotten with the process.

        Raises:
            OSError: if that cannot be written whole. It is known until the process ends nevertheless.
        """
        self._sent[sent.path] = sent
        try:
            line = _line(sent)
        except UnicodeEncodeError:
            return
        before = os.fstat(self._descriptor).st_size
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]  # a disk that is nearly full takes only a part
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, before)  # otherwise the next line would be a part of this one
            raise

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _load(self) -> int:
        """Read the file.

        Returns:
            The number of its lines; -1 if it is damaged, so that it has to be rewritten.
        """
        try:
            data = read_file(self._path, _MAX_BYTES + 1)
        except FileNotFoundError:
            return 0
        is_damaged = len(data) > _MAX_BYTES or not data.endswith(b"\n")
        lines = data.splitlines()
        for line in lines:
            try:
                sent = msgspec.json.decode(line, type=Sent)
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                is_damaged = True
            else:
                self._sent[sent.path] = sent
        return -1 if is_damaged else len(lines)


def _line(sent: Sent) -> bytes:
    return msgspec.json.encode(sent) + b"\n"
