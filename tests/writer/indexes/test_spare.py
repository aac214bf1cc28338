"""The spare of a large index: it saves a copy for each update, and no reader and no damage gets the index wrong."""

import functools
import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.support.examples import amount, examples
from tests.support.waiting import wait_until
from tests.support.writers import fill, global_index, project_index, read_index, start_python
from writer import SessionError, SessionWriter

OLD = 400  # in 130 KB

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the index is copied where the kernel has no leases")


def begin(name: str = "review") -> SessionWriter:
    return SessionWriter.create(name, "review.zwf", index="now")


def run_session() -> SessionWriter:
    writer = begin()
    writer.ended("success", 1)
    return writer


def spare_of(index: Path) -> Path:
    return Path(f"{index}.spare")


def enlarge(index: Path) -> None:
    """Put many sessions before the only one of an index."""
    content = json.loads(index.read_bytes())
    (entry,) = content["sessions"]
    old = [{**entry, "zig_session_id": f"{number:08x}{entry['zig_session_id'][8:]}"} for number in range(OLD)]
    index.write_bytes(orjson.dumps({"sessions": [*old, entry]}, option=orjson.OPT_INDENT_2))


@pytest.fixture
def index(project: Path, home: Path) -> Path:
    """A large global index with a spare, and a project index of the same kind."""
    first = run_session()
    for path in (project_index(first), global_index(home)):
        enlarge(path)
    run_session()
    return global_index(home)


@linux_only
def test_an_update_writes_only_what_changes(index: Path) -> None:
    def written_bytes() -> int:
        return int(Path("/proc/self/io").read_text().split("wchar: ")[1].split()[0])

    before = written_bytes()
    for _ in range(10):
        run_session()
    assert written_bytes() - before < index.stat().st_size
    assert len(read_index(index)) == OLD + 12


@linux_only
def test_two_files_take_turns(index: Path) -> None:
    files = {index.stat().st_ino, spare_of(index).stat().st_ino}
    for _ in range(10):
        run_session()
        assert {index.stat().st_ino, spare_of(index).stat().st_ino} == files


def test_a_reader_keeps_the_version_that_it_has_opened(index: Path) -> None:
    for _ in range(3):
        version = index.read_bytes()
        with index.open("rb") as reader:
            for _ in range(4):
                run_session()
            assert reader.read() == version
    assert len(read_index(index)) == OLD + 2 + 12


def test_the_index_keeps_a_mode_that_it_was_given(index: Path) -> None:
    index.chmod(0o640)
    for _ in range(3):
        writer = begin()
        assert index.stat().st_mode & 0o777 == 0o640
        writer.ended("success", 1)
        assert index.stat().st_mode & 0o777 == 0o640
    assert len(read_index(index)) == OLD + 5


