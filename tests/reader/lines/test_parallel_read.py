"""A large log that another process reads from its end: the same as when it is read by this one alone."""

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given

from tests.reader.session.test_pieces import everything, patiently, stretches
from tests.support.damage import log_on_disk
from tests.support.logs import SESSION_ID, Log, log_at, log_file, read_log
from tests.support.waiting import wait_until
from zigtui.reader.lines.output_batches import output_run
from zigtui.reader.lines.parallel_read import ReadAhead, Reading, readings_from_end
from zigtui.reader.lines.tail import Tail
from zigtui.reader.session import session_log as log_module

PIECE_BYTES = 64 * 1024


def long_log(lines: int = 8000) -> bytes:
    """Output of two steps, with events and a bad line in its midst."""
    log = Log().start(2).tier(0, "a", "b").step("a").step("b")
    for number in range(lines // 4):
        log.says("a", f"{number} " + "of a " * 10, f"{number} again").says("b", f"{number} of b", stream="stderr")
        log.says("b", "x" * (number % 300))
        if number % 997 == 500:
            log.fails("b").raw(b"not JSON").beat()
    return log.done("a").end().data


def wait_for_readings(ahead: ReadAhead, offset: int, size: int) -> Reading:
    """What it found in a piece, once it has."""
    taken: list[Reading] = []

    def take() -> bool:
        reading = ahead.take(offset, size)
        taken.extend([] if reading is None else [reading])
        return reading is not None

    wait_until(take)
    return taken[0]


def helpers() -> list[str]:
    """The processes that read ahead for this one."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [command for command in map(command_of, children) if ReadAhead.__module__ in command]


def command_of(process: str) -> str:
    """Its arguments, none once it has ended: it may do so between being listed and being asked."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@patiently
@given(pieces=stretches())
def test_pieces_are_cut_from_the_end_as_they_are_from_the_beginning(pieces: list[list[bytes]]) -> None:
    data = b"".join(line + b"\n" for lines in pieces for line in lines)
    with log_on_disk(data) as path:
        forwards = {}
        for lines in Tail(path).pieces(len(data) + 1, 4096):
            forwards[lines.offset] = lines.data
        found = list(readings_from_end(lambda at, size: data[at : at + size], 0, len(data), 4096, SESSION_ID))
    assert [reading.offset for reading in found] == sorted((reading.offset for reading in found), reverse=True)
    for reading in found:
        piece = data[reading.offset : reading.offset + reading.size]
        assert forwards.get(reading.offset, piece) == piece
        assert reading.run == output_run(piece, SESSION_ID)


def test_another_process_finds_what_this_one_would(tmp_path: Path) -> None:
    path = log_file(tmp_path, long_log())
    last = list(Tail(path).pieces(10**9, PIECE_BYTES))[-3]
    ahead = ReadAhead(str(path), 0, path.stat().st_size, PIECE_BYTES, SESSION_ID)
    reading = wait_for_readings(ahead, last.offset, len(last.data))
    assert reading.run == output_run(last.data, SESSION_ID)
    assert ahead.take(last.offset, len(last.data)) is None  # it is told once
    assert ahead.take(0, 10) is None


def test_a_log_folds_to_the_same_with_the_help_of_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = log_file(tmp_path, long_log())
    alone = everything(read_log(path))
    monkeypatch.setattr(log_module, "_WORTH_A_PROCESS", 100_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    told: list[Reading] = []

    class Recorded(ReadAhead):
        def take(self, offset: int, size: int) -> Reading | None:
            reading = super().take(offset, size)
            told.extend([] if reading is None else [reading])
            return reading

    monkeypatch.setattr("zigtui.reader.lines.parallel_read.ReadAhead", Recorded)
    for pause in (0.0, 0.5, 1.0, 2.0, 4.0, 8.0):  # before the other one can have begun, and after it is through
        helped = log_at(path)
        helped.is_awaited = True
        helped.advance(PIECE_BYTES)
        helped.advance(PIECE_BYTES)
        time.sleep(pause)
        helped.read_all()
        assert everything(helped) == alone
        if pause and told:
            break
    assert told


@pytest.mark.parametrize("command", ["/does/not/exist", "/bin/false"])
def test_a_log_is_read_though_no_other_process_can_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    path = log_file(tmp_path, long_log(4000))
    alone = everything(read_log(path))
    monkeypatch.setattr(log_module, "_WORTH_A_PROCESS", 100_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr("sys.executable", command)
    assert everything(read_log(path)) == alone


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the processes")
def test_the_other_process_ends_when_nobody_wants_it_any_more(tmp_path: Path) -> None:
    path = log_file(tmp_path, long_log())
    ahead = ReadAhead(str(path), 0, path.stat().st_size, PIECE_BYTES, SESSION_ID)
    assert helpers()
    del ahead
    wait_until(lambda: not helpers(), seen=helpers)
