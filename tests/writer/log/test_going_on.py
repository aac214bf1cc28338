"""Trouble with the disk never hurts the work: sessions that go on without their log, and writers without one."""

import logging
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.steps import Run
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import fill, only_log, read_events, read_index, run_python
from writer import (
    SessionCoordinator,
    SessionError,
    SessionListener,
    SessionWriter,
    StepFailedError,
)

PRINT_AND_EXIT = "import sys; [print('x' * 1000) for _ in range(500)]; sys.exit(int(sys.argv[1]))"

LINES = ["x" * 1000] * 300 + [""] * 30  # more than any disk here takes: the last room goes to short lines


@pytest.fixture(autouse=True)
def ends_are_written_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once there is room. One thread writes the ends of all tests, and would pause as long as an earlier one had it."""
    monkeypatch.setattr("writer._log.late_ends._RETRY_SECS", 0.05)


def python(code: int) -> list[str]:
    return [sys.executable, "-c", PRINT_AND_EXIT, str(code)]


def begin(small_disk: Path, home: Path, **options: Any) -> SessionWriter:
    return SessionWriter.create(
        "deploy", "deploy.py", tier_count=1, base=small_disk / ".zig", cwd=home, index="now", **options
    )


def use_up(writer: SessionWriter) -> None:
    """Write to a full disk until the log has no room even for the end of its session, however long its path is."""
    for line in LINES:
        with suppress(SessionError):
            writer.step_output("build", "stdout", line)
    with suppress(SessionError):
        writer.heartbeat()  # the shortest event


def kinds(writer: SessionWriter) -> list[str]:
    return [event["type"] for event in read_events(writer.log_path)]


@pytest.mark.parametrize("has_coordinator", [False, True])
def test_work_on_a_full_disk_is_not_hurt(
    small_disk: Path, home: Path, caplog: pytest.LogCaptureFixture, run: Run, has_coordinator: bool
) -> None:
    writer = begin(small_disk, home)
    session = SessionCoordinator.start(writer) if has_coordinator else writer
    fill(small_disk)
    with session.tier(["build", "test"]) as tier:
        with tier.step("build") as step:
            assert run(step, python(0)) == 0
        with pytest.raises(StepFailedError) as failed, tier.step("test") as step:
            run(step, python(4))
        assert failed.value.exit_code == 4
        with tier.step("test") as step:
            assert run(step, python(4), check=False) == 4
    assert len(caplog.messages) == 1
    assert str(writer.log_path) in caplog.messages[0]
    if isinstance(session, SessionCoordinator):
        session.finish()


def test_when_there_is_room_again_all_but_output_is_written_in_its_order(small_disk: Path, home: Path) -> None:
    ballast = None
    with SessionCoordinator.start(begin(small_disk, home)) as session, session.tier(["build", "test"]) as tier:
        with tier.step("build") as step:
            ballast = fill(small_disk)
            for line in LINES:
                step.output(line)
            step.retry("no luck")
        tier.step("test").skip("no time")
    assert not session.writer.is_open
    assert not session.writer.is_finished
    ballast.unlink()
    wait_until(lambda: session.writer.is_finished)
    events = read_events(session.writer.log_path)
    assert [event["type"] for event in events if event["type"] != "step_output"] == [
        "zig_session_started",
        "tier_started",
        "step_started",
        "step_failed",
        "step_completed",
        "step_skipped",
        "zig_session_ended",
    ]
    lost = len(LINES) - sum(event["type"] == "step_output" for event in events)
    assert lost > 0
    assert [event["seq"] for event in events[-4:]] == [len(events) + lost - number for number in (3, 2, 1, 0)]
    assert [event["ts"] for event in events] == sorted(event["ts"] for event in events)
    assert read_index(small_disk / ".zig" / "sessions_index.json")[0]["status"] == "success"


def test_the_next_event_writes_those_that_wait(small_disk: Path, home: Path) -> None:
    with SessionCoordinator.start(begin(small_disk, home)) as session, session.tier(["build"]) as tier:
        ballast = fill(small_disk)
        with tier.step("build") as step:
            for _ in range(300):
                step.output("x" * 1000)
        ballast.unlink()
        session.writer.heartbeat()
        assert kinds(session.writer)[-2:] == ["step_completed", "heartbeat"]


def test_a_session_that_is_to_raise_raises_with_the_exit_code(small_disk: Path, home: Path, run: Run) -> None:
    session = SessionCoordinator.start(begin(small_disk, home), on_error="raise")
    tier = session.tier(["build"]).__enter__()
    step = tier.step("build").__enter__()
    ballast = fill(small_disk)
    with pytest.raises(SessionError, match="No space left") as raised:
        run(step, python(0))
    assert raised.value.exit_code == 0
    with pytest.raises(SessionError, match="No space left") as raised:
        run(step, python(3), check=False)
    assert raised.value.exit_code == 3
    with pytest.raises(StepFailedError) as failed:
        run(step, python(3))
    assert failed.value.exit_code == 3
    use_up(session.writer)
    with pytest.raises(SessionError, match="No space left"):
        session.finish()
    ballast.unlink()


def finish(session: SessionCoordinator) -> None:
    with pytest.raises(SessionError, match="No space left"):
        session.finish()


def leave_the_block(session: SessionCoordinator) -> None:
    with pytest.raises(SessionError, match="No space left"), session:
        pass


def fail_in_the_block(session: SessionCoordinator) -> None:
    with pytest.raises(KeyError), session:
        raise KeyError("user")


def finish_in_the_block(session: SessionCoordinator) -> None:
    with pytest.raises(SessionError, match="No space left"), session:
        session.finish()


def finish_twice(session: SessionCoordinator) -> None:
    finish(session)
    session.finish("failure")  # without an effect


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (finish, "success"),
        (leave_the_block, "success"),
        (fail_in_the_block, "failure"),
        (finish_in_the_block, "success"),
        (finish_twice, "success"),
        (lambda session: session._finalizer(), "failure"),
    ],
    ids=["finish", "block", "error", "finish in a block", "twice", "garbage"],
)
def test_an_end_that_raises_is_written_later(small_disk: Path, home: Path, end: Any, status: str) -> None:
    session = SessionCoordinator.start(begin(small_disk, home), on_error="raise")
    ballast = fill(small_disk)
    use_up(session.writer)
    end(session)
    assert (session.writer.is_open, session.writer.is_finished) == (False, False)
    ballast.unlink()
    wait_until(lambda: session.writer.is_finished)
    last = read_events(session.writer.log_path)[-1]
    assert (last["type"], last["status"]) == ("zig_session_ended", status)
    assert read_index(small_disk / ".zig" / "sessions_index.json")[0]["status"] == status


def test_an_end_whose_log_has_gone_is_not_waited_for(project: Path, home: Path) -> None:
    session = SessionCoordinator.start(SessionWriter.create("deploy", "deploy.py"), on_error="raise")
    session.writer.log_path.unlink()
    with pytest.raises(SessionError, match=r"\.jsonl"):
        session.finish()
    assert session.writer.is_finished


def test_the_writer_alone_raises_unless_it_is_to_warn(small_disk: Path, home: Path) -> None:
    strict, easy = begin(small_disk, home), begin(small_disk, home, on_error="warn")
    fill(small_disk)
    for line in LINES:
        easy.step_output("build", "stdout", line)
        with suppress(SessionError):
            strict.step_output("build", "stdout", line)
    with pytest.raises(SessionError, match="No space left"):
        strict.step_output("build", "stdout", "x" * 1000)
    easy.tier_started(0, ["build"])


def test_a_warning_waits_for_no_handler_that_waits_for_the_log(small_disk: Path, home: Path) -> None:
    """A handler is held by a thread that logs to a stream of a step, while another one finds the disk full."""
    held, free = threading.Event(), threading.Event()

    class Handler(logging.Handler):
        def filter(self, record: logging.LogRecord) -> bool:
            free.set()
            return held.wait(DEADLINE_SECS)

        def emit(self, record: logging.LogRecord) -> None:
            warnings.append(record.getMessage())

    def print_to_step() -> None:
        free.wait(DEADLINE_SECS)
        with handler.lock or threading.RLock():
            held.set()
            step.output("from the other thread")

    def print_much() -> None:
        for line in LINES:
            step.output(line)

    handler, warnings = Handler(), list[str]()
    logging.getLogger("writer").addHandler(handler)
    with begin(small_disk, home).tier(["build"]) as tier, tier.step("build") as step:
        other = threading.Thread(target=print_to_step, daemon=True)
        other.start()
        fill(small_disk)
        work = threading.Thread(target=print_much, daemon=True)
        work.start()
        for thread in (work, other):
            thread.join(DEADLINE_SECS)
            assert not thread.is_alive()
    logging.getLogger("writer").removeHandler(handler)
    wait_until(lambda: len(warnings) == 1)


def test_a_session_that_cannot_begin_goes_on_without_a_log(
    small_disk: Path, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    base = small_disk / ".zig"
    base.mkdir()
    fill(small_disk)
    writer = begin(small_disk, home, on_error="warn")
    with SessionCoordinator.start(writer) as session, session.tier(["build"]) as tier, tier.step("build") as step:
        step.output("not recorded")
    assert list(base.rglob("*.jsonl")) == []
    assert len(caplog.messages) == 1
    assert "The session goes on without a log" in caplog.messages[0]


@pytest.mark.parametrize("trouble", [Path.unlink, lambda log: log.replace(f"{log}.away")], ids=["removed", "moved"])
def test_a_log_that_has_gone_is_a_warning(
    project: Path, home: Path, caplog: pytest.LogCaptureFixture, trouble: Any
) -> None:
    with SessionCoordinator.start(SessionWriter.create("deploy", "deploy.py")) as session:
        trouble(session.writer.log_path)
        with session.tier(["build"]) as tier, tier.step("build") as step:
            step.output("lost")
    assert session.writer.is_finished
    assert len(caplog.messages) <= 1


def test_a_disk_that_is_full_to_the_exit_costs_no_exit_code(small_disk: Path, home: Path) -> None:
    program = """
