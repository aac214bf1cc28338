"""How live a fleet is: ``python tests/benchmarks/bench_fleet.py [PART...]``, about four minutes for all parts.

A real server, the real mirror and the shippers of many machines, all on this machine and encrypted. Measured is the
time from an append to a log until the bytes are in the mirrored file, or on a screen with a mirror inside, and the
processor time of each side. Beside it is what a small message takes through the same server without being kept. Linux
only: processor time is that of /proc.

The runners and shippers of all machines use the same processors, and more of them than the server and the mirror do.
The part ``full`` tries lower rates if the highest one does not hold, and the rows show what other programs took. The
part ``messages`` has neither: it shows what the server and the mirror take if the machines are elsewhere.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.fleet_load import line  # noqa: E402
from tests.benchmarks.loaded_fleet import Fleet, cpu_secs, size_of  # noqa: E402
from tests.benchmarks.table import print_parts, row  # noqa: E402
from tests.support.fleet import connected  # noqa: E402
from tests.support.logs import Log, append  # noqa: E402
from tests.support.processes import zigtui_command  # noqa: E402
from tests.support.pseudo_terminal import PseudoTerminal  # noqa: E402
from tests.support.waiting import until, wait_until  # noqa: E402
from zigtui.fleet.wire.messages import Beat  # noqa: E402
from zigtui.fleet.wire.subjects import ALL_BEATS, beat_subject  # noqa: E402

SAMPLED, SAMPLE_RATE = 20, 10.0
WARM_UP_SECS, MEASURED_SECS = 4.0, 12.0
NEW_SESSIONS, NEW_PAUSE_SECS = 20, 1.0
OLD_SESSIONS, LONG_AGO = 50_000, (1_600_000_000, 1_600_000_000)
BACKFILL_BYTES = 300_000_000
PINGS = 200
MARKS, PAUSE_SECS = 100, 0.13
KEPT_BYTES = 5000
FULL_RATES = 10.0, 5.0, 2.0
LATE_SECS, GIVE_UP_SECS = 1.0, 5.0


def main() -> None:
    """Print a table: what was measured, what was measured beside it, the goal."""
    print_parts(
        {
            "small": lambda home: live(home, machines=10, sessions=10, rate=10.0, goal="p50 40 ms, p99 120 ms"),
            "large": lambda home: live(home, machines=100, sessions=10, rate=2.0, goal="p50 40 ms, p99 120 ms"),
            "full": full,
            "messages": messages,
            "backfill": backfill,
            "old": old,
            "screen": screen,
        }
    )


def full(home: Path) -> None:
    """The highest rate that holds."""
    for rate in FULL_RATES:
        (part := home / f"{rate:g}").mkdir()
        if live(part, machines=100, sessions=10, rate=rate, goal="p50 40 ms, p99 120 ms"):
            return


def live(home: Path, machines: int, sessions: int, rate: float, goal: str) -> bool:
    """Lines of many live sessions, and new sessions beside them.

    Returns:
        Whether the lines arrived about as fast as they were written.
    """
    with ExitStack() as stack:
        fleet = Fleet(home, machines, sessions, stack)
        wait_until(lambda: all(fleet.copy(log).exists() for log in fleet.logs))
        fleet.write(rate)
        time.sleep(WARM_UP_SECS)
        before, began = fleet.cpu_secs(), time.monotonic()
        delays = sample(fleet, MEASURED_SECS)
        took = time.monotonic() - began
        name = f"{machines * sessions} sessions on {machines} machines"
        row(f"{name}, {rate:g} lines/s", spread(delays), f"message {spread(asyncio.run(pings(fleet)))}", goal)
        shares = {side: (secs - before[side]) / took for side, secs in fleet.cpu_secs().items()}
        row("  of a core", shares_of(shares), "", "mirror 35 %, server 30 %")
        if max(delays) > LATE_SECS:
            row("  does not hold: some are over a second late", "", "", "")
            return False
        row("  a new session", spread([new_session(fleet, 0, number) for number in range(NEW_SESSIONS)]), "", "150 ms")
        return True


def messages(home: Path) -> None:
    """The messages of the highest rate that holds, without shippers and logs."""
    for rate in FULL_RATES:
        (part := home / f"{rate:g}").mkdir()
        if published(part, rate):
            return


def published(home: Path, rate: float) -> bool:
    """Messages that are published at a rate for each of 1,000 sessions.

    Returns:
        Whether they arrived about as fast as they were published.
    """
    with ExitStack() as stack:
        fleet = Fleet(home, 100, 10, stack, published_rate=rate)
        wait_until(lambda: all(fleet.copy(log).exists() for log in fleet.logs))
        time.sleep(WARM_UP_SECS)
        before, began, count = fleet.cpu_secs(), time.monotonic(), fleet.mirrored_lines()
        delays = arrivals(fleet, MEASURED_SECS)
        took, count = time.monotonic() - began, fleet.mirrored_lines() - count
        secs = {side: after - before[side] for side, after in fleet.cpu_secs().items()}
        costs = ", ".join(f"{side} {secs[side] / count * 1e6:.0f} µs" for side in ("mirror", "server"))
        row(f"{count / took:,.0f} messages/s, none from a log", spread(delays), "", "")
        row("  of a core", shares_of({side: used / took for side, used in secs.items()}), "", "")
        row("  for a message", costs, "", "mirror 35 µs, server 30 µs")
        return max(delays) < LATE_SECS


def arrivals(fleet: Fleet, seconds: float) -> list[float]:
    """How long lines of some sessions took to their mirrored files, in seconds; their numbers are their times."""
    copies = [fleet.copy(log) for log in fleet.logs[:: len(fleet.logs) // SAMPLED]]
    sizes, delays, ends_at = list(map(size_of, copies)), [], time.monotonic() + seconds
    while time.monotonic() < ends_at:
        time.sleep(0.002)
        for index, copy in enumerate(copies):
            if size_of(copy) > sizes[index]:
                with copy.open("rb") as file:
                    file.seek(sizes[index])
                    lines = file.read().splitlines()
                    sizes[index] = file.tell()
                delays += [time.monotonic() - json.loads(text)["seq"] / 1e9 for text in lines]
    return delays


def backfill(home: Path) -> None:
    """A large log that exists already, while others grow."""
    with ExitStack() as stack:
        fleet = Fleet(home, 10, 10, stack)
        wait_until(lambda: all(fleet.copy(log).exists() for log in fleet.logs))
        fleet.write(10.0)
        time.sleep(WARM_UP_SECS)
        quiet = sample(fleet, MEASURED_SECS / 2)
        large = fleet.log(0, 99_999)
        block = b"".join(line(number, large.stem) for number in range(5000))
        with large.with_suffix(".part").open("wb") as file:
            while file.tell() < BACKFILL_BYTES:
                file.write(block)
            size = file.tell()
        before, began = fleet.cpu_secs(), time.monotonic()
        large.with_suffix(".part").replace(large)
        busy: list[float] = []
        while not (fleet.copy(large).exists() and fleet.copy(large).stat().st_size == size):
            busy += sample(fleet, 0.5)
        took = time.monotonic() - began
        shares = {side: (secs - before[side]) / took for side, secs in fleet.cpu_secs().items()}
        row("backfill", f"{size / 1e6 / took:.0f} MB/s", "", "80 MB/s")
        row("  of a core, with the other sessions", shares_of(shares), "", "")
        row("  other sessions meanwhile", spread(busy), f"quiet {spread(quiet)}", "p99 twice that of quiet")


def old(home: Path) -> None:
    """New sessions in a directory of many old ones, and in another one."""
    directory = home / "machines" / "m000" / "logs" / "sessions"
    directory.mkdir(parents=True)
    for number in range(OLD_SESSIONS):
        path = directory / f"old-{number:06}.jsonl"
        path.write_bytes(line(number, path.stem))
        os.utime(path, LONG_AGO)
    with ExitStack() as stack:
        fleet = Fleet(home, machines=2, sessions=1, stack=stack)
        wait_until(lambda: all(fleet.copy(log).exists() for log in fleet.logs))
        time.sleep(WARM_UP_SECS)
        delays: tuple[list[float], list[float]] = [], []
        for number in range(NEW_SESSIONS):
            for machine, of_machine in enumerate(delays):
                time.sleep(NEW_PAUSE_SECS)
                of_machine.append(new_session(fleet, machine, number))
        among_old, alone = delays
        ratio = statistics.median(among_old) / statistics.median(alone)
        name = f"a new session among {OLD_SESSIONS:,} old ones"
        row(name, f"{spread(among_old)}, {ratio:.1f} times", f"among none {spread(alone)}", "150 ms, 4 times")


def screen(home: Path) -> None:
    """The screen with a mirror inside: the list while nothing happens, then an open session while all logs grow."""
    with ExitStack() as stack:
        fleet = Fleet(home, machines=100, sessions=10, stack=stack, mirrors=False)
        log = fleet.log(0, 5000)
        log.write_bytes(Log().start().tier(0, "build").step("build").data)
        user = home / "user"
        user.mkdir()
        start = ("--fleet", "bench", "--join", fleet.server.directory.path / "watch.join")
        with _terminal(user, *start) as terminal:
            _wait_for(terminal, "1,001 sessions")
            _drain(terminal, WARM_UP_SECS)
            before = cpu_secs(terminal.process.pid)
            _drain(terminal, MEASURED_SECS)
            share = (cpu_secs(terminal.process.pid) - before) / MEASURED_SECS
            threads = len(list(Path(f"/proc/{terminal.process.pid}/task").iterdir()))
        row(
            "the list of 1001 quiet sessions",
            f"{share:.1%} of a core",
            f"{threads} threads",
            "3 %, 8 threads",
        )
        fleet.write(2.0)
        with _terminal(user, "--fleet", "bench", log.stem) as terminal:
            _drain(terminal, 2 * WARM_UP_SECS)
            before, began = cpu_secs(terminal.process.pid), time.monotonic()
            delays = [_until_drawn(terminal, log, number) for number in range(MARKS)]
            share = (cpu_secs(terminal.process.pid) - before) / (time.monotonic() - began)
        row("  a line on the screen, 2 lines/s each", spread(delays), f"{share:.0%} of a core", "p99 250 ms")


def _terminal(home: Path, *arguments: str | Path) -> PseudoTerminal:
    command = zigtui_command(*arguments, home=home)
    return PseudoTerminal(command["args"], directory=command["cwd"], environment=command["env"], size=(120, 40))


def _drain(terminal: PseudoTerminal, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.read(0.05)


def _until_drawn(terminal: PseudoTerminal, log: Path, number: int) -> float:
    """Append a line to the log of the session on the screen, and return how long it takes until it is drawn."""
    _drain(terminal, PAUSE_SECS)
    text = f"mark-{number:05}"
    append(log, Log().says("build", text).data)
    began = time.monotonic()
    _wait_for(terminal, text)
    return time.monotonic() - began


def _wait_for(terminal: PseudoTerminal, text: str) -> None:
    """Read until a text has been drawn in one go."""
    seen = bytearray()

    def has_seen() -> bool:
        del seen[:-KEPT_BYTES]
        seen.extend(terminal.read(0.1))
        return text.encode() in seen

    for _ in until(has_seen, lambda: bytes(seen)):
        pass


def sample(fleet: Fleet, seconds: float) -> list[float]:
    """Append to some logs, and return how long each line took to its mirrored file, in seconds.

    Those that have not arrived by `GIVE_UP_SECS` after the end have taken as long as until then.
    """
    logs = [fleet.log(0, 1000 + number) for number in range(SAMPLED)]
    wait_until(lambda: all(size_of(fleet.copy(log)) == log.stat().st_size for log in logs))
    sizes = [log.stat().st_size for log in logs]
    waiting: list[tuple[float, int, Path]] = []
    delays, number, ends_at = [], 0, time.monotonic() + seconds
    due = time.monotonic()
    while (waiting or time.monotonic() < ends_at) and time.monotonic() < ends_at + GIVE_UP_SECS:
        now = time.monotonic()
        if due <= now < ends_at:
            index = number % SAMPLED
            data = line(number, logs[index].stem)
            with logs[index].open("ab", buffering=0) as file:
                file.write(data)
            sizes[index] += len(data)
            waiting.append((time.monotonic(), sizes[index], fleet.copy(logs[index])))
            number += 1
            due += 1 / (SAMPLE_RATE * SAMPLED)
        time.sleep(0.002)
        arrived = [entry for entry in waiting if size_of(entry[2]) >= entry[1]]
        delays += [time.monotonic() - entry[0] for entry in arrived]
        waiting[:] = [entry for entry in waiting if entry not in arrived]
    return delays + [time.monotonic() - entry[0] for entry in waiting]


def new_session(fleet: Fleet, machine: int, number: int) -> float:
    """How long a new session takes to its first mirrored line, in seconds."""
    began = time.monotonic()
    copy = fleet.copy(fleet.log(machine, 2000 + number))
    for _ in until(lambda: size_of(copy)):
        time.sleep(0.001)
    return time.monotonic() - began


async def pings(fleet: Fleet) -> list[float]:
    """How long small messages take from a machine to a watcher, in seconds."""
    delays: list[float] = []
    async with connected(fleet.machine) as machine, connected(fleet.server.directory.watcher_join()) as watcher:
        beats = await watcher.subscribe(ALL_BEATS)
        await watcher.flush()
        for number in range(PINGS):
            beat = Beat(n=number, sessions=0, behind=0)
            began = time.monotonic()
            await machine.publish(beat_subject("bench"), beat.payload, headers=beat.headers)
            while (await beats.next_msg(10)).subject != beat_subject("bench"):
                pass
            delays.append(time.monotonic() - began)
    return delays


def shares_of(shares: dict[str, float]) -> str:
    """The shares of each side."""
    return ", ".join(f"{side} {share:.0%}" for side, share in shares.items())


def spread(delays: list[float]) -> str:
    """The median and the 99th percentile."""
    return f"p50 {statistics.median(delays) * 1000:.0f} ms, p99 {statistics.quantiles(delays, n=100)[-1] * 1000:.0f} ms"


if __name__ == "__main__":
    main()
