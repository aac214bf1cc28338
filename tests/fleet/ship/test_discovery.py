import os
from collections.abc import Container
from pathlib import Path

import pytest

from tests.support.growth import assert_takes_at_most
from tests.support.shipping import append, log_path
from tests.support.waiting import until, wait_until
from zigtui.fleet.ship.discovery import Discovery
from zigtui.fleet.wire.names import RemoteLog

LONG_AGO = (1_600_000_000, 1_600_000_000)


def found(discovery: Discovery, watched: Container[str] = ()) -> set[str]:
    """The names of the logs that one check finds to be new, or checks again."""
    return {location.session_id for location, _ in discovery.changes(watched)}


def found_until_scanned(discovery: Discovery, watched: Container[str] = ()) -> set[str]:
    """The names of all logs that are found until all directories have been listed."""
    names = set[str]()
    for _ in until(lambda: discovery.has_scanned):
        names |= found(discovery, watched)
    return names


def test_a_session_that_begins_right_after_the_first_scan_is_found_at_once(tmp_path: Path) -> None:
    append(log_path(tmp_path, "before"), b"line\n")
    os.utime(log_path(tmp_path, "before").parent, LONG_AGO)
    discovery = Discovery([str(tmp_path)])
    assert found_until_scanned(discovery) == {"before"}
    append(log_path(tmp_path, "after"), b"line\n")
    assert any(found(discovery) == {"after"} for _ in range(3))


def test_a_session_is_found_at_once_if_the_last_one_of_many_projects_had_the_same(tmp_path: Path) -> None:
    for number in range(500):
        os.utime(log_path(tmp_path, "s1", f"src-{number}").parent, LONG_AGO)
    append(log_path(tmp_path, "s1", "src-shop"), b"line\n")
    discovery = Discovery([str(tmp_path)])
    assert found_until_scanned(discovery) == {"s1"}
    watched = {str(log_path(tmp_path, "s1"))}
    for session in ("s2", "s3", "s4", "s5", "s6"):
        append(log_path(tmp_path, session), b"line\n")
        assert any(found(discovery, watched) == {session} for _ in range(3))
        watched.add(str(log_path(tmp_path, session)))


def test_a_session_is_found_at_once_whose_project_is_the_first_one(tmp_path: Path) -> None:
    discovery = Discovery([str(tmp_path)])
    assert found_until_scanned(discovery) == set()
    append(log_path(tmp_path, "first"), b"line\n")
    assert any(found(discovery) == {"first"} for _ in range(3))


@pytest.mark.parametrize("is_link", [False, True], ids=["base", "link to a base"])
def test_logs_are_found_by_their_names(tmp_path: Path, is_link: bool) -> None:
    for project in ("src-shop", None):
        append(log_path(tmp_path / "base", "s1", project), b"line\n")
    (tmp_path / "link").symlink_to("base")
    discovery = Discovery([str(tmp_path / ("link" if is_link else "base"))])
    assert discovery.find(RemoteLog("web-07", None, "s1")) is None  # not before the first scan
    found_until_scanned(discovery)
    for project in ("src-shop", None):
        log = discovery.find(RemoteLog("web-07", project, "s1"))
        assert log is not None
        assert (log[0].path, log[0].project) == (str(log_path(tmp_path / "base", "s1", project)), project)
    assert discovery.find(RemoteLog("web-07", "src-shop", "s2")) is None
    assert discovery.find(RemoteLog("web-07", "src-other", "s1")) is None


def test_only_logs_of_the_projects_are_found(tmp_path: Path) -> None:
    for project in ("src-shop", "src-other", None):
        append(log_path(tmp_path, f"of {project}", project), b"line\n")
    discovery = Discovery([str(tmp_path)], {"src-shop"})
    assert found_until_scanned(discovery) == {"of src-shop"}
    assert discovery.find(RemoteLog("web-07", "src-other", "of src-other")) is None


