"""The rules by which events become sessions, tiers, steps and attempts, one by one."""

from decimal import Decimal

import pytest

from tests.support.cases import each_case
from tests.support.logs import SESSION_ID, Log, at, only
from zigtui.reader.lines.decode import decode
from zigtui.reader.lines.problems import ProblemKind
from zigtui.reader.session.folding.fold import Fold
from zigtui.reader.session.model.session import Session, StepState
from zigtui.reader.session.model.usage import Usage


def shape(session: Session) -> list[tuple[int, int, list[str]]]:
    """The pass, index and step names of each tier run."""
    return [
        (tier.pass_number, tier.tier_index, [step.name for step in session.steps_of(tier)]) for tier in session.tiers
    ]


def problem_kinds(session: Session) -> list[ProblemKind]:
    return [problem.kind for problem in session.problems]


# The session


def test_the_session_is_described_by_its_start() -> None:
    session = Log().start(tier_count=3).fold()
    assert (session.session_id, session.started, session.started_at) == (SESSION_ID, True, at(0))
    assert (session.workflow_name, session.workflow_path) == ("flow", "./flow.zwf")
    assert (session.cwd, session.prompt, session.tier_count) == ("/src", "do it", 3)
    assert not session.has_ended


def test_a_second_start_changes_nothing() -> None:
    session = Log().start(tier_count=3).event("zig_session_started", workflow_name="other", tier_count=9).fold()
    assert (session.workflow_name, session.tier_count, session.started_at) == ("flow", 3, at(0))


def test_the_end_brings_status_time_and_duration() -> None:
    session = Log().start().end("failure").fold()
    assert (session.status, session.ended_at, session.duration_ms) == ("failure", at(1), 4321)
    assert session.has_ended


@pytest.mark.parametrize("status", [None, 0, ["success"]])
def test_an_end_without_a_status_is_a_failure(status: object) -> None:
    assert Log().start().event("zig_session_ended", status=status, duration_ms=1).fold().status == "failure"


def test_an_unknown_status_is_kept_as_recorded() -> None:
    assert Log().start().end("cancelled").fold().status == "cancelled"


def test_heartbeats_are_events_and_no_activity() -> None:
    session = Log().start().tier(0, "a").beat().beat(interval_secs=25).fold()
    assert (session.last_activity_at, session.last_event_at) == (at(1), at(3))
    assert (session.last_heartbeat_at, session.heartbeat_secs) == (at(3), 25)


@each_case("interval", [0, -5, None, "10", 2.5])
def test_a_heartbeat_without_a_sensible_interval_leaves_the_last_one(interval: object) -> None:
    session = Log().start().beat(interval_secs=20).event("heartbeat", interval_secs=interval).fold()
    assert session.heartbeat_secs == 20


def test_the_id_comes_from_the_first_event_if_the_file_name_has_none() -> None:
    fold = Fold()
    fold.apply(decode(Log().start().lines[0]))
    assert (fold.session.session_id, fold.session.problems) == (SESSION_ID, ())


# Tiers and passes


def test_a_tier_index_that_grows_goes_on_with_the_pass() -> None:
    session = Log().start().tier(0, "a").tier(1, "b").tier(5, "c").fold()
    assert shape(session) == [(1, 0, ["a"]), (1, 1, ["b"]), (1, 5, ["c"])]


def test_a_tier_index_that_does_not_grow_begins_a_pass() -> None:
    session = Log().start().tier(0, "a").tier(1, "b").tier(1, "b").tier(0, "a").tier(1, "b").fold()
    assert [tier.pass_number for tier in session.tiers] == [1, 1, 2, 3, 3]
    assert [tier.ordinal for tier in session.tiers] == [1, 2, 3, 4, 5]


def test_a_tier_closes_when_the_next_one_starts() -> None:
    first, second = Log().start().tier(0, "a").tier(1, "b").fold().tiers
    assert (first.is_open, first.is_followed, first.closed_at) == (False, True, at(2))
    assert (second.is_open, second.is_followed, second.closed_at) == (True, False, None)


def test_a_tier_closes_when_the_session_ends() -> None:
    (tier,) = Log().start().tier(0, "a").end().fold().tiers
    assert (tier.is_open, tier.is_followed, tier.closed_at) == (False, False, at(2))


