"""The memory of a shipper: ``python tests/benchmarks/bench_shipper.py``, about a minute. Linux only.

Measured is the most that `zigtui ship` has taken some seconds after it has connected: with no sessions, with many old
ones, which are not sent, and with recent ones, which are. Beside it, and the unit of the ratios, is what Python takes
with two such connections.
"""

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.fleet_load import line  # noqa: E402
from tests.benchmarks.table import print_parts, row  # noqa: E402
from tests.support.fleet import running_server  # noqa: E402

OLD = 50_000
SOME_RECENT, RECENT = 1000, 4000  # the difference counts, since sending takes memory too, however many there are
LONG_AGO = 1_600_000_000, 1_600_000_000
SETTLING_SECS = 8.0
CONNECTED = """
import asyncio, sys
from zigtui.fleet.connection import connect
from zigtui.fleet.join import read_join

async def main():
    clients = [await connect(read_join(sys.argv[1])) for _ in range(2)]
    print("connected", file=sys.stderr, flush=True)
    await asyncio.sleep(1000)

asyncio.run(main())
"""


def main() -> None:
    """Print a table: what was measured, what was measured beside it, the goal."""
    print_parts({"memory": memory})


def memory(home: Path) -> None:
    """A shipper that has nothing to do, and what each log adds to its memory."""
    with running_server(home / "server") as server:
        token = home / "bench.join"
        token.write_text(server.add("bench").token)
        _most_bytes(home, "-c", CONNECTED, token)  # which compiles what has changed
        least = _most_bytes(home, "-c", CONNECTED, token)
        _shipper_bytes(home, token)
        empty = _shipper_bytes(home, token)
        old = _shipper_bytes(home, token, old=OLD) - empty
        some, recent = (_shipper_bytes(home, token, recent=count) for count in (SOME_RECENT, RECENT))
    each = (recent - some) / (RECENT - SOME_RECENT)
    beside = f"python with two connections {least / 1e6:.1f} MB"
    row("without sessions", f"{empty / 1e6:.1f} MB, {empty / least:.2f} times", beside, "1.1 times")
    row(f"{OLD:,} old sessions more", f"{old / least:.3f} times, {old / OLD:.0f} bytes each", "", "100 bytes")
    row("1,000 recent sessions more", f"{each * 1000 / least:.3f} times, {each:.0f} bytes each", "", "3500 bytes")


def _shipper_bytes(home: Path, token: Path, old: int = 0, recent: int = 0) -> int:
    base = home / f"base-{old}-{recent}"
    directory = base / "logs" / "sessions"
    if not directory.exists():
        directory.mkdir(parents=True)
        for number in range(old + recent):
            path = directory / f"{uuid.uuid4()}.jsonl"
            path.write_bytes(line(1, path.stem))
            if number < old:
                os.utime(path, LONG_AGO)
    return _most_bytes(home, "-m", "zigtui", "ship", "--join", token, "--base", base)


def _most_bytes(home: Path, *arguments: str | Path) -> int:
    """The most memory that a program has taken some seconds after it has connected."""
    environment = {**os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *map(str, arguments)]
    with subprocess.Popen(command, env=environment, cwd="/", stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert any("connected" in line for line in process.stderr)
            time.sleep(SETTLING_SECS)
            status = Path(f"/proc/{process.pid}/status").read_text()
        finally:
            process.kill()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


if __name__ == "__main__":
    main()
