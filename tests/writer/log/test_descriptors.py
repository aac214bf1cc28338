"""Code that copies a writer, or closes its descriptor: no event is recorded in another file."""

import copy
import os
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.steps import output, types
from tests.support.writers import project_index, read_events, read_index, run_python
from writer import SessionCoordinator, SessionError, SessionListener, SessionWriter, Step, Tier


def descriptors_of(path: Path) -> list[int]:
    """Return the open descriptors of a file."""
    status = path.stat()
    found = []
    for descriptor in range(3, 1024):
        try:
            if os.path.samestat(os.fstat(descriptor), status):
                found.append(descriptor)
        except OSError:
            continue
    return found


def close_descriptor(writer: SessionWriter) -> int:
    (descriptor,) = descriptors_of(writer.log_path)
    os.close(descriptor)
    return descriptor


@pytest.fixture
def other(writer: SessionWriter, step: Step, tmp_path: Path) -> Iterator[Path]:
    """A file that has taken the descriptor of the log."""
    step.output("before")
    path = tmp_path / "other"
    descriptor = close_descriptor(writer)
    taken = os.open(path, os.O_RDWR | os.O_CREAT)
    os.dup2(taken, descriptor)  # as where the log cannot have a number that no other file gets
    time.sleep(0.002)  # the log checks its descriptor once a millisecond
    yield path
    assert path.read_bytes() == b""
    os.close(descriptor)  # fails if the writer has closed it
    os.close(taken)


EVENTS: dict[str, Callable[[SessionWriter], object]] = {
    "step_output": lambda writer: writer.step_output("lint", "stdout", "after"),
    "step_output of two lines": lambda writer: writer.step_output("lint", "stdout", "after\nand more"),
    "step_failed": lambda writer: writer.step_failed("lint", 1, 1, "no luck"),
    "heartbeat": lambda writer: writer.heartbeat(),
    "ended": lambda writer: writer.ended("success", 1),
}
each_event = pytest.mark.parametrize("record", EVENTS.values(), ids=EVENTS)


@each_event
def test_events_reach_the_log_though_its_descriptor_was_closed(
    writer: SessionWriter, step: Step, record: Callable[[SessionWriter], object]
) -> None:
    step.output("before")
    count = len(read_events(writer.log_path))
    close_descriptor(writer)
    record(writer)
    events = read_events(writer.log_path)
    assert len(events) > count
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


@each_event
def test_events_reach_the_log_though_another_file_has_its_descriptor(
    writer: SessionWriter, other: Path, record: Callable[[SessionWriter], object]
) -> None:
    count = len(read_events(writer.log_path))
    record(writer)
    events = read_events(writer.log_path)
    assert len(events) > count
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


def test_a_session_whose_descriptor_was_taken_ends_in_its_index(writer: SessionWriter, other: Path) -> None:
    writer.ended("success", 1)
    assert read_index(project_index(writer))[-1]["status"] == "success"
    assert descriptors_of(writer.log_path) == []


def test_a_writer_that_is_closed_leaves_the_other_file_open(writer: SessionWriter, other: Path) -> None:
    writer.close()


def test_a_writer_that_is_dropped_leaves_the_other_file_open(tmp_path: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf", base=tmp_path, cwd=tmp_path)
    close_descriptor(writer)
    with (tmp_path / "other").open("w") as file:
        del writer
        file.write("still open")
    assert (tmp_path / "other").read_text() == "still open"


@pytest.mark.parametrize("trouble", ["removed", "replaced"])
@each_event
def test_a_log_that_is_gone_raises_a_clear_error(
    writer: SessionWriter, step: Step, record: Callable[[SessionWriter], object], trouble: str
) -> None:
    close_descriptor(writer)
    writer.log_path.unlink()
    if trouble == "replaced":
        writer.log_path.write_text("another file\n")
    if record is EVENTS["heartbeat"]:
        record(writer)  # a warning is logged
    else:
        with pytest.raises(SessionError, match="descriptor was closed"):
            record(writer)
    assert not writer.log_path.exists() or writer.log_path.read_text() == "another file\n"


def test_a_runner_that_becomes_a_daemon_goes_on_recording(tmp_path: Path) -> None:
    program = """
import os, sys
if os.fork():
    os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
from writer import SessionCoordinator, SessionWriter
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1])
log = str(writer.log_path)
with SessionCoordinator.start(writer) as session, session.tier(["lint"]) as tier, tier.step("lint") as step:
    step.output("before")
    os.closerange(3, 1024)
    files = [open(f"{sys.argv[1]}/other-{number}", "w+") for number in range(10)]
    step.run([sys.executable, "-c", "print('after')"])
assert not any(file.read() for file in files)
print(log)
"""
    done = run_python(program, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    events = read_events(Path(done.stdout.strip()))
    assert [event["line"] for event in events if "line" in event] == ["before", "after"]
    assert events[-1]["status"] == "success"


def test_sessions_do_not_get_the_descriptors_of_each_other(tmp_path: Path) -> None:
    program = """
import os, sys
from writer import SessionWriter
from writer._log import output_log
output_log._MILLISECOND = 3600.0  # so that no check of the descriptor prevents the fault
base = sys.argv[1]
writers = [SessionWriter.create(str(number), "a.py", base=base, cwd=base, index="never") for number in range(3)]
for turn in range(10):
    for writer in writers:
        writer.step_output("lint", "stdout", f"{writer.workflow_name} before {turn}")
    os.closerange(3, 1024)
    for writer in reversed(writers):
        writer.step_output("lint", "stdout", f"{writer.workflow_name} after {turn}")
print(*(writer.log_path for writer in writers), sep="\\n")
"""
    done = run_python(program, tmp_path)
    assert done.returncode == 0, done.stderr
    for number, path in enumerate(done.stdout.splitlines()):
        lines = [event["line"] for event in read_events(Path(path)) if "line" in event]
        assert lines == [f"{number} {moment} {turn}" for turn in range(10) for moment in ("before", "after")]


# Copies

COPIES: dict[str, Callable[[object], object]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": pickle.dumps,
    "the first protocol": lambda original: pickle.dumps(original, protocol=0),
}


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_nothing_of_a_session_can_be_copied(tmp_path: Path, duplicate: Callable[[object], object]) -> None:
    writer = SessionWriter.create("review", "review.zwf", tier_count=1, base=tmp_path, cwd=tmp_path)
    with (
        SessionListener(writer) as session,
        session.pass_() as current,
        current.tier(["lint"]) as tier,
        tier.step("lint") as step,
    ):
        for original in (writer, session, current, tier, step):
            with pytest.raises(TypeError, match=f"^a {type(original).__name__} cannot be copied or pickled: ") as error:
                duplicate(original)
            assert "step.remote()" in str(error.value)
            assert "writer.attach()" in str(error.value)
        step.output("still there")
    assert types(writer)[-2:] == ["step_completed", "zig_session_ended"]
    assert output(writer) == ["still there"]


def test_a_coordinator_cannot_be_copied(writer: SessionWriter, tier: Tier) -> None:
    with SessionCoordinator(writer) as session, pytest.raises(TypeError, match="a SessionCoordinator cannot be copied"):
        copy.copy(session)
