"""A search goes on with the log, knows its hits before it is complete, and can be cancelled."""

import threading
import time
import timeit
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

import pytest

from tests.reader.search.test_search import hits_of, searched
from tests.support.logs import Log, append, log_file, only, read_log
from tests.support.waiting import DEADLINE_SECS
from zigtui.reader.lines.output_index import OutputRange
from zigtui.reader.search import search as search_module
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import MAX_HITS, NextHit, Search


def some_log(tmp_path: Path) -> tuple[Path, Log]:
    log = Log().start().tier(0, "a", "b")
    for number in range(300):
        log.says("a", f"Apple {number}").says("b", f"\x1b[32mpear\x1b[0m {number}", stream="stderr")
    return log_file(tmp_path, log.data), log


def test_a_step_can_be_searched_alone_and_hits_are_found_again_as_numbers_of_lines(tmp_path: Path) -> None:
    path, _ = some_log(tmp_path)
    log = read_log(path)
    for name, query, expected in [("a", "apple 29", [29, *range(290, 300)]), ("b", "PEAR", []), ("b", "pear 7", [7])]:
        lines = log.output(only(log.snapshot().session, name))
        numbers = [lines.number_at(hit) for hit in searched(path, query, step_name=name)]
        assert [number for number in numbers if number is not None][: len(expected)] == expected
    everything = log.output()
    assert [everything.number_at(hit) for hit in searched(path, "/^(apple|pear) 12$/")] == [24, 25]


def test_offsets_and_numbers_are_each_others_inverse(tmp_path: Path) -> None:
    path, _ = some_log(tmp_path)
    log = read_log(path)
    part = OutputRange(log.output(), 100, lambda: 400)
    for lines in (log.output(), log.output(only(log.snapshot().session, "b")), part):
        offsets = [lines.offset_of(number) for number in range(len(lines))]
        assert None not in offsets
        assert [lines.number_at(offset or 0) for offset in offsets] == list(range(len(lines)))
        assert lines.number_at(0) is lines.number_at(1) is lines.number_at(10**9) is None
        assert lines.offset_of(-1) is lines.offset_of(len(lines)) is None
    first = log.output().offset_of(99)
    assert first is not None
    assert part.number_at(first) is None


