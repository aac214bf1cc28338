"""How quick the reader is: ``python tests/benchmarks/bench_reader.py [EVENTS]``, ratios measured in one run.

A log of EVENTS events (400,000 by default, about 100 MB; 4,000,000 make 1 GB) with 40 steps over 10 tiers, two of
them parallel, is made with `writer`, and read as the screen reads it.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from writer import SessionWriter
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.scan.locations import location_of_file
from zigtui.reader.lines.log_end import read_log_end
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import Search
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.times import milliseconds_between
from zigtui.reader.times import seconds as seconds_since_epoch
from zigtui.reader.user_input.jump_target import jump_steps

LINE = "the quick brown fox jumps over the lazy dog and goes on to line {:09d} of it all, well"
COLORED = "\x1b[32mthe quick\x1b[0m brown fox jumps over the lazy dog and goes on to line {:09d} of it all, well"
SESSIONS = 500
RUNS = 3


def main() -> None:
    """Print a table: name, measured, goal."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    with tempfile.TemporaryDirectory() as directory:
        path = large_log(Path(directory), events)
        megabytes = path.stat().st_size / 1e6
        print(f"a log of {events:,} events, {megabytes:,.0f} MB, and a home of {SESSIONS:,} sessions")
        grep = seconds(lambda: subprocess.run(["grep", "-c", "step_started", path], capture_output=True, check=True))
        before = memory_megabytes()
        indexing = seconds(lambda: SessionLog(location_of_file(str(path))).read_all())
        log = SessionLog(location_of_file(str(path)))
        session = log.read_all().session
        row("all indexed / grep -c", f"{indexing / grep:.1f}x", "at most 8x")
        row("its end read at once", f"{seconds(lambda: read_log_end(str(path))) * 1000:.1f} ms", "")
        for name, place in (("start", 0.0), ("middle", 0.5), ("end", 1.0)):
            took = seconds(lambda place=place: jump(log, place))  # type: ignore[misc]  # bound at once
            row(f"jump to the {name}", f"{took * 1000:.1f} ms", "at most 100 ms")
        took_ms = milliseconds_between(session.started_at, session.ended_at) or 0
        middle = (seconds_since_epoch(session.started_at) or 0) + took_ms / 2000
        row("jump to a time", f"{seconds(lambda: jump_to_time(log, middle)) * 1000:.1f} ms", "at most 100 ms")
        rare = f"{events * 3 // 4:09d} of"
        colored = large_log(Path(directory) / "colored", events, COLORED)
        digits = "".join(f"[{digit}]" for digit in rare[:-3])
        for name, log_path, query, goal in (
            ("plain", path, rare, "at most 6x"),
            ("plain, among colours", colored, rare, "at most 6x"),
            ("pattern", path, f"/{rare[:-3]}\\s\\w+/", "at most 6x"),
            ("without a text", path, f"/{digits}\\s\\w+/", ""),
        ):
            grep = seconds(partial(subprocess.run, ["grep", "-c", rare, log_path], capture_output=True, check=True))
            took = seconds(partial(search, log_path, query))
            row(f"search, {name} / grep -c", f"{took / grep:.1f}x", goal)
        row("memory for its index", f"{max(0.0, memory_megabytes() - before):.1f} MB", "")
        home = Path(directory) / "home"
        small_sessions(home)
        row("a session of a home", f"{seconds(lambda: Catalog([str(home)]).read_all()) / SESSIONS * 1e6:.0f} us", "")


def row(name: str, measured: str, goal: str) -> None:
    """Print a line of the table."""
    print(f"{name:<38}{measured:>12}  {goal}")


def seconds(action: Callable[[], object]) -> float:
    """The median time that an action takes."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def jump(log: SessionLog, place: float) -> None:
    """Read a screen of lines, as a view does that has not been there before."""
    lines = log.output()
    first = int((len(lines) - 50) * place)
    for number in range(first, first + 50):
        assert lines.line(number) is not None


def jump_to_time(log: SessionLog, moment: float) -> None:
    """Find the line of a time, as a view does that has not been there before."""
    reported = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))
    assert any(jump_steps(reported, log.output(), started=None, ended=None))


def search(path: Path, query: str) -> None:
    """Find the only line that matches."""
    found = Search(str(path), Query(query))
    found.run()
    assert len(found) == 1


def memory_megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def large_log(directory: Path, events: int, text: str = LINE) -> Path:
    """A log with 40 steps over 10 tiers, two of them parallel, that print a text with the number of each line."""
    session = SessionWriter.create("large", "large.zwf", tier_count=10, base=directory / "large", cwd=directory)
    tiers = [[f"step-{number}"] for number in range(8)]
    tiers.insert(3, [f"first-{number}" for number in range(16)])
    tiers.insert(7, [f"second-{number}" for number in range(16)])
    line = 0
    for index, names in enumerate(tiers):
        session.tier_started(index, names)
        for name in names:
            session.step_started(name, index, f"zig-large-{name}", "run")
        for _ in range(events // len(tiers)):
            session.step_output(names[line % len(names)], "stdout" if line % 50 else "stderr", text.format(line))
            line += 1
        if index == len(tiers) // 2:
            session.step_failed(names[0], 1, 1, "it did not work")
        for name in names:
            session.step_completed(name, 0, 1000)
    session.ended("success", 1000)
    return session.log_path


def small_sessions(base: Path) -> None:
    """Sessions of ten events each; without indexes, which would save most of the reading."""
    for number in range(SESSIONS):
        session = SessionWriter.create(f"flow-{number % 20}", "flow.zwf", tier_count=1, base=base / "made", cwd="/")
        session.tier_started(0, ["a"])
        session.step_started("a", 0, "zig-flow-a", "run")
        for line in range(5):
            session.step_output("a", "stdout", LINE.format(line))
        session.step_completed("a", 0, 10)
        session.close()
        target = base / "logs" / "sessions"
        target.mkdir(parents=True, exist_ok=True)
        session.log_path.rename(target / session.log_path.name)


if __name__ == "__main__":
    main()
