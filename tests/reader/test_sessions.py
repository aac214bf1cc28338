"""The functions for scripts: find, read, follow and search sessions."""

import errno
import os
import re
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

import zigtui.reader
from tests.support.bases import log_of
from tests.support.logs import Log, append, log_file
from tests.support.recordings import recorded
from tests.support.waiting import DEADLINE_SECS
from writer import SessionCoordinator, SessionWriter, StepFailedError
from zigtui.reader import (
    QueryError,
    SessionNotFoundError,
    SessionState,
    default_bases,
    find_session,
    follow_session,
    open_catalog,
    read_output,
    read_session,
    search_output,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def base(reference: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorded sessions, named by ``$ZIGTUI_BASE``."""
    monkeypatch.setenv("ZIGTUI_BASE", str(reference / "dot-zig"))
    return reference / "dot-zig"


def test_a_session_with_an_unreadable_start_is_followed_to_its_end(tmp_path: Path) -> None:
    for name in ("empty", "damaged"):
        (tmp_path / name).mkdir()
    empty = log_file(tmp_path / "empty")
    os.utime(empty, (1e9, 1e9))
    damaged = log_file(tmp_path / "damaged", b"garbage\n" + Log().tier(0, "a").end().data)
    for path in (empty, damaged):
        (snapshot,) = follow_session(path)
        assert snapshot.state is SessionState.UNREADABLE
        assert snapshot.is_over


def test_a_workflow_is_found_although_a_file_has_its_name(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deploy").write_text("#!/bin/sh\n")
    assert find_session("deploy").base == str(base)
    assert find_session("./deploy").path == str(tmp_path / "deploy")


def test_a_log_in_the_working_directory_is_found_by_its_name(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, data in [("deploy", Log().start().data), ("build.log", b"torn\n" + Log().tier(0, "a").data)]:
        (tmp_path / name).write_bytes(data)
        assert find_session(name).path == str(tmp_path / name)


def test_a_session_is_found_from_a_working_directory_that_is_gone(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert find_session("deploy").base == str(base)


def test_all_matches_are_found_however_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zigtui.reader.search.search.MAX_HITS", 100)
    path = log_file(tmp_path, Log().start().says("a", *(f"line {number}" for number in range(1050))).data)
    assert [line.text for line in search_output(path, "line")] == [f"line {number}" for number in range(1050)]


def test_a_pattern_that_takes_too_long_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zigtui.reader.search.search._PIECE_TIMEOUT_SECS", 0.3)
    path = log_file(tmp_path, Log().start().says("a", *["a" * 5000 + "!"] * 40).data)
    with pytest.raises(QueryError, match="too long"):
        list(search_output(path, "/(a|aa)+$/"))


@pytest.mark.parametrize("path", ["missing.jsonl", "a\0b.jsonl"])
def test_a_log_that_is_not_there_is_the_error_of_the_system(path: str) -> None:
    for read in (read_session, follow_session, read_output):
        with pytest.raises(FileNotFoundError) as caught:
            list(read(path))
        assert caught.value.errno == errno.ENOENT


def test_the_default_bases_are_those_of_the_environment_or_of_the_home(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZIGTUI_BASE", raising=False)
    assert default_bases() == [str(home / ".zig")]
    monkeypatch.setenv("ZIGTUI_BASE", os.pathsep.join(["/a", "", "/b", "/a"]))
    assert default_bases() == ["/a", "/b"]


def test_a_catalog_has_every_session(base: Path, reference: Path) -> None:
    ids = {line.split()[1] for line in (reference / "ids.txt").read_text().splitlines()}
    assert {snapshot.location.session_id for snapshot in open_catalog().sessions()} == ids
    assert {snapshot.location.session_id for snapshot in open_catalog(base).sessions()} == ids
    assert open_catalog(base / "nothing").sessions() == []


def test_a_session_is_found_by_workflow_id_or_path(base: Path, reference: Path) -> None:
    path = log_of(reference / "dot-zig", "retry-then-success")
    for wanted in ("deploy", path.stem, path.stem[:8], str(path)):
        assert find_session(wanted).session_id == path.stem
    assert find_session("deploy", bases=[base]).path == str(path.resolve())
    with pytest.raises(SessionNotFoundError, match="nonesuch"):
        find_session("nonesuch")


def test_a_session_is_read_to_its_end(base: Path, reference: Path) -> None:
    snapshot = read_session(find_session("deploy"))
    assert snapshot.state is SessionState.SUCCEEDED
    assert [step.name for step in snapshot.session.steps] == ["build", "release"]
    assert read_session(log_of(reference / "dot-zig", "retry-then-success")).session == snapshot.session


def test_a_log_that_cannot_be_read_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_session(tmp_path / "missing.jsonl")
    with pytest.raises(OSError, match="not a regular file"):
        read_session(tmp_path)
    for lines in (read_output(tmp_path), search_output(tmp_path, "x")):
        with pytest.raises(OSError, match="not a regular file"):
            next(lines)


def test_the_output_of_all_steps_and_of_one_is_that_of_the_log(reference: Path) -> None:
    path = log_of(reference / "dot-zig", "parallel-fan-out")
    events = [event for event in recorded(path) if event["type"] == "step_output"]
    assert [line.text for line in read_output(path)] == [event["line"] for event in events]
    for step in read_session(path).session.steps:
        of_step = [event["line"] for event in events if event["step_name"] == step.name]
        assert [line.text for line in read_output(path, step)] == of_step


@pytest.mark.parametrize("text", ["tokens:", "/tokens: \\d+/", "nothing of the kind"])
def test_a_search_finds_the_lines_in_their_order(reference: Path, text: str) -> None:
    path = log_of(reference / "dot-zig", "parallel-fan-out")
    expected = [line.text for line in read_output(path) if re.search(text.strip("/"), line.text)]
    assert [line.text for line in search_output(path, text)] == expected
    assert bool(expected) == text.strip("/").startswith("tokens")


def test_a_wrong_pattern_is_an_error(reference: Path) -> None:
    with pytest.raises(QueryError, match="pattern"):
        list(search_output(log_of(reference / "dot-zig", "retry-then-success"), "/(/"))


def test_a_live_session_is_followed_to_its_end(tmp_path: Path) -> None:
    begun, seen = threading.Event(), threading.Event()

    def run() -> None:
        writer = SessionWriter.create("flow", "flow.py", tier_count=1, base=tmp_path, cwd=tmp_path)
        paths.append(writer.log_path)
        with (
            suppress(StepFailedError),
            SessionCoordinator.start(writer) as session,
            session.tier(["a"]) as tier,
            tier.step("a") as step,
        ):
            begun.set()
            step.output("one")
            assert seen.wait(DEADLINE_SECS)
            step.retry("no luck")
            raise StepFailedError("gave up", exit_code=3)

    paths: list[Path] = []
    runner = threading.Thread(target=run)
    runner.start()
    assert begun.wait(DEADLINE_SECS)
    errors: list[str] = []
    states = []
    for snapshot in follow_session(paths[0]):
        session = snapshot.session
        if session.lines:
            seen.set()
        errors += [session.attempt_of(failure)[1].error for failure in session.failures[len(errors) :]]
        states.append(snapshot.state)
    runner.join()
    assert errors == ["no luck", "gave up"]
    assert states[0] is SessionState.RUNNING
    assert states[-1] is SessionState.FAILED
    assert snapshot.session.steps[0].exit_code == 3


def test_a_session_that_is_over_is_followed_no_further(reference: Path) -> None:
    assert [snapshot.state for snapshot in follow_session(log_of(reference / "dot-zig", "killed-mid-step"))] == ["lost"]
    assert [snapshot.state for snapshot in follow_session(log_of(reference / "dot-zig", "empty-session"))] == [
        "succeeded"
    ]


def test_a_log_that_goes_away_while_it_is_followed_raises(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().data)
    following = follow_session(path)
    next(following)
    append(path, Log().beat().data)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        list(following)


def example_of_the_package() -> str:
    example = str(zigtui.reader.__doc__).partition("happens::\n")[2].partition("\nAll results")[0]
    return "\n".join(line.removeprefix(" " * 8) for line in example.splitlines())


def example_of_the_readme() -> str:
    examples = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    (example,) = [example for example in examples if "from zigtui.reader import" in example]
    return str(example)


@pytest.mark.parametrize("code", [example_of_the_package(), example_of_the_readme()], ids=["package", "README"])
def test_the_examples_run(base: Path, code: str) -> None:
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True, timeout=DEADLINE_SECS
    ).stdout
    assert printed.splitlines() == [
        "build, attempt 1: agent exec failed for step 'build': process exited with code 1",
        "build, attempt 2: agent exec failed for step 'build': rate limit reached, resets 2026-11-22T09:00:00Z",
        "succeeded",
    ]
