"""A listener of 100,000 passes: ``python tests/benchmarks/bench_listener.py [PASSES]``, ratios measured in one run.

A log of PASSES passes of three steps (about 250 MB), each with a line of output, is opened by the real program in a
pseudo terminal, beside an empty Textual application and ``grep -c``. Then it is shown and exported by commands.
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

from tests.benchmarks.bench_large import PATIENCE_SECS, seconds_to, seconds_to_show  # noqa: E402
from tests.benchmarks.bench_live import FLOOR, READY, ZIGTUI  # noqa: E402
from tests.benchmarks.program import Program  # noqa: E402
from tests.benchmarks.table import row  # noqa: E402
from tests.support.screens import Clock, shown  # noqa: E402
from writer import SessionWriter  # noqa: E402
from zigtui.ui.session.screen import SessionScreen  # noqa: E402

STARTS = 5
FAILS_EVERY = 97
STEPS = ("receive", "answer", "deliver")
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


def listener(directory: Path, passes: int) -> Path:
    """A listener that handles events one after another, and lives."""
    session = SessionWriter.create("echo-bot", "echo-bot.zwf", tier_count=3, base=directory / "base", cwd=directory)
    for number in range(passes):
        about = f"Event {number}: please answer the customer's question about order {number * 17 % 9999}"
        for index, name in enumerate(STEPS):
            session.tier_started(index, [name])
            session.step_started(name, index, f"zig-echo-bot-{name}", "run", "sonnet", about)
            session.step_output(name, "stdout", f"handled part {index} of event {number} in a calm and orderly manner")
            if number % FAILS_EVERY == 5 and index == 1:
                session.step_failed(name, 2, 1, "ValueError: no such order")
                break
            session.step_completed(name, 0, 812)
    session.close()
    return session.log_path


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
    """Until everything is known; then the frames, the failures and the memory."""
    began = time.monotonic()
    subprocess.run(["grep", "-c", "step_started", log], capture_output=True, check=True)
    grep = time.monotonic() - began
    failures = len(range(5, passes, FAILS_EVERY))
    with Program([*ZIGTUI, log], home) as program:
        shown = program.wait_for("reading", PATIENCE_SECS)
        took = program.wait_for(f"Pass {passes:,}", PATIENCE_SECS) - shown
        row("all indexed on the screen", f"{took:.2f} s", f"{took / grep:.1f} x {grep:.2f} s of grep -c", "35 x")
        program.settle(1.0)
        row("  private memory", f"{program.private_megabytes:.0f} MB", "", "120 MB")
        unfolded = seconds_to_show(program, "G ", "▾") * 1000
        row(f"  unfolding {passes - 10:,} passes", f"{unfolded:.0f} ms", "", "100 ms")
        last = seconds_to_show(program, "G", "Event 0:") * 1000
        row("  the first pass, with what it was about", f"{last:.0f} ms", "", "100 ms")
        program.press("g")
        program.settle(0.5)
        times = [
            seconds_to_show(program, "E", f"failure {failures - number:,} of {failures:,}") * 1000
            for number in range(FAILURES)
        ]
        row("  the failure before, of old passes", f"{statistics.median(times):.0f} ms", "", "100 ms")
        filtered = seconds_to_show(program, "F", "failed only") * 1000
        row("  failed passes only", f"{filtered:.0f} ms", "", "100 ms")
        row("  private memory after that", f"{program.private_megabytes:.0f} MB", "", "120 MB")


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
