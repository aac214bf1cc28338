"""Listeners: one session of many passes, as the reference implementation records them, and as the reader takes them."""

import asyncio
import gc
import logging
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import in_fork, last_event, only_log, own_fields, read_events, start_python
from writer import Pass, SessionCoordinator, SessionError, SessionListener, SessionWriter, Step, StepFailedError
from zigtui.reader import SessionState, read_session


def begin(tier_count: int = 2) -> SessionWriter:
    return SessionWriter.create("echo-bot", "bot.py", tier_count=tier_count)


def handle(current: Pass, message: str) -> None:
    """Handle an event: one with the text "bad" fails in its second tier."""
    with current.tier(["parse"]) as tier, tier.step("parse", prompt=message) as step:
        step.output(message)
    with current.tier(["reply"]) as tier, tier.step("reply") as step:
        if message == "bad":
            raise StepFailedError("no reply", exit_code=3)
        step.saved("answer")


def listen(writer: SessionWriter, *messages: str) -> None:
    with SessionListener.start(writer) as session:
        for message in messages:
            with session.pass_() as current:
                handle(current, message)


def own_events(writer: SessionWriter) -> list[tuple[str, dict[str, object]]]:
    """The types and own fields of all events, without durations."""
    events = read_events(writer.log_path)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    return [
        (event["type"], {name: value for name, value in own_fields(event).items() if name != "duration_ms"})
        for event in events
    ]


def passes(writer: SessionWriter) -> tuple[int, int]:
    """The counts of all passes and of those that failed, as the reader finds them in the log."""
    return read_session(writer.log_path).session.passes


def fail(error: BaseException) -> NoReturn:
    raise error


def test_the_log_is_that_of_the_reference_each_event_a_run_from_tier_0_and_no_other_mark(project: Path) -> None:
    writer = begin()
    listen(writer, "one", "bad", "two")

    def parse(message: str) -> list[tuple[str, dict[str, object]]]:
        step = {"step_name": "parse", "tier_index": 0, "zag_session_id": "zig-echo-bot-parse", "zag_command": "run"}
        return [
            ("tier_started", {"tier_index": 0, "step_names": ["parse"]}),
            ("step_started", {**step, "model": None, "prompt_preview": message}),
            ("step_output", {"step_name": "parse", "stream": "stdout", "line": message}),
            ("step_completed", {"step_name": "parse", "exit_code": 0, "saved_vars": []}),
            ("tier_started", {"tier_index": 1, "step_names": ["reply"]}),
            (
                "step_started",
                {
                    "step_name": "reply",
                    "tier_index": 1,
                    "zag_session_id": "zig-echo-bot-reply",
                    "zag_command": "run",
                    "model": None,
                    "prompt_preview": "",
                },
            ),
        ]

    done = ("step_completed", {"step_name": "reply", "exit_code": 0, "saved_vars": ["answer"]})
    failed = ("step_failed", {"step_name": "reply", "exit_code": 3, "attempt": 1, "error": "no reply"})
    (kind, started), *events = own_events(writer)
    assert (kind, started["prompt"], started["tier_count"]) == ("zig_session_started", None, 2)
    assert events == [
        *(*parse("one"), done),
        *(*parse("bad"), failed),
        *(*parse("two"), done),
        ("zig_session_ended", {"status": "success"}),
    ]


def test_the_reader_counts_the_passes_while_they_run_and_knows_when_the_listener_waits(project: Path) -> None:
    writer = begin()
    with SessionListener.start(writer, heartbeat_secs=1) as session:
        seen = []
        for number, message in enumerate(["one", "bad", "two", "bad"]):
            assert read_session(writer.log_path).session.is_waiting
            with session.pass_() as current:
                with current.tier(["parse"]) as tier, tier.step("parse"):
                    found = read_session(writer.log_path).session
                    assert not found.is_waiting
                    seen.append(found.passes.total)
                with current.tier(["reply"]) as tier, tier.step("reply"):
                    if message == "bad" and number:
                        fail(StepFailedError("no reply"))
        beats = len(read_events(writer.log_path))
        wait_until(lambda: len(read_events(writer.log_path)) > beats)
        assert last_event(writer)["type"] == "heartbeat"
        assert read_session(writer.log_path).session.is_waiting
    assert passes(writer) == (4, 2)
    assert seen[0] == 1
    assert read_session(writer.log_path).state is SessionState.SUCCEEDED


