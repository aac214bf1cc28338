"""A shipper and a mirror of one machine, both in this process."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.support.fleet import FleetServer
from tests.support.waiting import eventually
from zigtui.fleet.join import Join
from zigtui.fleet.mirror.mirror import Mirror
from zigtui.fleet.ship.masked_log import MaskedLog, Masking
from zigtui.fleet.ship.notes import Notes
from zigtui.fleet.ship.shipped_log import Kept
from zigtui.fleet.ship.shipper import Shipper

MACHINE = "web-07"


def log_path(base: Path, session: str, project: str | None = "src-shop") -> Path:
    """The path of a log, whose directory is created."""
    workspace = base if project is None else base / "projects" / project
    path = workspace / "logs" / "sessions" / f"{session}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def append(path: Path, data: bytes) -> None:
    """Append to a log, as a runner does."""
    with path.open("ab") as file:
        file.write(data)


def whole_lines(base: Path) -> dict[str, bytes]:
    """The whole lines of all logs below a base, by their paths below it."""
    return {
        str(path.relative_to(base)): (content := path.read_bytes())[: content.rfind(b"\n") + 1]
        for path in base.rglob("*.jsonl")
    }


def masked_lines(base: Path, masking: Masking) -> dict[str, bytes]:
    """The whole lines of all logs below a base as they are shipped if secrets are masked."""
    return {
        name: MaskedLog(os.fspath(base / name), masking).read(0, len(content))
        for name, content in whole_lines(base).items()
    }


class Fleet:
    """One machine, its server and a mirror.

    Attributes:
        server: the server.
        base: the base directory of the machine.
        join: the token of the machine.
        mirrored: the mirrored base directory.
        reports: what the shipper has reported.
        state: the state directory of the machine.
    """

    def __init__(self, server: FleetServer, root: Path, machine: str = MACHINE) -> None:
        self.server = server
        self.base = root / "base"
        self.join = server.add(machine)
        self.mirror_root = root / "fleet"
        self.mirrored = self.mirror_root / machine
        self.state = root / "state"
        self.reports: list[str] = []
        for directory in (self.base, self.state):
            directory.mkdir()

    async def until_equal(self) -> None:
        """Wait until the mirrored logs equal the originals."""
        await eventually(
            lambda: whole_lines(self.mirrored) == whole_lines(self.base),
            lambda: (self.sizes(self.mirrored), self.sizes(self.base), self.reports),
        )

    def sizes(self, base: Path) -> dict[str, int]:
        """The sizes of the logs below a base, without torn lines."""
        return {name: len(content) for name, content in whole_lines(base).items()}

    def kept(self) -> dict[str, Kept]:
        """What the last shipper has kept of logs of which the server has something."""
        return {path: kept for path, kept in Notes(self.state, self.join).load().items() if kept.acked}

    @asynccontextmanager
    async def shipping(self, join: Join | None = None, **options: Any) -> AsyncIterator[None]:
        """Ship until the block is left."""
        join = join or self.join
        options = {"since_secs": 86_400.0, **options}
        shipper = Shipper(join, [os.fspath(self.base)], Notes(self.state, join), self.reports.append, **options)
        async with _running(asyncio.create_task(shipper.run())):
            yield

    @asynccontextmanager
    async def mirroring(self, report: Callable[[str], object] = lambda line: None) -> AsyncIterator[Mirror]:
        """Mirror until the block is left."""
        mirror = Mirror(self.mirror_root, report)
        try:
            async with _running(asyncio.create_task(mirror.run(self.server.directory.watcher_join()))):
                yield mirror
        finally:
            mirror.close()


@asynccontextmanager
async def _running(task: "asyncio.Task[None]") -> AsyncIterator[None]:
    try:
        yield
    finally:
        if task.done():
            task.result()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
