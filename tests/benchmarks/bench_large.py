"""The screen on a large log: ``python tests/benchmarks/bench_large.py [EVENTS]``, ratios measured in one run.

A log of EVENTS events (4,000,000 by default, about 1 GB) with 40 steps over 10 tiers, two of them parallel, is made
with `writer` and opened by the real program in a pseudo terminal, beside an empty Textual application, ``grep -c`` and,
where it is installed, ``lnav``.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.bench_live import FLOOR, READY, ZIGTUI, share  # noqa: E402
from tests.benchmarks.bench_reader import large_log  # noqa: E402
from tests.benchmarks.program import Program  # noqa: E402
from tests.benchmarks.table import row  # noqa: E402

STARTS, STARTS_OF_PEERS = 7, 3
INDEXINGS = 3
PATIENCE_SECS = 120.0
KEY_PAUSE_SECS = 0.05


def main() -> None:
    """Print a table: what was measured, that of a peer in the same run, the goal."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 4_000_000
    row("", "zigtui", "beside it", "goal")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:  # lnav still writes to its home
        home = Path(directory)
        log = large_log(home, events)
        lines = events // 10 * 10
        print(f"a log of {events:,} events, {log.stat().st_size / 1e6:,.0f} MB")
        start_up(home, log, last=f"line {lines - 1:09d}")
        indexing(home, log, lines)


def start_up(home: Path, log: Path, last: str) -> None:
    """From the start to the last line on the screen."""
    ours: list[str | Path] = [*ZIGTUI, log]
    times: tuple[list[float], list[float]] = ([], [])
    seconds_to(last, ours, home)  # compiled, and the file in memory
    for _ in range(STARTS):
        times[0].append(seconds_to(last, ours, home))
        times[1].append(seconds_to(READY, FLOOR, home))
    mine, empty = (statistics.median(of_one) * 1000 for of_one in times)
    row("start -> last line", f"{mine:.0f} ms", f"{mine / empty:.2f} x {empty:.0f} ms of an empty application", "1.5 x")
    if shutil.which("lnav") is not None:
        # It cuts lines at the side: the type of the last event is in sight, its fields are not.
        peer = statistics.median([seconds_to("zig_session_ended", ["lnav", log], home) for _ in range(STARTS_OF_PEERS)])
        row("", "", f"{peer * 1000:.0f} ms lnav", "")


def seconds_to(text: str, command: Sequence[str | Path], home: Path) -> float:
    """How long a command takes to show a text."""
    with Program(command, home) as program:
        return program.wait_for(text, PATIENCE_SECS) - program.started_at


def indexing(home: Path, log: Path, lines: int) -> None:
    """Until everything is known; the keys meanwhile; the memory after it and after going from end to start."""
    greps, times, answers = [], [], []
    jumps: dict[str, list[float]] = {}
    for _ in range(INDEXINGS):
        began = time.monotonic()
        subprocess.run(["grep", "-c", "step_started", log], capture_output=True, check=True)
        greps.append(time.monotonic() - began)
        with Program([*ZIGTUI, log], home) as program:
            shown = program.wait_for("reading")
            answers += answers_to_keys(program, f"{lines:,} lines")
            times.append(time.monotonic() - shown)
            indexed = program.private_megabytes
            for name, before, keys, text in jumps_in(lines):
                program.press(before)
                program.settle(0.5)
                jumps.setdefault(name, []).append(seconds_to_show(program, keys, text) * 1000)
            jumped = program.private_megabytes
    took, grep = statistics.median(times), statistics.median(greps)
    row("all indexed on the screen", f"{took:.2f} s", f"{took / grep:.1f} x {grep:.2f} s of grep -c", "8 x")
    answered = f"{share(answers, 0.5):.0f} / {share(answers, 0.99):.0f} ms"
    row("  a key answered meanwhile, p50 / p99", answered, f"{len(answers)} keys", "")
    for name, took_each in jumps.items():
        row(f"  a jump to {name}", f"{statistics.median(took_each):.0f} ms", "", "100 ms")
    row("  private memory, indexed / after the jumps", f"{indexed:.0f} / {jumped:.0f} MB", "", "100 MB")


def jumps_in(lines: int) -> list[tuple[str, str, str, str]]:
    """Where to, the keys before and those that jump, and what they show; the tree is in focus."""
    return [
        ("the start", "g\t", "g", "line 000000000"),
        ("the end", "", "G", f"line {lines - 1:09d}"),
        ("a time", "", ":50%\r", f"line {lines // 2000:,},"),
        ("the next failure", "", "e", "failure 1 of 1"),
        ("a step", "\t", "k", "Tier 6"),
    ]


def answers_to_keys(program: Program, until: str) -> list[float]:
    """Go up and down in the tree until a text is there; the milliseconds that each key takes."""
    times: list[float] = []
    effects = (("j", "Tier 1 "), ("k", "All output"))
    while until not in program.text:
        program.forget()
        times.append(seconds_to_show(program, *effects[len(times) % 2]) * 1000)
        program.settle(KEY_PAUSE_SECS)
    return times


def seconds_to_show(program: Program, keys: str, text: str) -> float:
    """How long keys take to show a text."""
    program.forget()
    began = time.monotonic()
    program.press(keys)
    return program.wait_for(text, PATIENCE_SECS) - began


if __name__ == "__main__":
    main()