@pytest.mark.parametrize("tier_count", [1, 2, 3])
def test_passes_of_any_number_of_tiers_are_counted(project: Path, tier_count: int) -> None:
    writer = begin(tier_count)
    with SessionListener.start(writer) as session:
        for number in range(6):
            with session.pass_() as current:
                for name in "abc"[:tier_count]:
                    with current.tier([name]) as tier, tier.step(name):
                        if number % 2:
                            fail(ValueError("odd"))
    assert passes(writer) == (6, 3)


def test_the_failure_of_a_step_ends_its_pass_and_is_kept_but_the_listener_goes_on(project: Path) -> None:
    with SessionListener.start(begin()) as session:
        with session.pass_() as first:
            handle(first, "bad")
        with session.pass_() as second:
            handle(second, "good")
    assert (str(first.error), second.error) == ("no reply", None)
    assert isinstance(first.error, StepFailedError)
    assert last_event(session.writer)["status"] == "success"


def test_a_failure_raised_again_ends_the_listener_as_a_failure(project: Path) -> None:
    writer = begin()

    def run() -> None:
        with SessionListener.start(writer) as session:
            with session.pass_() as current:
                handle(current, "bad")
            assert current.error is not None
            raise current.error

    with pytest.raises(StepFailedError, match="no reply"):
        run()
    assert last_event(writer)["status"] == "failure"


@pytest.mark.parametrize("where", ["before the tiers", "in a tier", "after a step has failed"])
def test_an_exception_that_no_step_has_recorded_is_not_held_back(project: Path, where: str) -> None:
    writer = begin()

    def run() -> None:
        with SessionListener.start(writer) as session, session.pass_() as current:
            if where == "before the tiers":
                raise KeyError("text")
            with current.tier(["parse"]) as tier:
                if where == "in a tier":
                    raise KeyError("text")
                try:
                    with tier.step("parse"):
                        fail(ValueError("no"))
                except ValueError as error:
                    raise KeyError("text") from error

    with pytest.raises(KeyError, match="text"):
        run()
    assert last_event(writer)["status"] == "failure"


def test_the_failures_of_parallel_steps_end_the_pass_together(project: Path) -> None:
    async def check(current: Pass, *failing: str) -> None:
        async def run(step: Step) -> None:
            with step:
                await asyncio.sleep(0)
                if step.name in failing:
                    raise ValueError(step.name)

        with current.tier(["lint", "types"]) as tier:
            async with asyncio.TaskGroup() as group:
                for name in ("lint", "types"):
                    group.create_task(run(tier.step(name)))

    with SessionListener.start(begin(1)) as session:
        for failing in (["lint", "types"], [], ["types"]):
            with session.pass_() as current:
                asyncio.run(check(current, *failing))
            assert isinstance(current.error, ExceptionGroup) == bool(failing)
    assert passes(session.writer) == (3, 2)


def test_a_group_with_one_exception_that_no_step_has_recorded_is_not_held_back(project: Path) -> None:
    def run() -> None:
        with SessionListener.start(begin()) as session, session.pass_() as current:
            try:
                handle(current, "bad")
            except StepFailedError as error:
                raise ExceptionGroup("both", [error, KeyError("text")]) from None

    with pytest.raises(ExceptionGroup, match="both"):
        run()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), "success"),
        (asyncio.CancelledError(), "success"),
        (SystemExit(0), "success"),
        (SystemExit(1), "failure"),
        (BrokenPipeError(), "failure"),
        (GeneratorExit(), "failure"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value,
)
@pytest.mark.parametrize("when", ["before the first event", "in a step", "between two events"])
def test_what_stops_a_listener_decides_how_its_session_ends(
    project: Path, error: BaseException, status: str, when: str
) -> None:
    writer = begin()

    def run() -> None:
        with SessionListener.start(writer) as session:
            if when == "before the first event":
                raise error
            with session.pass_() as current:
                handle(current, "bad")
            if when == "between two events":
                raise error
            with session.pass_() as current, current.tier(["parse"]) as tier, tier.step("parse"):
                raise error
            assert isinstance(error, Exception)  # the failure of the step, which a pass holds back
            raise error

    with pytest.raises(type(error)):
        run()
    assert last_event(writer)["status"] == status