import logging, sys
from pathlib import Path
from tests.support.writers import fill
from writer import SessionCoordinator, SessionWriter
logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(message)s")
writer = SessionWriter.create("deploy", "deploy.py", base=sys.argv[1] + "/.zig", index="never")
with SessionCoordinator.start(writer) as session:
    fill(Path(sys.argv[1]))
    for line in ["x" * 1000] * 300 + [""] * 30:
        session.writer.step_output("build", "stdout", line)
    session.writer.heartbeat()
sys.exit(7)
"""
    done = run_python(program, small_disk, cwd=home)
    assert (done.returncode, done.stderr) == (7, "")
    first, last = done.stdout.splitlines()
    assert first.startswith("WARNING cannot write the session log (No space left on device)")
    assert last == "WARNING the end of a session could not be written: readers will see it as lost"
    assert read_events(only_log(small_disk))[-1]["type"] in {"step_output", "heartbeat"}


@pytest.mark.parametrize("value", ["ignore", 0, ["warn"]])
def test_another_way_to_handle_errors_is_refused(home: Path, project: Path, value: Any) -> None:
    with pytest.raises(ValueError, match="on_error must be raise or warn"):
        SessionWriter.create("deploy", "deploy.py", on_error=value)
    assert list(home.rglob("*.jsonl")) == []
    writer = SessionWriter.create("deploy", "deploy.py")
    with pytest.raises(ValueError, match="on_error must be raise or warn"):
        SessionCoordinator.start(writer, on_error=value)
    SessionCoordinator.start(writer).finish()


# Without a log


def test_a_disabled_writer_records_nothing(home: Path, project: Path, run: Run) -> None:
    with SessionCoordinator.start(SessionWriter.disabled(), heartbeat_secs=1) as session:
        assert isinstance(session.writer, SessionWriter)
        with session.tier(["build", "test"]) as tier:
            with tier.step("build") as step:
                step.output("a\nb")
                step.retry("no luck")
                assert run(step, python(3), check=False) == 3
            tier.step("test").skip("no time")
    assert (session.writer.is_open, session.writer.is_finished) == (False, True)
    assert session.writer.log_path == Path(os.devnull)
    assert list(home.rglob("*")) == []


def test_a_disabled_writer_needs_no_descriptor(home: Path, project: Path) -> None:
    program = """
