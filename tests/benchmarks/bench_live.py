"""How live the screen is: ``python tests/benchmarks/bench_live.py [PART...]``, about five minutes for all parts.

The real program in a pseudo terminal, beside the least that a Textual application can do and, where they are
installed, ``lnav`` and ``less +F`` on the same files. Linux only: processor time and memory are those of /proc.
"""

import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.live_load import LAST_LINE  # noqa: E402
from tests.benchmarks.program import Program  # noqa: E402
from tests.benchmarks.table import print_parts, row  # noqa: E402
from writer import SessionCoordinator, SessionWriter  # noqa: E402

ZIGTUI = (sys.executable, "-m", "zigtui")
FLOOR = (sys.executable, str(Path(__file__).with_name("floor_app.py")))
LOAD = (sys.executable, str(Path(__file__).with_name("live_load.py")))

STARTS = 7
APPENDS, APPENDS_OF_PEERS = 200, 40
PAUSE_SECS = (0.1, 0.4)
FLOOD_RATE, FLOOD_SECS = 100_000, 10
LIVE_SESSIONS, LIVE_RATE, LIVE_SECS = 200, 50, 15
IDLE_SESSIONS, IDLE_SECS = 10, 45
KEY_EVERY_SECS = 0.2
READY = "READY"


def main() -> None:
    """Print a table: what was measured, that of a peer in the same run, the goal."""
    print_parts(
        {
            "start": start_up,
            "append": append_to_screen,
            "flood": flood,
            "many": many_sessions,
            "idle": idle,
        }
    )


# The parts


