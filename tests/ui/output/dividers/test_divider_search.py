"""The search of dividers, without a screen."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.damage import log_on_disk
from tests.support.examples import examples
from tests.support.logs import Log, log_at
from zigtui.reader.search.query import Query, shown_text
from zigtui.reader.session.model.session import Session
from zigtui.ui.output.dividers import divider_search
from zigtui.ui.output.dividers.divider_filter import DividerFilter
from zigtui.ui.output.dividers.divider_search import DividerSearch
from zigtui.ui.output.dividers.mark_dividers import MarkDividers
from zigtui.ui.output.past_sessions import PastSessions

ERRORS = [
    "timeout",
    "Traceback:\n  in parse\nValueError: bad \x1b[31mred\x1b[0m word",
    'quoted "words" and \\ backslashes',
    "häßlich\tand tabbed",
    "",
]
QUERIES = [
    *("timeout", "TIMEOUT", "Timeout", "in parse", "valueerror", "bad red word", 'quoted "words"', "\\ back", "Häß"),
    *("and tabbed", "/^ +in/", "/time|quot/", "/w.rd/", "failed", "a failed, attempt 1", "started", "pass 3", "tier"),
    *("reason 7", "x", "2", "kiwi"),
    *("model-9", "saved", "one, two", "not_there", "7 skipped", "✘", "b succeeded in 1.5s · saved v4"),
]


def varied(passes: int) -> Log:
    """A listener whose passes fail, skip and save in many ways."""
    log = Log().start(2)
    for number in range(passes):
        log.tier(0, "a", "b")
        log.event("step_started", step_name="a", tier_index=0, zag_command="run", model=f"model-{number}")
        log.says("a", f"timeout {number} not_there")
        if number % 9 == 4:
            error = ERRORS[number // 9 % len(ERRORS)]
            log.event("step_failed", step_name="a", exit_code=number % 3, attempt=1, error=error).says("a", "again")
        log.done("a").event("step_skipped", step_name="b", reason=f"reason {number}")
        log.tier(1, "b").step("b").done("b", 1500, f"v{number}")
    return log


@examples(20)
@given(query=st.sampled_from(QUERIES), origin=st.integers(0, 2000), passes=st.sampled_from([3, 150]))
def test_exactly_the_dividers_whose_text_matches_are_found(query: str, origin: int, passes: int) -> None:
    with log_on_disk(varied(passes).data) as path:
        log = log_at(path)
        session = log.read_all().session
        dividers = MarkDividers(session, PastSessions(log))
        search = DividerSearch(
            Query(query),
            MarkDividers(session, PastSessions(log)),
            DividerFilter(str(path), Query(query)),
            origin,
        )
        search.run()
        found = list(map(dividers.divider, range(len(dividers))))
        texts = [[divider.head, *map(shown_text, divider.detail.split("\n"))] for divider in found]
        expected = [number for number, rows in enumerate(texts) if any(map(Query(query).match, rows))]
        assert search.is_complete
        assert len(search) == len(expected)
        assert [search.count_before(number) for number in expected] == list(range(len(expected)))
        if not expected:
            assert (search.next(0) or (0,))[0] is (search.previous(0) or (0,))[0] is None
            return
        for number, following in pairwise(expected):
            assert search.next(number + 1) == (following, False)
            assert search.previous(following) == (number, False)
        assert search.next(expected[-1] + 1) == (expected[0], True)
        assert search.previous(expected[0]) == (expected[-1], True)


@pytest.mark.parametrize(
    ("recorded", "found", "words"),
    [
        (b"reason 250", b"reason wombat", "wombat"),
        (b"reason 250", b"reason wombat", "b skipped: reason wombat"),
        (b"timeout 250 not_there", b"all is fine", "attempt deliver"),
        (b"model-250", b"Sonnet", "a started · run · Sonnet"),
    ],
)
def test_only_pages_with_a_match_are_folded(
    monkeypatch: pytest.MonkeyPatch, recorded: bytes, found: bytes, words: str
) -> None:
    log = varied(300)
    with log_on_disk(log.data.replace(recorded, found)) as path:
        session_log = log_at(path)
        session = session_log.read_all().session
        folded: list[int] = []
        past = PastSessions(session_log)
        with_pass = past.with_pass

        def counted(session: Session, index: int) -> Session | None:
            folded.append(index)
            return with_pass(session, index)

        monkeypatch.setattr(past, "with_pass", counted)
        query = Query(words)
        search = DividerSearch(query, MarkDividers(session, past), DividerFilter(str(path), query))
        search.run()
        assert len(search) == (words != "attempt deliver")
        pages = {session.past.page_of(index)[0].first for index in folded}
        last = len(session.past) - 1  # before the passes in memory
        assert pages <= {session.past.page_of(index)[0].first for index in (250, last)}


@pytest.mark.parametrize("follows", [True, False], ids=["readable again", "not readable"])
def test_a_log_that_cannot_be_read_is_named_with_the_reason_and_searched_again_later(
    monkeypatch: pytest.MonkeyPatch, follows: bool
) -> None:
    with log_on_disk(varied(150).data) as path:
        session_log = log_at(path)
        session = session_log.read_all().session
        query = Query("reason 7 kiwi")
        dividers = MarkDividers(session, PastSessions(session_log))
        search = DividerSearch(query, dividers, DividerFilter(str(path), query), 10)
        data = path.read_bytes()
        path.unlink()
        path.symlink_to(path.name)
        search.run()
        assert search.trouble == f"cannot read {path.name}: Too many levels of symbolic links"
        assert search.is_idle
        assert not search.is_complete
        monkeypatch.setattr(divider_search, "RETRY_SECS", 0.0)
        path.unlink()
        if follows:
            path.write_bytes(data)
        search.run()
        assert search.trouble == (None if follows else "the log is gone")
        assert search.is_complete == search.is_idle == follows


def test_hits_are_known_as_soon_as_what_is_between_has_been_searched() -> None:
    log = Log().start(9)
    for number in range(20):
        log.tier(number, "apple" if number in (2, 15) else "nut")
    with log_on_disk(log.data) as path:
        session_log = log_at(path)
        session = session_log.read_all().session
        query = Query("apple")
        dividers = MarkDividers(session, PastSessions(session_log))
        search = DividerSearch(query, dividers, DividerFilter(str(path), query), 10)
        assert search.next(10) is None
        known: list[tuple[bool, bool, bool]] = []

        def note() -> None:
            known.append((search.next(10) is not None, search.next(16) is not None, search.previous(10) is not None))

        search.run(note)
        assert known.index((True, False, False)) == 0
        assert known.index((True, True, False)) == 2
        assert known[-1] == (True, True, True)
        assert search.previous(10) == (2, False)
        assert search.next(16) == (2, True)


@pytest.mark.parametrize("characters", [1_000_000, 1_048_576, 3_000_000])
def test_the_end_of_an_error_with_one_line_of_megabytes_is_found_as_it_is_displayed(characters: int) -> None:
    error = "first " + "x" * characters + " last"
    log = Log().start().tier(0, "a").step("a")
    log.event("step_failed", step_name="a", exit_code=1, attempt=1, error=error).end("failure")
    with log_on_disk(log.data) as path:
        session = log_at(path).read_all().session
        for word in ("first", "last"):
            dividers = MarkDividers(session, PastSessions(log_at(path)))
            search = DividerSearch(Query(word), dividers, DividerFilter(str(path), Query(word)))
            search.run()
            assert len(search) == 1
