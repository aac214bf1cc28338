from pathlib import Path

from tests.support.shipping import MACHINE, append, log_path
from tests.support.waiting import wait_until
from zigtui.fleet.join import Join
from zigtui.fleet.ship.log_set import LogSet
from zigtui.fleet.ship.notes import Notes


def test_an_entry_is_no_longer_had_once_its_log_is_gone_even_if_another_one_comes(tmp_path: Path) -> None:
    """What was lost of it must not be sent again: a new log of the same path has a generation of its own."""
    path = log_path(tmp_path / "base", "s1")
    append(path, b"line\n")
    notes = Notes(tmp_path / "state", Join("tls://ci.example.com:4222", MACHINE))
    logs = LogSet(MACHINE, [str(tmp_path / "base")], notes, print, since_secs=60.0, projects=None)
    logs.discover(0.0)
    (entry,) = logs.entries.values()
    assert logs.has(entry)
    path.unlink()

    def is_gone() -> bool:
        logs.discover(0.0)
        return not logs.entries

    wait_until(is_gone)
    assert not logs.has(entry)
    append(path, b"another line\n")

    def is_back() -> bool:
        logs.discover(0.0)
        return bool(logs.entries)

    wait_until(is_back)
    assert not logs.has(entry)
    assert [logs.has(other) for other in logs.entries.values()] == [True]
