"""Writes to sessions at a pace: ``live_load.py RATE SECONDS LOG...``, RATE events a second in all.

A process of its own. With one log, what is due is written in one go every few milliseconds; with several, each event
by itself, and they take turns. Prints how many events it wrote, and when (by the monotonic clock) the last one.
"""

import itertools
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import orjson

LAST_LINE = "that was the last line"
TICK_SECS = 0.002
TEXT = "the quick brown fox jumps over the lazy dog and runs away"


class Log:
    """A log that is written on with lines of output of its step ``load``."""

    def __init__(self, path: str) -> None:
        last = orjson.loads(Path(path).read_bytes().splitlines()[-1])
        self._seq = last["seq"]
        envelope = f'"zig_session_id":"{last["zig_session_id"]}","type":"step_output"'
        self._rest = f'{envelope},"step_name":"load","stream":"stdout"'
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)

    def write(self, count: int, text: str = TEXT) -> None:
        """Write this many lines in one call."""
        same = f'"ts":"{datetime.now(UTC).isoformat()}",{self._rest},"line":"'
        numbers = range(self._seq + 1, self._seq + 1 + count)
        self._seq += count
        os.write(self._descriptor, "".join([f'{{"seq":{n},{same}{n:08d} {text}"}}\n' for n in numbers]).encode())


def main() -> None:
    """Write, then report how it went."""
    rate, seconds = float(sys.argv[1]), float(sys.argv[2])
    logs = [Log(path) for path in sys.argv[3:]]
    in_turn = itertools.cycle(logs)
    written = 0
    began = time.monotonic()
    while (now := time.monotonic()) - began < seconds:
        due = int((now - began) * rate) - written
        if len(logs) == 1:
            logs[0].write(due)
        else:
            for _ in range(due):
                next(in_turn).write(1)
        written += due
        time.sleep(max(0.0, TICK_SECS - (time.monotonic() - now)))
    last = time.monotonic()
    logs[0].write(1, LAST_LINE)
    print(written + 1, last)


if __name__ == "__main__":
    main()
