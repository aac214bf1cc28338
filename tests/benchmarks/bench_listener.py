"""A listener of 100,000 passes: ``python tests/benchmarks/bench_listener.py [PASSES]``, ratios measured in one run.

A log of PASSES passes of three steps (about 250 MB), each with a line of output, is opened by the real program in a
pseudo terminal, beside an empty Textual application and ``grep -c``. Then it is shown and exported by commands, and
smaller logs of other shapes are read. Reading and keys are measured in processor time, which hardly depends on what
else the machine does, and of several measurements of reading the least counts.
"""

import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.bench_large import PATIENCE_SECS, seconds_to  # noqa: E402
from tests.benchmarks.bench_live import FLOOR, READY, ZIGTUI  # noqa: E402
from tests.benchmarks.listener_load import FAILS_EVERY, SHAPES, listener  # noqa: E402
from tests.benchmarks.program import Program  # noqa: E402
from tests.benchmarks.table import row  # noqa: E402
from tests.support.screens import Clock, shown  # noqa: E402
from zigtui.reader.catalog.scan.locations import location_of_file  # noqa: E402
from zigtui.reader.session.session_log import SessionLog  # noqa: E402
from zigtui.ui.session.screen import SessionScreen  # noqa: E402

STARTS = 5
INDEXINGS = 5
PASSES_OF_A_SHAPE = 20_000
FRAMES = 40
FAILURES = 10


def main() -> None:
    """Print a table: what was measured, that of a peer in the same run, the goal."""
    passes = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        log = listener(home, passes)
        row("", "zigtui", "beside it", "goal")
        print(f"a listener of {passes:,} passes, {log.stat().st_size / 1e6:,.0f} MB")
        start_up(home, log, passes)
        on_the_screen(home, log, passes)
        frames(log)
        commands(home, log)
        shapes(home)


def start_up(home: Path, log: Path, passes: int) -> None:
    """From the start to the last line on the screen."""
    last = f"part 2 of event {passes - 1}"
    seconds_to(last, [*ZIGTUI, log], home)  # compiled, and the file in memory
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(STARTS):
        times[0].append(seconds_to(last, [*ZIGTUI, log], home))
        times[1].append(seconds_to(READY, FLOOR, home))
    mine, empty = (statistics.median(of_one) * 1000 for of_one in times)
    row("start -> last line", f"{mine:.0f} ms", f"{mine / empty:.2f} x {empty:.0f} ms of an empty application", "1.5 x")


def on_the_screen(home: Path, log: Path, passes: int) -> None:
    """Until everything is known; then the keys and the memory."""
    greps: list[float] = []
    times: list[float] = []
    for _ in range(INDEXINGS):
        greps.append(secs_of_grep(log))
        with Program([*ZIGTUI, log], home) as program:
            program.wait_for("reading", PATIENCE_SECS)
            before = program.processor_secs
            program.wait_for(f"Pass {passes:,}", PATIENCE_SECS)
            times.append(program.processor_secs - before)
            if len(times) < INDEXINGS:
                continue
            row("all indexed on the screen", f"{min(times):.2f} s", of_grep(times, greps), "35 x")
            program.settle(1.0)
            row("  private memory", f"{program.private_megabytes:.0f} MB", "", "120 MB")
            keys(program, passes)
            row("  private memory after that", f"{program.private_megabytes:.0f} MB", "", "120 MB")


def keys(program: Program, passes: int) -> None:
    """What the keys take that meet all passes or all failures."""
    failures = len(range(5, passes, FAILS_EVERY))
    answered(program, "the last row", ("G", "earlier passes"))
    answered(program, f"unfolding {passes - 10:,} passes", (" ", "▾"))
    answered(program, "the first pass, with what it was about", ("G", "Event 0:"))
    program.press("g")
    program.settle(0.5)
    before = [("E", f"failure {failures - number:,} of {failures:,}") for number in range(FAILURES)]
    answered(program, "the failure before, of old passes", *before)
    answered(program, "failed passes only", ("F", "failed only"))


def answered(program: Program, name: str, *keys: tuple[str, str]) -> None:
    """Print what keys take, each of which must show a text."""
    times = []
    for key, text in keys:
        program.forget()
        times.append(program.answer_secs(key))
        program.wait_for(text)
    row(f"  {name}", f"{statistics.median(times) * 1000:.0f} ms", "", "60 ms")


def secs_of_grep(log: Path) -> float:
    """The processor time of ``grep -c`` on a log."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["grep", "-c", "step_started", log], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def of_grep(times: list[float], greps: list[float]) -> str:
    """The least time, as a multiple of the least time of ``grep -c``."""
    return f"{min(times) / min(greps):.1f} x {min(greps) * 1000:.0f} ms of grep -c"


def shapes(home: Path) -> None:
    """Reading logs of other shapes."""
    for shape in SHAPES:
        log = listener(home, PASSES_OF_A_SHAPE, shape)
        greps, times = [], []
        for _ in range(INDEXINGS):
            greps.append(secs_of_grep(log))
            began = time.process_time()
            SessionLog(location_of_file(str(log))).read_all()
            times.append(time.process_time() - began)
        megabytes = f"{PASSES_OF_A_SHAPE:,} passes with {shape}, {log.stat().st_size / 1e6:.0f} MB"
        row(megabytes, f"{min(times):.2f} s", of_grep(times, greps), "50 x")


def frames(log: Path) -> None:
    """A frame that draws each row of the tree again, in processor time."""
    for name, took in asyncio.run(times_of_frames(log)).items():
        row(f"a frame, {name}", f"{took * 1000:.1f} ms", "", "10 ms")


async def times_of_frames(log: Path) -> dict[str, float]:
    """The median time of a frame with all earlier passes folded, unfolded and filtered."""
    clock = Clock(time.time())
    base = log.parents[2] if log.parents[2].name == "base" else log.parents[4]
    times: dict[str, float] = {}
    async with shown(base, opened=log, clock=clock, size=(160, 48)) as screen:
        top = screen.app.screen
        assert isinstance(top, SessionScreen)
        for name, keys in (("folded", []), ("unfolded", ["G", "space", "G"]), ("filtered", ["F", "G"])):
            await screen.press(*keys)
            took = []
            for _ in range(FRAMES):
                clock.now += 1
                began = time.process_time()
                top.show_changes()
                took.append(time.process_time() - began)
                await screen.pilot.pause()
            times[name] = statistics.median(took)
    return times


def commands(home: Path, log: Path) -> None:
    """The commands that print the session, beside one that only reads it."""
    reading = 0.0
    for name, arguments in (
        ("check", ["check"]),
        ("show", ["show"]),
        ("show --json", ["show", "--json"]),
        ("show --pass all", ["show", "--pass", "all"]),
        ("export --format md", ["export", "--format", "md"]),
    ):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with (home / "printed").open("wb") as printed:
            subprocess.run([*ZIGTUI, *arguments, log], stdout=printed, stderr=subprocess.DEVNULL, cwd=ROOT, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took = after.ru_utime - before.ru_utime
        reading = reading or took
        size = (home / "printed").stat().st_size / 1e6
        row(f"{name}", f"{took:.2f} s", f"{took / reading:.1f} x check, {size:.1f} MB printed", "")
    row("  the most memory of these", f"{after.ru_maxrss / 1024:.0f} MB", "", "120 MB")


if __name__ == "__main__":
    main()
