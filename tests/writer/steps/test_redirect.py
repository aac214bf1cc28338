"""Files of a step, and what `print` writes to them."""

import asyncio
import contextlib
import io
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, cast

import pytest

from tests.support.steps import output, types
from tests.support.writers import in_fork
from tests.writer.steps.test_current_step import STEPS, lines_by_step
from writer import SessionWriter, Step, StepCancelledError, Tier


@pytest.fixture(autouse=True)
def streams_stay() -> Iterator[None]:
    before = sys.stdout, sys.stderr
    yield
    assert (sys.stdout, sys.stderr) == before


def test_what_is_printed_becomes_lines_of_both_streams(
    writer: SessionWriter, step: Step, capsys: pytest.CaptureFixture[str]
) -> None:
    print("before")
    with step.redirect():
        print("one", "two")
        print("a\nb\r\n\nc", end="")
        print("d", flush=True)
        print("oops", file=sys.stderr)
        sys.stdout.buffer.write("größe\n".encode())
        assert not sys.stdout.isatty()
    print("after")
    assert output(writer, "stdout") == ["one two", "a", "b", "", "cd", "größe"]
    assert output(writer, "stderr") == ["oops"]
    assert capsys.readouterr() == ("before\nafter\n", "")


def test_an_incomplete_line_is_recorded_at_the_end_of_the_block_and_of_the_step(
    writer: SessionWriter, tier: Tier
) -> None:
    with tier.step("lint") as step:
        with step.redirect():
            print("one", end="")
        step.output("two")
        file = step.file("stderr")
        print("three", end="", file=file)
    assert output(writer) == ["one", "two", "three"]
    assert types(writer)[-1] == "step_completed"
    with pytest.raises(ValueError, match="closed file"):
        print("four", file=file)


def test_a_file_that_is_closed_or_dropped_completes_its_line(writer: SessionWriter, step: Step) -> None:
    with step.file() as file:
        file.write("one")
    print("two", end="", file=step.file())
    assert output(writer) == ["one", "two"]


@pytest.mark.parametrize("stream", ["stdin", None, ""])
def test_the_stream_of_a_file_must_be_one(step: Step, stream: Any) -> None:
    with pytest.raises(ValueError, match="stream must be one of stdout, stderr, not"):
        step.file(stream)


def test_parallel_steps_get_their_own_prints(
    writer: SessionWriter, tier: Tier, capsys: pytest.CaptureFixture[str]
) -> None:
    barrier = threading.Barrier(len(STEPS) + 1)

    def run(name: str) -> None:
        with tier.step(name) as step, step.redirect():
            barrier.wait()
            for _ in range(50):
                print(name)
            barrier.wait()

    threads = [threading.Thread(target=run, args=(name,)) for name in STEPS]
    for thread in threads:
        thread.start()
    barrier.wait()
    print("outside")
    barrier.wait()
    for thread in threads:
        thread.join()
    assert lines_by_step(writer) == {name: [name] * 50 for name in STEPS}
    assert capsys.readouterr().out == "outside\n"


def test_tasks_of_a_step_print_to_it_until_it_ends(
    writer: SessionWriter, tier: Tier, capsys: pytest.CaptureFixture[str]
) -> None:
    async def run() -> None:
        printed, gone = asyncio.Event(), asyncio.Event()

        async def task() -> None:
            await asyncio.to_thread(print, "within")
            printed.set()
            await gone.wait()
            print("outlived")

        with tier.step("lint") as step:
            with step.redirect():
                background = asyncio.create_task(task())
                await printed.wait()
            step.output("the end")
        gone.set()
        await background

    asyncio.run(run())
    assert output(writer) == ["within", "the end"]
    assert capsys.readouterr().out == "outlived\n"


