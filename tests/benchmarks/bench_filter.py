"""Filtering and sorting the list of a large home: ``python tests/benchmarks/bench_filter.py [SESSIONS]``, some seconds.

The rows of SESSIONS sessions (100,000 by default) in memory, without a screen. The times are those of the processor.
"""

import random
import sys
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.table import row  # noqa: E402
from zigtui.reader.filter.session_filter import parse_filter  # noqa: E402
from zigtui.reader.location import LogLocation  # noqa: E402
from zigtui.reader.session.model.session import Session  # noqa: E402
from zigtui.reader.session.model.usage import Usage  # noqa: E402
from zigtui.reader.session.snapshot import SessionSnapshot  # noqa: E402
from zigtui.reader.session.states.liveness import Vitals  # noqa: E402
from zigtui.ui.sessions.order.groups import groups_of  # noqa: E402
from zigtui.ui.sessions.order.order import RowFilter, SessionOrder  # noqa: E402
from zigtui.ui.sessions.order.sorting import Sort  # noqa: E402

NOW = 1_795_703_983.0
YEAR_SECS = 31e6
FILTERS = ["d", "flow-7", "login -tests", "state:failed", "workflow:flow-1*", "since:30d", "cost:>5", "no-such-word"]
KEY_SECS = 0.02  # for which the screen looks for rows before it is painted


def main() -> None:
    """Print a table: what was measured, its share of sorting as many random numbers, the goal."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    row("", "zigtui", "of a plain sort", "goal")
    plain = seconds(lambda: sorted([random.random() for _ in range(count)]))
    order = SessionOrder(NOW)
    sessions = [session(number, count) for number in range(count)]
    load = seconds(lambda: order.update(sessions, [], NOW))
    print(f"{count:,} sessions")

    def measured(name: str, took: float, goal: str) -> None:
        row(name, f"{took * 1000:.0f} ms", f"{took / plain:.1f}", goal)

    measured("to take them all", load, "")
    for sort in (*list(Sort)[1:], Sort.NEWEST):
        measured(f"  sorted by {sort.value}", seconds(lambda sort=sort: order.sort_by(sort)), "200 ms")  # type: ignore[misc]
    measured("  headings of the days", seconds(lambda: groups_of(order.keys, NOW)), "10 ms")
    for text in FILTERS:
        order.filter_by(None)
        first = seconds(lambda text=text: filter_first(order, text))  # type: ignore[misc]
        found = len(order)
        rest = seconds(lambda: filter_on(order))
        measured(f"  {text}: {found:,} rows at once", first, "50 ms")
        measured(f"  {text}: all {len(order):,}", first + rest, "")


def filter_first(order: SessionOrder, text: str) -> None:
    """What happens at a key."""
    order.filter_by(RowFilter(parse_filter(text, NOW).matcher))
    order.advance(KEY_SECS)


def filter_on(order: SessionOrder) -> None:
    """Find the rest."""
    while not order.is_filtered:
        order.advance(KEY_SECS)


def seconds(run: Callable[[], object]) -> float:
    """The processor time that something takes."""
    began = time.process_time()
    run()
    return time.process_time() - began


def session(number: int, count: int) -> SessionSnapshot:
    """One of many sessions of the last year."""
    project = f"project-{number % 50}"
    name = uuid.UUID(int=random.getrandbits(128), version=4)
    path = f"/home/me/.zig/projects/home-me-{project}/logs/sessions/{name}.jsonl"
    status, began = "success" if number % 5 else "failure", NOW - YEAR_SECS * number / count
    recorded = Session(
        started=True,
        workflow_name=f"flow-{number % 20}",
        cwd=f"/home/me/{project}",
        prompt=f"please mend the login page of shop number {number} and run the tests again",
        status=status,
        duration_ms=random.randrange(100, 10**7),
        failed_step="step-1" if status == "failure" else None,
        last_error=f"ValueError: lock timeout at row {number}" if status == "failure" else "",
        usage=Usage(1, 1, Decimal(random.randrange(1, 1000)) / 100),
    )
    vitals = Vitals(True, status, began, began + 60, began + 60, began + 60, None, 10)
    return SessionSnapshot(LogLocation(path, "/home/me/.zig", f"home-me-{project}"), recorded, vitals, NOW)


if __name__ == "__main__":
    main()
