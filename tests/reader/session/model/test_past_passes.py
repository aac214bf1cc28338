"""Passes of a listener that are no longer kept in full."""

from decimal import Decimal
from pathlib import Path

import orjson
from hypothesis import given
from hypothesis import strategies as st

from tests.support.damage import log_on_disk
from tests.support.examples import examples
from tests.support.listeners import handled
from tests.support.logs import SESSION_ID, Log, append, log_at, log_file
from zigtui.reader.lines.decode import decode
from zigtui.reader.session.folding.fold import Fold
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.past_passes import PassTable
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.model.usage import Usage

PASSES = 130


def listener(passes: int = PASSES) -> Log:
    """A listener of three steps: every seventh event fails at once, and every fifth needs another attempt."""
    log = Log().start(2)
    for number in range(passes):
        log.tier(0, "a", "b").step("a").says("a", f"event {number}", "tokens: 10 in / 2 out, cost=$0.01")
        if number % 5 == 2:
            log.fails("a").says("a", "again")
        if number % 7 == 3:
            log.fails("a", 2).skips("b")
            continue
        log.done("a").skips("b").tier(1, "c").step("c").says("c", "done").done("c").event("heartbeat", interval_secs=10)
    return log


def folded_whole(data: bytes) -> Session:
    """The session of a log with all of its passes in full."""
    fold, offset = Fold(SESSION_ID, keeps_all_passes=True), 0
    for line in data.splitlines(keepends=True):
        fold.apply(decode(line), offset)
        offset += len(line)
    return fold.session


def runs(session: Session) -> list[PassRun]:
    """All passes of a session."""
    return [*session.past, *session.recent]


def test_the_totals_of_old_passes_are_kept(tmp_path: Path) -> None:
    log = listener()
    session = log_at(log_file(tmp_path, log.data)).read_all().session
    assert session.passes == (PASSES, len(range(3, PASSES, 7)))
    assert len(session.tiers) < 45
    assert session.pass_count == len(session.past) + len(session.recent) == PASSES
    assert runs(session) == runs(folded_whole(log.data))
    assert session.past.failed + sum(run.is_failed for run in session.recent) == session.passes.failed
    assert session.past[3].is_failed
    assert session.past[3].usage == Usage(10, 2, Decimal("0.01"))
    assert orjson.loads(log.data[session.past[100].offset :].split(b"\n")[0])["type"] == "tier_started"


def test_old_passes_are_folded_again_as_they_were(tmp_path: Path) -> None:
    log = listener()
    session_log = log_at(log_file(tmp_path, log.data))
    session, whole = session_log.read_all().session, folded_whole(log.data)
    for index, (run, following) in enumerate(zip(session.past, runs(whole)[1:], strict=False)):
        page = session_log.past.session(session, index)
        for ordinal in range(run.first_tier, following.first_tier):
            tier = page.tier(ordinal)
            assert tier is not None
            expected = whole.tier(ordinal)
            assert expected is not None
            assert tier == expected
            assert page.steps_of(tier) == whole.steps_of(expected)
        first = run.first_mark
        marks = [whole.marks[number] for number in range(first, following.first_mark)]
        assert [page.marks[number - page.marks.first] for number in range(first, following.first_mark)] == marks


def test_the_output_of_an_old_step_is_found(tmp_path: Path) -> None:
    session_log = log_at(log_file(tmp_path, listener().data))
    session = session_log.read_all().session
    for index in (0, 57, 100):
        page = session_log.past.session(session, index)
        step = page.step(session.past[index].first_step)
        assert step is not None
        lines = session_log.output(step)
        assert len(lines) == step.lines
        line = lines.line(0)
        assert line is not None
        assert line.text == f"event {index}"


def test_positions_lead_to_their_pass(tmp_path: Path) -> None:
    session = log_at(log_file(tmp_path, listener().data)).read_all().session
    past = session.past
    for index, run in enumerate(past):
        assert past.of_tier(run.first_tier) == past.of_step(run.first_step) == past.of_line(run.first_line) == index
        assert past.of_mark(run.first_mark) == index
    assert [past.failed_pass(number) for number in range(past.failed)] == list(range(3, len(past), 7))
    assert [past.of_failure(number) for number in range(past.failures)] == [
        index for index, run in enumerate(past) for _ in range(run.failed_attempts)
    ]


def test_early_ends_are_counted_behind_the_failed_attempts_of_their_pass(tmp_path: Path) -> None:
    log = Log().start(2)
    for number in range(60):
        handled(log, number, fails=number % 4 == 1)
        if number % 5 == 2:
            log.tier(0, "receive").step("receive").fails("receive").says("receive", "again")
    past = log_at(log_file(tmp_path, log.data)).read_all().session.past
    assert past.early == sum(run.ended_early for run in past) == past.early_before(len(past)) > 0
    assert [past.of_failure(number) for number in range(past.failures + past.early)] == [
        index for index, run in enumerate(past) for _ in range(run.failed_attempts + run.ended_early)
    ]


def test_failures_are_numbered_through_all_passes(tmp_path: Path) -> None:
    path = log_file(tmp_path)
    log, seen, data = log_at(path), 0, listener(60).data.splitlines(keepends=True)
    found: list[int] = []
    for line in data:
        append(path, line)
        session = log.read_all().session
        found += [failure.serial for failure in session.failures_after(seen)]
        seen = session.failure_count
    whole = folded_whole(b"".join(data))
    assert found == [failure.serial for failure in whole.failures]


