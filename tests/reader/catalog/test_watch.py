"""A watcher keeps a catalog up to date, whatever happens below a base and also when watching fails."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from tests.support.logs import Log, append
from tests.support.waiting import DEADLINE_SECS, until, wait_until
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.scan.locations import location_of_file
from zigtui.reader.catalog.watch import Watcher
from zigtui.reader.session.model.session import SessionState

ROOT = Path(__file__).parents[3]


class Watched:
    """A base directory that is watched, and may not exist yet."""

    def __init__(self, *bases: Path, catalog: Catalog | None = None) -> None:
        self.catalog = catalog or Catalog([str(base) for base in bases])
        self.changes = 0
        self.watcher = Watcher(self.catalog, self._count)
        self._changed = threading.Condition()

    def _count(self) -> None:
        with self._changed:
            self.changes += 1
            self._changed.notify_all()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds that a change brings about; it is checked after each change."""
        with self._changed:
            for _ in until(condition, lambda: [self.lines, self.watcher.notices]):
                assert self._changed.wait(DEADLINE_SECS), [self.lines, self.watcher.notices]

    @property
    def lines(self) -> dict[str, int]:
        """The sessions, each with the number of its output lines."""
        return {snapshot.location.session_id: snapshot.session.lines for snapshot in self.catalog.sessions()}


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

    def start(*bases: Path, catalog: Catalog | None = None) -> Watched:
        watched = Watched(*bases, catalog=catalog)
        watched.watcher.start()
        started.append(watched)
        return watched

    yield start
    for watched in started:
        watched.watcher.stop()
    wait_for_threads_to_end()


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a watch, changes are found by scans, and a watch that has failed is tried again, sooner than usual."""
    monkeypatch.setattr("zigtui.reader.catalog.scan.inventory._SCAN_SECS", 0.1)
    monkeypatch.setattr("zigtui.reader.catalog.directories_watch._RETRY_SECS", 0.05)


@pytest.fixture
def no_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that has failed is not tried again before the test is over."""
    for name in ("_RETRY_SECS", "_LONGEST_RETRY_SECS"):
        monkeypatch.setattr(f"zigtui.reader.catalog.directories_watch.{name}", 2 * DEADLINE_SECS)


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


def test_a_base_that_is_added_while_it_runs_is_watched(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(tmp_path / "first")
    changes = watched.catalog.changes()
    watched.catalog.add_base(str(tmp_path / "second"))
    path = begun(sessions_of(tmp_path / "second"), "one")
    watched.wait_until(lambda: watched.lines == {"one": 0})
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"one": 1})
    assert [one.location.base for one in changes.take()[0]] == [str(tmp_path / "second")]


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


def test_the_end_of_a_session_is_noticed_without_a_retry(
    tmp_path: Path, watch: Callable[..., Watched], no_retries: None
) -> None:
    path = begun(sessions_of(tmp_path), "one")
    watched = watch(tmp_path)
    watched.wait_until(lambda: watched.lines == {"one": 0})
    append(path, Log().end().data)

    def has_ended() -> bool:
        (snapshot,) = watched.catalog.sessions()
        return snapshot.at(time.time()).state is SessionState.SUCCEEDED

    watched.wait_until(has_ended)


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
    tmp_path: Path, watch: Callable[..., Watched], quick_retries: None
) -> None:
    path = begun(sessions_of(tmp_path), "one")
    watched = watch(tmp_path)
    watched.wait_until(lambda: watched.lines == {"one": 0})
    bad = sessions_of(tmp_path) / os.fsdecode(b"caf\xe9.txt")
    for _ in until(lambda: watched.watcher.notices):
        bad.touch()  # again and again: the first time may be before the watch begins
        bad.unlink()
    assert watched.watcher.notices[0].startswith(f"{tmp_path} cannot be watched, changes appear late: a file name")
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"one": 1})
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"one": 2})
    watched.wait_until(lambda: watched.watcher.notices == [])  # watching has been taken up again


def test_what_is_made_together_with_its_directories_appears_and_is_read_on(
    tmp_path: Path, watch: Callable[..., Watched], no_retries: None
) -> None:
    watched = watch(tmp_path)
    watched.wait_until(lambda: watched.catalog.has_scanned)
    paths = [begun(sessions_of(tmp_path, f"project-{number}"), f"s{number}") for number in range(40)]
    watched.wait_until(lambda: len(watched.lines) == 40)
    for path in paths:
        append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: set(watched.lines.values()) == {1})


