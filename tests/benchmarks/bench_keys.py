"""Each key of a session: ``python tests/benchmarks/bench_keys.py [PASSES]``, some minutes.

A listener of PASSES passes (5,000 by default) and a session of 120 parallel steps are opened by the real program in a
pseudo terminal. The times are those of the thread that draws, from the key to the last frame that the key causes.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.bench_listener import listener  # noqa: E402
from tests.benchmarks.bench_live import ZIGTUI  # noqa: E402
from tests.benchmarks.program import Program  # noqa: E402
from tests.benchmarks.table import row  # noqa: E402
from writer import SessionWriter  # noqa: E402

STEPS = 120
LINES = 20
ROUNDS = 8
IDLE_SECS = 0.25  # without output or anything to do, after which nothing more comes; an escape key waits for 0.1 s
PAUSE_SECS = 0.05  # after which a frame is another one's; three frames at the rate of Textual
POLL_SECS = 0.002
PATIENCE_SECS = 30.0

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
PAGE_UP, PAGE_DOWN, HOME, END = "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"
NAMES = {
    **{UP: "up", DOWN: "down", RIGHT: "right", LEFT: "left", PAGE_UP: "page up", PAGE_DOWN: "page down"},
    **{HOME: "home", END: "end", "\x1b": "esc", "\t": "tab", "\r": "enter", " ": "space"},
}
MOVES = [END, PAGE_UP, PAGE_UP, PAGE_DOWN, UP, DOWN, HOME, DOWN, DOWN, DOWN, PAGE_DOWN]
TREE = [*MOVES, " ", DOWN, *MOVES, RIGHT, DOWN, DOWN, LEFT, " ", END, " ", PAGE_DOWN, PAGE_UP, "F", "F", "e", "e", "E"]
TIMELINE = ["T", *MOVES, LEFT, LEFT, RIGHT, "+", "+", "-", "0", " ", DOWN, " ", "\r", "T", "\t"]
OUTPUT = ["\t", *MOVES, "w", RIGHT, LEFT, "w", "t", "t", "t", "t", "D", "D", "f", "f", "\r", "\x1b", "|", "|", "z", "z"]
OTHERS = ["i", *MOVES, "\x1b", "/", "q", "u", "\x1b", "&", "o", "\x1b", ":", "\x1b", "y", "\x1b", "?", "\x1b", "\t"]


def main() -> None:
    """Print a table for each session: the keys, their median and their worst time, the goal."""
    passes = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        log = listener(home, passes)
        print_keys(home, log, f"a listener of {passes:,} passes", f"Pass {passes:,}")
        log = parallel(home)
        print_keys(home, log, f"{STEPS} parallel steps", f"{STEPS * LINES:,}")


def parallel(directory: Path) -> Path:
    """Parallel steps that print in turn. Every tenth has failed twice, and goes on like the others."""
    session = SessionWriter.create("wide", "wide.zwf", tier_count=2, base=directory / "wide", cwd=directory)
    names = [f"step-{number}" for number in range(STEPS)]
    session.tier_started(0, names)
    for name in names:
        session.step_started(name, 0, f"zig-wide-{name}", "run", "sonnet", f"what {name} does")
    for line in range(LINES):
        for number, name in enumerate(names):
            session.step_output(name, "stdout", f"INFO compiled src/module_{line}.py of {name} in 42 ms")
            if number % 10 == 0 and line in (5, 10):
                session.step_failed(name, 2, line // 5, "ValueError: no such module")
    session.close()
    return session.log_path


def print_keys(home: Path, log: Path, title: str, read: str) -> None:
    """Print what each key of a session takes."""
    times: dict[str, list[float]] = {}
    with Program([*ZIGTUI, log], home) as program:
        program.wait_for(read, PATIENCE_SECS)
        program.settle(1.0)
        for number in range(ROUNDS + 1):
            for place, key in keys():
                took = processor_secs(program, key)
                if number:  # in the first round, modules are imported
                    times.setdefault(f"{NAMES.get(key, key)} in the {place}", []).append(took)
    row(title, "median", f"worst of {ROUNDS} or more", "")
    for name, taken in times.items():
        row(f"  {name}", f"{statistics.median(taken) * 1000:.0f} ms", f"{max(taken) * 1000:.0f} ms", "60 ms")
    all_taken = sorted(took for taken in times.values() for took in taken)
    row("  all keys, p99", f"{all_taken[len(all_taken) * 99 // 100] * 1000:.0f} ms", "", "60 ms")


def keys() -> Iterator[tuple[str, str]]:
    """The keys of a round, each with where it is pressed. The screen is afterwards as it was before."""
    for place, pressed in (("tree", TREE), ("timeline", TIMELINE), ("output", OUTPUT), ("other screens", OTHERS)):
        for key in pressed:
            yield place, key


def processor_secs(program: Program, key: str) -> float:
    """The processor time of the screen from a key to the last frame that it causes.

    A frame after a pause is that of another second or of a search, and what follows the last frame delays no answer.
    """
    before = program.main_thread_secs
    program.press(key)
    took, is_answered = None, False
    busy_at = drawn_at = time.monotonic()
    while time.monotonic() < busy_at + IDLE_SECS:
        if program.read(POLL_SECS):
            if not is_answered:
                took = program.main_thread_secs - before
            busy_at = drawn_at = time.monotonic()
        elif program.is_drawing:
            busy_at = drawn_at = time.monotonic()
        elif program.is_runnable:  # a search, whose frames show how far it is
            busy_at = time.monotonic()
        is_answered = is_answered or (took is not None and time.monotonic() > drawn_at + PAUSE_SECS)
    return program.main_thread_secs - before if took is None else took


if __name__ == "__main__":
    main()
