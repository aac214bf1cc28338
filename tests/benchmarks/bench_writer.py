"""The costs of the writer, as ratios to the least that the same work costs on this machine at this moment.

Run as ``python tests/benchmarks/bench_writer.py`` from the root of the project. The two sides of each ratio take turns
and their medians are compared, so that other load on the machine slows both down. The costs of lines of
output are in ``bench_output.py``.
"""

import contextlib
import functools
import itertools
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

from tests.benchmarks.bare_session import bare_session  # noqa: E402
from writer import SessionCoordinator, SessionWriter  # noqa: E402

LINE = "  - src/api/routes.py:134 the lock is taken twice on the retry path ok"
CALLS = 20_000
THREADS = 4
INDEX_ENTRIES = 10_000
MANY_ENTRIES = 100_000
PROCESSES = 200
FIRST_SESSIONS = 200
COORDINATORS = 100
IDLE_SECS = 5.0

Measurement = tuple[str, Callable[[], float], str, str]
"""A name, what measures it, the unit, and the goal."""


@contextlib.contextmanager
def scratch_session() -> Iterator[SessionWriter]:
    """Make a session in a temporary directory."""
    with tempfile.TemporaryDirectory() as directory:
        # No thread that updates indexes takes part in what is measured, or in the removal of the directory.
        writer = SessionWriter.create("bench", "bench.zwf", base=directory, cwd=directory, index="never")
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
    """Measure the milliseconds that ``import writer`` adds to the start of an interpreter, as it is once installed.

    That is with compiled modules, which development environments often do not keep.
    """
    with tempfile.TemporaryDirectory() as compiled:
        variables = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        variables.pop("PYTHONDONTWRITEBYTECODE", None)

        def run(code: str) -> Callable[[], object]:
            return lambda: subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=variables, check=True)

        run("import writer")()
        with_import, without = take_turns(run("import writer"), run("pass"), turns=40)
    return (with_import - without) * 1000


def large_index(writer: SessionWriter, entry: dict[str, object], count: int) -> bytes:
    """Make an index of many sessions like the one of ``entry``."""
    name = writer.session_id[8:]
    entries = [
        {**entry, "zig_session_id": f"{number:08x}{name}", "ended_at": entry["started_at"], "status": "success"}
        for number in range(count)
    ]
    return orjson.dumps({"sessions": entries}, option=orjson.OPT_INDENT_2)


@contextlib.contextmanager
def old_sessions(count: int) -> Iterator[tuple[Path, list[Path]]]:
    """Make a base whose indexes have many old sessions; yield it and the indexes."""
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory)
        indexes = [base / "logs" / "index.json", base / "sessions_index.json"]
        first = SessionWriter.create("bench", "bench.zwf", base=base, cwd=base, index="now")
        for index in indexes:
            index.write_bytes(large_index(first, json.loads(index.read_bytes())["sessions"][-1], count))
        first.close()
        yield base, indexes
        wait_for_indexes(base)


def wait_for_indexes(base: Path) -> None:
    """Wait until no entry of an index is left to be updated."""
    while any((base / "sessions_index.json.pending").glob("*")):
        time.sleep(0.05)


def indexes_against_copies() -> float:
    """Compare the processor time of a session's two updates with that of reading and writing both indexes.

    As most sessions of a busy runner do, they share the copies of the indexes with others that begin or end meanwhile.
    """
    sessions = 20
    with old_sessions(INDEX_ENTRIES) as (base, indexes):

        def ours() -> None:
            for _ in range(sessions):
                SessionWriter.create("bench", "bench.zwf", base=base, cwd=base).ended("success", 1)
            wait_for_indexes(base)

        mine, bare = processor_times(ours, lambda: copy(indexes))
    return mine / sessions / bare


def one_update_against_a_copy() -> float:
    """Compare the processor time of one update of both indexes with that of reading and writing them."""
    with old_sessions(INDEX_ENTRIES) as (base, indexes):

        def ours() -> None:
            SessionWriter.create("bench", "bench.zwf", base=base, cwd=base, index="now").close()

        mine, bare = processor_times(ours, lambda: copy(indexes))
    return mine / bare


def copy(indexes: list[Path]) -> None:
    """Read the indexes, and write new files with the same content."""
    for index in indexes:
        temporary = index.with_suffix(".bench-new")
        temporary.write_bytes(index.read_bytes())
        temporary.replace(index.with_suffix(".bench"))


