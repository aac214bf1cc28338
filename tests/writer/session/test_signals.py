"""Signal handlers that use the session while it is being written."""

import signal
from pathlib import Path

import pytest

from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import global_index, only_log, read_events, read_index, run_python, start_python

RECORD_IN_THE_HANDLER = """
import signal, sys
from writer import SessionWriter
writer = SessionWriter.create("review", "review.zwf")
calls = lines = 0
def record(number, frame):
    global calls
    calls += 1
    writer.step_output("handler", "stderr", f"{calls}")
signal.signal(signal.SIGALRM, record)
signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
while calls < 1000:
    lines += 1
    writer.step_output("main", "stdout", f"{lines}")
    if sys.argv[1:]:
        writer.tier_started(0, [])
        writer.heartbeat()
signal.setitimer(signal.ITIMER_REAL, 0)
print(calls, lines)
"""

INTERRUPT_THE_WRITING = """
import signal, threading
from writer import SessionWriter
writer = SessionWriter.create("review", "review.zwf")
interrupts = 0
signal.signal(signal.SIGALRM, signal.default_int_handler)
while interrupts < 1000:
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0002)
        while True:
            writer.step_output("main", "stdout", "line")
    except KeyboardInterrupt:
        interrupts += 1
other = threading.Thread(target=writer.step_output, args=("other", "stdout", "line"), daemon=True)
other.start()
other.join(20)
print(other.is_alive())
"""

FINISH_IN_THE_HANDLER = """
import signal
from writer import SessionCoordinator, SessionError, SessionWriter
with SessionCoordinator.start(SessionWriter.create("review", "review.zwf")) as session:
    signal.signal(signal.SIGTERM, lambda number, frame: session.finish("failure"))
    try:
        while True:
            session.writer.step_output("lint", "stdout", "line")
    except SessionError as error:
        print(error)
"""


@pytest.mark.parametrize("others", [[], ["and other events"]])
def test_a_handler_may_record_at_any_moment_and_the_order_stays_that_of_seq(
    project: Path, home: Path, others: list[str]
) -> None:
    result = run_python(RECORD_IN_THE_HANDLER, *others)
    assert (result.returncode, result.stderr) == (0, "")
    calls, lines = map(int, result.stdout.split())
    _, *events = read_events(only_log(home))
    assert [event["seq"] for event in events] == list(range(2, len(events) + 2))
    for step, count in (("handler", calls), ("main", lines)):
        numbers = [int(event["line"]) for event in events if event.get("step_name") == step]
        assert sorted(numbers) == list(range(1, count + 1))  # a handler may be interrupted by the next


INTERRUPT_THE_END = """
import random, signal, sys
from writer import SessionCoordinator, SessionWriter
def again(number, frame):
    if session is not None:
        session.finish("failure")
def interrupt(number, frame):
    if is_caught:  # a signal that another thread takes may come after the timer has been stopped
        raise KeyboardInterrupt
signal.signal(signal.SIGALRM, {"interrupt": interrupt, "finish": again}[sys.argv[1]])
random.seed(sys.argv[2])
is_caught = False
for _ in range(60):
    session = None
    session = SessionCoordinator.start(SessionWriter.create("review", "review.zwf"))
    try:
        is_caught = True
        signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, 1e-3))
        session.finish()
        signal.setitimer(signal.ITIMER_REAL, 0)
        is_caught = False
    except KeyboardInterrupt:
        is_caught = False
    signal.setitimer(signal.ITIMER_REAL, 0)
    session = None  # dropped: what the interrupt has left undone is done now
"""


@pytest.mark.parametrize("way", ["interrupt", "finish"])
@pytest.mark.parametrize("seed", range(2))
def test_a_session_ends_once_however_its_end_is_interrupted(project: Path, home: Path, way: str, seed: int) -> None:
    result = run_python(INTERRUPT_THE_END, way, str(seed))
    assert (result.returncode, result.stderr) == (0, "")
    entries = {entry["log_path"]: entry for entry in read_index(global_index(home))}
    logs = list(home.rglob("*.jsonl"))
    assert len(logs) == len(entries) == 60
    for log in logs:
        first, *reason, last = read_events(log)
        assert (first["type"], last["type"]) == ("zig_session_started", "zig_session_ended")
        # Recorded if the end of a session is left to its finalizer.
        assert [event["type"] for event in reason] in ([], ["tier_started", "step_started", "step_failed"])
        assert (entries[str(log)]["status"], entries[str(log)]["ended_at"]) == (last["status"], last["ts"])


def test_an_interrupt_at_any_moment_leaves_the_log_to_other_threads(project: Path, home: Path) -> None:
    result = run_python(INTERRUPT_THE_WRITING)
    assert (result.returncode, result.stdout, result.stderr) == (0, "False\n", "")
    numbers = [event["seq"] for event in read_events(only_log(home))]
    assert numbers == sorted(set(numbers))  # an interrupted event may have taken its number with it


@pytest.mark.parametrize("attempt", range(5))
def test_a_handler_may_end_the_session_at_any_moment(project: Path, home: Path, attempt: int) -> None:
    with start_python("-c", FINISH_IN_THE_HANDLER) as process:
        wait_until(lambda: any(home.rglob("*.jsonl")) and only_log(home).read_bytes().count(b"\n") > 10)
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, errors) == (0, "")
    assert output == f"the session has ended, nothing can follow: {only_log(home)}\n"
    events = read_events(only_log(home))
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["type"] for event in events].index("zig_session_ended") == len(events) - 1
    assert read_index(global_index(home))[0]["status"] == "failure"
