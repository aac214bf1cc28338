"""A store of mirrored files with clocks that a test sets."""

from pathlib import Path

from zigtui.fleet.mirror.quota import Limits
from zigtui.fleet.mirror.store import MirrorStore
from zigtui.fleet.wire.chunk import Chunk
from zigtui.fleet.wire.messages import Ask, State
from zigtui.fleet.wire.names import RemoteLog

__all__ = ["LOG", "NOW", "Mirror"]

LOG = RemoteLog("web-07", "src-shop", "1842419a-6a0f-4a39-9d7f-2f8f6f1f7a11")
NOW = 1_764_170_000.0


class Mirror:
    """A store, and its files.

    Attributes:
        now: the time of the steady clock.
        root: the directory of the store.
        store: the store. The clock always shows `NOW`.
    """

    def __init__(self, root: Path, limits: Limits | None = None) -> None:
        self.now = 100.0
        self.root = root
        self._limits = limits
        self.store = self._open()

    def _open(self) -> MirrorStore:
        return MirrorStore(str(self.root), self._limits, lambda: NOW, lambda: self.now)

    def start_again(self, *, restores: bool) -> None:
        """Open the store again, with its positions or without."""
        positions = self.store.positions()
        self.store.close()
        self.store = self._open()
        if restores:
            self.store.restore(positions)

    def path(self, log: RemoteLog = LOG) -> Path:
        """The path of a mirrored file."""
        base = self.root / log.machine
        workspace = base if log.project is None else base / "projects" / log.project
        return workspace / "logs" / "sessions" / f"{log.session}.jsonl"

    def data(self, log: RemoteLog = LOG) -> bytes:
        """The bytes of a mirrored file."""
        return self.path(log).read_bytes()

    def apply(self, *chunks: Chunk, log: RemoteLog = LOG) -> None:
        """Apply chunks that were written just now."""
        for chunk in chunks:
            self.store.apply(log, chunk, 0.0)

    def apply_state(self, state: State, log: RemoteLog = LOG) -> None:
        """Apply a state that has just been published."""
        self.store.apply_state(log, state, 0.0)

    def asks(self, after: float = 0.0) -> list[Ask]:
        """What the mirror asks for after some time."""
        self.now += after
        for machine in self.store.to_measure():
            self.store.note_usage(machine, self.store.measured(machine))
        return [ask for _, ask in self.store.recover(self.now)]
