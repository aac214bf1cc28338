"""Many steps in one session, and long lines: ``python tests/benchmarks/bench_steps.py [STEPS]``.

Sessions of STEPS steps (32,000 by default) are displayed beside sessions of 100 steps, without a terminal, and
exported in all formats. Then a session with a line of 33 MB is exported and shown, and, if Chromium is installed, the
search of an HTML report of 50,000 lines in 2,000 steps is timed. All times are those of the processor, except in the
browser.
"""

import asyncio
import io
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.screens import Clock, shown
from writer import SessionWriter
from zigtui.commands.export.command import write_report
from zigtui.commands.export.registry import exporter_named, format_names
from zigtui.commands.reading.pass_selection import SelectedPasses
from zigtui.commands.reading.read_log import read_log
from zigtui.commands.show import show_session
from zigtui.reader.catalog.scan.locations import location_of_file
from zigtui.reader.session.model.silent_steps import DEFAULT_QUIET_SECS
from zigtui.reader.session.session_log import SessionLog
from zigtui.ui.session.screen import SessionScreen

FEW, MANY = 100, 32_000
REPEATS = 9
LONG_LINE = 33_000_000
LINES_OF_A_STEP = 3
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--window-size=1280,900"),
)
TIMING = """<script>
const took = [];
for (const query of ["needle", "", "compiled", "", "needle"]) {
  field.value = query;
  const began = performance.now();
  find();
  took.push(Math.round(performance.now() - began));
}
document.title = "took " + took.join(" ");
</script>
"""


