"""The root of a mirror whose files and machines a test sets by hand."""

import os
from pathlib import Path

from tests.support.logs import Log
from zigtui.reader.machines import MIRROR_MARKER, MachineStatus

__all__ = ["MachinesByHand", "mirror_root", "mirrored_log"]


class MachinesByHand:
    """Machines whose silence a test sets.

    Attributes:
        silences: the seconds of silence, by the name of the machine.
        offline_since: see `Machines`.
        gives_hints: see `Machines`.
    """

    def __init__(self, root: Path, *, gives_hints: bool = True) -> None:
        self.silences: dict[str, float] = {}
        self.offline_since: float | None = None
        self.gives_hints = gives_hints
        self._root = root

    def statuses(self) -> list[MachineStatus]:
        return [MachineStatus(name, str(self._root / name), secs) for name, secs in self.silences.items()]

    def silence_of(self, base: str) -> float | None:
        return self.silences.get(Path(base).name)


def mirror_root(directory: Path) -> Path:
    """Make the root of a mirror without machines."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MIRROR_MARKER).write_text("{}")
    return directory


def mirrored_log(root: Path, machine: str, name: str, log: Log, modified: float | None = None) -> Path:
    """Write a log of a machine, as if it had been modified at a time; by default, now."""
    path = root / machine / "projects" / "src-shop" / "logs" / "sessions" / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(log.data)
    if modified is not None:
        os.utime(path, (modified, modified))
    return path