def test_a_name_listed_twice_is_one_step() -> None:
    assert shape(Log().start().tier(0, "a", "b", "a").fold()) == [(1, 0, ["a", "b"])]


def test_a_tier_knows_where_its_output_begins() -> None:
    session = Log().start().tier(0, "a").says("a", "1", "2").tier(1, "b").says("b", "3").tier(2).fold()
    assert [tier.first_line for tier in session.tiers] == [0, 2, 3]


@each_case(
    ("log", "tier_index"),
    [
        (Log().start().step("a", tier_index=4), 4),
        (Log().start().says("a", "line"), 0),
        (Log().start().done("a"), 0),
        (Log().start().fails("a"), 0),
        (Log().start().skips("a"), 0),
    ],
    ids=["start", "output", "completion", "failure", "skip"],
)
def test_a_step_event_with_no_tier_open_opens_one(log: Log, tier_index: int) -> None:
    session = log.fold()
    assert shape(session) == [(1, tier_index, ["a"])]
    assert session.tiers[0].started_at == at(1)


def test_an_implicit_tier_takes_the_steps_that_follow() -> None:
    session = Log().start().step("a").says("b", "line").step("c").fold()
    assert shape(session) == [(1, 0, ["a", "b", "c"])]


def test_a_step_that_the_open_tier_does_not_list_is_added_to_it() -> None:
    session = Log().start().tier(0, "a").step("a").step("b").says("c", "line").skips("d").fold()
    assert shape(session) == [(1, 0, ["a", "b", "c", "d"])]
    assert only(session, "c").state is StepState.RUNNING


def test_a_step_that_ran_before_runs_again_in_the_open_tier_that_does_not_list_it() -> None:
    session = Log().start().tier(0, "a").step("a").done("a").tier(1, "b").step("a").says("a", "again").fold()
    assert [(run.occurrence, run.tier, run.lines) for run in session.steps if run.name == "a"] == [
        (1, 1, 0),
        (2, 2, 1),
    ]


def test_events_go_to_the_latest_occurrence_of_a_name() -> None:
    log = Log().start().tier(0, "a").step("a").says("a", "1").done("a", 10)
    first, second = log.tier(0, "a").step("a").says("a", "2", "3").done("a", 20).fold().steps
    assert (first.occurrence, first.lines, first.duration_ms) == (1, 1, 10)
    assert (second.occurrence, second.lines, second.duration_ms) == (2, 2, 20)


# Steps


def test_a_listed_step_is_pending_until_it_starts() -> None:
    session = Log().start().tier(0, "a", "b").step("a").fold()
    assert (only(session, "a").state, only(session, "a").attempt) == (StepState.RUNNING, 1)
    assert (only(session, "b").state, only(session, "b").attempt) == (StepState.PENDING, 0)


def test_output_shows_that_a_pending_step_runs() -> None:
    step = only(Log().start().tier(0, "a").says("a", "line").fold(), "a")
    assert (step.state, step.attempt, step.started_at) == (StepState.RUNNING, 1, None)


def test_a_step_completes_with_its_record() -> None:
    step = only(Log().start().tier(0, "a").step("a").says("a", "line").done("a", 900, "x", "y").fold(), "a")
    assert (step.state, step.exit_code, step.duration_ms, step.saved_vars) == (
        StepState.SUCCEEDED,
        0,
        900,
        ("x", "y"),
    )
    assert (step.started_at, step.last_output_at, step.ended_at) == (at(2), at(3), at(4))
    assert (step.zag_command, step.zag_session_id, step.model) == ("run", "zig-flow-a", "opus")


def test_a_skipped_step_has_its_reason_and_no_attempt() -> None:
    step = only(Log().start().tier(0, "a").skips("a").fold(), "a")
    assert (step.state, step.reason, step.attempt, step.started_at) == (StepState.SKIPPED, "not today", 0, None)


def test_output_is_counted_by_stream_and_in_bytes() -> None:
    session = Log().start().tier(0, "a").says("a", "wörd", "").says("a", "err", stream="stderr").fold()
    step = only(session, "a")
    assert (step.stdout_lines, step.stderr_lines, step.lines, step.output_bytes) == (2, 1, 3, 8)
    assert (session.stdout_lines, session.stderr_lines, session.lines, session.output_bytes) == (2, 1, 3, 8)


