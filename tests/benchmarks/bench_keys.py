"""Each key of a session: ``python tests/benchmarks/bench_keys.py [--rounds N] [--passes N]``, about three minutes.

A listener of 5,000 passes and a session of 120 parallel steps are opened by the real program in a pseudo-terminal.
All keys are pressed in some rounds, after one that is not measured. The times are the processor times of the thread
that draws, from the key to the last frame that answers it, so that they hardly depend on what else the machine does.
Each key in each round is a sample of the percentile.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.bench_live import ZIGTUI  # noqa: E402
from tests.benchmarks.listener_load import listener  # noqa: E402
from tests.benchmarks.program import ESCAPE, Program  # noqa: E402
from tests.benchmarks.table import row  # noqa: E402
from writer import SessionCoordinator, SessionWriter  # noqa: E402

STEPS = 120
LINES = 20
ROUNDS = 2
PATIENCE_SECS = 30.0

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
PAGE_UP, PAGE_DOWN, HOME, END = "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"
NAMES = {
    **{UP: "up", DOWN: "down", RIGHT: "right", LEFT: "left", PAGE_UP: "page up", PAGE_DOWN: "page down"},
    **{HOME: "home", END: "end", ESCAPE: "esc", "\t": "tab", "\r": "enter", " ": "space"},
}
GOAL = "60 ms"

MOVES = [END, PAGE_UP, PAGE_UP, PAGE_DOWN, UP, DOWN, HOME, DOWN, DOWN, DOWN, PAGE_DOWN]
TREE = [*MOVES, " ", DOWN, *MOVES, RIGHT, DOWN, DOWN, LEFT, " ", END, " ", PAGE_DOWN, PAGE_UP, "F", "F", "e", "e", "E"]
TIMELINE = ["T", *MOVES, LEFT, LEFT, RIGHT, "+", "+", "-", "0", " ", DOWN, " ", "\r", "T", "\t"]
OUTPUT = ["\t", *MOVES, "w", RIGHT, LEFT, *"wttttDDff", "\r", ESCAPE, *"||zz", "\t"]
OTHERS = ["\t", "i", *MOVES, ESCAPE, *"/qu", ESCAPE, *"&o", ESCAPE, ":", ESCAPE, "y", ESCAPE, "?", ESCAPE, "\t"]
PLACES = {"tree": TREE, "timeline": TIMELINE, "output": OUTPUT, "other screens": OTHERS}
# After the keys of a place, the screen is as it was before, and the tree has the focus.


def main() -> None:
    """Print a table for each session: the keys, their median and their worst time, the goal."""
    parser = argparse.ArgumentParser(description="Measure what each key of a session takes.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each key is measured")
    parser.add_argument("--passes", type=int, default=5_000, help="the passes of the listener")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        log = listener(home, options.passes)
        print_keys(home, log, f"a listener of {options.passes:,} passes", f"Pass {options.passes:,}", options.rounds)
        with SessionCoordinator.start(parallel(home)) as session:
            log = session.writer.log_path
            print_keys(home, log, f"{STEPS} parallel steps", f"{STEPS * LINES:,}", options.rounds)


def parallel(directory: Path) -> SessionWriter:
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
    return session


def print_keys(home: Path, log: Path, title: str, read: str, rounds: int) -> None:
    """Print what each key of a session takes, one part of the screen after another."""
    all_taken: list[float] = []
    row(title, "median", f"worst of {rounds} or more", "")
    with Program([*ZIGTUI, log], home) as program:
        program.wait_for(read, PATIENCE_SECS)
        program.settle(1.0)
        for place, keys in PLACES.items():
            times: dict[str, list[float]] = {}
            for number in range(rounds + 1):
                for key in keys:
                    took = program.answer_secs(key)
                    if number:  # in the first round, modules are imported
                        times.setdefault(f"{NAMES.get(key, key)} in the {place}", []).append(took)
            check_screen(program)
            for name, taken in times.items():
                row(f"  {name}", milliseconds(statistics.median(taken)), milliseconds(max(taken)), GOAL)
            all_taken += [took for taken in times.values() for took in taken]
    worst_hundredth = sorted(all_taken)[len(all_taken) * 99 // 100]
    row(f"  all {len(all_taken)} keys, p99", milliseconds(worst_hundredth), milliseconds(max(all_taken)), GOAL)


def check_screen(program: Program) -> None:
    """Make sure that the keys did not leave the session: an escape too many would."""
    program.forget()
    program.press("i")
    program.wait_for("workflow path")
    program.press(ESCAPE)
    program.settle(0.5)


def milliseconds(secs: float) -> str:
    """A time as the table has it."""
    return f"{secs * 1000:.0f} ms"


if __name__ == "__main__":
    main()
