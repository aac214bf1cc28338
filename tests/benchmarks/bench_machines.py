"""Reading the mirrored logs of many machines: ``python tests/benchmarks/bench_machines.py``, about two minutes.

A watcher of 100 machines with 10 live sessions each, idle and with 1,000 new lines a second, with the hints of a mirror
in its own process and without; beside it, one base directory with the same logs. Some of the sessions are displayed, as
on a screen. Processor time is that of the process, so other programs matter little.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.table import row  # noqa: E402
from tests.support.logs import SESSION_ID, Log, append  # noqa: E402
from tests.support.machines import MachinesByHand, mirror_root, mirrored_log  # noqa: E402
from zigtui.reader.catalog.catalog import Catalog  # noqa: E402
from zigtui.reader.catalog.watch import Watcher  # noqa: E402

MACHINES = 100
SESSIONS = 10  # on each of them
LINES = 1000  # a second
DISPLAYED = 40
SECS = 15.0


def main() -> None:
    """Print a table: what was measured, the same of one ordinary base with the same logs, the goal."""
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    row("", "zigtui", "beside it", "goal")
    one_base = measured("base")
    for name, kind in (("mirror in this process", "hints"), ("mirror in another process", "other")):
        many = measured(kind)
        row(f"{name}: threads", many[0], one_base[0], "8")
        row("  idle", f"{float(many[1]):.1%} of a core", f"{float(one_base[1]):.1%}", "3 %")
        row(f"  {LINES:,} lines/s", f"{float(many[2]):.1%} of a core", f"{float(one_base[2]):.1%}", "8 %")


def measured(kind: str) -> list[str]:
    """What a process of its own prints; see `measure`."""
    done = subprocess.run([sys.executable, __file__, kind], capture_output=True, text=True, check=True)
    return done.stdout.split()


def measure(kind: str) -> None:
    """Print the number of threads, and the shares of a core of an idle and a busy watcher."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory, "fleet")
        if kind != "base":
            mirror_root(root)
        logs = [
            mirrored_log(root, machine, f"{number:08x}{SESSION_ID[8:]}", live_log())
            for number, machine in enumerate(f"web-{number % MACHINES:02}" for number in range(MACHINES * SESSIONS))
        ]
        for log in logs:
            log.write_bytes(of_session(log, log.read_bytes()))
        base = root
        if kind == "base":
            base = Path(directory, "base")
            for log in logs:
                target = base / "projects" / log.parts[-6] / "logs" / "sessions" / log.name
                target.parent.mkdir(parents=True, exist_ok=True)
                log.rename(target)
            logs = list(base.rglob("*.jsonl"))
        machines = None if kind == "base" else MachinesByHand(root, gives_hints=kind == "hints")
        catalog = Catalog([str(base)], machines=machines)
        watcher = Watcher(catalog, lambda: None)
        before = threading.active_count()
        watcher.start()
        while len(catalog.sessions()) < len(logs):
            time.sleep(0.1)
        watcher.note_displayed([session.location for session in catalog.sessions()][:DISPLAYED])
        time.sleep(3.0)
        threads = threading.active_count() - before
        idle = share_of_core(SECS)
        if kind == "hints":
            with ThreadPoolExecutor() as pool:
                others = [Path(directory, log.name) for log in logs]
                alone = pool.submit(write, others, None)
                without = share_of_core(SECS)
                alone.result()
                hinting = pool.submit(write, logs, watcher)
                busy = share_of_core(SECS) - without
                hinting.result()
        else:
            with subprocess.Popen([sys.executable, __file__, "write", *map(str, logs)]):
                busy = share_of_core(SECS)
        watcher.stop()
        print(threads, idle, busy)


def live_log() -> Log:
    return Log().start(3).tier(0, "build").step("build")


def of_session(log: Path, data: bytes) -> bytes:
    """Events with the id in the name of a log, since others would be problems."""
    return data.replace(SESSION_ID.encode(), log.stem.encode())


def share_of_core(seconds: float) -> float:
    """The share of a core that this process takes in some time."""
    began, before = time.monotonic(), time.process_time()
    time.sleep(seconds)
    return (time.process_time() - before) / (time.monotonic() - began)


def write(logs: list[Path], watcher: Watcher | None) -> None:
    """Append lines to the logs in turn, as a mirror does twenty times a second."""
    growing = live_log()
    number, end_at = 0, time.monotonic() + SECS
    while time.monotonic() < end_at:
        time.sleep(0.05)
        for _ in range(LINES // 20):
            log = logs[number % len(logs)]
            if number % len(logs) == 0:
                growing.says("build", "compiling module 17 of 204, no warnings so far")
            append(log, of_session(log, growing.lines[-1]) + b"\n")
            if watcher is not None:
                watcher.hint(str(log))
            number += 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(list(map(Path, sys.argv[2:])), None)
    elif len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        main()