def test_steps_are_counted_by_state_over_all_passes(tmp_path: Path) -> None:
    log = listener().tier(0, "a", "b").step("a").tier(0, "a", "b")
    snapshot, whole = log_at(log_file(tmp_path, log.data)).read_all(), folded_whole(log.data)
    assert snapshot.count_steps() == snapshot._replace(session=whole).count_steps()


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["tier", "step", "says", "done", "fails", "skips"]), st.sampled_from("abc"), st.integers(0, 2)
    ),
    max_size=80,
)


def log_of_events(events: list[tuple[str, str, int]], tier_count: int) -> Log:
    """A log of any events, repeated so that it may have passes that are no longer kept."""
    log = Log().start(tier_count)
    for kind, name, number in events * 3:
        match kind:
            case "tier":
                log.tier(number, *"abc"[: number + 1])
            case "step":
                log.step(name)
            case "says":
                log.says(name, "a line")
            case "done":
                log.done(name)
            case "fails":
                log.fails(name)
            case "skips":
                log.skips(name)
    return log


@examples(80)
@given(events=EVENTS, tier_count=st.integers(0, 3))
def test_any_events_of_a_listener_are_folded_again_as_they_were(
    events: list[tuple[str, str, int]], tier_count: int
) -> None:
    log = log_of_events(events, tier_count)
    with log_on_disk(log.data) as path:
        session_log = log_at(path)
        session, whole = session_log.read_all().session, folded_whole(log.data)
        assert runs(session)[len(session.past) :] == runs(whole)[len(session.past) :]
        for index, (run, following) in enumerate(zip(session.past, runs(whole)[1:], strict=False)):
            page = session_log.past.session(session, index)
            for ordinal in range(run.first_tier, following.first_tier):
                tier, expected = page.tier(ordinal), whole.tier(ordinal)
                assert tier is not None
                assert expected is not None
                assert [step.name for step in page.steps_of(tier)] == [step.name for step in whole.steps_of(expected)]
                assert tier.first_line == expected.first_line
                assert tier.first_mark == expected.first_mark


@examples(80)
@given(events=EVENTS, tier_count=st.integers(0, 3))
def test_it_does_not_matter_how_often_a_session_is_asked_for(
    events: list[tuple[str, str, int]], tier_count: int
) -> None:
    log = log_of_events(events, tier_count)
    fold, offset = Fold(SESSION_ID), 0
    for line in log.lines:
        fold.apply(decode(line), offset)
        _ = fold.session
        offset += len(line) + 1
    with log_on_disk(log.data) as path:
        assert fold.session == log_at(path).read_all().session


def test_a_pass_has_the_loop_that_seemed_to_be_the_next_pass() -> None:
    log = Log().start(2)
    handled(handled(log, 0), 1)
    log.tier(0, "receive").step("receive")
    assert [run.step_count for run in runs(log.fold())] == [2, 2, 1]
    fold = Fold(SESSION_ID)
    for line in log.lines:
        fold.apply(decode(line))
    assert len(runs(fold.session)) == 3
    for line in handled(Log().done("receive"), 2).lines:
        fold.apply(decode(line))
    assert [run.step_count for run in runs(fold.session)] == [2, 3, 2]


def test_no_number_of_tokens_is_too_large(tmp_path: Path) -> None:
    log = Log().start(1)
    for _ in range(30):
        log.tier(0, "a").step("a").says("a", *["tokens: 999999999999999 in / 1 out"] * 20).done("a")
    session = log_at(log_file(tmp_path, log.data)).read_all().session
    assert session.past[0].usage.input_tokens == 20 * 999_999_999_999_999
    table = PassTable()
    table.add(session.past[0]._replace(usage=Usage(2**70, 1, None)), {})
    assert table.run(0).usage.input_tokens == 2**63 - 1


def test_the_end_of_a_pass_is_the_latest_time_in_any_zone(tmp_path: Path) -> None:
    log = Log().start(1)
    for _ in range(2):
        log.tier(0, "a", "b").step("a").step("b")
        for name, time in (("a", "2026-03-01T14:00:00+02:00"), ("b", "2026-03-01T13:00:00+00:00")):
            log.event("step_completed", ts=time, step_name=name, exit_code=0, duration_ms=1, saved_vars=[])
    session = log_at(log_file(tmp_path, log.data)).read_all().session
    assert session.recent[0].ended_at == "2026-03-01T13:00:00+00:00"


def test_a_time_with_a_newline_changes_that_of_no_other_pass() -> None:
    log = listener(30)
    expected = list(log.fold().past.times(0))
    begin = next(
        number for number, line in enumerate(log.lines) if number > 1 and b'"tier_index":0,"step_names"' in line
    )
    log.lines[begin] = log.lines[begin].replace(b"T12:", b"\\n12:", 1)  # RFC 3339 lets others have a space there
    past = log.fold().past
    expected[1] = (expected[1][0] or "").replace("T", " "), expected[1][1]
    assert list(past.times(0)) == expected
    assert (past[1].started_at, past[1].ended_at) == expected[1]


def test_copies_of_the_names_take_little_memory() -> None:
    table, run = PassTable(), runs(listener(3).fold())[0]
    occurrences = dict.fromkeys(map(str, range(1000)), 1)
    for number in range(2000):
        table.add(run._replace(offset=number * 1024 * 1024), occurrences)
    assert len(table.pages) < 50