def test_without_leases_there_is_no_spare(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    spare_of(index).unlink(missing_ok=True)
    run_session()
    assert not spare_of(index).exists()
    assert len(read_index(index)) == OLD + 3


@contextmanager
def program(code: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a program until the block ends, which begins when the program has printed a line."""
    with start_python("-c", code, path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


@linux_only
def test_a_program_that_waits_for_the_spare_reads_a_whole_version(index: Path) -> None:
    code = (
        "import json, os, pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "parent = os.getppid()\n"
        "print('ready', flush=True)\n"
        "while os.getppid() == parent:\n"
        "    try: json.loads(path.read_bytes())\n"
        "    except FileNotFoundError: pass\n"
    )
    with program(code, spare_of(index)) as reader:
        for _ in range(30):
            run_session()
        assert reader.poll() is None
    assert len(read_index(index)) == OLD + 32


def kernel_locks() -> list[str]:
    return Path("/proc/locks").read_text().splitlines()


@linux_only
def test_an_update_does_not_wait_for_the_lease_of_another_process(index: Path) -> None:
    code = (
        "import fcntl, os, signal, sys\n"
        "signal.signal(signal.SIGIO, signal.SIG_IGN)\n"
        "file = os.open(sys.argv[1], os.O_RDWR)\n"
        "fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n"
    )
    with program(code, spare_of(index)) as holder:
        run_session()
        # The kernel takes a lease away while others wait for it, after 45 seconds.
        assert any("LEASE" in line and str(holder.pid) in line.split() for line in kernel_locks())
    assert len(read_index(index)) == OLD + 3


def ids(index: Path) -> set[str]:
    return {entry["zig_session_id"] for entry in read_index(index)}


def has_more_than(index: Path, before: set[str]) -> bool:
    return ids(index) > before


@pytest.mark.slow
def test_a_killed_update_leaves_a_whole_index(index: Path) -> None:
    code = (
        "from writer import SessionWriter\n"
        "while True:\n"
        "    SessionWriter.create('storm', 'storm.zwf', index='now').ended('success', 1)\n"
    )
    for number in range(amount(100, usual=12)):
        before = ids(index)
        runner = start_python("-c", code)
        wait_until(functools.partial(has_more_than, index, before))
        time.sleep(random.Random(number).uniform(0, 0.01))  # anywhere in an update
        before = ids(index)
        runner.kill()
        runner.communicate()
        assert ids(index) >= before
    last = run_session()
    assert str(last.session_id) in ids(index)
    assert len(read_index(index)) == len(ids(index))


def test_a_full_disk_leaves_the_index_as_it_was(small_disk: Path, home: Path) -> None:
    base = small_disk / ".zig"
    first = SessionWriter.create("first", "review.zwf", base=base, cwd=home, index="now")
    index = base / "sessions_index.json"
    content = json.loads(index.read_bytes())
    entry = content["sessions"][0]
    while index.stat().st_size < 70_000:
        content["sessions"].insert(0, {**entry, "zig_session_id": f"{len(content['sessions']):032x}"})
        index.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    first.ended("success", 1)
    entries = len(read_index(index))
    ballast = fill(small_disk)
    os.truncate(ballast, ballast.stat().st_size - 8192)  # enough for a log
    for _ in range(40):
        try:
            SessionWriter.create("more", "review.zwf", base=base, cwd=home, index="now")
        except SessionError:
            break
        assert len(read_index(index)) >= entries
    ballast.unlink()
    SessionWriter.create("last", "review.zwf", base=base, cwd=home, index="now").ended("success", 1)
    assert read_index(index)[-1]["status"] == "success"


@linux_only
def test_damage_of_a_power_failure_is_found_after_the_next_start_of_the_system(index: Path) -> None:
    """Of a change in place, the disk may have only some blocks."""
    for _ in range(2):
        run_session()
    note = Path(f"{index}.lock")
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    note.write_text(note.read_text().replace(boot, str(uuid.uuid4())))
    status = index.stat()
    with index.open("r+b") as file:
        file.seek(8192)
        file.write(bytes(4096))
    os.utime(index, ns=(status.st_atime_ns, status.st_mtime_ns))
    last = run_session()
    assert str(last.session_id) in ids(index)
    assert len(read_index(index)) == 5  # rebuilt from the logs


# What others do to the files


def _replace(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def _link_elsewhere(index: Path) -> None:
    spare = spare_of(index)
    target = index.with_name("precious")
    target.write_bytes(spare.read_bytes() if spare.is_file() else b"")
    spare.unlink(missing_ok=True)
    spare.symlink_to(target)


def _back_up(index: Path) -> None:
    """Give the spare another name, as backups of hard links do."""
    backup = index.with_name(f"backup-{time.monotonic_ns()}")
    if spare_of(index).is_file():
        os.link(spare_of(index), backup)
        index.with_name(f"{backup.name}.copy").write_bytes(backup.read_bytes())


def _restore(index: Path) -> None:
    """Put an older index back, with its time, as `cp -p` does."""
    spare = spare_of(index)
    if spare.is_file():
        status = spare.stat()
        index.write_bytes(spare.read_bytes())
        os.utime(index, ns=(status.st_atime_ns, status.st_mtime_ns))


def _rewrite_in_place(index: Path) -> None:
    """Stamp the oldest session as the reference implementation does, in place and without a lock."""
    content = json.loads(index.read_bytes())
    entry = content["sessions"][0]
    entry["status"] = "failure" if entry["status"] is None else None
    with index.open("r+b") as file:
        file.truncate()
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))


TROUBLE: dict[str, Callable[[Path], object]] = {
    "truncated spare": lambda index: os.truncate(spare_of(index), 100) if spare_of(index).is_file() else None,
    "spare of another content": lambda index: _replace(spare_of(index), b"x" * index.stat().st_size),
    "no spare": lambda index: spare_of(index).unlink(missing_ok=True),
    "spare that is a link": _link_elsewhere,
    "spare with another name": _back_up,
    "index of another name": lambda index: os.link(index, index.with_name(f"snapshot-{time.monotonic_ns()}")),
    "no note": lambda index: Path(f"{index}.lock").write_bytes(b""),
    "damaged note": lambda index: Path(f"{index}.lock").write_bytes(b"1 2 x" * 30),
    "short note": lambda index: Path(f"{index}.lock").write_bytes(b"1 2 3 4"),
    "no lock file": lambda index: Path(f"{index}.lock").unlink(missing_ok=True),
    "older index put back": _restore,
    "reference": _rewrite_in_place,
    "copy of the index": lambda index: _replace(index, index.read_bytes()),
    "other mode": lambda index: index.chmod(0o640),
    "a killed runner's file": lambda index: Path(f"{index}.tmp").write_bytes(b"half"),
    "a killed runner's name": lambda index: os.link(index, f"{index}.tmp") if not Path(f"{index}.tmp").exists() else 0,
}


@examples(200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["begin", "end", *TROUBLE]), max_size=12), st.randoms(use_true_random=False))
def test_the_index_is_right_whatever_happens_to_the_spare(index: Path, steps: list[str], choice: random.Random) -> None:
    open_sessions: list[SessionWriter] = []
    for step in steps:
        if step in TROUBLE:
            TROUBLE[step](index)
        expected = {entry["zig_session_id"]: entry["status"] for entry in read_index(index)}
        if step == "end" and open_sessions:
            writer = open_sessions.pop(choice.randrange(len(open_sessions)))
            writer.ended("failure", 1)
            expected[str(writer.session_id)] = "failure"
        else:
            writer = begin()
            open_sessions.append(writer)
            expected[str(writer.session_id)] = None
        entries = read_index(index)
        assert {entry["zig_session_id"]: entry["status"] for entry in entries} == expected
        assert len(entries) == len(expected)
        text = index.read_text()
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    for writer in open_sessions:
        writer.close()
    for backup in index.parent.glob("backup-*.copy"):
        assert backup.with_suffix("").read_bytes() == backup.read_bytes()


@linux_only
def test_signals_of_the_runner_stay_as_they_are(index: Path) -> None:
    before = [signal.getsignal(number) for number in signal.valid_signals()]
    run_session()
    assert [signal.getsignal(number) for number in signal.valid_signals()] == before
