"""A fleet for benchmarks: a server, a mirror and the shippers of many machines, each in processes of its own."""

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.fleet_load import line
from tests.support.fleet import FleetServer, running_server

__all__ = ["Fleet", "cpu_secs", "size_of"]

ROOT = Path(__file__).parents[2]
LOAD = str(Path(__file__).with_name("fleet_load.py"))
SHIPPING_PROCESSES = 4


class Fleet:
    """A server, shippers of some machines, and a mirror, unless a screen is to have one.

    Attributes:
        mirrored: the directory of the mirror.
        processes: the processes of each side.
    """

    def __init__(
        self,
        home: Path,
        machines: int,
        sessions: int,
        stack: ExitStack,
        *,
        mirrors: bool = True,
        published_rate: float | None = None,
    ) -> None:
        self._home = home
        self._stack = stack
        self.server: FleetServer = stack.enter_context(running_server(home / "server"))
        self.mirrored = home / "fleet"
        self.logs = [self.log(machine, session) for machine in range(machines) for session in range(sessions)]
        tokens = [self.server.directory.add(f"m{number:03}").token for number in range(machines)]
        self.server.nats.reload_if_changed()
        self.machine = self.server.add("bench")
        mirror: list[str | Path] = [
            "-m",
            "zigtui",
            "fleet",
            "mirror",
            "--into",
            self.mirrored,
            "--dir",
            home / "server",
        ]
        mirror_ids = [self._start(*mirror)] if mirrors else []
        shippers = []
        for number in range(min(SHIPPING_PROCESSES, machines)):
            path = home / f"tokens{number}"
            path.write_text(json.dumps(tokens[number::SHIPPING_PROCESSES]))
            if published_rate is None:
                shippers.append(self._start(LOAD, "ship", path, home / "machines"))
            else:
                shippers.append(self._start(LOAD, "publish", path, published_rate))
        self.processes = {
            "mirror": mirror_ids,
            "server": [self.server.nats.process_id],
            "shippers": shippers,
            "load": [os.getpid()],
        }

    def log(self, machine: int, session: int) -> Path:
        """The path of a log, which is created if it does not exist."""
        path = self._home / "machines" / f"m{machine:03}" / "logs" / "sessions" / f"{machine:03}-{session:05}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(line(0, path.stem))
        return path

    def copy(self, log: Path) -> Path:
        """The mirrored file of a log."""
        return self.mirrored / log.relative_to(self._home / "machines")

    def write(self, rate: float) -> None:
        """Let all logs grow."""
        self.processes["load"].append(self._start(LOAD, "write", self._home / "machines", rate))

    def _start(self, *arguments: str | Path | float) -> int:
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)], cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process.pid

    def mirrored_lines(self) -> float:
        """The number of lines of all mirrored files, about."""
        return sum(size_of(self.copy(log)) for log in self.logs) / len(line(time.monotonic_ns(), self.logs[0].stem))

    def cpu_secs(self) -> dict[str, float]:
        """The processor time of each side so far, and that of all other processes on this machine."""
        secs = {side: sum(map(cpu_secs, process_ids)) for side, process_ids in self.processes.items()}
        return {**secs, "others": _all_cpu_secs() - sum(secs.values())}


def cpu_secs(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _all_cpu_secs() -> float:
    user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def size_of(path: Path) -> int:
    """The size of a file; 0 if there is none."""
    return path.stat().st_size if path.exists() else 0
