import os
from pathlib import Path

from tests.support.shipping import append, log_path
from tests.support.waiting import wait_until
from zigtui.fleet.ship.discovery import Discovery
from zigtui.fleet.wire.names import RemoteLog


def found(discovery: Discovery) -> set[str]:
    """The names of the logs that one check finds to be new or changed."""
    return {file.location.session_id for changed, _ in discovery.changes() for file in changed}


def test_a_session_that_begins_right_after_the_first_scan_is_found_at_once(tmp_path: Path) -> None:
    append(log_path(tmp_path, "before"), b"line\n")
    os.utime(log_path(tmp_path, "before").parent, (1_600_000_000, 1_600_000_000))
    discovery = Discovery([str(tmp_path)])
    wait_until(lambda: found(discovery) == {"before"})  # each check takes a short while only
    append(log_path(tmp_path, "after"), b"line\n")
    assert any(found(discovery) == {"after"} for _ in range(3))


def test_logs_are_found_by_their_names(tmp_path: Path) -> None:
    for project in ("src-shop", None):
        append(log_path(tmp_path, "s1", project), b"line\n")
    discovery = Discovery([str(tmp_path)])
    assert discovery.paths is None
    wait_until(lambda: not found(discovery) and len(discovery.paths or ()) == 2)
    for project in ("src-shop", None):
        file = discovery.find(RemoteLog("web-07", project, "s1"))
        assert file is not None
        assert file.location.path == str(log_path(tmp_path, "s1", project))
    assert discovery.find(RemoteLog("web-07", "src-shop", "s2")) is None
    assert discovery.paths == {str(log_path(tmp_path, "s1", project)) for project in ("src-shop", None)}


def test_only_logs_of_the_projects_are_found(tmp_path: Path) -> None:
    for project in ("src-shop", "src-other", None):
        append(log_path(tmp_path, f"of {project}", project), b"line\n")
    discovery, names = Discovery([str(tmp_path)], {"src-shop"}), set[str]()
    while discovery.paths is None:
        names |= found(discovery)
    assert names == {"of src-shop"}
