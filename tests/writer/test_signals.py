"""Signal handlers that use the session, in the midst of its own writing."""

import signal
from pathlib import Path

import pytest

from tests.writer.support import (
    DEADLINE_SECS,
    global_index,
    only_log,
    read_events,
    read_index,
    run_python,
    start_python,
    wait_until,
)

RECORD_IN_THE_HANDLER = """
import signal
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


def test_a_handler_may_record_at_any_moment_and_the_order_stays_that_of_seq(project: Path, home: Path) -> None:
    result = run_python(RECORD_IN_THE_HANDLER)
    assert (result.returncode, result.stderr) == (0, "")
    calls, lines = map(int, result.stdout.split())
    _, *events = read_events(only_log(home))
    assert [event["seq"] for event in events] == list(range(2, lines + calls + 2))
    for step, count in (("handler", calls), ("main", lines)):
        numbers = [int(event["line"]) for event in events if event["step_name"] == step]
        assert sorted(numbers) == list(range(1, count + 1))  # a handler may be interrupted by the next


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
