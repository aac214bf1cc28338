"""Large indexes: they are updated off the caller's path, without reading what does not change, and nothing is lost."""

import asyncio
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.support.examples import amount
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import (
    Json,
    fork,
    global_index,
    in_fork,
    is_updating_indexes,
    pending_marks,
    project_index,
    read_index,
    run_python,
    start_python,
)
from tests.writer.indexes.test_index_lock import lock_holder
from writer import SessionWriter

OLD = 2000
CREATE = "import sys\nfrom writer import SessionWriter\nSessionWriter.create(sys.argv[1], 'review.zwf')"


def begin(name: str = "review", **options: Any) -> SessionWriter:
    return SessionWriter.create(name, "review.zwf", **options)


def fill_index(index: Path, count: int = OLD) -> list[Json]:
    """Put many ended sessions before those of an index, in the form of the reference implementation."""
    content = json.loads(index.read_bytes())
    (entry,) = content["sessions"]
    end = {"ended_at": entry["started_at"], "status": "success"}
    old = [{**entry, "zig_session_id": f"{number:08x}{entry['zig_session_id'][8:]}", **end} for number in range(count)]
    content["sessions"] = [*old, entry]
    index.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    return old


@pytest.fixture
def indexes(project: Path, home: Path) -> tuple[Path, Path]:
    """Both indexes, with many sessions."""
    first = begin("first", index="now")
    indexes = (project_index(first), global_index(home))
    for index in indexes:
        fill_index(index)
    return indexes


def tails(indexes: tuple[Path, Path]) -> list[list[tuple[str, str | None]]]:
    """What follows the old sessions: workflow and status. All old sessions must be there."""
    result = []
    for index in indexes:
        entries: list[Json] = json.loads(index.read_bytes())["sessions"]
        assert len({entry["zig_session_id"] for entry in entries}) == len(entries)
        assert [entry["status"] for entry in entries[:OLD]] == ["success"] * OLD
        result.append([(entry["workflow_name"], entry["status"]) for entry in entries[OLD + 1 :]])
    return result


def both(*entries: tuple[str, str | None]) -> list[list[tuple[str, str | None]]]:
    return [list(entries)] * 2


def wait_for(indexes: tuple[Path, Path], *entries: tuple[str, str | None]) -> None:
    wait_until(lambda: tails(indexes) == both(*entries), lambda: tails(indexes))


@pytest.mark.parametrize("mode", ["background", "now"])
def test_the_entries_of_a_large_index_are_added_and_stamped(indexes: tuple[Path, Path], mode: Any) -> None:
    writers = [begin(name, index=mode) for name in ("größer", "second", "third")]
    wait_for(indexes, ("größer", None), ("second", None), ("third", None))
    for writer in (writers[1], writers[0]):
        writer.ended("failure", 1)
    wait_for(indexes, ("größer", "failure"), ("second", "failure"), ("third", None))
    for index in indexes:
        text = index.read_text()
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    assert pending_marks(indexes[1]) == []


def test_with_never_the_indexes_stay_as_they_are(indexes: tuple[Path, Path]) -> None:
    before = [index.read_bytes() for index in indexes]
    writer = begin(index="never")
    writer.ended("success", 1)
    assert writer.is_finished
    assert [index.read_bytes() for index in indexes] == before
    with pytest.raises(ValueError, match="index must be one of background, now, never"):
        begin(index="later")


def test_the_oldest_session_is_stamped_where_it_is(indexes: tuple[Path, Path]) -> None:
    writer = begin("long")
    wait_for(indexes, ("long", None))
    for index in indexes:
        content = json.loads(index.read_bytes())
        content["sessions"].insert(0, content["sessions"].pop())
        index.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    writer.ended("success", 1)
    wait_until(lambda: all(read_index(index)[0]["status"] == "success" for index in indexes))
    assert [len(read_index(index)) for index in indexes] == [OLD + 2] * 2