def test_a_directory_of_sessions_that_is_removed_and_made_again_goes_on_being_watched(
    tmp_path: Path, watch: Callable[..., Watched]
) -> None:
    begun(sessions_of(tmp_path, "stays"), "other")
    directory = sessions_of(tmp_path)
    begun(directory, "one")
    watched = watch(tmp_path)
    watched.wait_until(lambda: len(watched.lines) == 2)
    shutil.rmtree(directory.parent)
    watched.wait_until(lambda: watched.lines == {"other": 0})
    path = begun(sessions_of(tmp_path), "two")
    watched.wait_until(lambda: watched.lines == {"other": 0, "two": 0})
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"other": 0, "two": 1})


LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="counts what Linux watches")


def watched_files() -> set[tuple[int, int]]:
    """Device and inode of everything that this process watches."""
    found: set[tuple[int, int]] = set()
    for facts in Path("/proc/self/fdinfo").iterdir():
        with suppress(FileNotFoundError):  # that of the listing itself
            watches = re.findall(r"inotify wd:\S+ ino:(\S+) sdev:(\S+)", facts.read_text())
            found.update((int(device, 16), int(inode, 16)) for inode, device in watches)
    return found


def as_watched(path: Path) -> tuple[int, int]:
    """Device, as the kernel has it in itself, and inode of a file."""
    facts = path.stat()
    return os.major(facts.st_dev) << 20 | os.minor(facts.st_dev), facts.st_ino


@LINUX_ONLY
def test_only_directories_of_logs_are_watched_wherever_links_lead(
    tmp_path: Path, watch: Callable[..., Watched]
) -> None:
    base = tmp_path / "base"
    begun(sessions_of(base), "one")
    for number in range(100):
        (tmp_path / "wide" / str(number)).mkdir(parents=True)
    (sessions_of(base) / "link").symlink_to(tmp_path / "wide")
    (sessions_of(base) / "up.jsonl").symlink_to("/")
    watched = watch(base)
    watched.wait_until(lambda: watched.lines == {"one": 0})
    wanted = {as_watched(directory) for directory in (base, base / "projects", sessions_of(base))}
    wait_until(lambda: wanted <= watched_files(), seen=watched_files)
    elsewhere = {as_watched(directory) for directory in (Path("/"), *tmp_path.glob("wide/**"))}
    assert len(elsewhere) == 102
    assert not elsewhere & watched_files()


FEW_WATCHES = ["unshare", "--user", "--map-root-user", "sh", "-c"]
FEW_WATCHES += ['echo 1 > /proc/sys/user/max_inotify_watches && exec "$@"', "sh"]

OUT_OF_WATCHES = """
import sys
from tests.reader.catalog.test_watch import DEADLINE_SECS, Log, Path, Watched, append, begun, sessions_of
from zigtui.reader.catalog import directories_watch

directories_watch._RETRY_SECS = directories_watch._LONGEST_RETRY_SECS = 2 * DEADLINE_SECS
base = Path(sys.argv[1])
path = begun(sessions_of(base), "one")
watched = Watched(base)
watched.watcher.start()
watched.wait_until(lambda: watched.lines == {"one": 0} and bool(watched.watcher.notices))
print(*watched.watcher.notices)
for number in range(3):
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"one": number + 1})
"""


@pytest.mark.slow
def test_without_watches_a_notice_is_given_and_sessions_go_on(tmp_path: Path) -> None:
    if subprocess.run([*FEW_WATCHES, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs user namespaces, for the limit of watches is that of the whole system otherwise")
    command = [*FEW_WATCHES, sys.executable, "-c", OUT_OF_WATCHES, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=2 * DEADLINE_SECS, check=True)
    assert done.stdout == f"{tmp_path} cannot be watched, changes appear late: OS file watch limit reached\n"


class PanicError(BaseException):
    """Like that of a panic in Rust: no `Exception`."""


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError("the limit is reached"), "the limit is reached"), (PanicError("in Rust"), "unexpected error")],
    ids=["error", "panic"],
)
def test_a_watch_that_fails_gives_a_notice_and_is_started_again(
    tmp_path: Path,
    watch: Callable[..., Watched],
    quick_retries: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: BaseException,
    reason: str,
) -> None:
    path = begun(sessions_of(tmp_path), "one")
    really_watch, can_watch = watchfiles.watch, threading.Event()

    def breaks_off(*directories: str, **options: Any) -> Iterator[set[tuple[watchfiles.Change, str]]]:
        if not can_watch.is_set():
            raise error
        return really_watch(*directories, **options)

    monkeypatch.setattr(watchfiles, "watch", breaks_off)
    watched = watch(tmp_path)
    notice = f"{tmp_path} cannot be watched, changes appear late: {reason}"
    watched.wait_until(lambda: watched.watcher.notices == [notice])
    assert "in breaks_off" in caplog.text  # the traceback is in the debug log
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"one": 1})
    can_watch.set()
    watched.wait_until(lambda: watched.watcher.notices == [])
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"one": 2})


