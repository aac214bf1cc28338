import asyncio
from pathlib import Path

from tests.support.shipping import MACHINE, append, log_path
from zigtui.fleet.join import Join
from zigtui.fleet.ship.entry import Entry, EntryTasks
from zigtui.fleet.ship.link import Link
from zigtui.fleet.ship.log_set import LogSet
from zigtui.fleet.ship.notes import Notes
from zigtui.fleet.ship.states import States


async def test_the_state_of_a_log_that_cannot_be_read_for_a_while_is_sent_later(tmp_path: Path) -> None:
    path = log_path(tmp_path / "base", "s1")
    append(path, b"line\n")
    join = Join("tls://ci.example.com:4222", MACHINE)
    reports: list[str] = []
    logs = LogSet(
        MACHINE, [str(tmp_path / "base")], Notes(tmp_path / "state", join), reports.append, since_secs=60, projects=None
    )
    logs.discover(0.0)
    (entry,) = logs.entries.values()
    states = States(Link(join, 1024, print), logs)
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    await states.send(entry)
    assert len(reports) == 1
    assert list(logs.states.values()) == [entry]
    assert entry.state_at == entry.pause_until > 0


async def test_states_that_were_left_out_come_first_the_next_time(tmp_path: Path) -> None:
    """As those of masked logs are, of which only a few are sent at a time."""
    for number in range(9):
        append(log_path(tmp_path / "base", f"s{number}"), b"line\n")
    join = Join("tls://ci.example.com:4222", MACHINE)
    logs = LogSet(
        MACHINE, [str(tmp_path / "base")], Notes(tmp_path / "state", join), print, since_secs=60, projects=None
    )
    logs.discover(0.0)
    link = Link(join, 1024, print)
    link.has_room.set()
    sent = list[Entry]()

    class OnlyThree(EntryTasks):
        left = 3

        async def run(self, entry: Entry, function: object) -> None:
            if self.left:
                self.left -= 1
                sent.append(entry)
                entry.state_at = now + 10.0

    states = States(link, logs)
    async with asyncio.TaskGroup() as group:
        for now in (10.0, 20.0, 30.0):  # so all of them are due each time
            await states.send_due(now, OnlyThree(group))
    assert len(set(sent)) == 9
