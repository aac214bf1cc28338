"""Commands where the clocks of writers and file servers differ from ours."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.bases import session_id, write_log
from tests.support.commands import AS_NOBODY, Running, run_python, succeed, zigtui
from tests.support.logs import BEGAN, Log, append
from tests.support.skewed import SKEWS, beating, skewed_log

pytestmark = pytest.mark.slow


@pytest.fixture
def own(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty base of the user."""
    monkeypatch.chdir(home)
    (home / ".zig").mkdir()
    return home / ".zig"


BEGIN = ["── tier 1 (a)\n", "  running step 'a' (zag run model=opus, session=zig-flow-a)...\n"]
KINDS = [("live", "running"), ("dead", "lost")]


def test_the_list_shows_who_is_alive(own: Path) -> None:
    live = {skewed_log(own, f"live{skew}", skew): skew for skew in SKEWS}
    for skew in SKEWS:
        skewed_log(own, f"dead{skew}", skew)
    with beating(live):
        listed = succeed("list", "--json").objects
    states = {session["workflow"]: session["state"] for session in listed}
    assert states == {f"{kind}{skew}": state for kind, state in KINDS for skew in SKEWS}
    assert not [session for session in listed if "1970" in str(session)]


def test_filters_apply_to_what_is_known_in_the_end(own: Path, waits: list[int]) -> None:
    skewed_log(own, "dead", 3600)
    write_log(own, Log().start().end(), session_id(1), workflow="done")
    write_log(own, Log().wait(-9000).start(), session_id(2), workflow="long dead", modified=BEGAN - 9000)

    def listed(*options: str) -> list[str]:
        return [session["workflow"] for session in succeed("list", "--json", *options).objects]

    assert listed("--state", "lost", "--limit", "1") == ["dead"]
    assert waits == [1]
    assert listed("--state", "succeeded") == ["done"]
    assert listed("--workflow", "long*") == ["long dead"]
    assert waits == [1]  # nothing that they list is doubtful


def test_only_sessions_within_the_limit_are_waited_for(own: Path, waits: list[int]) -> None:
    for number in range(3):
        skewed_log(own, f"dead{number}", 60 * number)
    listed = succeed("list", "--json", "--limit", "1").objects
    assert [session["state"] for session in listed] == ["lost"]
    assert waits == [1]


def test_listen_prints_a_session_to_its_end(home: Path, own: Path) -> None:
    skews = {skewed_log(own, f"live{skew}", skew): skew for skew in [*SKEWS, 3.0, -9000.0]}
    with ExitStack() as stack:
        stack.enter_context(beating(skews))
        listening = [stack.enter_context(Running("listen", path, "--exit-status", home=home)) for path in skews]
        for running in listening:
            assert running.line().startswith("▶ zig session started: live")
            assert [running.line() for _ in range(2)] == BEGIN
        for number in range(4):
            time.sleep(0.9)  # together as long as it takes a dead session to be lost
            for path, skew in skews.items():
                append(path, Log().says("a", str(number)).data, modified=time.time() + skew)
            assert {running.line() for running in listening} == {f"[a] {number}\n"}
        for path in skews:
            append(path, Log().end().data)
        assert [running.finish().code for running in listening] == [0] * len(skews)


def test_a_dead_session_is_lost_in_the_end(home: Path, own: Path) -> None:
    paths = [skewed_log(own, f"dead{skew}", skew) for skew in SKEWS]
    codes: dict[tuple[str | Path, ...], int] = {("listen", path): 3 for path in paths}
    codes |= {("listen", "--no-follow", path): 3 for path in paths[1:3]}
    codes |= {("listen", "--active"): 2}
    with ExitStack() as stack:
        listening = [stack.enter_context(Running(*arguments, home=home)) for arguments in codes]
        assert [running.finish().code for running in listening] == list(codes.values())


def test_the_live_session_is_found(own: Path) -> None:
    live, dead = skewed_log(own, "live", -3600), skewed_log(own, "dead", -35)
    with beating({live: -3600}):
        assert str(live) in zigtui("listen", "--active", "--timeout", "0").stderr
    assert dead != live


def test_a_last_event_without_its_newline_is_printed(home: Path, own: Path) -> None:
    path = write_log(own, Log().start().end().data[:-1])
    done = zigtui("listen", "--exit-status")
    assert (done.code, len(done.lines)) == (0, 2)
    assert [session["state"] for session in succeed("list", "--json").objects] == ["succeeded"]
    assert len(succeed("export", path, "--format", "text").lines) == 2
    assert len(zigtui("listen", path, "--no-follow").lines) == 2


@pytest.fixture
def unreadable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A base with a log that other users cannot read."""
    base = tmp_path_factory.mktemp("base")
    path = write_log(base, Log().start(), session_id(1), modified=time.time() - 7200)
    for directory in [*path.parents][: len(path.parents) - 2]:
        if directory.stat().st_uid == os.getuid():
            directory.chmod(0o755)
    path.chmod(0)
    yield base
    path.chmod(0o600)


@pytest.mark.parametrize("option", ["--state=unreadable", "--json"])
def test_what_is_not_known_of_a_log_that_cannot_be_read_is_left_out(unreadable: Path, option: str) -> None:
    done = run_python(AS_NOBODY, unreadable, "list", option, "--base", unreadable)
    assert done.returncode == 0
    assert session_id(1)[:8] in done.stdout
    assert "1970-" not in done.stdout
    assert "2h ago" in done.stdout or '"last_activity_at":null' in done.stdout
