"""A second process reads a large log from its end, with the same result as without it."""

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given

from tests.reader.session.folding.test_pieces import patiently, stretches
from tests.support.damage import log_on_disk
from tests.support.folded import everything
from tests.support.logs import SESSION_ID, Log, log_at, log_file, read_log
from tests.support.waiting import wait_until
from zigtui.reader.lines import parallel_start
from zigtui.reader.lines.output_batches import output_batch
from zigtui.reader.lines.parallel_read import ParallelReader, ParsedChunk, chunks_from_end
from zigtui.reader.lines.tail import Tail

PIECE_BYTES = 64 * 1024


def long_log(lines: int = 8000) -> bytes:
    """Output of two steps, with other events and bad lines in between."""
    log = Log().start(2).tier(0, "a", "b").step("a").step("b")
    for number in range(lines // 4):
        log.says("a", f"{number} " + "of a " * 10, f"{number} again").says("b", f"{number} of b", stream="stderr")
        log.says("b", "x" * (number % 300))
        if number % 997 == 500:
            log.fails("b").raw(b"not JSON").beat()
    return log.done("a").end().data


def wait_for_chunk(reader: ParallelReader, offset: int, size: int) -> ParsedChunk:
    """The chunk, once it has been parsed."""
    taken: list[ParsedChunk] = []

    def take() -> bool:
        chunk = reader.take(offset, size)
        taken.extend([] if chunk is None else [chunk])
        return chunk is not None

    wait_until(take)
    return taken[0]


def processes() -> list[str]:
    """The processes that read for this one."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [command for command in map(command_of, children) if ParallelReader.__module__ in command]


def wait_until_no_process_is_left() -> None:
    if sys.platform == "linux":
        wait_until(lambda: not processes(), seen=processes)


def command_of(process: str) -> str:
    """Its arguments; none if it has ended since it was listed."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@patiently
@given(pieces=stretches())
def test_chunks_are_cut_from_the_end_as_they_are_from_the_start(pieces: list[list[bytes]]) -> None:
    data = b"".join(line + b"\n" for lines in pieces for line in lines)
    with log_on_disk(data) as path:
        forwards = {}
        for chunk in Tail(path).chunks(len(data) + 1, 4096):
            forwards[chunk.offset] = chunk.data
        backwards = list(chunks_from_end(lambda at, size: data[at : at + size], 0, len(data), 4096, SESSION_ID))
    assert [parsed.offset for parsed in backwards] == sorted((parsed.offset for parsed in backwards), reverse=True)
    for parsed in backwards:
        part = data[parsed.offset : parsed.offset + parsed.size]
        assert forwards.get(parsed.offset, part) == part
        assert parsed.batch == output_batch(part, SESSION_ID)


def test_the_second_process_parses_chunks_as_this_one_would(tmp_path: Path) -> None:
    path = log_file(tmp_path, long_log())
    last = list(Tail(path).chunks(10**9, PIECE_BYTES))[-3]
    reader = ParallelReader(str(path), 0, path.stat().st_size, PIECE_BYTES, SESSION_ID)
    chunk = wait_for_chunk(reader, last.offset, len(last.data))
    assert chunk.batch == output_batch(last.data, SESSION_ID)
    assert reader.take(last.offset, len(last.data)) is None
    assert reader.take(0, 10) is None


def test_a_log_folds_to_the_same_with_a_second_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = log_file(tmp_path, long_log())
    alone = everything(read_log(path))
    monkeypatch.setattr(parallel_start, "_WORTH_A_PROCESS", 100_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    taken: list[ParsedChunk] = []

    class Recorded(ParallelReader):
        def take(self, offset: int, size: int) -> ParsedChunk | None:
            chunk = super().take(offset, size)
            taken.extend([] if chunk is None else [chunk])
            return chunk

    monkeypatch.setattr("zigtui.reader.lines.parallel_read.ParallelReader", Recorded)
    for pause in (0.0, 0.5, 1.0, 2.0, 4.0, 8.0):  # before the second process can have begun, and after it has ended
        helped = log_at(path)
        helped.is_awaited = True
        helped.advance(PIECE_BYTES)
        helped.advance(PIECE_BYTES)
        time.sleep(pause)
        helped.read_all()
        assert everything(helped) == alone
        if pause and taken:
            break
    assert taken


@pytest.mark.parametrize(
    "script",
    [
        None,
        "exit 1",
        "echo garbage",
        "while :; do echo garbage; done",
        """echo '{"offset":0,"size":"1","batch":null}'""",
        r"printf '{\"offset\":0,\"size\":1,\"batch\":null}\n\377\n'",
    ],
)
def test_a_log_is_read_even_if_the_second_process_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None
) -> None:
    path = log_file(tmp_path, long_log(4000))
    alone = everything(read_log(path))
    executable = tmp_path / "python"
    if script is not None:
        executable.write_text(f"#!/bin/sh\n{script}\n")
        executable.chmod(0o755)
    monkeypatch.setattr(parallel_start, "_WORTH_A_PROCESS", 100_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr("sys.executable", str(executable))
    assert everything(read_log(path)) == alone
    wait_until_no_process_is_left()


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the processes")
def test_the_second_process_ends_with_its_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = log_file(tmp_path, long_log())
    sleeper = tmp_path / "python"  # a process that would otherwise not end before the test does
    sleeper.write_text(f"#!{sys.executable}\nimport time\n\ntime.sleep(600)\n")
    sleeper.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(sleeper))
    reader = ParallelReader(str(path), 0, path.stat().st_size, PIECE_BYTES, SESSION_ID)
    assert processes()
    del reader
    wait_until_no_process_is_left()