import os
from writer import SessionCoordinator, SessionWriter
import orjson, uuid
writer = SessionWriter.disabled()
os.closerange(3, 64)
with SessionCoordinator.start(writer) as session, session.tier(["build"]) as tier, tier.step("build") as step:
    step.output("x")
print("done")
"""
    done = run_python(program)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_a_disabled_writer_refuses_what_others_refuse() -> None:
    writer = SessionWriter.disabled("echo-bot", tier_count=1)
    calls: list[Any] = [
        lambda: writer.step_output("build", "output", "x"),  # type: ignore[arg-type]
        lambda: writer.step_output(1, "stdout", "x"),  # type: ignore[arg-type]
        lambda: writer.tier_started(-1, ["build"]),
        lambda: writer.ended("done", 1),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(ValueError, match="must be"):
            call()
    with SessionListener.start(writer) as session, session.pass_() as current, current.tier(["a"]) as tier:
        tier.step("a").skip("nothing to do")
    with pytest.raises(SessionError, match="has ended"):
        writer.tier_started(0, ["build"])
    with pytest.raises(SessionError, match="has ended"):
        writer.step_output("build", "stdout", "x")
    with pytest.raises(SessionError, match="has ended"):
        writer.ended("success", 1)


def test_warnings_are_not_logged_twice_by_the_handler_of_steps(
    small_disk: Path, home: Path, logger: logging.Logger
) -> None:
    from writer.log_handler import SessionLogHandler

    with SessionCoordinator.start(begin(small_disk, home)) as session, session.tier(["build"]) as tier:
        ballast = fill(small_disk)
        with tier.step("build") as step:
            logger.addHandler(SessionLogHandler(step))
            for _ in range(300):
                logging.info("x" * 1000)
        ballast.unlink()
