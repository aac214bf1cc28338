"""What is done for many logs whose lines are masked on threads."""

import asyncio
from pathlib import Path

from tests.fleet.ship.test_masked_log import MASKING
from tests.fleet.ship.test_shipped_log import NAMES
from zigtui.fleet.ship.entry import Entry, EntryTasks
from zigtui.fleet.ship.shipped_log import ShippedLog

MANY = 50


def entries(directory: Path, count: int) -> list[Entry]:
    logs = [ShippedLog(NAMES, str(directory / f"{number}"), masking=MASKING) for number in range(count)]
    return [Entry(log, NAMES.spelling, 0.0) for log in logs]


async def test_logs_that_wait_for_their_turn_need_no_other_check(tmp_path: Path) -> None:
    done, at_once = list[Entry](), list[int]()
    under_way = 0

    async def work(entry: Entry) -> None:
        nonlocal under_way
        under_way += 1
        at_once.append(under_way)
        await asyncio.sleep(0)
        under_way -= 1
        done.append(entry)

    many = entries(tmp_path, MANY)
    async with asyncio.TaskGroup() as group:
        tasks = EntryTasks(group, MANY)
        for entry in [*many, *many]:  # those that wait are left out the second time
            await tasks.run(entry, work)
    assert done == many
    assert 1 < max(at_once) < 10


async def test_more_than_may_wait_are_left_out(tmp_path: Path) -> None:
    done = list[Entry]()

    async def work(entry: Entry) -> None:
        done.append(entry)

    many = entries(tmp_path, MANY)
    async with asyncio.TaskGroup() as group:
        tasks = EntryTasks(group)
        for entry in many:
            await tasks.run(entry, work)
        assert not done
    assert done == many[: len(done)]
    assert 1 < len(done) < 10
