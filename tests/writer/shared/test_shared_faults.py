"""Shared sessions: faults of a client, of the runner's own functions, or of the system end neither work nor sharing."""

import errno
import gc
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from types import FrameType
from weakref import WeakSet

import pytest

from tests.support.few_descriptors import few_descriptors
from tests.support.processes import ROOT
from tests.support.steps import output, types
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import is_updating_indexes, read_events
from writer import (
    RemoteStep,
    SessionCoordinator,
    SessionError,
    SessionStatus,
    SessionWriter,
    Step,
    StepCancelledError,
    attach,
)
from writer._shared import connection
from writer._steps.shared_step import SharedStep


@pytest.fixture
def address(writer: SessionWriter) -> str:
    return writer.share()


class Blocker:
    """Keeps the thread that serves a session busy, from `begin` to `end`."""

    def __init__(self, writer: SessionWriter) -> None:
        self._has_begun = Event()
        self._may_end = Event()
        self._address = writer.share(self._block)
        self._client = socket.socket(socket.AF_UNIX)

    def _block(self, status: SessionStatus, error: str | None) -> None:
        self._has_begun.set()
        self._may_end.wait()

    def begin(self) -> None:
        self._client.connect(self._address)
        self._client.sendall(b'{"do": "finish", "status": "success"}\n')
        self._has_begun.wait()

    def end(self) -> None:
        self._may_end.set()
        self._client.close()


@pytest.fixture
def blocker(writer: SessionWriter) -> Iterator[Blocker]:
    blocker = Blocker(writer)
    yield blocker
    blocker.end()


class Interrupted(Exception):
    """Raised by a signal handler, as `KeyboardInterrupt` is."""


def interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def test_what_comes_for_a_cancelled_step_is_refused(writer: SessionWriter, step: Step) -> None:
    handle = step.remote()
    step.cancel("no need")
    handle.output("late")
    with pytest.raises(StepCancelledError, match="cancelled: no need"):
        handle.retry("once more")
    with attach(writer.share()).step("next"):
        pass
    assert output(writer) == []
    assert types(writer)[-1] == "step_completed"


def test_steps_that_are_over_are_not_kept(writer: SessionWriter, step: Step) -> None:
    steps: WeakSet[Step] = WeakSet()
    with writer.tier(["a"]) as tier:
        for number in range(20):
            with tier.step(f"a{number}") as one:
                steps.add(one)
                handle = one.remote()
                handle.output("x")
    del one
    step.remote()
    gc.collect()
    assert len(steps) <= 1
    handle.output("late")
    handle.cancel()
    with pytest.raises(SessionError, match="has ended"):
        handle.saved("x")
    assert output(writer) == ["x"] * 20


def test_steps_of_several_threads_are_shared_at_once(writer: SessionWriter) -> None:
    names = [f"step {number}" for number in range(4)]
    handles: list[RemoteStep] = []

    def share_often(step: Step) -> None:
        handles.extend(step.remote() for _ in range(200))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with writer.tier(names) as tier, ExitStack() as stack, ThreadPoolExecutor() as pool:
            steps = [stack.enter_context(tier.step(name)) for name in names]
            for done in [pool.submit(share_often, step) for step in steps]:
                done.result()
            for handle in handles:
                handle.output("x")
    finally:
        sys.setswitchinterval(interval)
    assert len(output(writer)) == len(handles) == 800


def test_a_session_that_shares_very_many_steps_takes_no_memory_for_each(writer: SessionWriter) -> None:
    with writer.tier(["a"]) as tier:
        with tier.step("first") as step:
            first = step.remote()
        for _ in range(1_500):
            with tier.step("a") as step:
                last = step.remote()
    gc.collect()  # what other sessions had
    assert sum(type(one) is SharedStep for one in gc.get_objects()) < 1_100
    with attach(writer.share()).step("first"):
        first.output("late")
    for handle in (first, last):
        with pytest.raises(SessionError, match="ended"):
            handle.saved("x")
    assert output(writer) == []


def test_a_reply_may_be_longer_than_what_a_socket_takes_at_once(writer: SessionWriter, step: Step) -> None:
    handle = step.remote()
    reason = "no need " * 500_000
    step.cancel(reason)
    with pytest.raises(StepCancelledError) as caught:
        handle.saved("x")
    assert str(caught.value).endswith(reason)
    with attach(writer.share()).step("next"):
        pass
    assert types(writer)[-1] == "step_completed"


def test_a_client_that_reads_no_replies_is_left(writer: SessionWriter, address: str, step: Step) -> None:
    number = handle_number(step)
    step.cancel("x" * 1_000_000)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)
        client.settimeout(10)
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            client.sendall(b'{"do": "check", "step": %d}\n' % number * 1_000_000)
    with attach(address).step("next"):
        pass
    assert types(writer)[-1] == "step_completed"


def handle_number(step: Step) -> int:
    """The number by which messages name a step."""
    return int(step.remote().__reduce_ex__(4)[1][2])


def test_a_function_of_the_runner_that_fails_is_reported(
    writer: SessionWriter, caplog: pytest.LogCaptureFixture
) -> None:
    def finish(status: SessionStatus, error: str | None) -> None:
        raise KeyError("queue")

    attached = attach(writer.share(finish))
    with pytest.raises(SessionError, match="KeyError"):
        attached.finish()
    assert "KeyError('queue')" in caplog.text
    with attached.step("next"):
        pass
    assert types(writer)[-1] == "step_completed"


