"""A watcher keeps a catalog up to date: whatever happens below a base, and also when watching goes wrong."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reader.logs import Log, append
from zigtui.reader.catalog import Catalog
from zigtui.reader.model import SessionState
from zigtui.reader.watch import Watcher

DEADLINE_SECS = 20.0


class Watched:
    """A base directory that is watched, and may not exist yet."""

    def __init__(self, *bases: Path) -> None:
        self.catalog = Catalog([str(base) for base in bases])
        self.changes = 0
        self.watcher = Watcher(self.catalog, self._count)
        self._changed = threading.Condition()

    def _count(self) -> None:
        with self._changed:
            self.changes += 1
            self._changed.notify_all()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds that a change brings about: without one nobody would look."""
        with self._changed:
            assert self._changed.wait_for(condition, DEADLINE_SECS), [self.lines, self.watcher.notices]

    @property
    def lines(self) -> dict[str, int]:
        """The sessions, each with the number of its output lines."""
        return {summary.place.session_id: summary.lines for summary in self.catalog.summaries()}


def watch_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("watch ")]


def wait_for_threads_to_end() -> None:
    for thread in watch_threads():
        thread.join(DEADLINE_SECS)
    assert watch_threads() == []


@pytest.fixture
def watch() -> Iterator[Callable[..., Watched]]:
    """Watches bases, until the test is over."""
    started: list[Watched] = []

    def start(*bases: Path) -> Watched:
        watched = Watched(*bases)
        watched.watcher.start()
        started.append(watched)
        return watched

    yield start
    for watched in started:
        watched.watcher.stop()
    wait_for_threads_to_end()


def sessions_of(base: Path, project: str = "src-shop") -> Path:
    directory = base / "projects" / project / "logs" / "sessions"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def begun(directory: Path, name: str) -> Path:
    path = directory / f"{name}.jsonl"
    path.write_bytes(Log().start().tier(0, "a").step("a").data)
    return path


def test_what_is_there_at_the_start_is_read(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    begun(sessions_of(tmp_path), "one")
    watched = watch(tmp_path)
    watched.wait_until(lambda: watched.lines == {"one": 0})


def test_a_base_that_does_not_exist_yet_is_waited_for(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(tmp_path / "later" / ".zig")
    begun(sessions_of(tmp_path / "later" / ".zig"), "one")
    watched.wait_until(lambda: watched.lines == {"one": 0})


def test_new_projects_sessions_and_lines_appear_and_deleted_ones_go(
    tmp_path: Path, watch: Callable[..., Watched]
) -> None:
    path = begun(sessions_of(tmp_path), "one")
    watched = watch(tmp_path)
    watched.wait_until(lambda: watched.lines == {"one": 0})
    other = begun(sessions_of(tmp_path, "brand-new"), "two")
    watched.wait_until(lambda: watched.lines == {"one": 0, "two": 0})
    append(path, Log().says("a", "hello").data)
    append(other, Log().says("a", "hello", "again").data)
    watched.wait_until(lambda: watched.lines == {"one": 1, "two": 2})
    path.unlink()
    watched.wait_until(lambda: watched.lines == {"two": 2})


def test_the_end_of_a_session_is_noticed_soon(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    path = begun(sessions_of(tmp_path), "one")
    watched = watch(tmp_path)
    watched.wait_until(lambda: watched.lines == {"one": 0})
    append(path, Log().end().data)
    appended = time.monotonic()

    def has_ended() -> bool:
        (summary,) = watched.catalog.summaries()
        return summary.state(time.time(), 300) is SessionState.SUCCEEDED

    watched.wait_until(has_ended)
    assert time.monotonic() - appended < 5


def test_a_base_that_is_removed_and_made_again_goes_on_being_watched(
    tmp_path: Path, watch: Callable[..., Watched]
) -> None:
    base = tmp_path / ".zig"
    begun(sessions_of(base), "one")
    watched = watch(base)
    watched.wait_until(lambda: watched.lines == {"one": 0})
    shutil.rmtree(base)
    watched.wait_until(lambda: watched.lines == {})
    path = begun(sessions_of(base), "two")
    watched.wait_until(lambda: watched.lines == {"two": 0})
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"two": 1})


def test_several_bases_are_watched_at_once(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(tmp_path / "a", tmp_path / "b")
    for name in ("a", "b"):
        begun(sessions_of(tmp_path / name), name)
    watched.wait_until(lambda: watched.lines == {"a": 0, "b": 0})


def test_a_link_to_the_base_is_watched_like_the_base(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    path = begun(sessions_of(tmp_path / "real"), "one")
    (tmp_path / "link").symlink_to("real")
    watched = watch(tmp_path / "link")
    watched.wait_until(lambda: watched.lines == {"one": 0})
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"one": 1})


def test_a_file_name_that_is_not_utf8_gives_a_notice_and_sessions_go_on(
    tmp_path: Path, watch: Callable[..., Watched]
) -> None:
    path = begun(sessions_of(tmp_path), "one")
    watched = watch(tmp_path)
    watched.wait_until(lambda: watched.lines == {"one": 0})
    bad = sessions_of(tmp_path) / os.fsdecode(b"caf\xe9.txt")
    deadline = time.monotonic() + DEADLINE_SECS
    while not watched.watcher.notices:
        assert time.monotonic() < deadline
        bad.touch()  # again and again: the first time may be before the watch begins
        bad.unlink()
    assert watched.watcher.notices[0].startswith(f"{tmp_path} is looked at once a second only: ")
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"one": 1})
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"one": 2})
    watched.wait_until(lambda: watched.watcher.notices == [])  # watching has been taken up again


def test_stopping_ends_the_threads(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(tmp_path, tmp_path / "missing")
    assert len(watch_threads()) == 2
    watched.watcher.stop()
    wait_for_threads_to_end()


def test_a_program_that_does_not_stop_its_watcher_can_end_all_the_same(tmp_path: Path) -> None:
    code = (
        "import sys; from zigtui.reader.catalog import Catalog; from zigtui.reader.watch import Watcher;"
        "Watcher(Catalog([sys.argv[1]]), lambda: None).start()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