def test_neighbours_are_found_in_both_directions_and_round_the_ends(tmp_path: Path) -> None:
    path, log = some_log(tmp_path)
    search = Search(str(path), Query("/^Apple [12]00$/"), origin=len(log.data) // 2)
    assert search.next(0) is None
    assert search.previous(10**9) is None
    search.run()
    first, last = hits_of(search)
    assert [search.count_before(offset) for offset in (0, first, first + 1, last, last + 1)] == [0, 0, 1, 1, 2]
    assert search.next(first) == NextHit(first)
    assert search.next(first + 1) == NextHit(last)
    assert search.next(last + 1) == NextHit(first, wrapped=True)
    assert search.previous(last) == NextHit(first)
    assert search.previous(first) == NextHit(last, wrapped=True)
    nothing = Search(str(path), Query("nothing"))
    nothing.run()
    assert nothing.next(5) == nothing.previous(5) == NextHit(None, wrapped=True)


def test_a_neighbour_is_known_before_all_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "_PIECE_BYTES", 4096)
    path, log = some_log(tmp_path)
    middle = log.data.index(b"\n", len(log.data) // 2) + 1
    known: list[tuple[float, NextHit | None, NextHit | None]] = []
    search = Search(str(path), Query("apple"), origin=middle)
    search.run(lambda: known.append((search.progress, search.next(middle), search.next(0))))
    assert all(earlier[0] <= later[0] for earlier, later in pairwise(known))
    assert known[0][1] is not None
    assert known[0][2] is None
    assert known[0][1].offset is not None
    assert known[0][1].offset >= middle
    assert [first for *_, first in known][-1] == NextHit(hits_of(search)[0])
    assert search.progress == 1.0


def test_lines_that_are_written_later_are_found_when_it_goes_on(tmp_path: Path) -> None:
    path, _ = some_log(tmp_path)
    search = Search(str(path), Query("fig"))
    search.run()
    assert search.is_complete
    assert len(search) == 0
    more = Log().says("a", "a fig").data
    append(path, more[:-2])
    search.run()
    assert len(search) == 0
    for rest in (more[-2:-1], b"\n", more):  # a whole event is found before its newline is written
        append(path, rest)
        search.run()
        assert len(search) == 1 + (rest == more)


def test_lines_after_a_limit_set_later_are_no_hits(tmp_path: Path) -> None:
    path, log = some_log(tmp_path)
    search = Search(str(path), Query("apple"), origin=len(log.data) // 2)
    search.run()
    end = hits_of(search)[100]
    search.limit(end)
    assert len(search) == 100
    append(path, Log().says("a", "apple").data)
    search.run()
    assert len(search) == 100
    part = Search(str(path), Query("apple"), start=hits_of(search)[10], end=end, origin=5)
    part.run()
    assert hits_of(part) == hits_of(search)[10:]


def test_it_stops_at_too_many_hits(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().says("a", "apple").data * (MAX_HITS + 10))
    search = Search(str(path), Query("apple"))
    search.run()
    assert len(search) == MAX_HITS
    assert search.is_full
    assert search.is_over


def test_it_can_be_cancelled_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "_PIECE_BYTES", 4096)
    path, _ = some_log(tmp_path)
    search = Search(str(path), Query("apple"))
    pieces: list[int] = []

    def cancel() -> None:
        pieces.append(len(search))
        search.cancel()

    search.run(cancel)
    assert pieces[0] == pieces[-1]
    assert len(pieces) <= 2
    assert not search.is_complete


@pytest.mark.slow
def test_a_pattern_without_an_end_is_given_up_and_other_threads_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigtui.reader.search.search._PIECE_TIMEOUT_SECS", 0.3)
    path = log_file(tmp_path, Log().says("a", *["a" * 60 + "!"] * 50, "b").data)
    search = Search(str(path), Query("/(a|aa)+$|b/"))
    thread = threading.Thread(target=search.run)
    thread.start()
    thread.join(DEADLINE_SECS)
    assert not thread.is_alive()
    assert search.trouble == "the pattern takes too long"
    assert search.is_over


@cache
def slow_text() -> str:
    """A text that ``(a|aa)+$`` takes long to fail on, but not so long that it is given up."""
    query = Query("/(a|aa)+$/")
    for length in range(15, 60):
        text = "a" * length + "!"
        if min(timeit.repeat(partial(query.match, text), number=1, repeat=3, timer=time.thread_time)) > 0.03:
            return text
    pytest.fail("nothing takes long")


@pytest.mark.parametrize("mixed", [False, True])
def test_a_search_is_cancelled_within_a_piece_that_takes_long(tmp_path: Path, mixed: bool) -> None:
    log = Log().says("a", *[slow_text()] * 3000)
    path = log_file(tmp_path, log.beat().data if mixed else log.data)
    query = Query("/(a|aa)+$/")
    match, matches = query.match, threading.Event()

    def tell(text: str, **options: float) -> object:
        matches.set()
        return match(text, **options)

    query.match = tell
    search = Search(str(path), query)
    thread = threading.Thread(target=search.run)
    thread.start()
    assert matches.wait(DEADLINE_SECS)
    search.cancel()
    thread.join(DEADLINE_SECS)  # the whole piece takes at least 90 s
    assert not thread.is_alive()
    assert not search.is_complete


@pytest.mark.parametrize("mixed", [False, True])
def test_a_pattern_that_takes_long_for_every_line_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mixed: bool
) -> None:
    monkeypatch.setattr(search_module, "_PIECE_TIMEOUT_SECS", 0.5)
    log = Log().says("a", "b", *[slow_text()] * 1000, "b")
    path = log_file(tmp_path, log.beat().data if mixed else log.data)
    search = Search(str(path), Query("/(a|aa)+$|b/"))
    thread = threading.Thread(target=search.run)
    thread.start()
    thread.join(DEADLINE_SECS)
    assert not thread.is_alive()
    assert search.trouble == "the pattern takes too long"
    assert search.is_over
    assert hits_of(search) == [0]