def test_the_session_can_be_ended_by_the_thread_that_serves_it(writer: SessionWriter) -> None:
    with SessionCoordinator(writer) as session:
        blocker = Event()

        def finish(status: SessionStatus, error: str | None) -> None:
            blocker.wait()
            session.finish(status, error)

        address = session.share(finish)
        clients = [socket.socket(socket.AF_UNIX) for _ in range(3)]
        for client in clients:
            client.connect(address)
        for client in clients:
            client.sendall(b'{"do": "finish", "status": "failure"}\nnot JSON\n')
        blocker.set()
        wait_until(lambda: writer.is_finished)
        for client in clients:
            client.close()
    assert read_events(writer.log_path)[-1]["status"] == "failure"


def test_attaching_fails_after_the_end_also_if_it_has_worked_before(writer: SessionWriter, address: str) -> None:
    attach(address)
    writer.ended("success", 1)
    with pytest.raises(SessionError, match="has ended"):
        attach(address)


def test_sessions_that_have_ended_keep_no_descriptors(tmp_path: Path) -> None:
    counts: list[int] = []
    for _ in range(20):
        writer = SessionWriter.create("a", "b", base=tmp_path, index="never")
        with SessionCoordinator(writer) as session, attach(session.share()).step("a"):
            pass
        counts.append(len(list(Path("/dev/fd").iterdir())))
    assert counts[-1] < counts[0] + 10


def test_an_interrupted_request_does_not_get_the_next_one_its_reply(writer: SessionWriter, blocker: Blocker) -> None:
    attached = attach(writer.share())
    blocker.begin()
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Interrupted), attached.tier(["interrupted"]):
            pass
    finally:
        signal.signal(signal.SIGALRM, before)
    blocker.end()
    with attached.tier(["next"]) as tier:
        assert tier.index == 1
    assert not connection.connect(writer.share())._replies  # nor is it kept


def test_a_process_that_exits_closes_its_connections(address: str) -> None:
    code = "import sys\nfrom writer import attach\nattach(sys.argv[1]).step('a').start()"
    done = subprocess.run([sys.executable, "-X", "dev", "-c", code, address], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reply_that_comes_too_late_is_not_that_of_another_request(
    writer: SessionWriter, blocker: Blocker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    late, other = attach(writer.share()), attach(writer.share())
    monkeypatch.setattr(connection, "_LONGEST_WAIT_SECS", 0.1)
    blocker.begin()
    with late.tier(["late"]):
        pass
    assert "can no longer be added to (timed out)" in caplog.text
    blocker.end()
    monkeypatch.undo()
    with other.tier(["other"]) as tier:
        assert tier.index == 1


def test_tiers_that_threads_begin_at_once_have_their_own_indexes(writer: SessionWriter, address: str) -> None:
    attached = attach(address)
    indexes: list[int] = []

    def work() -> None:
        for _ in range(50):
            with attached.tier(["a"]) as tier:
                indexes.append(tier.index)

    threads = [Thread(target=work) for _ in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert sorted(indexes) == list(range(200))


@pytest.mark.parametrize("length", [10, 1_000_000])
def test_a_signal_handler_adds_to_the_session_in_the_middle_of_other_calls(
    writer: SessionWriter, address: str, length: int
) -> None:
    code = f"""
import signal
from writer import attach
count = 0
def handle(number, frame):
    global count
    count += 1
    step.output(f"handler {{count}}")
    if count % 3 == 0:
        step.retry("in between")
    signal.setitimer(signal.ITIMER_REAL, 0.001)
with attach().step("busy") as step:
    signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    while count < 200:
        step.output("w" * {length})
        step.retry("again")
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ZIGTUI_SESSION": address}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=DEADLINE_SECS)
    assert {f"handler {number}" for number in range(1, 201)} <= set(output(writer))
    assert types(writer)[-1] == "step_completed"


def test_nothing_is_left_if_a_session_cannot_be_shared(
    writer: SessionWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(writer.share())  # imports what it needs
    other = SessionWriter.create("a", "b", base=tmp_path, index="never")
    wait_until(lambda: not is_updating_indexes())  # that has descriptors, too
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    directory = Path(tempfile.mkdtemp(dir="/tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    make, made = tempfile.mkdtemp, []

    def mkdtemp(**options: str) -> str:
        made.append(make(**options))
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    try:
        for count in range(3):  # it needs the directory for a moment, the socket and two ends of a pair
            with few_descriptors(count), pytest.raises(SessionError, match="cannot share the session"):
                other.share()
            assert list(directory.iterdir()) == []
            assert not any(map(os.path.exists, made))
    finally:
        directory.rmdir()
    assert attach(other.share()).session_id == other.session_id
    other.close()


def test_a_client_that_waits_for_a_descriptor_costs_no_time(
    writer: SessionWriter, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, really_accept = [], socket.socket.accept

    def accept(listener: socket.socket) -> tuple[socket.socket, object]:
        if str(listener.getsockname()).startswith(address):  # other tests have servers too, which may wait likewise
            tries.append(listener)
        return really_accept(listener)

    with socket.socket(socket.AF_UNIX) as client, few_descriptors(0), monkeypatch.context() as patch:
        patch.setattr(socket.socket, "accept", accept)
        began = time.monotonic()
        client.connect(address)
        wait_until(lambda: len(tries) >= 5)
        assert time.monotonic() - began > 0.15  # it pauses between them
    with attach(address).step("next"):
        pass


def test_a_directory_that_cannot_be_listed_holds_a_socket(
    writer: SessionWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert attach(writer.share()).session_id == writer.session_id
