"""Make the screenshots of the README from recorded sessions: ``python screenshots/make.py``.

The clock stands still. The recordings were replayed within a second, on one day: here each gets a time of its own and
lasts as long as such a session does. Two of them are cut before their ends, so that they are live. In one picture they
are those of several machines, one of which has fallen silent.
"""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import orjson

from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.machines import MIRROR_MARKER, MachineStatus, WriteHint
from zigtui.reader.machines_file import encode_machines
from zigtui.reader.recorded_machines import MACHINES_FILE, RecordedMachines
from zigtui.state.store import StateStore
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.run import make_app

HERE = Path(__file__).parent
RECORDED = HERE.parent / "tests" / "fixtures" / "reference-sessions" / "dot-zig"
NOW = datetime(2026, 11, 22, 14, 3, 22, tzinfo=UTC)
LAST_SEEN = NOW - timedelta(hours=2)
"""When the list was left before: what ended later is new."""


class Run(NamedTuple):
    """The time of a session in the pictures.

    Attributes:
        began: how long before `NOW` it began.
        seconds: for how long it ran.
        events: how many of its events are recorded; None for all of them.
    """

    began: timedelta
    seconds: float
    events: int | None = None


RUNS = {
    "research": Run(timedelta(seconds=135), 134.0, 190),
    "think-hard": Run(timedelta(minutes=14), 838.0, 8),
    "migrate-db": Run(timedelta(minutes=31), 48.0),
    "code-review": Run(timedelta(minutes=52), 192.0),
    "deploy": Run(timedelta(hours=3, minutes=20), 244.0),
    "solve": Run(timedelta(hours=4, minutes=5), 61.0),
    "nightly": Run(timedelta(hours=15, minutes=23), 1260.0),
    "essay": Run(timedelta(hours=20, minutes=41), 87.0),
    "healthcare-triage": Run(timedelta(hours=21, minutes=12), 33.0),
    "long-refactor": Run(timedelta(hours=39, minutes=40), 2460.0),
}
"""By the names of their workflows. Other recordings are left out."""


MACHINES = {"research": "ci-2", "think-hard": "web-07", "code-review": "web-07", "deploy": "ci-2", "nightly": "ci-2"}
"""The machines of the sessions in the picture of a fleet, by the names of their workflows."""

OTHER_MACHINE = "db-01"
SILENT_SECS = 42.0  # of the machine web-07


class Feed:
    """The mirror of the fleet in the picture."""

    name = "prod"
    notices: Sequence[str] = ()
    refusal: str | None = None

    def pass_hints(self, hint: WriteHint) -> None:
        """Nothing is written."""


def mirror(directory: Path) -> Path:
    """Divide the recorded sessions among the directories of machines, and return the root of the mirror."""
    cut_short = RUNS["think-hard"]._replace(seconds=840.0 - SILENT_SECS)
    base, root = home(directory, {**RUNS, "think-hard": cut_short}), directory / "fleet"
    for log in list(base.rglob("*.jsonl")):
        workflow = orjson.loads(log.read_bytes().partition(b"\n")[0])["workflow_name"]
        mirrored = root / MACHINES.get(workflow, OTHER_MACHINE) / log.relative_to(base)
        mirrored.parent.mkdir(parents=True, exist_ok=True)
        log.rename(mirrored)
    (root / MIRROR_MARKER).write_text("{}")
    silences = {OTHER_MACHINE: None, "ci-2": None, "web-07": SILENT_SECS}
    statuses = [
        MachineStatus(
            name,
            str(root / name),
            silent_secs,
            5,
            0,
            "0.1.0",
            38 * 10**9,
            100 * 10**9,
            beat_age_secs=silent_secs or 1.0,
            known_secs=silent_secs or 0.0,
        )
        for name, silent_secs in silences.items()
    ]
    (root / MACHINES_FILE).write_bytes(encode_machines(statuses, NOW.timestamp(), None))
    return root


def home(directory: Path, runs: Mapping[str, Run] = RUNS) -> Path:
    """Copy the recorded home with the times of some runs, and return its base."""
    base = directory / ".zig"
    shutil.copytree(RECORDED, base)
    for log in base.rglob("*.jsonl"):
        events = [orjson.loads(line) for line in log.read_bytes().splitlines()]
        run = runs.get(events[0].get("workflow_name"))
        if run is None:
            log.unlink()
            continue
        log.write_bytes(b"".join(orjson.dumps(event) + b"\n" for event in timed(events[: run.events], run)))
        ended = (NOW - run.began).timestamp() + run.seconds
        os.utime(log, (ended, ended))
    return base


def timed(events: list[dict[str, object]], run: Run) -> Iterator[dict[str, object]]:
    """The events at equal distances over the time of a run, with durations of steps that agree with them."""
    started: dict[object, float] = {}
    for number, event in enumerate(events):
        after = run.seconds * number / (len(events) - 1)
        began = started.setdefault(event.get("step_name"), after)  # that of the session has no name
        if event["type"] == "step_started":
            started[event["step_name"]] = began = after
        durations = {"duration_ms": round((after - began) * 1000)} if "duration_ms" in event else {}
        yield event | {"ts": (NOW - run.began + timedelta(seconds=after)).isoformat()} | durations


async def picture(
    name: str, keys: list[str], size: tuple[int, int] = (120, 32), make: Callable[[Path], Path] = home
) -> None:
    """Press keys in the list of sessions, and keep what is on the screen then.

    Args:
        name: the name of the picture.
        keys: the keys.
        size: columns and lines of the screen.
        make: makes the base, or the mirror, in a directory.
    """
    with tempfile.TemporaryDirectory() as directory:
        base = make(Path(directory))
        os.environ["HOME"] = directory
        store = StateStore(Path(directory) / "state")
        store.update("seen", lambda _: {"left": LAST_SEEN.timestamp(), "opened": {}})
        machines, feed = None, None
        if make is mirror:
            machines, feed = RecordedMachines(str(base), NOW.timestamp), Feed()
        catalog = Catalog([str(base)], clock=NOW.timestamp, machines=machines)
        catalog.read_all()
        app = make_app(catalog, store=store, watch=False, feed=feed)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
                await app.workers.wait_for_complete()
                await pilot.pause(0.3)  # the preview waits until the cursor rests
                catalog.read_all()  # the log that was opened for it
                assert isinstance(app.screen, LiveScreen)
                app.screen.show_changes()
                await pilot.pause()
            app.save_screenshot(f"{name}.svg", str(HERE))


def main() -> None:
    """Make all pictures."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    asyncio.run(picture("sessions", ["down", "down", "v"], (120, 34)))
    asyncio.run(picture("session", ["enter"]))
    asyncio.run(picture("timeline", [*["down"] * 4, "enter", "T", *["left"] * 12], (120, 20)))
    asyncio.run(picture("step", [*["down"] * 5, "enter", "down", "down"]))
    asyncio.run(picture("fleet", [], (120, 20), make=mirror))


if __name__ == "__main__":
    main()
