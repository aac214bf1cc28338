"""The last line of a log while its newline is missing."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.damage import EVENTS, NAMES, log_on_disk
from tests.support.examples import examples
from tests.support.logs import Log, append, log_at, log_file, read_log, texts_of
from tests.support.waiting import wait_until
from zigtui.reader.lines.follow_log import LogFollower
from zigtui.reader.lines.problems import ProblemKind
from zigtui.reader.session.model.session import Session, SessionState
from zigtui.reader.session.session_log import SessionLog

LONG_AGO, LATER = time.time() - 3600, time.time() + 3600
WHOLE = Log().start().tier(0, "a").step("a").says("a", "one").done("a").end()


def folded(log: SessionLog) -> tuple[Session, list[str | None]]:
    """The content of a log, without what is only known of torn bytes."""
    return log.snapshot().session, texts_of(log)


@pytest.mark.parametrize("events", range(1, 7))
def test_a_whole_last_event_counts_without_its_newline(tmp_path: Path, events: int) -> None:
    path = log_file(tmp_path, b"\n".join(WHOLE.lines[:events]))
    torn = read_log(path)
    append(path, b"\n")
    assert folded(torn) == folded(read_log(path))
    assert torn.snapshot().torn_end is None


def test_a_session_whose_end_has_no_newline_has_ended_soundly(tmp_path: Path) -> None:
    snapshot = read_log(log_file(tmp_path, WHOLE.data[:-1])).snapshot()
    assert (snapshot.state, snapshot.problems) == (SessionState.SUCCEEDED, ())


@pytest.mark.parametrize("cut", [2, 20, 60])
def test_a_part_of_an_event_does_not_count(tmp_path: Path, cut: int) -> None:
    snapshot = read_log(log_file(tmp_path, WHOLE.data[:-cut])).snapshot()
    assert not snapshot.session.has_ended
    assert snapshot.torn_end is not None


def test_while_a_log_is_followed_its_last_line_counts_once_it_has_not_grown_for_a_second(tmp_path: Path) -> None:
    path = log_file(tmp_path, WHOLE.data[:-1])
    os.utime(path, (LATER, LATER))  # so that the time only counts from when it is first read
    log = log_at(path)
    began = time.monotonic()
    log.advance()
    assert log.is_end_undecided
    assert not log.snapshot().session.has_ended

    def has_ended() -> bool:
        log.advance()
        return log.snapshot().session.has_ended

    wait_until(has_ended)
    assert time.monotonic() - began >= 1
    assert not log.is_end_undecided


def test_a_log_of_long_ago_need_not_be_waited_for(tmp_path: Path) -> None:
    path = log_file(tmp_path, WHOLE.data[:-1])
    os.utime(path, (LONG_AGO, LONG_AGO))
    log = log_at(path)
    log.advance()
    assert log.snapshot().session.has_ended


@examples(60)
@given(
    events=st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from(NAMES), st.integers(0, 3)), max_size=8),
    tail=st.sampled_from([b"", b"\n", b" \n", b"x\n", b"{}\n", b'{"seq":1}', b"\n\n"]),
    cuts=st.lists(st.floats(0, 1), max_size=6),
    at_ends=st.lists(st.tuples(st.integers(0, 9), st.integers(-1, 1)), max_size=6),
)
def test_nothing_is_counted_twice_wherever_a_log_was_cut_while_it_was_read(
    events: list[tuple[Callable[[Log, str, int], Log], str, int]],
    tail: bytes,
    cuts: list[float],
    at_ends: list[tuple[int, int]],
) -> None:
    log = Log().start()
    for event, name, number in events:
        event(log, name, number)
    data = log.data[:-1] + tail
    ends = [index for index, byte in enumerate(data) if byte == ord("\n")] or [0]
    places = {round(len(data) * share) for share in cuts}
    places |= {min(len(data), max(0, ends[number % len(ends)] + shift)) for number, shift in at_ends}
    with log_on_disk(data) as whole, log_on_disk() as path:
        growing, written = log_at(path), 0
        for place in [*sorted(places), len(data)]:
            append(path, data[written:place])
            written = place
            growing.read_all()
        in_one = read_log(whole)
        assert folded(growing) == folded(in_one)
        assert growing.snapshot().torn_end == in_one.snapshot().torn_end


@pytest.mark.parametrize("rest", [b"x\n", b'{"type":"heartbeat"}\n', b" \n"])
def test_a_line_that_goes_on_after_all_is_read_again_as_a_whole(tmp_path: Path, rest: bytes) -> None:
    path = log_file(tmp_path, Log().start().says("a", "one").data[:-1])
    log = read_log(path)
    assert texts_of(log) == ["one"]
    append(path, rest)
    log.read_all()
    assert folded(log) == folded(read_log(path))


def test_a_last_line_that_its_writer_removes_counts_no_more(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().says("a", "one").data[:-1])
    log = read_log(path)
    os.truncate(path, len(Log().start().data))
    log.read_all()
    assert texts_of(log) == []
    append(path, Log().start().says("a", "two").data[len(Log().start().data) :])
    log.read_all()
    assert (texts_of(log), log.snapshot().problems) == (["two"], ())


def test_torn_bytes_after_an_accepted_line_are_a_problem_of_that_line(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().says("a", "one").data[:-1])
    log = read_log(path)
    append(path, b'{"seq":')
    log.read_all()
    torn = log.snapshot().torn_end
    assert torn is not None
    assert (torn.line, torn.kind) == (2, ProblemKind.TORN)


def test_the_end_of_a_large_log_has_a_last_event_without_its_newline(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *["x" * 1000] * 2000).end()
    found = log_at(log_file(tmp_path, log.data[:-1]))
    found.advance()
    assert found.end is not None
    assert found.snapshot().vitals.status == "success"


# Printing


def test_written_lines_include_a_whole_last_event(tmp_path: Path) -> None:
    groups = LogFollower(str(log_file(tmp_path, WHOLE.data[:-1]))).written()
    assert [line for group in groups for line in group] == WHOLE.lines


def test_a_follower_yields_a_last_event_without_its_newline_after_a_second(tmp_path: Path) -> None:
    path = log_file(tmp_path, b"\n".join(WHOLE.lines[:2]))
    groups = LogFollower(str(path)).follow()
    assert [next(groups), next(groups)] == [WHOLE.lines[:1], []]
    assert next(group for group in groups if group) == WHOLE.lines[1:2]
    append(path, b"\n" + WHOLE.lines[2] + b"\n")
    assert next(group for group in groups if group) == WHOLE.lines[2:3]


def test_a_follower_yields_no_line_twice_if_it_goes_on_after_all(tmp_path: Path) -> None:
    path = log_file(tmp_path, b"\n".join(WHOLE.lines[:2]))
    os.utime(path, (LONG_AGO, LONG_AGO))
    groups = LogFollower(str(path)).follow()
    assert [next(groups), next(groups), next(groups)] == [WHOLE.lines[:1], WHOLE.lines[1:2], []]
    append(path, WHOLE.lines[2] + b"\n")
    assert next(group for group in groups if group) == WHOLE.lines[2:3]
