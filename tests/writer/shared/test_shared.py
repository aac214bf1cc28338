"""Shared sessions: other processes add tiers and steps."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

import pytest

from tests.support.processes import ROOT
from tests.support.steps import output, python, recorded, types
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import fork, read_events
from writer import RemoteStep, SessionCoordinator, SessionError, SessionListener, SessionWriter, Step, attach

ATTACH = "from writer import attach; session = attach()\n"


@pytest.fixture
def address(writer: SessionWriter) -> str:
    return writer.share()


def child(code: str, address: str) -> "subprocess.Popen[str]":
    """Another process, which runs code with the session as ``session``."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ZIGTUI_SESSION": address}
    return subprocess.Popen(
        [sys.executable, "-c", ATTACH + code], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def run_child(code: str, address: str) -> int:
    with child(code, address) as process:
        process.communicate(timeout=DEADLINE_SECS)
    return process.returncode


def events(writer: SessionWriter) -> list[list[object]]:
    """The events after the start: their types and what matters of their fields."""
    names = ("tier_index", "step_names", "step_name", "line", "reason", "error")
    return [
        [event["type"].removeprefix("step_"), *(event[name] for name in names if name in event)]
        for event in read_events(writer.log_path)[1:]
    ]


def test_another_process_adds_a_step(writer: SessionWriter, address: str) -> None:
    code = "with session.step('upload', prompt='all') as step: step.output('one\\ntwo'); step.run(['echo', 'three'])"
    assert run_child(code, address) == 0
    assert events(writer) == [
        ["tier_started", 0, ["upload"]],
        ["started", 0, "upload"],
        ["output", "upload", "one"],
        ["output", "upload", "two"],
        ["output", "upload", "three"],
        ["completed", "upload"],
    ]


def test_another_process_adds_a_tier(writer: SessionWriter, address: str) -> None:
    code = """
with session.tier(["a", "b"]) as tier:
    with tier.step("a") as step: step.retry("once more"); step.saved("x")
    tier.step("b").skip("no need")
with session.tier(["c"]) as tier:
    assert tier.index == 1
    with tier.step("c"): raise ValueError("broken")
"""
    assert run_child(code, address) == 1
    assert [kind for kind, *_ in events(writer)] == [
        *("tier_started", "started", "failed", "completed", "skipped"),
        *("tier_started", "started", "failed"),
    ]


def test_steps_that_run_at_the_same_time_share_a_tier(writer: SessionWriter, address: str) -> None:
    first, second = attach(address).step("first"), attach(address).step("second")
    with first, second:
        pass
    with attach(address).step("third"):
        pass
    tiers = [names for kind, *names in events(writer) if kind == "tier_started"]
    assert tiers == [[0, ["first"]], [1, ["third"]]]


def test_a_step_is_over_however_it_ends(writer: SessionWriter, address: str) -> None:
    session = attach(address)
    session.step("a").start().complete()
    session.step("b").start().fail("broken")
    session.step("c").start().cancel("no need")
    with session.step("d") as step:
        step.fail("broken too")
    with session.step("e") as step:
        step.cancel()
    session.step("f").skip("not now")
    session.step("g").start().complete()
    tiers = [names for kind, *names in events(writer) if kind == "tier_started"]
    assert tiers == [[index, [name]] for index, name in enumerate("abcdefg")]


def test_steps_join_the_tier_of_the_runner(writer: SessionWriter, address: str) -> None:
    with writer.tier(["lint"]), attach(address).step("more"), attach(address).tier(["x"]) as tier:
        assert tier.index == 0
    with attach(address).step("later"):
        pass
    with writer.tier(["last"]) as tier:
        assert tier.index == 2
    starts = [rest for kind, *rest in events(writer) if kind in ("tier_started", "started")]
    assert starts == [[0, ["lint"]], [0, "more"], [1, ["later"]], [1, "later"], [2, ["last"]]]


def test_steps_join_the_later_of_two_open_tiers(writer: SessionWriter, address: str) -> None:
    with ExitStack() as later:
        with writer.tier(["lint"]):
            later.enter_context(writer.tier(["types"]))
        with attach(address).step("more"):
            pass
    assert [rest for kind, *rest in events(writer) if kind == "started"] == [[1, "more"]]


def test_a_listener_begins_its_tiers_alone(tmp_path: Path) -> None:
    writer = SessionWriter.create("bot", "bot.py", tier_count=1, base=tmp_path, cwd=tmp_path)
    with SessionListener.start(writer) as session:
        attached = attach(session.share())
        with pytest.raises(SessionError, match="no tier of the listener is open"), attached.step("a"):
            pass
        with pytest.raises(SessionError, match="belong to its passes"), attached.tier(["a"]):
            pass
        with session.pass_() as current, current.tier(["a"]), attached.step("a") as step:
            step.output("x")
    assert [event["type"] for event in read_events(writer.log_path)][1:5] == [
        *("tier_started", "step_started", "step_output", "step_completed")
    ]


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_a_step_is_passed_to_worker_processes(writer: SessionWriter, step: Step, method: str) -> None:
    if method == "fork" and sys.version_info >= (3, 12):
        pytest.skip("forks beside threads are warned of")
    with ProcessPoolExecutor(2, get_context(method)) as executor:
        handle = step.remote()
        futures = [executor.submit(handle.output, str(number)) for number in range(20)]
        futures.append(executor.submit(handle.retry, "once more"))
        futures.append(executor.submit(handle.saved, "x"))
        for future in futures:
            future.result()
    step.__exit__(None, None, None)
    assert sorted(map(int, output(writer))) == list(range(20))
    assert (step.attempt, recorded(writer)[-1][1]["saved_vars"]) == (2, ["x"])


def _flood(handle: RemoteStep) -> None:
    for number in range(5000):
        handle.output(str(number))
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_process_has_sent_is_recorded(writer: SessionWriter, step: Step) -> None:
    process = get_context("spawn").Process(target=_flood, args=(step.remote(),))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    step.__exit__(None, None, None)
    assert output(writer) == [str(number) for number in range(5000)]
    assert types(writer)[-1] == "step_completed"


def test_a_step_whose_process_is_killed_has_failed(writer: SessionWriter, address: str) -> None:
    code = "step = session.step('upload').__enter__(); step.output('so far'); import os; os.kill(os.getpid(), 9)"
    with child(code, address) as process:
        process.wait(DEADLINE_SECS)
    wait_until(lambda: types(writer)[-1:] == ["step_failed"])
    assert events(writer)[-1][1:] == [
        "upload",
        f"the process {process.pid}, which ran the step, has ended without ending it",
    ]
    assert output(writer) == ["so far"]
    with attach(address).step("next"):
        pass
    assert ["tier_started", 1, ["next"]] in events(writer)


def test_the_end_of_the_session_records_what_was_sent_and_leaves_nothing(writer: SessionWriter, address: str) -> None:
    directory = Path(address).parent
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    code = """
step = session.step("a").__enter__()
for number in range(1000): step.output(str(number))
print(flush=True)
input()
"""
    with child(code, address) as process:
        assert process.stdout is not None
        process.stdout.readline()
        writer.ended("success", 1)
        assert not directory.exists()
        process.communicate("\n", timeout=DEADLINE_SECS)
    assert len(output(writer)) == 1000
    assert read_events(writer.log_path)[-1]["type"] == "zig_session_ended"


def test_work_goes_on_when_the_session_has_ended(writer: SessionWriter, caplog: pytest.LogCaptureFixture) -> None:
    attached = attach(writer.share())
    with attached.step("a") as step:
        step.output("recorded")
        writer.ended("success", 1)
        for _ in range(100):
            step.output("lost")
        assert step.run(["true"]) == 0
    assert [record.message.count("can no longer be added to") for record in caplog.records] == [1]
    with pytest.raises(SessionError, match="ended"):
        attach(writer.log_path.as_posix())


@pytest.mark.parametrize(
    "sent",
    [
        b"not JSON\n",
        b"[1]\n",
        b"{}\n",
        b'{"do": "event"}\n',
        b'{"do": "event", "type": "zig_session_ended", "values": ["success", 1]}\n',
        b'{"do": "event", "type": "step_started", "values": [1, 2]}\n',
        b'{"do": "event", "type": "tier_started", "values": [99999999999, ["a"]]}\n',
        b'{"do": "event", "type": "step_completed", "values": ["lint", 0, 1, []]}\n',
        b'{"do": "finish", "status": "success"}\n',
        b'{"do": "retry", "step": 7}\n',
        b'{"output": ["lint", "stdout", "x"]}\n',
        b'{"output": ["lint", "stdout"]}\n',
        b'{"output": ["lint", "stdout", "x"], "step": "0"}\n',
        b'{"do": "hel',
        b"[" * 100_000 + b"\n",
        b"\0" * 5_000_000,
        b'{"do": "leave", "name": ["x"]}\n',
        b"\n",
    ],
    ids=range(18),
)
def test_hostile_messages_do_no_harm(writer: SessionWriter, address: str, sent: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)
        client.sendall(sent)
    with attach(address).step("sound"):
        pass
    assert [kind for kind, *_ in events(writer)] == ["tier_started", "started", "completed"]


def test_a_message_of_any_length_is_refused_without_taking_memory(writer: SessionWriter, address: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)
        with pytest.raises(ConnectionError):
            client.sendall(b"x" * 100 * 1024 * 1024)


def test_odd_text_arrives(writer: SessionWriter, address: str) -> None:
    lines = ["", "\0", "\ud800", "naïve ☠", '"\\', "x" * 3_000_000]
    with attach(address).step("a") as step:
        for line in lines:
            step.output(line)
    written = output(writer)
    assert written[:5] == ["", "\0", "\ufffd", "naïve ☠", '"\\']
    assert "".join(written[5:]) == lines[5]


def test_a_forked_process_has_a_connection_of_its_own(writer: SessionWriter, address: str) -> None:
    with attach(address).step("a") as step:
        step.output("parent")
        pid = fork()
        if pid == 0:
            step.output("child")
            os._exit(0)
        os.waitpid(pid, 0)
        step.output("parent again")
    wait_until(lambda: len(output(writer)) == 3)
    assert sorted(output(writer)) == ["child", "parent", "parent again"]


def test_programs_of_a_shared_session_find_it(writer: SessionWriter, address: str, step: Step) -> None:
    step.run(python(ATTACH + "with session.step('inner') as step: step.output(session.session_id)"))
    assert ("step_output", {"step_name": "inner", "stream": "stdout", "line": writer.session_id}) in recorded(writer)


def test_many_processes_and_threads_add_at_once(writer: SessionWriter, address: str) -> None:
    code = "\nfor n in range(20):\n with session.step(f'{ME}') as step: step.output(str(n))"
    children = [child(f"ME = {number}{code}", address) for number in range(3)]

    def work() -> None:
        for number in range(20):
            with attach(address).step("here") as step:
                step.output(str(number))

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for process in children:
        process.communicate(timeout=DEADLINE_SECS)
    written = [json.loads(line) for line in writer.log_path.read_text().splitlines()]
    assert [event["seq"] for event in written] == list(range(1, len(written) + 1))
    assert len(output(writer)) == 120


def test_what_a_killed_runner_has_left_is_removed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = Path("/tmp") / f"zt{os.getpid()}"
    directory.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(directory))
    try:
        code = f"""
import os, writer
session = writer.SessionWriter.create("a", "b", base={str(tmp_path)!r})
print(session.share()); os.kill(os.getpid(), 9)
"""
        subprocess.run(python(code), env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
        (left,) = directory.iterdir()
        with SessionCoordinator(SessionWriter.create("a", "b", base=tmp_path)) as session:
            address = Path(session.share())
            assert list(directory.iterdir()) == [address.parent]
            assert address.parent != left
    finally:
        directory.rmdir()


def test_an_address_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in (str(tmp_path), str(tmp_path / "missing"), "relative", "x" * 300):
        with pytest.raises(SessionError, match="or the address is wrong"):
            attach(address)
    monkeypatch.delenv("ZIGTUI_SESSION", raising=False)
    with pytest.raises(SessionError, match="ZIGTUI_SESSION is not set"):
        attach()


def test_a_step_of_an_attached_session_needs_a_name(address: str) -> None:
    with pytest.raises(ValueError, match="a step needs a name"):
        attach(address).step("")