FORMS = {
    "compact": lambda content: json.dumps(content),
    "another indent": lambda content: json.dumps(content, indent=4),
    "another key first": lambda content: json.dumps({"version": 2, **content}, indent=2),
    "another list last": lambda content: json.dumps({**content, "later": [{"a": 1}]}, indent=2),
    "a newline at the end": lambda content: json.dumps(content, indent=2) + "\n",
    "an escaped id": lambda content: json.dumps(content, indent=2).replace(
        '"zig_session_id": "0', '"zig_session_id": "\\u0030'
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_large_index_of_another_form_keeps_all_of_it(indexes: tuple[Path, Path], form: str) -> None:
    contents = [json.loads(index.read_bytes()) for index in indexes]
    for index, content in zip(indexes, contents, strict=True):
        index.write_text(FORMS[form](content))
    others = [
        {key: value for key, value in json.loads(index.read_bytes()).items() if key != "sessions"} for index in indexes
    ]
    writer = begin("second", index="now")
    writer.ended("success", 1)
    assert tails(indexes) == both(("second", "success"))
    after = [json.loads(index.read_bytes()) for index in indexes]
    assert [{key: value for key, value in content.items() if key != "sessions"} for content in after] == others


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-7], lambda text: text[: len(text) // 2], lambda text: text + b"{"]
)
def test_a_large_index_that_is_damaged_is_rebuilt(
    indexes: tuple[Path, Path], damage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("writer._indexes.text._PARSE_AGAIN_SECS", 0.05)
    for index in indexes:
        index.write_bytes(damage(index.read_bytes()))
    begin("second")
    wait_until(lambda: pending_marks(indexes[1]) == [])
    for index in indexes:
        assert [entry["workflow_name"] for entry in read_index(index)] == ["first", "second"]


def test_readers_find_a_whole_index_at_every_moment(indexes: tuple[Path, Path]) -> None:
    lengths: list[int] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            lengths.extend(len(json.loads(index.read_bytes())["sessions"]) for index in indexes)

    with ThreadPoolExecutor() as executor:
        reader = executor.submit(read)
        for number in range(10):
            begin(str(number), index="now").ended("success", 1)
        is_over.set()
        reader.result()
    assert set(lengths) <= set(range(OLD + 1, OLD + 12))


# Nobody waits


def test_the_caller_waits_for_no_lock(indexes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("writer._indexes.lock._LOCK_TIMEOUT_SECS", 2 * DEADLINE_SECS)
    with lock_holder(indexes[1]), lock_holder(indexes[0]):
        started = time.monotonic()
        for _ in range(20):
            begin("waits").ended("success", 1)
        assert time.monotonic() - started < DEADLINE_SECS
    wait_for(indexes, *[("waits", "success")] * 20)


def test_sessions_that_begin_together_share_an_update(indexes: tuple[Path, Path]) -> None:
    inodes = set()

    async def work() -> None:
        async def one() -> None:
            writer = await SessionWriter.create_async("together", "review.zwf")
            writer.ended("success", 1)

        await asyncio.gather(*[one() for _ in range(50)])

    asyncio.run(work())
    while pending_marks(indexes[1]):
        inodes.add(indexes[1].stat().st_ino)
        time.sleep(0.001)
    wait_for(indexes, *[("together", "success")] * 50)
    assert len(inodes) < 25


def test_no_caller_waits_until_the_thread_runs(indexes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    wait_until(lambda: not is_updating_indexes())
    monkeypatch.delattr(threading.Thread, "start")  # which returns when the new thread has had its turn
    begin("at once").ended("success", 1)
    wait_for(indexes, ("at once", "success"))


# Nothing is lost


def test_the_interpreter_waits_for_the_update(indexes: tuple[Path, Path]) -> None:
    done = run_python(CREATE + ".ended('success', 1)", "short")
    assert (done.returncode, done.stderr) == (0, "")
    assert tails(indexes) == both(("short", "success"))


def test_a_session_that_ends_as_the_interpreter_exits_is_stamped(indexes: tuple[Path, Path]) -> None:
    code = (
        "import writer, sys\nsession = writer.SessionCoordinator.start(writer.SessionWriter.create(sys.argv[1], 'x'))"
    )
    done = run_python(code, "left open")
    assert (done.returncode, done.stderr) == (0, "")
    assert tails(indexes) == both(("left open", "failure"))


@pytest.mark.parametrize("way", ["os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_what_a_process_that_dies_at_once_has_left_is_done_by_the_next(indexes: tuple[Path, Path], way: str) -> None:
    for name in ("dead", "dead too"):
        run_python(f"import os\n{CREATE}.ended('success', 1)\n{way}", name)
    begin("next")
    wait_until(lambda: pending_marks(indexes[1]) == [])
    (in_project, in_all) = tails(indexes)
    assert sorted(in_project) == sorted(in_all) == [("dead", "success"), ("dead too", "success"), ("next", None)]


def test_a_fork_neither_does_nor_loses_the_work_of_its_parent(indexes: tuple[Path, Path]) -> None:
    with lock_holder(indexes[1]):
        begin("of the parent")
        assert is_updating_indexes()
        assert in_fork(lambda: f"{is_updating_indexes()}") == "False"
    wait_for(indexes, ("of the parent", None))

    def own() -> None:
        begin("of the fork", index="now").ended("success", 1)

    in_fork(own)
    wait_for(indexes, ("of the parent", None), ("of the fork", "success"))
    child = fork()
    if child == 0:
        try:
            begin("of a fork that exits")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    begin("last", index="now")
    wait_until(lambda: sorted(name for name, _ in tails(indexes)[1])[:2] == ["last", "of a fork that exits"])


@pytest.mark.slow
def test_many_processes_at_once_lose_no_entry(indexes: tuple[Path, Path]) -> None:
    names = [str(number) for number in range(amount(24, usual=8))]
    processes = [start_python("-c", CREATE + ".ended('success', 1)", name) for name in names]
    for process in processes:
        _, errors = process.communicate(timeout=DEADLINE_SECS)
        assert (process.returncode, errors) == (0, "")
    for tail in tails(indexes):
        assert sorted(tail) == sorted((name, "success") for name in names)


def test_without_symbolic_links_the_thread_does_the_work(
    indexes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def symlink(*_: object) -> None:
        raise OSError("not here")

    monkeypatch.setattr(os, "symlink", symlink)
    begin("second").ended("success", 1)
    wait_for(indexes, ("second", "success"))


def test_marks_that_lead_nowhere_are_removed(indexes: tuple[Path, Path], home: Path) -> None:
    elsewhere = home / "elsewhere.jsonl"
    elsewhere.write_text('{"type":"zig_session_started"}\n')
    directory = Path(f"{indexes[1]}.pending")
    directory.mkdir()
    (directory / "a.started").symlink_to(elsewhere)
    (directory / "b.started").symlink_to(home / "missing.jsonl")
    begin("second", index="now")
    assert pending_marks(indexes[1]) == []
    assert tails(indexes) == both(("second", None))


def test_trouble_in_the_background_is_a_warning(
    indexes: tuple[Path, Path], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("writer._indexes.lock._LOCK_TIMEOUT_SECS", 0.1)
    with lock_holder(indexes[0]):
        writer = begin("second")
        wait_until(lambda: caplog.messages)
    assert "another process has held the lock" in caplog.messages[0]
    writer.ended("success", 1)
    wait_for(indexes, ("second", "success"))


def test_a_runner_that_closes_all_descriptors_harms_neither_its_files_nor_the_indexes(
    indexes: tuple[Path, Path],
) -> None:
    program = """
import logging, os, sys, time
from tests.support.writers import is_updating_indexes
from writer import SessionWriter
logging.basicConfig()
for number in range(int(sys.argv[2])):
    writer = SessionWriter.create("daemon", "x")
    writer.close()
    time.sleep(0.07 + number / 500)  # before, within or after the update, which begins in a tenth of a second
    os.closerange(3, 64)
    files = [open(f"{sys.argv[1]}/other-{number}-{other}", "w+b") for other in range(20)]
    while is_updating_indexes():
        time.sleep(0.005)
    assert not any(file.read() for file in files)
    [file.close() for file in files]
"""
    daemons = amount(30, usual=10)
    done = run_python(program, indexes[1].parent, str(daemons))
    assert (done.returncode, done.stderr) == (0, "")
    assert tails(indexes) == both(*[("daemon", None)] * daemons)


@pytest.mark.parametrize("is_reused", [False, True])
@pytest.mark.parametrize("name", ["sessions_index.json.lock", "sessions_index.json", "sessions_index.json.tmp"])
def test_a_descriptor_that_is_lost_as_soon_as_it_is_open_is_opened_again(
    indexes: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_reused: bool, name: str
) -> None:
    """The thread has to wait for its turn after a call of the system, and the runner may close all descriptors then."""
    open_it = os.open
    lost: list[int] = []
    other = tmp_path / "other"
    other.touch()

    def open_and_lose(path: str, *arguments: int) -> int:
        descriptor = open_it(path, *arguments)
        if os.fspath(path).endswith(f"/{name}") and not lost:
            os.close(descriptor)
            if is_reused:
                lost.append(os.dup2(open_it(other, os.O_RDWR), descriptor))
            else:
                lost.append(-1)
        return descriptor

    monkeypatch.setattr(os, "open", open_and_lose)
    begin("second", index="now")
    assert tails(indexes) == both(("second", None))
    (descriptor,) = lost
    if is_reused:
        assert os.path.samestat(os.fstat(descriptor), other.stat())
        os.close(descriptor)
    assert other.read_bytes() == b""


def test_the_exit_of_the_interpreter_is_not_disturbed(home: Path) -> None:
    """Before Python 3.13, to ask whether the main thread is alive while it ends can fail an assertion."""
    code = (
        "import threading\nfrom writer import SessionWriter\n"
        "threading.main_thread().is_alive = lambda: bool(print('asked', flush=True)) or True\n"
        "SessionWriter.create('review', 'review.zwf').ended('success', 1)"
    )
    done = run_python(code)
    assert (done.stdout, done.stderr) == ("", "")
    assert [entry["status"] for entry in read_index(home / ".zig" / "sessions_index.json")] == ["success"]