def test_redirects_may_be_nested_and_mixed_with_those_of_contextlib(writer: SessionWriter, tier: Tier) -> None:
    text = io.StringIO()
    with tier.step("lint") as outer, outer.redirect():
        print("outer")
        with tier.step("types") as inner:
            print("outer too")
            with inner.redirect():
                print("inner")
                with contextlib.redirect_stdout(text):
                    print("text")
            print("outer again")
    assert lines_by_step(writer) == {"lint": ["outer", "outer too", "outer again"], "types": ["inner"]}
    assert text.getvalue() == "text\n"


def test_a_file_that_the_runner_has_put_in_the_way_stays(
    writer: SessionWriter, step: Step, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrapper:
        def __init__(self) -> None:
            self._file = sys.stdout

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

    with monkeypatch.context() as patch:
        with step.redirect():
            patch.setattr(sys, "stdout", cast("Any", Wrapper()))
            print("recorded")
        print("printed")
    assert output(writer) == ["recorded"]
    assert capsys.readouterr().out == "printed\n"


def test_without_standard_streams_prints_outside_a_step_are_discarded(
    writer: SessionWriter, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    def print_outside() -> None:
        print("outside")

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)
        with step.redirect():
            thread = threading.Thread(target=print_outside)
            thread.start()
            thread.join()
            print("within")
    assert output(writer) == ["within"]


def test_a_print_in_a_cancelled_step_gets_the_exception(writer: SessionWriter, tier: Tier) -> None:
    with contextlib.suppress(StepCancelledError), tier.step("lint") as step, step.redirect():
        print("half a line", end="")
        step.cancel("lost")
        with pytest.raises(StepCancelledError, match="lost"):
            print("and the rest")
        step.output("ends the block")
    assert output(writer) == []


def test_a_fork_prints_to_the_original_streams(writer: SessionWriter, step: Step, capfd: Any) -> None:
    with step.redirect():
        print("one", end="")
        child = os.fork()
        if child == 0:
            try:
                print("from the fork", flush=True)
                print("oops", file=sys.stderr, flush=True)
            finally:
                os._exit(0 if sys.exc_info()[0] is None else 1)
        assert os.waitpid(child, 0)[1] == 0
        print(" two")
    assert output(writer) == ["one two"]
    assert [text.strip() for text in capfd.readouterr()] == ["from the fork", "oops"]


def test_a_fork_redirects_though_another_thread_began_to_meanwhile(tier: Tier, tmp_path: Path) -> None:
    stop = threading.Event()

    def redirect_in_parent() -> None:
        with tier.step("lint") as step:
            while not stop.is_set():
                with step.redirect():
                    pass

    def redirect_in_child() -> None:
        writer = SessionWriter.create("review", "review.zwf", base=tmp_path / "zig", cwd=tmp_path, index="never")
        with writer.tier(["types"]) as tier, tier.step("types") as step, step.redirect():
            print("from the fork")
        assert output(writer) == ["from the fork"]

    thread = threading.Thread(target=redirect_in_parent)
    thread.start()
    switch_secs = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # for forks in the middle of a change
    try:
        assert {in_fork(redirect_in_child) for _ in range(60)} == {"None"}
    finally:
        sys.setswitchinterval(switch_secs)
        stop.set()
        thread.join()


def test_a_worker_of_multiprocessing_prints(writer: SessionWriter, step: Step) -> None:
    with step.redirect():
        worker = multiprocessing.get_context("fork").Process(target=print, args=("from the worker",))
        worker.start()
        worker.join()
    assert worker.exitcode == 0
    assert output(writer) == []


def test_a_signal_handler_may_redirect_at_any_moment(step: Step) -> None:
    with step.redirect():  # so that all is imported
        pass
    before = sys.gettrace()
    number = lines = 0

    def interrupt(frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        nonlocal lines
        lines += event == "line"
        if event == "line" and lines == number:
            with step.redirect():
                pass
        return interrupt

    def in_redirect(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        return interrupt if frame.f_globals["__name__"] == "writer._steps.redirect" else None

    while lines == number:
        number, lines = number + 1, 0
        sys.settrace(in_redirect)
        try:
            with step.redirect():
                pass
        finally:
            sys.settrace(before)
        lines = min(lines, number)
    assert number > 10
