"""The root of a mirror whose files and machines a test sets by hand."""

import os
from pathlib import Path

from tests.support.logs import BEGAN, Log
from zigtui.reader.machines import MIRROR_MARKER, Hearing, MachineStatus

__all__ = ["FeedByHand", "FleetByHand", "MachinesByHand", "fleet_root", "live_session", "mirror_root", "mirrored_log"]


class MachinesByHand:
    """Machines whose silence a test sets.

    Attributes:
        root: the root of the mirror.
        silences: the seconds of silence, by the name of the machine.
        known_secs: see `Hearing`, of the machines that are not silent.
        offline_since: see `Machines`.
        gives_hints: see `Machines`.
    """

    def __init__(self, root: Path, *, gives_hints: bool = True) -> None:
        self.silences: dict[str, float] = {}
        self.known_secs: float | None = 0.0
        self.offline_since: float | None = None
        self.gives_hints = gives_hints
        self.root = str(root)

    def statuses(self) -> list[MachineStatus]:
        return [MachineStatus(name, str(Path(self.root, name)), secs) for name, secs in self.silences.items()]

    def hearing_of(self, base: str) -> Hearing:
        silent_secs = self.silences.get(Path(base).name)
        return Hearing(silent_secs, silent_secs or self.known_secs)


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


class FleetByHand(MachinesByHand):
    """Machines with all that is known about them."""

    def __init__(self, root: Path, *names: str) -> None:
        super().__init__(root)
        self.names = names
        self.version: str | None = "1.2.0"
        self.removed: set[str] = set()

    def statuses(self) -> list[MachineStatus]:
        return [
            MachineStatus(
                name,
                str(Path(self.root, name)),
                self.silences.get(name),
                sessions=3,
                behind_bytes=0 if number else 1_234_567,
                version=self.version,
                disk_free=38,
                disk_size=100,
                beat_age_secs=self.silences.get(name, 1.0),
                is_removed=name in self.removed,
            )
            for number, name in enumerate(self.names)
        ]


class FeedByHand:
    """A feed whose problems a test sets."""

    name = "prod"

    def __init__(self) -> None:
        self.notices: list[str] = []
        self.refusal: str | None = None

    def pass_hints(self, hint: object) -> None:
        pass


def live_session(name: str) -> Log:
    """The log of a live session of a workflow."""
    began = Log().event(
        "zig_session_started",
        workflow_name=name,
        workflow_path="flow.zwf",
        workspace_path=None,
        cwd="/src/shop",
        prompt=None,
        tier_count=1,
    )
    return began.tier(0, "build").step("build").says("build", f"line of {name}").beat()


def fleet_root(directory: Path) -> Path:
    """Make a mirror with live sessions of three machines as of 20 seconds after `BEGAN`, and one that has ended."""
    root, now = mirror_root(directory / "fleet"), BEGAN + 20
    for number, machine in enumerate(("db-01", "web-2", "web-10")):
        session = f"{number}b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a11"
        mirrored_log(root, machine, session, live_session(f"flow-{machine}"), now)
    mirrored_log(root, "web-2", "9b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a11", live_session("done").end(), now)
    return root
