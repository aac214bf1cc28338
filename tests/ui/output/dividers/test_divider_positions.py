"""The positions of lines and dividers among the items of an output."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.session.model.test_past_passes import EVENTS, log_of_events
from tests.support.damage import log_on_disk
from tests.support.examples import examples
from tests.support.listeners import listener
from tests.support.logs import SESSION_ID, Log, log_at
from zigtui.reader.session.folding.fold import Fold
from zigtui.reader.session.folding.folded_lines import FoldedLines
from zigtui.reader.session.model.marks import MarkKind
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.past_pages import PastPages
from zigtui.ui.output.dividers.dividers import Dividers
from zigtui.ui.output.dividers.mark_dividers import MarkDividers, MarkRange
from zigtui.ui.output.dividers.step_dividers import StepDividers
from zigtui.ui.output.past_sessions import PastSessions
from zigtui.ui.output.patient_reader import NoAnswerError
from zigtui.ui.output.view.output_items import OutputItems


def folded_whole(log: Log) -> Session:
    """The session of a log with all of its passes in full."""
    return log.fold(Fold(SESSION_ID, keeps_all_passes=True))


def assert_positions(dividers: Dividers, above: list[int], lines: int) -> None:
    """Check all positions, given the number of lines above each divider."""
    assert [dividers.line_of(number) for number in range(len(dividers))] == above
    items = OutputItems(None, lines, dividers)
    at = [line + number for number, line in enumerate(above)]
    assert [items.item_of_divider(number) for number in range(len(dividers))] == at
    assert len(items) == lines + len(above)
    for line in range(lines):
        assert items.item_of(line) == line + bisect_right(above, line)
        assert items.line_of(items.item_of(line)) == line
    for item in range(len(items)):
        assert dividers.above_item(item) == bisect_left(at, item)
    for number, line in enumerate(above):
        assert items.line_of(at[number]) == line


def assert_estimates(dividers: Dividers, session: Session, above: list[int], whole: Session) -> None:
    """Check what is known of the dividers without reading: exactly of those in memory, by passes of the others."""
    kept, count = session.marks.first, len(dividers)
    at = [line + number for number, line in enumerate(above)]
    estimates = [dividers.estimate_above(item) for item in range(session.lines + count)]
    assert estimates == sorted(estimates)
    for item, estimate in enumerate(estimates):
        exact = bisect_left(at, item)
        assert estimate == exact or estimate <= exact <= kept
    is_failure = [mark.kind is MarkKind.ATTEMPT_FAILED for mark in whole.marks]
    assert dividers.has_failure(0, count) == any(is_failure)
    for number in range(count):
        assert dividers.has_failure(number, count) >= any(is_failure[max(number, kept) :])
        if number >= kept:
            assert dividers.has_failure(number, number + 1) == any(is_failure[number : number + 1])
    for middle in range(count):
        halves = dividers.has_failure(0, middle) or dividers.has_failure(middle, count)
        assert halves == dividers.has_failure(0, count)


@examples(60)
@given(events=EVENTS, tier_count=st.integers(0, 3), is_lost=st.booleans())
def test_lines_and_dividers_are_found_from_each_other(
    events: list[tuple[str, str, int]], tier_count: int, is_lost: bool
) -> None:
    log = log_of_events(events, tier_count)
    with log_on_disk(log.data) as path:
        session_log = log_at(path)
        session, whole = session_log.read_all().session, folded_whole(log)
        above = [mark.line for mark in whole.marks] + [whole.lines] * is_lost
        dividers = MarkDividers(session, PastSessions(session_log), is_lost=is_lost)
        assert_positions(dividers, above, session.lines)
        assert_estimates(dividers, session, above, whole)
        for number in range(len(dividers)):
            assert "can no longer be read" not in dividers.divider(number).head


@examples(30)
@given(events=EVENTS, tier_count=st.integers(0, 3), data=st.data())
def test_the_dividers_of_a_part_are_those_between_its_lines(
    events: list[tuple[str, str, int]], tier_count: int, data: st.DataObject
) -> None:
    log = log_of_events(events, tier_count)
    with log_on_disk(log.data) as path:
        session_log = log_at(path)
        session, whole = session_log.read_all().session, folded_whole(log)
        if not whole.tiers:
            return
        tier = data.draw(st.sampled_from(whole.tiers))
        following = whole.tier(tier.ordinal + 1)
        end, end_line = (None, whole.lines) if following is None else (following.first_mark, following.first_line)
        marks = whole.marks[tier.first_mark : end]
        dividers = MarkDividers(session, PastSessions(session_log), MarkRange(tier.first_mark, end, tier.first_line))
        assert_positions(dividers, [mark.line - tier.first_line for mark in marks], end_line - tier.first_line)


def test_only_pages_on_the_screen_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with log_on_disk(listener(400).data) as path:
        session_log = log_at(path)
        session = session_log.read_all().session
        read: list[int] = []
        past_session = PastPages.session

        def counted(self: PastPages, session: Session, index: int) -> Session:
            read.append(index)
            return past_session(self, session, index)

        monkeypatch.setattr(PastPages, "session", counted)
        dividers = MarkDividers(session, PastSessions(session_log))
        items = OutputItems(None, session.lines, dividers)
        assert items.line_of(len(items) - 1) == session.lines
        assert read == []
        item = len(items) // 2
        for number in range(item, item + 50):
            items.line_of(number)
        assert len(read) <= 2


def test_a_step_has_dividers_for_its_start_its_attempts_and_its_end() -> None:
    log = Log().start().tier(0, "a").step("a").says("a", "1", "2").fails("a", 1).says("a", "3").fails("a", 2)
    session = log.says("a", "4").fold()
    assert_positions(StepDividers(session.steps[0], session), [0, 2, 3], 4)
    ended = log.done("a", 1500, "x", "y").end().fold()
    dividers = StepDividers(ended.steps[0], ended)
    assert_positions(dividers, [0, 2, 3, 4], 4)
    heads = [dividers.divider(number).head for number in range(len(dividers))]
    assert [head.split(" ", 1)[1] for head in heads] == [
        "a started · run · opus",
        "✘ a failed, attempt 1 after 3.0s",
        "✘ a failed, attempt 2 after 2.0s",
        "✔ a succeeded in 1.5s · saved x, y",
    ]


def test_positions_are_right_across_the_pages_of_a_listener() -> None:
    log = listener(150)
    with log_on_disk(log.data) as path:
        session_log = log_at(path)
        session, whole = session_log.read_all().session, folded_whole(log)
        assert len({session.past.page_of(index)[0].first for index in range(len(session.past))}) > 2
        dividers = MarkDividers(session, PastSessions(session_log))
        assert_positions(dividers, [mark.line for mark in whole.marks], session.lines)
        heads = [dividers.divider(number).head for number in range(len(dividers))]
        assert [head[head.index("pass") :] for head in heads if "pass" in head] == [
            f"pass {number} · tier 1: receive" for number in range(1, 151)
        ]
        assert [head.split()[0] for head in heads if head.count("-") == 2] == ["2026-03-02"]  # where the day changes


def test_a_step_that_lost_a_race_in_a_past_pass_has_the_time_when_it_was_cancelled() -> None:
    log = Log().start(2)
    for _ in range(40):
        log.wait(600).tier(0, "ask").step("ask").done("ask")
        log.tier(1, "winner", "loser").step("winner", 1).step("loser", 1).done("winner")
    with log_on_disk(log.data) as path:
        session_log = log_at(path)
        session, whole = session_log.read_all().session, folded_whole(log)
        assert len({session.past.page_of(index)[0].first for index in range(len(session.past))}) > 1
        dividers, expected = (
            MarkDividers(session, PastSessions(session_log)),
            MarkDividers(whole, PastSessions(session_log)),
        )
        heads = [dividers.divider(number).head for number in range(len(dividers))]
        assert heads == [expected.divider(number).head for number in range(len(expected))]
        assert sum("loser cancelled" in head for head in heads) == 39


def test_while_the_disk_does_not_answer_positions_are_guesses() -> None:
    def no_answer(read: Callable[[], FoldedLines]) -> FoldedLines:
        raise NoAnswerError

    with log_on_disk(listener(150).data) as path:
        session_log = log_at(path)
        session = session_log.read_all().session
        items = OutputItems(None, session.lines, MarkDividers(session, PastSessions(session_log, no_answer)))
        for item in (0, 300, 700):
            assert 0 <= items.line_of(item) <= session.lines
        assert items.is_waiting
        with pytest.raises(NoAnswerError):
            items.dividers.divider(0)
        for line in (0, 100, 250):
            assert line <= items.item_of(line) < len(items)
        assert "pass 150" in items.dividers.divider(len(items.dividers) - 6).head