def test_an_old_log_is_checked_again_even_if_its_directory_does_not_change(tmp_path: Path) -> None:
    for session in ("old", "watched"):
        append(log_path(tmp_path, session), b"line\n")
    watched = {str(log_path(tmp_path, "watched"))}
    os.utime(log_path(tmp_path, "old").parent, LONG_AGO)
    discovery = Discovery([str(tmp_path)])
    assert found_until_scanned(discovery, watched) == {"old"}
    wait_until(lambda: found(discovery, watched) == set())
    wait_until(lambda: found(discovery, watched) == {"old"})


def test_a_directory_that_takes_the_place_of_another_one_is_listed_anew(tmp_path: Path) -> None:
    append(log_path(tmp_path, "s1"), b"line\n")
    directory = log_path(tmp_path, "s1").parent
    discovery = Discovery([str(tmp_path)])
    assert found_until_scanned(discovery) == {"s1"}
    wait_until(lambda: not found(discovery))
    directory.rename(tmp_path / "moved")
    append(log_path(tmp_path, "s1"), b"another line\n")
    wait_until(lambda: found(discovery) == {"s1"})


def test_only_new_logs_of_many_are_checked_when_their_directory_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(300):
        append(log_path(tmp_path, f"s{number}"), b"line\n")
    monkeypatch.setattr("zigtui.fleet.ship.discovery._SCAN_SECS", 1e9)  # so that old ones are not checked again
    discovery = Discovery([str(tmp_path)])
    assert len(found_until_scanned(discovery)) == 300
    append(log_path(tmp_path, "new"), b"line\n")
    wait_until(lambda: found(discovery) == {"new"})


def test_sessions_that_begin_among_many_old_ones_are_found_without_a_pause(tmp_path: Path) -> None:
    old = [log_path(tmp_path, f"s{number}") for number in range(3000)]
    for path in old:
        path.touch()
    watched = set(map(str, old))
    discovery = Discovery([str(tmp_path)])
    found_until_scanned(discovery)
    for number in range(10):
        append(log_path(tmp_path, f"new {number}"), b"line\n")
        assert any(found(discovery, watched) == {f"new {number}"} for _ in range(100))
        watched.add(str(log_path(tmp_path, f"new {number}")))


def test_a_directory_that_changes_all_the_time_keeps_no_logs_from_being_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.fleet.ship.discovery._LISTING_SECS", 0.0002)  # as if there were far more
    busy = [log_path(tmp_path, f"s{number}", "src-busy") for number in range(3000)]
    for path in busy:
        path.touch()
    append(log_path(tmp_path, "old"), b"line\n")
    watched = set(map(str, busy))
    discovery = Discovery([str(tmp_path)])

    def found_after_a_change() -> set[str]:
        other = busy[0].with_name("other")
        other.touch()
        other.unlink()
        return found(discovery, watched)

    for _ in until(lambda: discovery.has_scanned):
        found_after_a_change()
    wait_until(lambda: found_after_a_change() == {"old"})


def test_a_base_with_many_projects_that_changes_all_the_time_takes_little_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.fleet.ship.discovery._REFRESH_BURST_SECS", 0.001)
    for number in range(60):
        log_path(tmp_path, "s1", f"src-{number}")
    discovery = Discovery([str(tmp_path)])
    found_until_scanned(discovery)

    def check(*, changes: bool) -> None:
        for number in range(200):
            os.utime(tmp_path, (number, number) if changes else (1, 1))
            found(discovery)

    assert_takes_at_most(2, lambda: check(changes=True), lambda: check(changes=False))


def test_a_session_is_found_for_which_the_time_of_the_directory_stays_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of a file system is coarse, and differs from that of the machine if another one has the files."""
    monkeypatch.setattr("zigtui.fleet.ship.discovery._SCAN_SECS", 1e9)
    directory = log_path(tmp_path, "s1").parent
    discovery = Discovery([str(tmp_path)])
    found_until_scanned(discovery)

    def begin(session: str) -> None:
        log_path(tmp_path, session).touch()
        os.utime(directory, ns=(LONG_AGO[0] * 10**9 + 1,) * 2)

    begin("s1")
    wait_until(lambda: found(discovery) == {"s1"})
    begin("s2")
    wait_until(lambda: found(discovery, {str(log_path(tmp_path, "s1"))}) == {"s2"})


def test_logs_that_could_not_be_read_at_first_are_found_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a change of the directory, such as those on a disk that is mounted only now."""
    monkeypatch.setattr("zigtui.fleet.ship.discovery._ROUND_SECS", 0.0)  # so that old ones are not checked again
    monkeypatch.setattr("zigtui.fleet.ship.discovery._ROUND_SHARE", 1e-9)
    sessions = {f"s{number}" for number in range(40)}
    for session in sessions:
        log_path(tmp_path, session).symlink_to(tmp_path / "disk" / session)
    discovery = Discovery([str(tmp_path)])
    assert found_until_scanned(discovery) == set()
    (tmp_path / "disk").mkdir()
    for session in sessions:
        (tmp_path / "disk" / session).touch()
    seen = set[str]()
    for _ in until(lambda: seen == sessions):
        seen.update(found(discovery))