def main() -> None:
    """Print tables: what was measured, the same beside it, the goal."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        for make in (one_tier, many_tiers, one_retried):
            print_screen(home / make.__name__, make, many)
        print_exports(home / "exports", many)
        print_long_line(home / "long")
        print_search(home / "search")


def row(name: str, measured: str, beside: str, goal: str) -> None:
    """Print a line of a table."""
    print(f"{name:<40}{measured:>14}  {beside:<34}{goal}", flush=True)


# Sessions


def one_tier(base: Path, steps: int) -> SessionWriter:
    """A tier of many parallel steps that is over, and one with a single step."""
    session = SessionWriter.create("wide", "wide.zwf", tier_count=2, base=base, cwd="/")
    names = [f"step-{number}" for number in range(steps)]
    session.tier_started(0, names)
    for number, name in enumerate(names):
        run_step(session, name, 0, fails=number % 4 == 0)
    session.tier_started(1, ["last"])
    session.step_started("last", 1, "zig-last", "run")
    return session


def many_tiers(base: Path, steps: int) -> SessionWriter:
    """A loop over tiers of 8 steps."""
    session = SessionWriter.create("loop", "loop.zwf", tier_count=4, base=base, cwd="/")
    names = [f"step-{number}" for number in range(8)]
    for turn in range(steps // 8):
        session.tier_started(turn % 4, names)
        for name in names:
            run_step(session, name, turn % 4, fails=turn % 4 == 0)
    session.tier_started(0, ["last"])
    session.step_started("last", 0, "zig-last", "run")
    return session


def one_retried(base: Path, attempts: int) -> SessionWriter:
    """A step that has failed many times."""
    session = SessionWriter.create("retried", "retried.zwf", tier_count=1, base=base, cwd="/")
    session.tier_started(0, ["last"])
    session.step_started("last", 0, "zig-last", "run")
    for number in range(attempts):
        session.step_output("last", "stdout", f"attempt {number + 1}")
        session.step_failed("last", 1, number + 1, "it did not work")
    return session


def run_step(session: SessionWriter, name: str, tier: int, *, fails: bool, lines: int = LINES_OF_A_STEP) -> None:
    """Write the events of a step."""
    session.step_started(name, tier, f"zig-{name}", "run")
    for line in range(lines):
        text = f"12:00:{line % 60:02} INFO worker[{line}]: compiled src/module_{line}.py of {name} in 42 ms"
        session.step_output(name, "stdout", text)
    if fails:
        session.step_failed(name, 1, 1, f"{name} did not work")
    else:
        session.step_completed(name, 0, 1000)


def read(session: SessionWriter) -> SessionLog:
    """The log of a session, read to its end."""
    session.close()
    return read_log(location_of_file(str(session.log_path)))


# The screen


def print_screen(home: Path, make: Callable[[Path, int], SessionWriter], many: int) -> None:
    """What frames and keys take, beside a session of a few steps."""
    few = asyncio.run(times_on_screen(home / "few", make, FEW))
    times = asyncio.run(times_on_screen(home / "many", make, many))
    row(f"{make.__name__.replace('_', ' ')}, {many:,} steps", "", f"{FEW} steps", "")
    for name, took in times.items():
        row(f"  {name}", f"{took * 1000:.1f} ms", f"{took / few[name]:.1f} x {few[name] * 1000:.1f} ms", "at most 10 x")


async def times_on_screen(base: Path, make: Callable[[Path, int], SessionWriter], steps: int) -> dict[str, float]:
    """The median time of a frame with a new line, and of several keys."""
    session = make(base, steps)
    clock = Clock(time.time())
    times: dict[str, list[float]] = {}
    async with shown(base, opened=session.log_path, clock=clock, size=(160, 48)) as screen:
        top = screen.app.screen
        assert isinstance(top, SessionScreen)
        for number in range(REPEATS):
            clock.now += 1
            session.step_output("last", "stdout", f"a new line {number}")
            screen.app.catalog.read_all()
            began = time.process_time()
            top.show_changes()
            times.setdefault("a frame with a new line", []).append(time.process_time() - began)
        for name, keys in (
            ("e", "e"),
            ("E", "E"),
            ("down and up in the tree", "jk"),
            ("end and home in the tree", "Gg"),
        ):
            for number in range(REPEATS):
                began = time.process_time()
                await screen.press(keys[number % len(keys)])
                times.setdefault(name, []).append(time.process_time() - began)
    session.close()
    return {name: statistics.median(took) for name, took in times.items()}


# Reports


def print_exports(base: Path, many: int) -> None:
    """The throughput of each format, in megabytes of the log, beside a session of a tenth of the steps."""
    logs = [read(one_tier(base / str(steps), steps)) for steps in (many // 10, many)]
    in_turn = read(steps_in_turn(base / "turns", 1000, 100))
    throughput(logs[0], "text", redact=True)  # the first redacted report of a process also compiles the patterns
    row(f"exports, {many:,} steps", "", "a tenth of the steps; 1,000 in turn", "")
    for format in format_names():
        for redact in (False, True):
            tenth, whole, turns = (throughput(log, format, redact=redact) for log in (*logs, in_turn))
            name = f"  {format}{', redacted' if redact else ''}"
            goal = "at least 3 MB/s" if redact else "at least 20 MB/s"
            row(name, f"{whole:.1f} MB/s", f"{tenth:.1f} MB/s; {turns:.1f} MB/s", goal)


def steps_in_turn(base: Path, steps: int, lines: int) -> SessionWriter:
    """Parallel steps that print in turn."""
    session = SessionWriter.create("turns", "turns.zwf", tier_count=1, base=base, cwd="/")
    names = [f"step-{number}" for number in range(steps)]
    session.tier_started(0, names)
    for line in range(lines):
        for name in names:
            session.step_output(name, "stdout", f"INFO compiled src/module_{line}.py of {name} in 42 ms")
    return session


def throughput(log: SessionLog, format: str, *, redact: bool) -> float:
    """Megabytes of the log a second, without the reading of the log."""
    out = io.StringIO()
    began = time.process_time()
    write_report(SelectedPasses(log, log.snapshot()), exporter_named(format), out, redact=redact)
    return Path(log.path).stat().st_size / 1e6 / (time.process_time() - began)


def print_long_line(base: Path) -> None:
    """What a line, an error and a prompt of 33 MB take, beside decoding their JSON."""
    text = "\x1b[31mab\x1b[0m c " * (LONG_LINE // 15)
    session = SessionWriter.create("long", "long.zwf", text, tier_count=1, base=base, cwd="/")
    session.tier_started(0, ["a"])
    session.step_output("a", "stdout", text)
    session.step_failed("a", 1, 1, text)
    session.ended("failure", 1000)
    began = time.process_time()
    log = read(session)
    reading = time.process_time() - began
    row(f"a line, an error, a prompt of {LONG_LINE // 1_000_000} MB", "", "reading the log", "")
    for format in ("md", "html"):
        began = time.process_time()
        write_report(SelectedPasses(log, log.snapshot()), exporter_named(format), io.StringIO(), redact=True)
        took = time.process_time() - began
        row(f"  {format}, redacted", f"{took:.2f} s", f"{took / reading:.1f} x {reading:.2f} s", "at most 3 x")
    before, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO())
    began = time.process_time()
    try:
        show_session(SelectedPasses(log, log.snapshot()), DEFAULT_QUIET_SECS, as_json=False)
    finally:
        sys.stdout = before
    row("  show", f"{time.process_time() - began:.2f} s", "", "")


# The search of an HTML report


def print_search(base: Path) -> None:
    """How long the search of an HTML report takes in a browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("the search of an HTML report: no Chromium is installed")
        return
    session = SessionWriter.create("search", "search.zwf", tier_count=200, base=base, cwd="/")
    for tier in range(200):
        names = [f"step-{tier}-{number}" for number in range(10)]
        session.tier_started(tier, names)
        for name in names:
            run_step(session, name if tier % 20 else f"needle-{name}", tier, fails=False, lines=25)
    session.ended("success", 1000)
    out = io.StringIO()
    log = read(session)
    write_report(SelectedPasses(log, log.snapshot()), exporter_named("html"), out, redact=False)
    page = base / "report.html"
    report = re.sub(r'<meta http-equiv="Content-Security-Policy".*?>', "", out.getvalue())  # it forbids the script
    page.write_text(report.replace("</body>", f"{TIMING}</body>"), "utf-8")
    command = [chromium, *FLAGS, f"--user-data-dir={base / 'profile'}", "--dump-dom", page.as_uri()]
    dump = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout
    took = re.search(r"<title>took ([\d ]+)</title>", dump)
    assert took is not None, dump[:500]
    first, _, everywhere, _, again = took[1].split()
    row("search, 50,000 lines in 2,000 steps", f"{first} ms", f"again {again} ms", "at most 150 ms")
    row("  for a word of each line", f"{everywhere} ms", "", "at most 150 ms")


if __name__ == "__main__":
    main()