def test_a_truncated_file_has_no_hits_and_a_missing_one_is_trouble(tmp_path: Path) -> None:
    path, _ = some_log(tmp_path)
    search = Search(str(path), Query("apple"))
    path.write_bytes(b"")
    search.run()
    assert (len(search), search.trouble) == (0, None)
    path.unlink()
    search.run()
    assert search.trouble == "the log is gone"
    path.symlink_to(path.name)
    search.run()
    assert search.trouble == f"cannot read {path.name}: Too many levels of symbolic links"


def test_a_search_is_idle_at_the_end_of_its_range_and_for_a_while_after_the_log_could_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, log = some_log(tmp_path)
    data = log.data
    middle = data.index(b"\n", len(data) // 2) + 1
    for end, start in [(None, 0), (middle, 0), (middle, middle), (0, 0)]:
        search = Search(str(path), Query("apple"), start=start, end=end)
        assert not search.is_idle(len(data))
        search.run()
        assert search.is_idle(len(data))
        assert search.is_idle(len(data) + 1) == (end is not None)
    path.unlink()
    search = Search(str(path), Query("apple"))
    search.run()
    assert search.is_idle(len(data))
    monkeypatch.setattr(search_module, "RETRY_SECS", 0.0)
    search.run()
    assert not search.is_idle(len(data))


class FailingQuery(Query):
    """A query that fails after some lines, as a defect of the program would make it."""

    def __init__(self, text: str, error: Exception) -> None:
        super().__init__(text)
        matches = self.match

        def match(shown: str, **options: float) -> object:
            if "broken" in shown:
                raise error
            return matches(shown, **options)

        self.match = match


@pytest.mark.parametrize("query", ["apple", "/appl./"])
@pytest.mark.parametrize(
    "error", [ValueError("a defect"), MemoryError("a defect"), RecursionError("a defect")], ids=repr
)
def test_a_search_that_fails_ends_and_gives_the_reason(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, query: str, error: Exception
) -> None:
    monkeypatch.setattr(search_module, "_PIECE_BYTES", 4096)
    first = Log().says("a", *["apple"] * 100).data
    path = log_file(tmp_path, Log().says("a", *["apple"] * 100, "a broken apple", *["apple"] * 100).data)
    search = Search(str(path), FailingQuery(query, error))
    states: list[tuple[bool, str | None]] = []
    thread = threading.Thread(target=search.run, args=(lambda: states.append((search.is_over, search.trouble)),))
    thread.start()
    thread.join(DEADLINE_SECS)
    assert not thread.is_alive()
    assert states[-1] == (True, "the search failed unexpectedly")
    assert 0 < len(search) < 100
    assert search.next(len(first)) == NextHit(0, wrapped=True)  # nothing waits for hits that will not be found
    assert "a defect" in caplog.text
    search.run()
    assert search.trouble == "the search failed unexpectedly"


def test_a_search_from_the_end_knows_its_first_hit_before_it_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "_PIECE_BYTES", 1000)
    log = Log().start().says("a", "needle", *["hay"] * 100)
    origin = len(log.data)
    path = log_file(tmp_path, log.says("a", *["hay"] * 10).data)
    first = len(Log().start().data)
    found = Search(str(path), Query("needle"), origin=origin)
    answers = []
    found.run(lambda: answers.append((found.is_complete, found.next(origin))))
    assert (False, NextHit(first, wrapped=True)) in answers
