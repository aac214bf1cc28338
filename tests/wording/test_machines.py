"""Machines in words."""

from dataclasses import replace

import pytest

from tests.support.cases import each_case
from zigtui.reader.machines import MachineStatus
from zigtui.wording.amounts import byte_size
from zigtui.wording.machines import behind, by_urgency, disk, fleet_concern, last_beat, machine_state, version

NOW = 1_764_170_000.0
UNKNOWN = MachineStatus("web-07", "/fleet/web-07")


def silent(name: str, seconds: float) -> MachineStatus:
    return MachineStatus(name, f"/fleet/{name}", seconds)


def test_one_silent_machine_is_named_and_several_are_counted() -> None:
    live = [MachineStatus(name, f"/fleet/{name}", beat_age_secs=1.0) for name in ("web-07", "db-01")]
    assert fleet_concern(live, None, NOW) == ""
    assert fleet_concern([*live, silent("web-08", 42.4)], None, NOW) == "web-08 silent 42s"
    assert fleet_concern([silent(f"web-{number}", 600) for number in range(3)], None, NOW) == "3 silent"


def test_machines_that_were_not_heard_yet_are_told_until_it_is_known_that_one_is_silent() -> None:
    assert fleet_concern([UNKNOWN], None, NOW) == "web-07 not heard yet"
    assert fleet_concern([UNKNOWN, UNKNOWN], None, NOW) == "2 not heard yet"
    assert fleet_concern([UNKNOWN, UNKNOWN, silent("web-08", 42)], None, NOW) == "web-08 silent 42s"


def test_a_machine_that_was_removed_is_no_concern() -> None:
    removed = replace(silent("db", 600), is_removed=True)
    assert machine_state(removed) == "removed"
    assert fleet_concern([removed, replace(UNKNOWN, is_removed=True)], None, NOW) == ""
    assert [status.name for status in by_urgency([removed, UNKNOWN, silent("web-9", 8)])] == ["web-9", "web-07", "db"]


def test_without_a_connection_the_silence_of_machines_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fleet_concern([silent("web-08", 42)], NOW, NOW + 9).startswith("offline since ")


def test_what_is_not_known_is_a_dash() -> None:
    assert {behind(UNKNOWN), last_beat(UNKNOWN), disk(UNKNOWN), version(UNKNOWN)} == {"–"}


@each_case(
    ("beat_age_secs", "expected"),
    [(None, "not heard yet"), (7200.0, "not heard yet"), (21.0, "live"), (0.0, "live")],
)
def test_a_machine_is_live_once_it_was_heard(beat_age_secs: float | None, expected: str) -> None:
    """A mirror that has just started, or slept, calls no machine silent, though it may have been gone for days."""
    assert machine_state(MachineStatus("web-07", "/fleet/web-07", beat_age_secs=beat_age_secs)) == expected


def test_the_silence_of_a_machine_that_has_just_fallen_silent_has_no_length() -> None:
    assert machine_state(MachineStatus("web-07", "/fleet/web-07", 0.4)) == "silent"


def test_what_is_known() -> None:
    status = MachineStatus("web-07", "/fleet/web-07", 130.0, 3, 1_234_567, "1.2.0", 38, 100, 130.0)
    assert machine_state(status) == "silent 2m"
    assert behind(status) == "1.2 MB"
    assert behind(MachineStatus("web-07", "/fleet/web-07", behind_bytes=0)) == "up to date"
    assert (last_beat(status), disk(status), version(status)) == ("2m ago", "38% free", "1.2.0")


def test_odd_values_of_a_record_are_harmless() -> None:
    odd = MachineStatus("web-07", "/fleet/web-07", version="\x1b[31m" + "1" * 99, disk_free=9, disk_size=0)
    assert disk(odd) == "–"
    assert "\x1b" not in version(odd)
    assert len(version(odd)) <= 40
    assert disk(MachineStatus("web-07", "/fleet/web-07", disk_free=9, disk_size=5)) == "100% free"


def test_silent_machines_come_first_and_numbers_count_by_value() -> None:
    statuses = [MachineStatus(name, name) for name in ("web-10", "web-2", "db", "7")] + [silent("web-9", 8)]
    assert [status.name for status in by_urgency(statuses)] == ["web-9", "7", "db", "web-2", "web-10"]


@each_case(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KB"),
        (9_949, "9.9 KB"),
        (9_951, "10 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (999_499_999_999, "999 GB"),
        (10**15, "> 1 TB"),
    ],
)
def test_sizes_fit_into_a_column(size: int, words: str) -> None:
    assert byte_size(size) == words
