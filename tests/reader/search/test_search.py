"""The quick search finds what a naive one finds: every line decoded, made safe to show, and matched."""

import json
import re
import string
import threading
import time
import timeit
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import amount, examples
from tests.support.logs import SESSION_ID, Log, append, log_file, only, read_log
from tests.support.waiting import DEADLINE_SECS
from zigtui.reader.lines import output_index, tail
from zigtui.reader.lines.decode import outputs_in
from zigtui.reader.lines.output_index import OutputRange
from zigtui.reader.search import file_range
from zigtui.reader.search import prefilter as prefilter_module
from zigtui.reader.search import search as search_module
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import MAX_HITS, NextHit, Search
from zigtui.reader.text.safe_text import safe_plain, safe_spans


def hits_of(search: Search) -> list[int]:
    """All hits, by asking for one after the other."""
    hits: list[int] = []
    found = search.next(0)
    while found is not None and found.offset is not None and not found.wrapped:
        hits.append(found.offset)
        found = search.next(found.offset + 1)
    return hits


def searched(path: Path, query: str, *, step_name: str | None = None, origin: int = 0) -> list[int]:
    search = Search(str(path), Query(query), step_name=step_name, origin=origin)
    search.run()
    assert search.trouble is None
    hits = hits_of(search)
    assert len(search) == len(hits)
    return hits


def naive(data: bytes, query: str, step_name: str | None = None) -> list[int]:
    asked, hits, offset = Query(query), [], 0
    for line in data.split(b"\n")[:-1]:
        for start, printed in outputs_in(line):
            shown = "".join(span.text for span in safe_spans(printed.text))
            if step_name in (None, printed.step_name) and asked.match(shown):
                hits.append(offset + start)
        offset += len(line) + 1
    return hits


def all_spans(query: str, text: str) -> list[tuple[int, int]]:
    asked = Query(query)
    return [
        (start + first, start + last)
        for start in range(0, len(text), 4096)
        for first, last in asked.spans(text[start : start + 4096])
    ]


PIECES = [
    *'aAbBkKsS z"\\/\t\r\x07\x00\x7f\u0085\u009b\u200b\u202e\u2028\ufeff\u00a0\u00ad\u0301ßéÉıİſK漢⏺🏴🇸',
    *["\x1b[31m", "\x1b[0m", "\x1b[K", "\x1b]0;title\x07", "\x1b[2K", "\x1b", "\x1b[", "\x9b1m", "\\u001b[31m"],
    *[
        "\\u0041",
        "ab",
        "AB",
        "ba",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e007f",
        "\ufffd",
        "ж",
        "Ж",
        "31m",
        "❤️",
    ],
]
words = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
queries = st.lists(
    st.sampled_from([*'aAbBkKsSiz"\\/ßéÉ漢⏺жЖ <>', "ab", "ba", "U+200B", "\ufffd", "31m", "␇", "ı", "❤️", "e\u0301"]),
    min_size=1,
    max_size=3,
).map("".join)


@st.composite
def recorded_lines(draw: st.DrawFn) -> bytes:
    text = draw(words)
    event = {
        "seq": draw(st.integers(0, 3)),
        "ts": "2026-03-01T12:00:00+00:00",
        "zig_session_id": SESSION_ID,
        "type": draw(st.sampled_from(["step_output"] * 9 + ["heartbeat"])),
        "step_name": draw(st.sampled_from(["a", "b", text])),
        "stream": draw(st.sampled_from(["stdout", "stderr", 1])),
        "line": text,
    }
    if draw(st.integers(0, 5)) == 0:
        event = dict(reversed(event.items()))
    spaced = draw(st.integers(0, 5)) == 0
    line = json.dumps(event, ensure_ascii=draw(st.booleans()), separators=(", ", " : ") if spaced else (",", ":"))
    data = line.encode("utf-8", "surrogatepass")
    match draw(st.integers(0, 20)):
        case 0:
            data = data[: draw(st.integers(0, len(data)))]
        case 1:
            index = draw(st.integers(0, len(data)))
            data = data[:index] + draw(st.sampled_from([b"\xff", b"\xc2", b"\r", b"\\ud83d"])) + data[index:]
        case 2:
            data = b"\xef\xbb\xbf" + data
        case 3:
            data += b"\r"
        case 4:
            data = draw(st.sampled_from([b"", b"[1", b'{"a":[1', b"2]}", b"0", b'"a"', b"null", b"{},0,{}"]))
    return data


