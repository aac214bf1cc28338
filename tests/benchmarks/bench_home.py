"""The list in a large home: ``python tests/benchmarks/bench_home.py [SESSIONS]``, about two minutes.

A home of SESSIONS sessions (100,000 by default) in 50 projects, with the indexes of a writer, seen by the real program
in a pseudo terminal, beside an empty Textual application. Linux only.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import orjson

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.bench_live import FLOOR, READY, ZIGTUI, delays, next_step, session, share  # noqa: E402
from tests.benchmarks.program import Program  # noqa: E402
from tests.benchmarks.table import row  # noqa: E402
from tests.reader.catalog.test_watch import FEW_WATCHES  # noqa: E402
from writer import SessionWriter  # noqa: E402
from writer._common.paths import LOG_SUFFIX  # noqa: E402

PROJECTS = 50
TEMPLATES = 100  # sessions that a writer has written; the others are copies of them by other names
UNENDED_SHARE = 0.03  # of all: their runners died
STARTS = 3
PATIENCE_SECS = 120.0
CALM_SHARE = 0.3  # of a core, at most, is taken by a program that has read everything
IDLE_SECS = 60.0
CHANGES = 20


def main() -> None:
    """Print a table: what was measured, that of a peer in the same run, the goal."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    row("", "zigtui", "beside it", "goal")
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        make_home(home, count)
        print(f"a home of {count:,} sessions in {PROJECTS} projects")
        start_up(home, count)
        live(home, count, "with hints of the system", [])
        live(home, count, "without", FEW_WATCHES)


def start_up(home: Path, count: int) -> None:
    """From the start to the first rows, and to all rows."""
    empty, first, complete = [], [], []
    for turn in range(STARTS + 1):
        with Program(FLOOR, home) as program:
            empty.append(program.wait_for(READY) - program.started_at)
        with Program(ZIGTUI, home) as program:
            first.append(program.wait_for("succeeded") - program.started_at)
            complete.append(program.wait_for(f"{count:,} sessions", PATIENCE_SECS) - program.started_at)
        if not turn:  # it was compiled
            empty, first, complete = [], [], []
    least, rows, whole = (statistics.median(times) for times in (empty, first, complete))
    row("start -> first rows", f"{rows:.2f} s", f"{least:.2f} s an empty application", "1.0 s more")
    row("start -> all rows", f"{whole:.1f} s", "", "10 s")


def live(home: Path, count: int, name: str, around: Sequence[str]) -> None:
    """Growing and new sessions once everything has been read, and the cost of an idle list."""
    writer = session(home, "alive")
    with Program([*around, *ZIGTUI], home) as program:
        program.wait_for("sessions", PATIENCE_SECS)
        read = wait_until_calm(program)
        print(f"{name}: all logs read after {read:.0f} s")
        row("  private memory", f"{program.private_megabytes:.0f} MB", "", "250 MB")
        before = program.processor_secs
        program.settle(IDLE_SECS)
        row("  processor time", f"{(program.processor_secs - before) / IDLE_SECS:.1%} of a core", "", "")
        times = delays(program, lambda text: next_step(writer, text), CHANGES)
        shown = f"{share(times, 0.5):.0f} / {max(times):.0f} ms"
        row("  a step of a live session, median / most", shown, "", "2,000 ms")
        times = delays(program, lambda text: session(home, text), CHANGES)
        shown = f"{share(times, 0.5):.0f} / {max(times):.0f} ms"
        row("  a new session, median / most", shown, "", "2,000 ms")


def wait_until_calm(program: Program) -> float:
    """The seconds from its start until a program takes little of the processor."""
    while True:
        before = program.processor_secs
        program.settle(1.0)
        if program.processor_secs - before < CALM_SHARE:
            return time.monotonic() - program.started_at


def make_home(home: Path, count: int) -> None:
    """Sessions of the last year in projects, and their indexes."""
    templates = [template(home / "templates", number) for number in range(TEMPLATES)]
    entries: dict[Path, list[dict[str, object]]] = {}
    everywhere = entries.setdefault(home / ".zig" / "sessions_index.json", [])
    now = time.time()
    for number in range(count):
        path, entry_of_all, entry = templates[number % TEMPLATES]
        workspace = home / ".zig" / "projects" / f"home-dev-src-project-{number % PROJECTS}"
        name = str(uuid.UUID(int=number + (number * 2654435761 % 2**32 << 96), version=4))
        target = workspace / "logs" / "sessions" / f"{name}{LOG_SUFFIX}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes().replace(path.stem.encode(), name.encode()))
        modified = now - 600 - 31e6 * number / count
        os.utime(target, (modified, modified))
        own = {"zig_session_id": name, "log_path": str(target)}
        everywhere.append({**entry_of_all, **own})
        entries.setdefault(workspace / "logs" / "index.json", []).append({**entry, **own})
    for index, listed in entries.items():
        index.write_bytes(orjson.dumps({"sessions": listed}, option=orjson.OPT_INDENT_2))
    subprocess.run(["sync"], check=True)


def template(base: Path, number: int) -> tuple[Path, dict[str, object], dict[str, object]]:
    """A session of some tiers and steps: its log, and its entries in the two indexes."""
    name = f"flow-{number % 20}"
    writer = SessionWriter.create(name, "flow.zwf", tier_count=3, base=base, cwd=base, index="now")
    for tier in range(3):
        writer.tier_started(tier, [f"step-{tier}"])
        writer.step_started(f"step-{tier}", tier, f"zig-flow-{tier}", "run")
        for line in range(5):
            writer.step_output(f"step-{tier}", "stdout", f"line {line} of step {tier} says what it does")
        if number < TEMPLATES * UNENDED_SHARE:
            writer.close()
            break
        writer.step_completed(f"step-{tier}", 0, 10)
    else:
        writer.ended("success" if number % 5 else "failure", 100)
    own_index = writer.log_path.parents[1] / "index.json"
    indexes = [orjson.loads(index.read_bytes())["sessions"] for index in (base / "sessions_index.json", own_index)]
    entries = [next(entry for entry in index if entry["zig_session_id"] == writer.log_path.stem) for index in indexes]
    return writer.log_path, entries[0], entries[1]


if __name__ == "__main__":
    main()
