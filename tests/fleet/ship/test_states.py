from pathlib import Path

from tests.support.shipping import MACHINE, append, log_path
from zigtui.fleet.join import Join
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