@pytest.mark.slow
@examples(200)
@given(
    lines=st.lists(recorded_lines(), max_size=12),
    query=queries,
    joint=st.sampled_from(["", ".", ".*", r"\s*", "(x|)", "[ab]?", "a{0,2}", "(?=)", "|"]),
    step_name=st.sampled_from([None, "a"]),
    copies=st.sampled_from([1, 40]),
    few=st.sampled_from([1, 1000]),
    piece=st.sampled_from([64, 1000, 1 << 18]),
    data=st.data(),
)
def test_hits_are_those_of_a_naive_search(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[bytes],
    query: str,
    joint: str,
    step_name: str | None,
    copies: int,
    few: int,
    piece: int,
    data: st.DataObject,
) -> None:
    recorded = b"".join(line + b"\n" for line in lines * copies)
    path = tmp_path_factory.mktemp("log") / "1.jsonl"
    path.write_bytes(recorded + b'{"torn')
    starts = [0] + [index + 1 for index, byte in enumerate(recorded) if byte == ord("\n")]
    origin = data.draw(st.sampled_from(starts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_module, "_PIECE_BYTES", piece)
        patch.setattr(prefilter_module, "_FEW_LINES", few)
        assert searched(path, query, step_name=step_name, origin=origin) == naive(recorded, query, step_name)
        any_like = [f"[{character}]" if character.isalnum() else "." for character in query]
        for parts in (any_like, [re.escape(query[:1]), joint, re.escape(query[1:])]):
            pattern = f"/{''.join(parts)}/"
            assert searched(path, pattern, step_name=step_name, origin=origin) == naive(recorded, pattern, step_name)


@pytest.mark.slow
@examples(200)
@given(query=st.text(alphabet='abA "é', min_size=1, max_size=4), data=st.data())
def test_colors_hide_no_match_wherever_they_stand(
    tmp_path_factory: pytest.TempPathFactory, query: str, data: st.DataObject
) -> None:
    colors = st.lists(st.sampled_from(["\x1b[31m", "\x1b[0m"]), max_size=6).map("".join)
    characters = st.sampled_from([*map(str.lower, query), *map(str.upper, query)])
    log = Log()
    for text in data.draw(st.lists(st.lists(colors | characters, max_size=10).map("".join), min_size=1, max_size=3)):
        log.says("a", text)
    log.says("a", "".join(data.draw(colors) + character.swapcase() for character in query))
    path = log_file(tmp_path_factory.mktemp("log"), log.data)
    for asked in (query, f"/{query}/"):
        assert searched(path, asked) == naive(log.data, asked)


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
    search = Search(str(path), Query("/(a|aa)+$/"))
    thread = threading.Thread(target=search.run)
    thread.start()
    time.sleep(0.3)  # it is most likely in the piece by now; before it, it can be cancelled as well
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


def test_every_character_shown_otherwise_than_recorded_is_a_candidate() -> None:
    odd = re.compile(b"|".join([prefilter_module._UNUSUAL_ESCAPE, *prefilter_module._UNUSUAL_CHARACTERS.values()]))
    missed = []
    for start in (*range(0, 0x20000, 256), *range(0x20000, 0x110000, amount(256, usual=0x4000))):
        characters = [chr(code) for code in range(start, start + 256)]
        if safe_plain("".join(characters)) != "".join(characters):
            for character in characters:
                is_raw = character >= " " and not "\ud800" <= character <= "\udfff"  # others only with an escape
                recorded = json.dumps(character, ensure_ascii=not is_raw).encode()
                if safe_plain(character) != character and not odd.search(recorded):
                    missed.append(character)
    assert missed == ["\t"]  # for which no space is looked for


def test_every_character_that_equals_an_ascii_letter_is_a_candidate() -> None:
    odd = re.compile(b"|".join(prefilter_module._UNUSUAL_CHARACTERS.values()))
    others = "".join(map(chr, [*range(128, 0xD800), *range(0xE000, 0x110000)]))
    alike = {others[start] for letter in string.ascii_lowercase for start, _ in all_spans(f"/{letter}/", others)}
    assert len(alike) == 3
    assert all(odd.search(character.encode()) for character in alike)


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
