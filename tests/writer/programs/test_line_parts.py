"""Output without a newline: dots, prompts and progress bars are recorded while they are printed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from tests.support.steps import Run, output, python
from tests.support.waiting import wait_until
from writer import SessionWriter, Step
from writer._log import line_splitter

# Prints the first argument, and the others each after the file of its number has been created.
PRINT = """
import os, pathlib, sys, time
directory, first, *others = sys.argv[1:]
os.write(1, first.encode())
for number, text in enumerate(others):
    while not pathlib.Path(directory, str(number)).exists():
        time.sleep(0.005)
    os.write(1, text.encode())
"""

Printing = Callable[..., AbstractContextManager[Callable[[], None]]]


@pytest.fixture
def print_in_turn(step: Step, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Printing:
    """Print the first text, and each other one when it is asked for; lines wait a tenth of a second for their ends."""
    monkeypatch.setattr(line_splitter, "PART_SECS", 0.1)

    @contextmanager
    def printing(*texts: str) -> Iterator[Callable[[], None]]:
        counter = iter(range(len(texts)))
        thread = threading.Thread(target=run, args=(step, python(PRINT, tmp_path, *texts)))
        thread.start()
        try:
            yield lambda: (tmp_path / str(next(counter))).touch()
        finally:
            for number in range(len(texts)):
                (tmp_path / str(number)).touch()
            thread.join()

    return printing


def test_a_prompt_and_dots_are_recorded_before_their_line_ends(writer: SessionWriter, print_in_turn: Printing) -> None:
    with print_in_turn("done\nContinue? ", "yes", "\nnext\n") as go_on:
        wait_until(lambda: output(writer) == ["done", "Continue? "])
        go_on()
        wait_until(lambda: output(writer)[2:] == ["yes"])
    assert output(writer) == ["done", "Continue? ", "yes", "next"]


def test_the_last_state_of_a_progress_bar_is_recorded(writer: SessionWriter, print_in_turn: Printing) -> None:
    with print_in_turn("\r 1%\r 2%", "\r 3%\r 4%", "\r 99%\r100%\r\n") as go_on:
        wait_until(lambda: output(writer) == [" 2%"])
        go_on()
        wait_until(lambda: output(writer)[1:] == [" 4%"])
    assert output(writer) == [" 2%", " 4%", "100%"]


def at_once(*texts: str) -> list[str]:
    """Return the lines of texts, of which each is printed when the one before it has become a line."""
    splitter = line_splitter.LineSplitter()
    lines: list[str] = []
    for second, text in enumerate(texts):
        now = second * line_splitter.PART_SECS
        lines += splitter.feed(text.encode(), now)
        assert splitter.take_part(now) == []
        lines += splitter.take_part(now + line_splitter.PART_SECS)
    return lines + splitter.end()


@each_case(
    ("texts", "lines"),
    [
        (["...", "..", "\n", "\n"], ["...", "..", ""]),
        (["one", "\r\n", "two"], ["one", "two"]),
        (["one\r", "\ntwo"], ["one", "two"]),
        (["loading", "\r 1%\r 2%\n"], ["loading", " 2%"]),
        (["1%\r2%\r", "3%\r", "\n"], ["2%", "3%"]),
        (["1%\r2%", "\r2%\n1%\r2%\n"], ["2%", "1%\r2%"]),
        (["1%\r2%", "\r2%"], ["2%", "2%"]),
        (["\r50%\r   \r", "\r\x1b[K"], ["50%"]),
        (["\r", "\n"], [""]),
        (["\r   \r", "\rdone\n"], ["done"]),
        ([" ", "x\n"], [" ", "x"]),
        (["1%\r2%", "\r\x1b[2K\rall well\nnext\n"], ["2%", "all well", "next"]),
        (["1%\r2%", "\r\x1b[2K\n"], ["2%"]),
    ],
)
def test_parts_of_lines(texts: list[str], lines: list[str]) -> None:
    assert at_once(*texts) == lines


@given(st.lists(st.text(st.sampled_from("aé€🙂 \n"))))
def test_parts_lose_nothing_and_keep_characters_whole(texts: list[str]) -> None:
    assert "".join(at_once(*texts)) == "".join(texts).replace("\n", "")


@pytest.mark.parametrize("printed", ["€uro", "🙂", "né"])
def test_a_character_that_is_cut_waits_for_its_rest(printed: str) -> None:
    data = printed.encode()
    for cut in range(1, len(data)):
        splitter = line_splitter.LineSplitter()
        lines: list[str] = []
        for now, piece in enumerate((data[:cut], data[cut:])):
            lines += splitter.feed(piece, now) + splitter.take_part(now + 1)
        assert "".join(lines + splitter.end()) == printed


def test_a_bar_that_is_faster_than_a_second_keeps_its_last_state_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_splitter, "LINE_BYTES", 100)
    splitter = line_splitter.LineSplitter()
    states = [f"\r{number:5}%" for number in range(1000)]
    assert [line for state in states for line in splitter.feed(state.encode())] == []
    assert splitter.feed(b"\n") == ["  999%"]
    assert splitter.feed("".join(states).encode() + b"\nnext\n") == ["  999%", "next"]
    assert splitter.feed(b"\r" + b"x" * 150) == ["x" * 100]
    assert splitter.feed(b"\n") == ["x" * 50]


def test_what_a_runner_prints_without_a_newline_is_recorded_too(
    writer: SessionWriter, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_splitter, "PART_SECS", 0.0)
    with step.redirect():
        for percent in (1, 2, 3):
            print(f"\r{percent}%", end="")
            assert output(writer)[-1] == f"{percent}%"
        print()
    assert output(writer) == ["1%", "2%", "3%"]