@pytest.mark.parametrize("line", ["tokens: 10 in / 2 out, cost=$0.25", "  tokens: 10 in / 2 out, cost=$0.25\r"])
def test_tokens_and_cost_add_up_by_step_and_session(line: str) -> None:
    session = Log().start().tier(0, "a", "b").says("a", line, "x", line).says("b", line).fold()
    assert only(session, "a").usage == Usage(20, 4, Decimal("0.50"))
    assert session.usage == Usage(30, 6, Decimal("0.75"))


def test_tokens_without_a_cost_leave_the_cost_unknown() -> None:
    assert Log().start().says("a", "tokens: 10 in / 2 out").fold().usage == Usage(10, 2, None)


@each_case(
    "line",
    [
        "I wrote tokens: 10 in / 2 out, cost=$0.25",
        "tokens: 10 in / 2 out, cost=$0.25 so far",
        "tokens: 10 in / 2 out, cost=$0.25\nmore",
        "tokens: -1 in / 2 out, cost=$0.25",
        "tokens: 1 in / 2 out, cost=$nan",
        "tokens: ١ in / ٢ out, cost=$0.25",
        f"tokens: {'9' * 5000} in / 2 out, cost=$0.25",
    ],
)
def test_only_a_whole_line_reports_tokens(line: str) -> None:
    assert Log().start().says("a", line).fold().usage == Usage(None, None, None)


# Attempts


def test_output_after_a_failure_shows_the_next_attempt() -> None:
    step = only(Log().start().tier(0, "a").step("a").says("a", "1").fails("a", 1, 7).says("a", "2").fold(), "a")
    assert (step.state, step.attempt, step.ended_at, step.exit_code) == (StepState.RETRYING, 2, None, None)
    (failed,) = step.attempts
    assert (failed.number, failed.error, failed.exit_code) == (1, "no luck with 1", 7)
    assert (failed.failed_at, failed.lines) == (at(4), 1)


def test_a_last_failure_is_final_though_the_session_goes_on() -> None:
    session = Log().start().tier(0, "a").step("a").fails("a", 1).says("a", "x").fails("a", 2).tier(1, "b").fold()
    step = only(session, "a")
    assert (step.state, step.attempt, step.ended_at) == (StepState.FAILED, 2, at(5))
    assert [failed.number for failed in step.attempts] == [1, 2]


def test_a_further_failure_without_output_is_of_another_attempt() -> None:
    step = only(Log().start().tier(0, "a").step("a").fails("a", 1).fails("a", 2).fails("a", 3).fold(), "a")
    assert (step.state, step.attempt, len(step.attempts)) == (StepState.FAILED, 3, 3)


def test_a_success_after_a_failure_is_of_another_attempt() -> None:
    step = only(Log().start().tier(0, "a").step("a").fails("a", 1).done("a", 70).fold(), "a")
    assert (step.state, step.attempt, step.exit_code, step.duration_ms) == (StepState.SUCCEEDED, 2, 0, 70)


def test_another_start_after_a_failure_is_a_retry_that_keeps_the_first_start() -> None:
    step = only(Log().start().tier(0, "a").step("a").fails("a", 3).step("a").fold(), "a")
    assert (step.state, step.attempt, step.started_at) == (StepState.RETRYING, 4, at(2))
    assert (step.ended_at, step.exit_code) == (None, None)


def test_another_start_after_the_next_attempt_has_printed_counts_no_further() -> None:
    step = only(Log().start().tier(0, "a").step("a").fails("a", 1).says("a", "x").step("a").fold(), "a")
    assert (step.state, step.attempt) == (StepState.RETRYING, 2)


@each_case("attempt", [None, 0, -3, "2"])
def test_a_failure_without_a_sensible_number_is_of_the_attempt_under_way(attempt: object) -> None:
    log = Log().start().tier(0, "a").event("step_failed", step_name="a", error="e", exit_code=None, attempt=attempt)
    step = only(log.fold(), "a")
    assert (step.attempt, [failed.number for failed in step.attempts]) == (1, [1])