def processor_times(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Return the median processor times of both sides, which take turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(15):
        for side, work in enumerate((ours, theirs)):
            start = time.process_time()
            work()
            times[side].append(time.process_time() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def create_with_many_old_sessions() -> float:
    """Measure the milliseconds until `create` returns, with 100,000 old sessions."""
    with old_sessions(MANY_ENTRIES) as (base, _):
        times = []
        for _ in range(100):
            start = time.perf_counter()
            writer = SessionWriter.create("bench", "bench.zwf", base=base, cwd=base)
            times.append(time.perf_counter() - start)
            writer.ended("success", 1)
    return statistics.median(times) * 1000


def memory_with_many_old_sessions() -> float:
    """Measure the megabytes by which a process grows that updates the indexes of 100,000 old sessions."""
    code = (
        "import re, sys\nfrom writer import SessionWriter\n"
        "def begin(base, name): SessionWriter.create(name, '', base=base, cwd=base, index='now').ended('success', 1)\n"
        "begin(sys.argv[2], 'small')\n"
        "def peak(): return int(re.search(r'VmHWM:\\s+([0-9]+)', open('/proc/self/status').read())[1])\n"
        "before = peak()\n"
        "begin(sys.argv[1], 'large')\n"
        "print((peak() - before) / 1024)"
    )
    with old_sessions(MANY_ENTRIES) as (base, _), tempfile.TemporaryDirectory() as small:
        done = subprocess.run([sys.executable, "-c", code, base, small], cwd=ROOT, check=True, capture_output=True)
    return float(done.stdout)


def first_session_against_bare_calls() -> float:
    """Compare the first session of a home, from its start to its end, with the system calls that it takes.

    This is the least in Python, whose calls of the system take longer than those of a compiled language.
    """
    with tempfile.TemporaryDirectory() as directory:
        homes = (Path(directory, str(number)) for number in itertools.count())

        def ours(home: Path) -> None:
            SessionWriter.create("bench", "bench.zwf", base=home).ended("success", 1)

        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(FIRST_SESSIONS):
            for side in (0, 1) if turn % 2 else (1, 0):
                home = next(homes)
                home.mkdir()
                times[side].append(seconds(functools.partial((ours, bare_session)[side], home)))
                wait_for_indexes(home)
                time.sleep(0.002)  # the thread that updates them ends
    return statistics.median(times[0]) / statistics.median(times[1])


def coordinator_against_a_thread() -> float:
    """Compare the start of a coordinator with that of a thread by `threading.Thread`."""
    with contextlib.ExitStack() as stack:
        writers = iter([stack.enter_context(scratch_session()) for _ in range(COORDINATORS)])
        end = threading.Event()
        stack.callback(end.set)
        started = []
        mine, thread = take_turns(
            lambda: started.append(SessionCoordinator.start(next(writers))),
            lambda: threading.Thread(target=end.wait).start(),
            turns=COORDINATORS,
        )
        for coordinator in started:
            coordinator.finish()
    return mine / thread


def processes_at_once() -> float:
    """Count the entries that are missing after 200 processes have begun and ended sessions at the same time."""
    code = (
        "import sys\nfrom writer import SessionWriter\n"
        "SessionWriter.create('bench', 'bench.zwf', base=sys.argv[1], cwd=sys.argv[1]).ended('success', 1)"
    )
    with old_sessions(MANY_ENTRIES) as (base, indexes):
        processes = [subprocess.Popen([sys.executable, "-c", code, base], cwd=ROOT) for _ in range(PROCESSES)]
        for process in processes:
            process.wait()
        wait_for_indexes(base)
        entries = [json.loads(index.read_bytes())["sessions"][MANY_ENTRIES:] for index in indexes]
    return 2.0 * PROCESSES - len([entry for tail in entries for entry in tail if entry["status"] == "success"])


def idle_coordinator() -> float:
    """Measure the share of a processor, in percent, that an idle session takes."""
    with scratch_session() as writer, SessionCoordinator.start(writer):
        start = time.process_time()
        time.sleep(IDLE_SECS)
        return (time.process_time() - start) / IDLE_SECS * 100


def main() -> None:
    """Print a table of all measurements and their goals."""
    measurements: list[Measurement] = [
        ("lines per second of 4 threads / of 1 thread", four_threads_against_one, "x", "at least 0.5x"),
        ("import writer, beyond the interpreter's start", import_against_nothing, " ms", "at most 25 ms"),
        ("two updates, shared / copying indexes of 10,000", indexes_against_copies, "x", "at most 0.5x"),
        ("one update alone / copying indexes of 10,000", one_update_against_a_copy, "x", "at most 0.5x"),
        ("a home's first session / its bare system calls", first_session_against_bare_calls, "x", "at most 2x"),
        ("start of a coordinator / Thread.start", coordinator_against_a_thread, "x", "below 1x"),
        ("create with 100,000 old sessions", create_with_many_old_sessions, " ms", "at most 1 ms"),
        ("memory of an update with 100,000 old sessions", memory_with_many_old_sessions, " MB", "at most 20 MB"),
        ("entries lost by 200 processes, 100,000 old sessions", processes_at_once, "", "0"),
        ("processor time of an idle coordinator over 5 s", idle_coordinator, " %", "0 %"),
    ]
    report(measurements)


def report(measurements: list[Measurement]) -> None:
    """Measure, and print a table with the goals."""
    print(f"{'name':52}{'measured':>12}  goal")
    for name, measure, unit, goal in measurements:
        print(f"{name:52}{f'{measure():.2f}{unit}':>12}  {goal}", flush=True)


if __name__ == "__main__":
    main()