def test_old_logs_are_not_found_unless_they_are_wanted(tmp_path: Path) -> None:
    paths = {session: log_path(tmp_path, session) for session in ("new", "old", "wanted")}
    for path in paths.values():
        append(path, b"line\n")
    for session in ("old", "wanted"):
        os.utime(paths[session], LONG_AGO)
    discovery = Discovery([str(tmp_path)], since_secs=1000.0, wanted={str(paths["wanted"])})
    assert found_until_scanned(discovery) == {"new", "wanted"}


def test_the_old_logs_that_have_changed_last_are_checked_without_a_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.fleet.ship.discovery._ROUND_SECS", 60.0)  # a whole round, but only one
    monkeypatch.setattr("zigtui.fleet.ship.discovery._ROUND_SHARE", 1e-9)
    monkeypatch.setattr("zigtui.fleet.ship.discovery._RECENT", 3)
    append(log_path(tmp_path, "new"), b"line\n")
    for number in (4, 2, 5, 1, 3):
        append(log_path(tmp_path, f"old {number}"), b"line\n")
        os.utime(log_path(tmp_path, f"old {number}"), (number, number))
    discovery = Discovery([str(tmp_path)], since_secs=1000.0)
    found_until_scanned(discovery)
    wait_until(lambda: found(discovery) == {"new"})  # by the round
    for number in range(1, 6):
        append(log_path(tmp_path, f"old {number}"), b"another line\n")
    wait_until(lambda: found(discovery) == {"old 3", "old 4", "old 5"})


def test_a_check_looks_for_old_logs_in_few_of_many_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for constant, value in (("_ROUND_SECS", 0.0), ("_ROUND_SHARE", 1e9), ("_SCAN_SECS", 0.0)):
        monkeypatch.setattr(f"zigtui.fleet.ship.discovery.{constant}", value)
    projects = 40
    for number in range(projects):
        log_path(tmp_path, "none", f"src-{number}")
    append(log_path(tmp_path, "old"), b"line\n")
    discovery = Discovery([str(tmp_path)])
    found_until_scanned(discovery)
    wait_until(lambda: found(discovery) == {"old"})
    assert not any(found(discovery) for _ in range(projects))
    wait_until(lambda: found(discovery) == {"old"})


def test_a_check_reads_few_of_the_old_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk may be slow, and new lines must not wait for it."""
    for constant, value in (("_ROUND_SECS", 0.0), ("_SCAN_SECS", 0.0), ("_NAMES_AT_ONCE", 1)):
        monkeypatch.setattr(f"zigtui.fleet.ship.discovery.{constant}", value)
    for constant in ("_ROUND_SHARE", "_RECENT_SHARE"):
        monkeypatch.setattr(f"zigtui.fleet.ship.discovery.{constant}", 1e9)
    paths = {f"s{number}": log_path(tmp_path, f"s{number}") for number in range(10)}
    for path in paths.values():
        append(path, b"line\n")
        os.utime(path, LONG_AGO)
    discovery = Discovery([str(tmp_path)], since_secs=1000.0)
    found_until_scanned(discovery)
    assert not any(found(discovery) for _ in range(100))
    for path in paths.values():
        append(path, b"another line\n")
    seen = set[str]()
    for _ in until(lambda: seen == paths.keys()):
        of_check = found(discovery)
        assert len(of_check) <= 2
        seen.update(of_check)
