"""How the output of a process is cut into lines, and when they are recorded."""

import doctest
import logging
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.steps import Run, output, python
from tests.support.waiting import wait_until
from writer import SessionWriter, Step
from writer._common.text import split_lines
from writer._log import line_splitter
from writer.log_handler import SessionLogHandler

MIB = 1024 * 1024


def test_a_character_may_be_cut_between_two_reads(writer: SessionWriter, step: Step, run: Run) -> None:
    code = """
import array, fcntl, os, termios, time
for byte in "€ und 🙂\\n".encode():
    os.write(1, bytes([byte]))
    waiting = array.array("i", [1])
    while waiting[0]:  # until the byte has been read
        time.sleep(0.001)
        fcntl.ioctl(1, termios.FIONREAD, waiting)
"""
    run(step, python(code))
    assert output(writer) == ["€ und 🙂"]


def test_lines_are_recorded_as_they_come(writer: SessionWriter, step: Step, run: Run, tmp_path: Path) -> None:
    code = """
import pathlib, sys, time
print("early", flush=True)
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.005)
print("late")
"""
    go_on = tmp_path / "go-on"
    thread = threading.Thread(target=run, args=(step, python(code, go_on)))
    thread.start()
    try:
        wait_until(lambda: output(writer) == ["early"])
    finally:
        go_on.touch()
        thread.join()
    assert output(writer) == ["early", "late"]


def test_megabytes_on_both_streams_at_once(writer: SessionWriter, step: Step, run: Run) -> None:
    code = """
import os, threading
def fill(descriptor):
    with open(descriptor, "wb", closefd=False) as stream:
        for number in range(5000):
            stream.write(b"%05d" % number + b"x" * 995 + b"\\n")
threads = [threading.Thread(target=fill, args=(descriptor,)) for descriptor in (1, 2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""
    run(step, python(code))
    expected = [f"{number:05}" + "x" * 995 for number in range(5000)]
    assert output(writer, "stdout") == expected
    assert output(writer, "stderr") == expected


def test_an_endless_line_is_recorded_in_pieces_while_it_grows(
    writer: SessionWriter, step: Step, run: Run, tmp_path: Path
) -> None:
    code = """
import pathlib, sys, time
print("x" + "é" * 600_000, end="", flush=True)
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.005)
print("é" * 500_000, end="")
"""
    go_on = tmp_path / "go-on"
    thread = threading.Thread(target=run, args=(step, python(code, go_on)))
    thread.start()
    try:
        wait_until(lambda: len(output(writer)) == 1)
    finally:
        go_on.touch()
        thread.join()
    lines = output(writer)
    assert [len(line.encode()) for line in lines] == [MIB - 1, MIB, 2_200_001 - 2 * MIB + 1]
    assert "".join(lines) == "x" + "é" * 1_100_000


def cut(*pieces: bytes) -> list[str]:
    splitter = line_splitter.LineSplitter()
    return [line for piece in pieces for line in splitter.feed(piece)] + splitter.end()


PRINTED = st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"a", "é".encode(), "🙂".encode(), b"\x80", b"\xff"])).map(
    b"".join
)


@given(PRINTED, st.data())
def test_lines_do_not_depend_on_how_the_bytes_come(printed: bytes, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(printed)))))
    pieces = [printed[start:end] for start, end in zip([0, *places], [*places, len(printed)], strict=True)]
    assert cut(*pieces) == cut(printed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_splitter, "LINE_BYTES", 6)
        printed = b"".join(pieces := [piece.replace(b"\r", b"") for piece in pieces])
        assert cut(*pieces) == cut(printed)


@given(PRINTED)
def test_lines_end_with_a_newline_and_nothing_else(printed: bytes) -> None:
    *lines, last_line = printed.split(b"\n")
    expected = [line[:-1] if line.endswith(b"\r") else line for line in lines] + ([last_line] if last_line else [])
    assert cut(printed) == [line.decode("utf-8", "replace") for line in expected]


@given(st.text(st.sampled_from("aé\r\n\x0b\u2028"), min_size=1))
def test_a_process_and_a_call_end_lines_alike(text: str) -> None:
    assert split_lines(text) == cut(text.encode())


def test_every_way_to_record_output_ends_lines_alike(
    writer: SessionWriter, step: Step, run: Run, logger: logging.Logger
) -> None:
    text = "one\r\n10%\r100%\r\n\r\nlast"
    lines = ["one", "10%\r100%", "", "last"]
    logger.addHandler(SessionLogHandler(step))
    run(step, python(f"import os; os.write(1, {text.encode()!r})"))
    step.output(text)
    writer.step_output("lint", "stdout", text)
    logging.getLogger("runner").info(text)
    assert output(writer) == lines * 4


@given(st.text(st.sampled_from("aé€🙂"), min_size=1))
def test_pieces_of_a_long_line_are_short_and_keep_its_characters(line: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_splitter, "LINE_BYTES", 6)
        pieces = cut(line.encode())
    assert "".join(pieces) == line
    assert all(0 < len(piece.encode()) <= 6 for piece in pieces)


def test_the_example_of_the_splitter_is_right() -> None:
    assert doctest.testmod(line_splitter) == (0, 2)