def test_a_base_that_does_not_answer_holds_up_neither_the_others_nor_the_end(
    tmp_path: Path, watch: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    far, near = tmp_path / "far", tmp_path / "near"
    begun(sessions_of(far), "far")
    path = begun(sessions_of(near), "near")
    really_list, answers = os.scandir, threading.Event()
    unanswered = []

    def hangs(directory: str) -> Any:
        if directory.startswith(str(far)) and not answers.wait(DEADLINE_SECS):
            unanswered.append(directory)
        return really_list(directory)

    monkeypatch.setattr(os, "scandir", hangs)
    monkeypatch.setattr("zigtui.reader.catalog.watch_notices._NO_ANSWER_SECS", 0.1)
    watched = watch(far, near)
    watched.wait_until(lambda: watched.lines == {"near": 0})
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"near": 1})
    wait_until(lambda: watched.watcher.notices == [f"{far} does not answer"], seen=lambda: watched.watcher.notices)
    watched.watcher.stop()
    assert unanswered == []
    answers.set()


def test_a_base_that_cannot_be_read_gives_a_notice_until_it_can(
    tmp_path: Path,
    watch: Callable[..., Watched],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun(sessions_of(tmp_path), "one")
    monkeypatch.setattr("zigtui.reader.catalog.bases_watch._RETRY_SECS", 0.05)
    can_read, really_list = threading.Event(), os.scandir

    def fails(directory: str) -> Any:
        if not can_read.is_set():
            raise ValueError("list index out of range")
        return really_list(directory)

    monkeypatch.setattr(os, "scandir", fails)
    watched = watch(tmp_path)
    notice = f"{tmp_path} cannot be read, trying again: unexpected error"
    watched.wait_until(lambda: watched.watcher.notices == [notice])
    assert caplog.text.count("in fails") == 1  # not once for each try
    can_read.set()
    watched.wait_until(lambda: watched.lines == {"one": 0} and watched.watcher.notices == [])


def test_a_thread_that_ends_by_an_error_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise ValueError("odd")

    watcher = Watcher(Catalog([str(tmp_path)]), fails)
    watcher.start()
    notice = f"{tmp_path} is not kept up to date any more: unexpected error"
    wait_until(lambda: watcher.notices == [notice], lambda: watcher.notices)
    assert "ValueError: odd" in caplog.text
    watcher.stop()
    wait_for_threads_to_end()


def test_stopping_ends_the_threads(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(tmp_path, tmp_path / "missing")
    assert len(watch_threads()) == 2
    watched.watcher.stop()
    wait_for_threads_to_end()


@LINUX_ONLY
@pytest.mark.parametrize("watches", ["0", "1"], ids=["before it watches", "while it watches"])
def test_a_program_that_does_not_stop_its_watcher_can_end_all_the_same(tmp_path: Path, watches: str) -> None:
    begun(sessions_of(tmp_path), "one")
    code = (
        "import sys; from pathlib import Path; from tests.reader.catalog.test_watch import Watched, watched_files;"
        "watched = Watched(Path(sys.argv[1])); watched.watcher.start()\n"
        "while len(watched_files()) < int(sys.argv[2]): pass"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path, watches],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_watch_is_not_slowed_down_while_a_session_is_opened(
    tmp_path: Path, watch: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    has_slept, really_sleep = threading.Event(), time.sleep

    def sleep(seconds: float) -> None:
        has_slept.set()
        really_sleep(seconds)

    monkeypatch.setattr("zigtui.reader.catalog.directories_watch.pause", sleep)
    path = begun(sessions_of(tmp_path), "one")
    catalog = Catalog([str(tmp_path)])
    (base,) = catalog.bases
    base.open(location_of_file(str(path)))
    watched = watch(tmp_path, catalog=catalog)
    watched.wait_until(lambda: watched.lines == {"one": 0})
    append(path, Log().says("a", "hello").data)
    watched.wait_until(lambda: watched.lines == {"one": 1})
    assert not has_slept.is_set()
    base.close(str(path))
    assert has_slept.wait(DEADLINE_SECS)