def start_up(home: Path) -> None:
    """The first screen, and the memory of a program that has just begun."""
    log = session(home, "started").log_path
    commands = {
        "empty": (FLOOR, READY),
        "list": (ZIGTUI, "started"),
        "session": ((*ZIGTUI, log.stem), first_line("started")),
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    memory = {}
    for turn in range(STARTS + 1):
        for name, (command, text) in commands.items():
            with Program(command, home) as program:
                took = program.wait_for(text) - program.started_at
                if turn:  # in the first one it was compiled
                    times[name].append(took)
                program.settle(0.3)
                memory[name] = program.private_megabytes
    median = {name: statistics.median(of_one) * 1000 for name, of_one in times.items()}
    for name, text in (("list", "the list"), ("session", "a session")):
        ratio = median[name] / median["empty"]
        beside = f"{ratio:.2f} x {median['empty']:.0f} ms of an empty application"
        row(f"start -> {text}", f"{median[name]:.0f} ms", beside, "at most 1.5 x")
    row("private memory, a session shown", f"{memory['session']:.0f} MB", f"{memory['empty']:.0f} MB the same", "")


def append_to_screen(home: Path) -> None:
    """From the write of a line to the bytes that show it."""
    writer = session(home, "appended")
    log = writer.log_path
    (home / "floor").mkdir()
    copy = home / "floor" / "log"
    peers: dict[str, tuple[Sequence[str | Path], str]] = {"the least Textual application": ((*FLOOR, copy), READY)}
    peers |= {
        name: ((*command, copy), "load")
        for name, command in {"lnav": ["lnav"], "less": ["less", "+F"]}.items()
        if shutil.which(name) is not None
    }
    with Program((*ZIGTUI, log.stem), home) as program:
        program.wait_for(first_line("appended"))
        ours = delays(program, lambda text: writer.step_output("load", "stdout", text), APPENDS)
    beside = {}
    for name, (command, text) in peers.items():
        shutil.copyfile(log, copy)
        with Program(command, home) as program, copy.open("ab", buffering=0) as file:
            program.wait_for(text)
            beside[name] = delays(program, lambda text: file.write(text.encode() + b"\n"), APPENDS_OF_PEERS)
    reported = [f"{share(times, 0.5):.0f} / {share(times, 0.99):.0f} ms {name}" for name, times in beside.items()]
    row(
        "append -> on screen, p50 / p99",
        f"{share(ours, 0.5):.0f} / {share(ours, 0.99):.0f} ms",
        reported[0],
        "25 / 60 ms",
    )
    for line in reported[1:]:
        row("", "", line, "")


def flood(home: Path) -> None:
    """A runner that writes as fast as it can, while keys are answered."""
    log = session(home, "flooded").log_path
    with Program((*ZIGTUI, log.stem), home) as program:
        program.wait_for(first_line("flooded"))
        program.settle(1.0)
        memory, processor = program.private_megabytes, program.processor_secs
        with load(FLOOD_RATE, FLOOD_SECS, log) as writing:
            answers = answers_to_keys(program, writing)
            shown_at = program.wait_for(LAST_LINE)
            written, last = (float(word) for word in str(writing.communicate()[0]).split())
        processor = program.processor_secs - processor
        program.settle(1.5)
        lines = re.findall(r"([\d,]+) lines", program.text)[-1].replace(",", "")
        grown = program.private_megabytes - memory
    row(
        f"flood of {written / FLOOD_SECS:,.0f} events/s: last line on screen",
        f"{max(0.0, shown_at - last) * 1000:.0f} ms",
        f"{processor / FLOOD_SECS:.0%} of a core",
        "at most 500 ms",
    )
    answered = f"{share(answers, 0.5):.0f} / {share(answers, 0.99):.0f} ms"
    row("  a key answered, p50 / p99", answered, f"{len(answers)} keys", "p99 at most 150 ms")
    row("  lines not counted", f"{written + 1 - int(lines):,.0f}", f"of {written:,.0f}", "0")
    row("  memory grown by", f"{grown:.1f} MB", f"from {memory:.0f} MB", "flat")


def many_sessions(home: Path) -> None:
    """Many live sessions, one of which is on the screen."""
    logs = [session(home, f"live-{number}").log_path for number in range(LIVE_SESSIONS - 1)]
    writer = session(home, "watched")
    rate = (LIVE_SESSIONS - 1) * LIVE_RATE
    for what, arguments in (("the list", ()), ("a session", (writer.log_path.stem,))):
        with Program((*ZIGTUI, *arguments), home) as program:
            program.wait_for("live-" if what == "the list" else "watched")
            program.settle(2.0)
            with load(rate, LIVE_SECS, *logs) as writing:
                program.settle(1.0)
                processor, began = program.processor_secs, time.monotonic()
                if what == "the list":
                    times = delays(program, lambda text: next_step(writer, text), 20)
                else:
                    times = delays(program, lambda text: writer.step_output("load", "stdout", text), 20)
                while writing.poll() is None:
                    program.read(0.05)
                core = (program.processor_secs - processor) / (time.monotonic() - began)
            row(
                f"{LIVE_SESSIONS} sessions of {LIVE_RATE} events/s: {what} is behind by",
                f"{share(times, 0.5):.0f} / {max(times):.0f} ms",
                "median / most",
                "at most 500 ms",
            )
            row("  processor time", f"{core:.0%} of a core", "", "less than 50 %")


def idle(home: Path) -> None:
    """A list of live sessions that only send heartbeats."""
    with ExitStack() as stack:
        for number in range(IDLE_SESSIONS):
            stack.enter_context(SessionCoordinator.start(session(home, f"idle-{number}")))
        program = stack.enter_context(Program(ZIGTUI, home))
        program.wait_for("idle-0")
        program.settle(2.0)
        before = program.processor_secs
        program.settle(IDLE_SECS)
        share_of_core = (program.processor_secs - before) / IDLE_SECS
        memory = program.private_megabytes
    row(f"idle, {IDLE_SESSIONS} live sessions, for {IDLE_SECS} s", f"{share_of_core:.2%} of a core", "", "1.5 %")
    row("private memory, the list shown", f"{memory:.0f} MB", "", "")


# What they are made of


def session(home: Path, name: str) -> SessionWriter:
    """A session that runs a step ``load``, which has printed a line."""
    writer = SessionWriter.create(name, f"{name}.zwf", tier_count=2, base=home / ".zig", cwd=home)
    writer.tier_started(0, ["load"])
    writer.step_started("load", 0, f"zig-{name}-load", "run")
    writer.step_output("load", "stdout", first_line(name))
    return writer


def first_line(name: str) -> str:
    """What a session has printed at the start."""
    return f"the load of {name} begins"


def next_step(writer: SessionWriter, name: str) -> None:
    """Another step runs, and no other."""
    writer.tier_started(1, [name])
    writer.step_started(name, 1, f"zig-{name}", "run")


@contextmanager
def load(rate: float, seconds: float, *logs: Path) -> Iterator["subprocess.Popen[str]"]:
    """The process that writes to logs; over when the block is left."""
    with subprocess.Popen([*LOAD, str(rate), str(seconds), *logs], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def delays(program: Program, write: Callable[[str], object], count: int) -> list[float]:
    """How many milliseconds each of some texts takes from being written to being on the screen."""
    program.settle(1.0)
    times = []
    for number in range(count):
        program.settle(random.uniform(*PAUSE_SECS))
        letters = ("ABCDEFGHIJKLM", "NOPQRSTUVWXYZ")[number % 2]  # no cell stays the same: some write only what changes
        text = "".join(random.choices(letters, k=8))
        program.forget()
        began = time.monotonic()
        write(text)
        times.append((program.wait_for(text) - began) * 1000)
    return times


def answers_to_keys(program: Program, writing: "subprocess.Popen[str]") -> list[float]:
    """How many milliseconds each key takes to show an effect, as long as something writes."""
    times: list[float] = []
    effects = ("not following", "following")
    while writing.poll() is None:
        program.forget()
        began = time.monotonic()
        program.press("f")
        times.append((program.wait_for(effects[len(times) % 2]) - began) * 1000)
        program.settle(random.uniform(0.5, 1.5) * KEY_EVERY_SECS)
    if len(times) % 2:
        program.press("f")
    return times


def share(times: Sequence[float], part: float) -> float:
    """The time that is not exceeded by this share of all times."""
    return sorted(times)[min(len(times) - 1, round(part * (len(times) - 1)))]


if __name__ == "__main__":
    main()
