"""The positions of the mirrored files: what a mirror records of them for its next run."""

from collections.abc import Iterator, Mapping

from zigtui.fleet.mirror.mirrored_file import MirroredFile
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.wire_error import WireError

__all__ = ["Position", "Positions", "each_position"]

Position = tuple[int, int]
"""The generation of a file, and the number of its proven bytes."""


class Positions:
    """The positions of very many files, of which few change at a time. The keys are ``machine/project/session``."""

    def __init__(self) -> None:
        self._positions: dict[str, Position] = {}
        self._changed: set[RemoteLog] = set()

    def note_change(self, log: RemoteLog) -> None:
        """Note that the position of a file may change."""
        self._changed.add(log)

    def forget(self, log: RemoteLog) -> None:
        """Forget a file."""
        self._changed.discard(log)
        self._positions.pop(_key(log), None)

    def of(self, files: Mapping[RemoteLog, MirroredFile]) -> dict[str, Position]:
        """Bring the positions up to date, and return them."""
        for log in self._changed:
            if (file := files.get(log)) is not None:
                self._positions[_key(log)] = file.gen, file.proven
        self._changed.clear()
        return self._positions


def each_position(positions: Mapping[str, Position]) -> Iterator[tuple[RemoteLog, Position]]:
    """Yield the log and the position of each file.

    Raises:
        WireError: if a name is damaged.
    """
    for key, position in positions.items():
        tokens = key.split("/")
        if len(tokens) != 3:
            raise WireError(f"{key!r} names no log")
        yield RemoteLog.of_tokens(*tokens), position


def _key(log: RemoteLog) -> str:
    return "/".join(log.tokens)
