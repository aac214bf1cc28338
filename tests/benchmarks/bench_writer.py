"""The costs of the writer, as ratios to the least that the same work costs on this machine at this moment.

Run as ``python tests/benchmarks/bench_writer.py`` from the root of the project. The two sides of each ratio take turns
and their medians are compared, so that other load on the machine slows both down.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import orjson  # noqa: E402

from writer import SessionCoordinator, SessionWriter  # noqa: E402

LINE = "  - src/api/routes.py:134 the lock is taken twice on the retry path ok"
CALLS = 20_000
THREADS = 4
INDEX_ENTRIES = 10_000
IDLE_SECS = 5.0


@contextlib.contextmanager
def scratch_session() -> Iterator[SessionWriter]:
    """Make a session in a temporary directory."""
    with tempfile.TemporaryDirectory() as directory:
        writer = SessionWriter.create("bench", "bench.zwf", base=directory, cwd=directory)
        yield writer
        writer.close()


def seconds(work: Callable[[], object]) -> float:
    """Measure how long ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def take_turns(ours: Callable[[], object], theirs: Callable[[], object], turns: int) -> tuple[float, float]:
    """Return the median times of both sides, which alternate in going first."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns):
        for side in (0, 1) if turn % 2 else (1, 0):
            times[side].append(seconds((ours, theirs)[side]))
    return statistics.median(times[0]), statistics.median(times[1])


def output_against_bare_writes() -> float:
    """Compare a line of output with one ``os.write`` of the same bytes."""
    with scratch_session() as writer, tempfile.NamedTemporaryFile() as file:
        writer.step_output("lint", "stdout", LINE)
        data = writer.log_path.read_bytes().splitlines(keepends=True)[-1]
        descriptor = os.open(file.name, os.O_WRONLY | os.O_APPEND)

        def ours() -> None:
            output = writer.step_output
            for _ in range(CALLS):
                output("lint", "stdout", LINE)

        def theirs() -> None:
            write = os.write
            for _ in range(CALLS):
                write(descriptor, data)

        mine, bare = take_turns(ours, theirs, turns=21)
        os.close(descriptor)
    return mine / bare


def four_threads_against_one() -> float:
    """Compare the lines per second of four threads that share a session with those of one thread."""
    with scratch_session() as writer:

        def write(calls: int) -> None:
            for _ in range(calls):
                writer.step_output("lint", "stdout", LINE)

        def four() -> None:
            threads = [threading.Thread(target=write, args=(CALLS // THREADS,)) for _ in range(THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        many, single = take_turns(four, lambda: write(CALLS), turns=15)
    return single / many


def import_against_nothing() -> float:
    """Measure the milliseconds that ``import writer`` adds to the start of an interpreter."""

    def run(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)

    with_import, without = take_turns(run("import writer"), run("pass"), turns=40)
    return (with_import - without) * 1000


def large_index(writer: SessionWriter, entry: dict[str, object]) -> bytes:
    """Make an index of many sessions like the one of ``entry``."""
    name = writer.session_id[8:]
    entries = [
        {**entry, "zig_session_id": f"{number:08x}{name}", "ended_at": entry["started_at"], "status": "success"}
        for number in range(INDEX_ENTRIES)
    ]
    return orjson.dumps({"sessions": entries}, option=orjson.OPT_INDENT_2)


def begin_and_end_against_rewriting() -> float:
    """Compare a session's start and end with parsing and replacing both indexes twice."""
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory)
        indexes = [base / "logs" / "index.json", base / "sessions_index.json"]

        def ours() -> None:
            SessionWriter.create("bench", "bench.zwf", base=base, cwd=base).ended("success", 1)

        ours()
        first = SessionWriter.create("bench", "bench.zwf", base=base, cwd=base)
        texts = [large_index(first, json.loads(index.read_bytes())["sessions"][-1]) for index in indexes]
        first.close()

        def theirs() -> None:
            for _ in ("start", "end"):
                for index in indexes:
                    content = orjson.loads(index.read_bytes())
                    temporary = index.with_suffix(".bench")
                    temporary.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
                    temporary.replace(index)

        for index, text in zip(indexes, texts, strict=True):
            index.write_bytes(text)
        mine, bare = take_turns(ours, theirs, turns=15)
    return mine / bare


def idle_coordinator() -> float:
    """Measure the share of a processor, in percent, that an idle session takes."""
    with scratch_session() as writer, SessionCoordinator.start(writer):
        start = time.process_time()
        time.sleep(IDLE_SECS)
        return (time.process_time() - start) / IDLE_SECS * 100


def main() -> None:
    """Print a table of all measurements and their goals."""
    measurements = [
        ("a line of output / one os.write of the same bytes", output_against_bare_writes, "x", "at most 2.5x"),
        ("lines per second of 4 threads / of 1 thread", four_threads_against_one, "x", "at least 0.5x"),
        ("import writer, beyond the interpreter's start", import_against_nothing, " ms", "at most 25 ms"),
        ("create + end / rewriting two indexes of 10,000", begin_and_end_against_rewriting, "x", "at most 2x"),
        ("processor time of an idle coordinator over 5 s", idle_coordinator, " %", "0 %"),
    ]
    print(f"{'name':52}{'measured':>12}  goal")
    for name, measure, unit, goal in measurements:
        print(f"{name:52}{f'{measure():.2f}{unit}':>12}  {goal}", flush=True)


if __name__ == "__main__":
    main()
