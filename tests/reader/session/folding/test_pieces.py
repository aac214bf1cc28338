"""A log folds to the same session, whatever the pieces in which it is read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bases import log_of
from tests.support.damage import EVENTS, NAMES, ODD_LINES, log_on_disk, logs
from tests.support.examples import examples
from tests.support.folded import everything
from tests.support.logs import Log, append, log_at, read_log, texts_of

patiently = examples(150)

LONG = "a line of some length " * 200  # long enough for a stretch of them to be read at once


@pytest.mark.slow
@patiently
@given(
    log=logs(),
    cut=st.integers(0, 30),
    pieces=st.lists(st.tuples(st.floats(0, 1), st.lists(st.sampled_from([1, 7, 64, 300, 4096]), max_size=4))),
)
def test_a_log_folds_to_the_same_in_any_pieces(log: Log, cut: int, pieces: list[tuple[float, list[int]]]) -> None:
    data = log.data[: len(log.data) - cut]
    with log_on_disk(data) as whole, log_on_disk() as path:
        growing = log_at(path)
        written = 0
        for share, limits in sorted(pieces):
            end = round(len(data) * share)
            append(path, data[written:end])
            written = end
            for limit in limits:
                growing.advance(limit)
                growing.listing()  # asking for what is there so far does not change what follows
        append(path, data[written:])
        growing.read_all()
        assert everything(growing) == everything(read_log(whole))
        assert growing.listing(0.0) == growing.snapshot(0.0).listed()
        assert growing.listing(0.0).session == read_log(whole).listing(0.0).session
        assert growing.snapshot().generation == 0


@pytest.mark.parametrize("name", ["race-group", "loop-generator-critic", "hostile-text"])
def test_a_recorded_session_folds_to_the_same_byte_by_byte(reference: Path, tmp_path: Path, name: str) -> None:
    source = log_of(reference / "dot-zig", name)
    path = tmp_path / source.name
    path.touch()
    growing = log_at(path)
    with path.open("ab", buffering=0) as file:
        for byte in source.read_bytes():
            file.write(bytes([byte]))
            growing.advance()
    assert everything(growing) == everything(read_log(source))


@st.composite
def stretches(draw: st.DrawFn) -> list[list[bytes]]:
    """Events and long stretches of nothing but output, which may be odd in a place or two."""
    log = Log().start()
    pieces = []
    for event, name, number, names, oddity in draw(
        st.lists(
            st.tuples(
                st.sampled_from(EVENTS),
                st.sampled_from(NAMES),
                st.integers(0, 3),
                st.lists(st.sampled_from(NAMES), min_size=4, max_size=12),
                st.none()
                | st.sampled_from(ODD_LINES)
                | st.sampled_from(["seq", "ts", "zig_session_id", "stream", "step_name", "line", "type", "later"]),
            ),
            max_size=6,
        )
    ):
        pieces.append(event(log, name, number).lines)
        log.lines = []
        for index, printer in enumerate(names):
            log.says(printer, f"{index} {LONG}", stream="stderr" if index == number else "stdout")
        if isinstance(oddity, bytes):
            log.raw(oddity)
        elif oddity is not None:
            special = draw(st.sampled_from(["  tokens: 1 in / 2 out", "⚠ usage limit, resumes 15:00", "⚠ b", ""]))
            own = {"step_name": name, "stream": "stdout", "line": special}
            log.event("step_output", **own | {oddity: draw(st.sampled_from([None, 7, "7", ["7"]]))})
        log.says(name, LONG)
        pieces.append(log.lines)
        log.lines = []
    return pieces


@pytest.mark.slow
@patiently
@given(pieces=stretches())
def test_long_stretches_of_output_fold_to_the_same_at_once_and_line_by_line(pieces: list[list[bytes]]) -> None:
    with log_on_disk() as first_path, log_on_disk() as second_path:
        at_once, line_by_line = log_at(first_path), log_at(second_path)
        for lines in pieces:
            append(first_path, b"".join(line + b"\n" for line in lines))
            at_once.read_all()
            for line in lines:
                append(second_path, line + b"\n")
                line_by_line.read_all()
            assert at_once.listing(0.0).session == line_by_line.listing(0.0).session
        assert everything(at_once) == everything(line_by_line)
        assert None not in texts_of(at_once)
