"""The machines of `bench_fleet.py`: ``fleet_load.py ship TOKENS DIR``, ``write DIR RATE`` or ``publish TOKENS RATE``.

The first runs the shippers of many machines in one process; the second appends lines to all their logs. The third
publishes lines that are in no log: it takes a fraction of the processor that shippers take.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from zigtui.fleet.connection import connect, inbox_of
from zigtui.fleet.join import Join
from zigtui.fleet.ship.notes import Notes
from zigtui.fleet.ship.shipper import Shipper
from zigtui.fleet.wire.chunk import CHUNK_HEADER, Chunk, anchor_of
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.subjects import Lane

SESSIONS = 10

LINE = b'{"seq":%d,"ts":"2026-11-26T10:00:00+00:00","zig_session_id":"%s","type":"step_output","step_name":"build",'
LINE += b'"stream":"stdout","line":"compiling src/auth/session.py, which takes a while"}\n'


def line(number: int, session: str) -> bytes:
    """A line of a log, of about 200 bytes."""
    return LINE % (number, session.encode())


async def ship(tokens: list[str], root: Path) -> None:
    """Ship the logs of each machine, whose base directory has its name."""
    shippers = []
    for join in map(Join.of_token, tokens):
        notes = Notes(root / "notes" / join.user, join)
        shippers.append(Shipper(join, [str(root / join.user)], notes, lambda text: None, since_secs=86_400.0))
    await asyncio.gather(*(shipper.run() for shipper in shippers))


async def publish(tokens: list[str], rate: float) -> None:
    """Publish ``rate`` lines in a second for each of ten sessions of each machine, spread evenly.

    The number of a line is the time of the monotonic clock in nanoseconds.
    """
    joins, logs = list(map(Join.of_token, tokens)), []
    for join in joins:
        client, inbox = await connect(join, timeout_secs=30.0), inbox_of(join)
        await client.subscribe_directly(f"{inbox}.*", lambda received: None)  # the server acknowledges, as for shippers
        for number in range(SESSIONS):
            session = f"{join.user[1:]}-{number:05}"
            logs.append((client, Lane.LIVE.subject(RemoteLog(join.user, None, session)), f"{inbox}.{number}", session))
    ends, gen, due = [(0, b"")] * len(logs), int(time.time() * 1000), time.monotonic()
    while True:
        for index, (client, subject, reply, session) in enumerate(logs):
            (offset, before), data = ends[index], line(time.monotonic_ns(), session)
            header, payload = Chunk(gen, offset, anchor_of(before), data).encoded()
            await client.publish(subject, payload, reply, {CHUNK_HEADER: header})
            ends[index] = offset + len(data), data
            due += 1 / (rate * len(logs))
            if (wait := due - time.monotonic()) > 0.002:
                await asyncio.sleep(wait)


def write(root: Path, rate: float) -> None:
    """Append to each log that exists ``rate`` lines in a second, spread evenly."""
    files = [(path.stem, path.open("ab", buffering=0)) for path in sorted(root.glob("*/logs/sessions/*.jsonl"))]
    number, due = 0, time.monotonic()
    while True:
        number += 1
        for session, file in files:
            file.write(line(number, session))
            due += 1 / (rate * len(files))
            if (wait := due - time.monotonic()) > 0.002:
                time.sleep(wait)


if __name__ == "__main__":
    if sys.argv[1] == "ship":
        asyncio.run(ship(json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])))
    elif sys.argv[1] == "publish":
        asyncio.run(publish(json.loads(Path(sys.argv[2]).read_text()), float(sys.argv[3])))
    else:
        write(Path(sys.argv[2]), float(sys.argv[3]))