# Races, and what comes late


def test_late_output_of_a_race_loser_goes_to_its_closed_tier() -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b").done("b").tier(1, "c").step("c")
    session = log.says("a", "still here").says("c", "hello").fold()
    assert (only(session, "a").lines, only(session, "a").state) == (1, StepState.RUNNING)
    assert shape(session) == [(1, 0, ["a", "b"]), (1, 1, ["c"])]
    assert not session.tiers[0].is_open


def test_a_racer_that_completes_late_has_succeeded_all_the_same() -> None:
    session = Log().start().tier(0, "a").step("a").tier(1, "b").done("a", 60).fold()
    assert (only(session, "a").state, only(session, "a").duration_ms) == (StepState.SUCCEEDED, 60)
    assert shape(session) == [(1, 0, ["a"]), (1, 1, ["b"])]


@pytest.mark.parametrize("is_followed", [True, False], ids=["by the next tier", "by the end"])
def test_a_late_line_of_a_failed_step_is_no_retry_once_its_tier_is_closed(is_followed: bool) -> None:
    log = Log().start().tier(0, "a").step("a").fails("a")
    log = log.tier(1, "b") if is_followed else log.end("failure")
    step = only(log.says("a", "last words").fold(), "a")
    assert (step.state, step.attempt, step.lines, step.ended_at) == (StepState.FAILED, 1, 1, at(3))


def test_events_after_the_end_are_folded_and_noted() -> None:
    session = Log().start().tier(0, "a").step("a").end().says("a", "late").done("a").tier(1, "b").beat().fold()
    assert (only(session, "a").state, only(session, "a").lines) == (StepState.SUCCEEDED, 1)
    assert problem_kinds(session) == [ProblemKind.AFTER_END] * 4
    assert [problem.line for problem in session.problems] == [5, 6, 7, 8]
    assert (session.status, session.ended_at) == ("success", at(3))


def test_a_session_without_a_start_is_folded_as_far_as_it_goes() -> None:
    session = Log().tier(0, "a").step("a").says("a", "line").done("a").end().fold()
    assert not session.started
    assert (session.status, session.started_at, only(session, "a").state) == ("success", None, StepState.SUCCEEDED)


def test_failures_are_all_failed_attempts_in_the_order_of_the_log() -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b")
    log.fails("b", 1).says("a", "x").fails("a", 1).fails("b", 2).done("b")
    session = log.tier(0, "b").step("b").fails("b", 1).end("failure").fold()
    assert session.failures == ((1, 0), (0, 0), (1, 1), (2, 0))
    step, attempt = session.attempt_of(session.failures[2])
    assert (step.name, step.occurrence, attempt.number) == ("b", 1, 2)
    assert Log().start().fold().failures == ()


def test_what_was_handed_out_does_not_change() -> None:
    fold = Fold(SESSION_ID)
    log = Log().start().tier(0, "a").step("a").says("a", "one").fails("a").says("a", "two").done("a").end()
    handed_out = []
    for line in log.lines:
        fold.apply(decode(line))
        handed_out.append((fold.session, repr(fold.session)))
    assert all(repr(session) == before for session, before in handed_out)
    assert fold.session is fold.session  # nothing is copied while nothing changes


LIMIT = "⚠ claude usage limit (session) — resets 2026-03-01T15:00:00Z"


def test_a_step_waits_for_a_usage_limit_until_it_prints_again() -> None:
    log = Log().start().tier(0, "a", "b").step("a").step("b").says("a", "x", "", LIMIT)
    assert only(log.fold(), "a").waiting_for == "2026-03-01T15:00:00Z"
    assert only(log.beat().says("b", "other").says("a", "").fold(), "a").waiting_for == "2026-03-01T15:00:00Z"
    assert only(log.fold(), "b").waiting_for is None
    assert only(log.says("a", "↻ Resumed (attempt 1): continue").fold(), "a").waiting_for is None


def test_a_failure_ends_the_wait_for_a_usage_limit() -> None:
    log = Log().start().tier(0, "a").step("a").says("a", LIMIT).fails("a", 1)
    assert only(log.fold(), "a").waiting_for is None