INTERRUPTED = """
import asyncio, signal, sys, time
from writer import SessionListener, SessionWriter
signal.signal(signal.SIGTERM, signal.default_int_handler)
signal.signal(signal.SIGINT, signal.default_int_handler)
async def wait():
    with SessionListener.start(SessionWriter.create("echo-bot", "bot.py", tier_count=1)) as session:
        with session.pass_() as current, current.tier(["reply"]) as tier, tier.step("reply") as step:
            step.output("hello")
        print("ready", flush=True)
        while True:  # since Python does not notice a signal that comes right before it sleeps
            if sys.argv[1] == "asyncio":
                await asyncio.sleep(0.1)
            else:
                time.sleep(0.1)
try:
    asyncio.run(wait()) if sys.argv[1] == "asyncio" else wait().send(None)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize(
    ("way", "number"), [("plain", signal.SIGINT), ("asyncio", signal.SIGINT), ("plain", signal.SIGTERM)]
)
def test_ctrl_c_ends_a_real_listener_with_success(project: Path, home: Path, way: str, number: signal.Signals) -> None:
    with start_python("-c", INTERRUPTED, way) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        output, errors = process.communicate(timeout=DEADLINE_SECS)
    assert (process.returncode, output, errors) == (0, "interrupted\n", "")
    assert read_events(only_log(home))[-1]["status"] == "success"


def test_a_listener_that_is_dropped_has_failed_and_its_pass_keeps_it(project: Path) -> None:
    writer = begin()
    with SessionListener.start(writer).pass_() as current:
        gc.collect()
        handle(current, "good")
    del current
    gc.collect()
    assert last_event(writer)["status"] == "failure"


MISTAKES: dict[str, tuple[Callable[[SessionListener], object], str]] = {
    "a pass in a pass": (lambda session: session.pass_().__enter__(), "a pass is under way"),
    "a tier of the writer": (lambda session: session.writer.tier(["a"]), "the tiers of a listener belong to"),
    "a tier too many": (lambda session: [session.tier(["a"]) for _ in range(3)], "a pass has no tier 2"),
    "an index too large": (lambda session: session.tier(["a"], tier_index=2), "a pass has no tier 2"),
    "a pass not entered": (lambda session: session.pass_().tier(["a"]), "the pass has not begun"),
    "another coordinator": (lambda session: SessionCoordinator(session.writer), "has a coordinator already"),
}


@pytest.mark.parametrize(("mistake", "message"), MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("in_a_step", [False, True])
def test_a_mistake_inside_a_pass_is_an_error_that_the_pass_does_not_hold_back(
    project: Path, mistake: Callable[[SessionListener], object], message: str, in_a_step: bool
) -> None:
    def run() -> None:
        with SessionListener.start(begin()) as session, session.pass_() as current:
            if not in_a_step:
                mistake(session)
            with current.tier(["parse"], tier_index=0) as tier, tier.step("parse"):
                mistake(session)

    with pytest.raises(SessionError, match=message):
        run()


def test_a_tier_outside_a_pass_is_an_error_and_the_listener_can_go_on(project: Path) -> None:
    with SessionListener.start(begin()) as session:
        with pytest.raises(SessionError, match=r"no pass is under way: use `with session.pass_\(\)`"):
            session.tier(["parse"])
        with session.pass_() as current:
            tier = current.tier(["parse"])
        for late in (lambda: current.tier(["parse"]), tier.__enter__, current.__enter__):
            with pytest.raises(SessionError, match=r"has ended|entered once only"):
                late()
        with session.pass_() as current:
            handle(current, "good")
    assert passes(session.writer) == (1, 0)
    with pytest.raises(SessionError, match="the session has ended"):
        session.pass_().__enter__()


def test_only_one_of_many_threads_has_the_pass(project: Path) -> None:
    gate = threading.Barrier(8)
    messages: list[str] = []

    def run(session: SessionListener) -> None:
        gate.wait()
        try:
            with session.pass_() as current:
                wait_until(lambda: len(messages) == 7)
                handle(current, "good")
        except SessionError as error:
            messages.append(str(error))

    with SessionListener.start(begin()) as session:
        threads = [threading.Thread(target=run, args=(session,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert messages == ["a pass is under way: the passes of a session run one after the other"] * 7
    assert passes(session.writer) == (1, 0)


def test_nothing_is_recorded_of_a_step_that_still_runs_when_its_pass_has_ended(project: Path) -> None:
    def race(session: SessionListener) -> None:
        with session.pass_() as current, current.tier(["a", "b"]) as tier:
            loser, unused = tier.step("b"), tier.step("c")
            loser.__enter__()
            with tier.step("a") as step:
                step.output("first")
        before = writer.log_path.read_bytes()
        for call in (lambda: loser.output("late"), lambda: loser.retry("late"), unused.__enter__):
            with pytest.raises(SessionError, match="belongs to a pass that has ended"):
                call()
        loser.__exit__(None, None, None)
        assert writer.log_path.read_bytes() == before

    writer = begin(1)
    with SessionListener.start(writer) as session:
        race(session)
        race(session)
    assert passes(writer) == (2, 0)


@pytest.mark.parametrize(("prompt", "tier_count", "message"), [("Look", 1, "no prompt"), (None, 0, "a tier_count")])
def test_a_session_that_is_none_of_a_listener_is_refused_and_stays_free(
    project: Path, prompt: str | None, tier_count: int, message: str
) -> None:
    writer = SessionWriter.create("echo-bot", "bot.py", prompt, tier_count)
    with pytest.raises(ValueError, match=message):
        SessionListener.start(writer)
    with SessionCoordinator.start(writer) as session, session.tier(["parse"]):
        pass
    assert last_event(writer)["status"] == "success"


def test_a_pass_that_ends_before_its_last_tier_logs_what_readers_will_make_of_it(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "writer"), SessionListener.start(begin(3)) as session:
        with session.pass_():
            pass  # an event that is ignored leaves no trace
        with session.pass_() as current:
            handle(current, "bad")
        assert caplog.messages == []
        for _ in range(2):
            with session.pass_() as current:
                handle(current, "good")
    assert caplog.messages == ["a pass of 3 tiers ended after 2: readers will take it for a failed one"] * 2
    assert passes(session.writer)[0] == 3


def test_a_loop_inside_a_pass_belongs_to_it(project: Path) -> None:
    with SessionListener.start(begin()) as session:
        for _ in range(3):
            with session.pass_() as current:
                handle(current, "good")
                for _ in range(2):
                    with current.tier(["reply"], tier_index=0) as tier, tier.step("reply"):
                        pass
    assert passes(session.writer) == (3, 0)


def test_a_fork_leaves_the_pass_to_its_parent(project: Path) -> None:
    with SessionListener.start(begin()) as session, session.pass_() as current:
        assert "belongs to the process" in in_fork(lambda: current.tier(["parse"]))
        assert in_fork(lambda: current.__exit__(None, None, None)) == "False"
        handle(current, "good")
    assert passes(session.writer) == (1, 0)


def test_after_a_full_disk_an_error_is_not_held_back(home: Path, small_disk: Path) -> None:
    writer = SessionWriter.create("echo-bot", "bot.py", tier_count=1, base=small_disk / ".zig", cwd=home)

    def run() -> None:
        with SessionListener.start(writer, on_error="raise") as session:
            while True:
                with session.pass_() as current, current.tier(["reply"]) as tier, tier.step("reply") as step:
                    step.output("x" * 10_000)

    with pytest.raises(SessionError, match="No space left"):
        run()
