"""Make the screenshots of the README from recorded sessions: ``python screenshots/make.py``.

The clock stands still. One recorded session is cut in the middle, so that it
looks like a live one, and another is two hours older, so that it looks lost.
"""

import asyncio
import os
import shutil
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.times import seconds
from zigtui.ui.run import make_app

HERE = Path(__file__).parent
RECORDED = HERE.parent / "tests" / "fixtures" / "reference-sessions" / "dot-zig"
LIVE = "1842419a-9193-45f2-8ab3-a3677964b1dc.jsonl"
LIVE_LINES = 190
LOST = "8ee3604a-4899-4923-99a2-269030829eb2.jsonl"
SIZE = (110, 30)


def home(directory: Path) -> tuple[Path, float]:
    """Copy the recorded home, with one session still running. Return its base, and the time at which it runs."""
    base = directory / ".zig"
    shutil.copytree(RECORDED, base)
    (live,) = base.rglob(LIVE)
    lines = live.read_bytes().splitlines(keepends=True)[:LIVE_LINES]
    live.write_bytes(b"".join(lines))
    (lost,) = base.rglob(LOST)
    lost.write_bytes(b"".join(map(two_hours_earlier, lost.read_bytes().splitlines())))
    for log in base.rglob("*.jsonl"):
        ended = seconds(str(orjson.loads(log.read_bytes().splitlines()[-1])["ts"])) or 0.0
        os.utime(log, (ended, ended))
    now = (seconds(str(orjson.loads(lines[-1])["ts"])) or 0.0) + 4
    os.utime(live, (now - 1, now - 1))
    return base, now


def two_hours_earlier(line: bytes) -> bytes:
    """An event that was recorded two hours earlier."""
    event = orjson.loads(line)
    recorded = datetime.fromisoformat(event["ts"])
    return orjson.dumps(event | {"ts": (recorded - timedelta(hours=2)).isoformat()}) + b"\n"


async def picture(name: str, keys: list[str]) -> None:
    """Press keys in the list of sessions, and keep what is on the screen then."""
    with tempfile.TemporaryDirectory() as directory:
        base, now = home(Path(directory))
        os.environ["HOME"] = directory
        catalog = Catalog([str(base)], clock=lambda: now)
        catalog.read_all()
        app = make_app(catalog, watch=False)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
                await app.workers.wait_for_complete()
                await pilot.pause()
            app.save_screenshot(f"{name}.svg", str(HERE))


def main() -> None:
    """Make all pictures."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    asyncio.run(picture("sessions", []))
    asyncio.run(picture("session", ["enter"]))
    asyncio.run(picture("timeline", ["enter", "T", *["left"] * 12]))
    asyncio.run(picture("step", ["end", *["up"] * 7, "enter", "down", "down"]))


if __name__ == "__main__":
    main()
