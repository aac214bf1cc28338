"""A search passes over lines that are too long, and searches torn ones once they are whole."""

from pathlib import Path

import pytest

from tests.reader.search.test_search import hits_of
from tests.support.logs import Log, append, log_file, read_log
from zigtui.reader.lines import output_index, tail
from zigtui.reader.search import file_range
from zigtui.reader.search import search as search_module
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import Search

MAX_BYTES = 300_000  # more than a piece, as it is


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (file_range, output_index, tail):
        monkeypatch.setattr(module, "MAX_LINE_BYTES", MAX_BYTES)


def fig_of(size: int) -> bytes:
    """A recorded line of ``size`` bytes, with its newline."""
    data = Log().says("a", "fig ").data
    return data.replace(b"fig ", b"fig " + b"x" * (size - len(data)))


def assert_hits_are_the_output(path: Path, search: Search) -> None:
    search.run()
    lines = read_log(path).output()
    assert search.trouble is None
    assert hits_of(search) == [lines.offset_of(number) for number in range(len(lines))]


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("before", [0, 1, 1000])
@pytest.mark.parametrize(
    "size",
    [MAX_BYTES - 1, MAX_BYTES, MAX_BYTES + 1, 4 * MAX_BYTES, *(n * search_module._PIECE_BYTES for n in (1, 3, 11))],
)
def test_a_line_is_too_long_for_a_search_where_it_is_for_the_output(tmp_path: Path, size: int, before: int) -> None:
    first, long, last = Log().says("a", *["fig"] * before).data, fig_of(size), Log().says("a", "fig").data
    assert len(long) == size
    path = log_file(tmp_path, first + long + last)
    search = Search(str(path), Query("fig"))
    assert_hits_are_the_output(path, search)
    assert len(search) == before + 1 + (size <= MAX_BYTES)
    assert search.progress == 1.0


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("size", [1000, MAX_BYTES, MAX_BYTES + 1, 3 * MAX_BYTES])
@pytest.mark.parametrize("torn", [100, MAX_BYTES - 1, MAX_BYTES, MAX_BYTES + 1, 2 * MAX_BYTES])
def test_a_torn_line_is_searched_when_its_end_is_there_if_it_is_not_too_long(
    tmp_path: Path, size: int, torn: int
) -> None:
    first, long, last = Log().says("a", "fig").data, fig_of(size), Log().says("a", "fig").data
    torn = min(torn, size - 1)
    path = log_file(tmp_path, first + long[:torn])
    search = Search(str(path), Query("fig"))
    for more in (b"", long[torn:-1], b"", long[-1:], last):
        append(path, more)
        assert_hits_are_the_output(path, search)
        if path.stat().st_size < len(first + long) - 1:  # not even the event is whole
            assert search.position == len(first)
    assert len(search) == 2 + (size <= MAX_BYTES)


@pytest.mark.usefixtures("small_limit")
def test_a_torn_line_that_was_cut_off_and_written_anew_is_searched_from_its_start(tmp_path: Path) -> None:
    first = Log().says("a", "fig").data
    path = log_file(tmp_path, first + b"x" * (2 * MAX_BYTES))
    search = Search(str(path), Query("fig"))
    search.run()
    path.write_bytes(first + first * 5000)
    assert_hits_are_the_output(path, search)
    assert len(search) == 5001


@pytest.mark.usefixtures("small_limit")
def test_of_a_torn_line_only_what_is_new_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "_PIECE_BYTES", MAX_BYTES)
    path = log_file(tmp_path, b"x" * (2 * MAX_BYTES))
    search = Search(str(path), Query("fig"))
    reads: list[int] = []
    search.run(lambda: reads.append(0))
    assert len(reads) == 3
    reads.clear()
    append(path, b"x" * 1000)
    search.run(lambda: reads.append(0))
    assert len(reads) == 2
    assert search.position == 0
