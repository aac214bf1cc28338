"""Every recorded session folds to what its row in the README of the recordings describes."""

import os
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.bases import log_of
from tests.support.logs import Json, all_problems, read_log, state_of_step, state_of_tier, texts_of
from tests.support.recordings import ROWS, Row, recorded
from zigtui.reader.session.model.session import SessionState, StepRun, StepState, TierState
from zigtui.reader.session.model.usage import Usage
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.states.elapsed import session_elapsed_ms
from zigtui.reader.session.states.liveness import last_sign_of_life, session_state, vitals_of
from zigtui.reader.session.states.part_states import step_state
from zigtui.reader.times import seconds


@pytest.fixture(params=ROWS, ids=lambda row: row.name)
def row(request: pytest.FixtureRequest) -> Row:
    """A row of the README."""
    row: Row = request.param
    return row


def read_recorded(reference: Path, name: str) -> SessionLog:
    return read_log(log_of(reference / "dot-zig", name))


def steps_of(log: SessionLog) -> dict[str, StepRun]:
    return {step.name: step for step in log.snapshot().session.steps}


def state_long_after(log: SessionLog) -> SessionState:
    """The session's state an hour after its log was last modified."""
    modified = (seconds(log.snapshot().session.last_event_at) or 0) + 0.1
    return session_state(vitals_of(log.snapshot().session, modified, grown=None, watched=modified), modified + 3600)


def usage_of(lines: list[str]) -> Usage:
    """The sums of the tokens and costs printed, found without regular expressions."""
    usage = Usage()
    for line in lines:
        words = line.split()
        if words[:1] == ["tokens:"]:
            usage = usage.plus(int(words[1]), int(words[4].rstrip(",")), Decimal(words[6].removeprefix("cost=$")))
    return usage


def test_every_recording_has_a_row(reference: Path) -> None:
    assert {line.split()[0] for line in (reference / "ids.txt").read_text().splitlines()} == {row.name for row in ROWS}
    assert len(list((reference / "dot-zig").rglob("*.jsonl"))) == len(ROWS)


def test_a_recorded_session_folds_to_its_tiers_passes_and_states(reference: Path, row: Row) -> None:
    log = read_recorded(reference, row.name)
    session = log.snapshot().session
    state = state_long_after(log)
    tiers = [
        f"{tier.pass_number}.{tier.tier_index} {state_of_tier(session, tier, state)}: "
        + ", ".join(f"{step.name}={step_state(step, tier, state)}" for step in session.steps_of(tier))
        for tier in session.tiers
    ]
    assert (session.workflow_name, session.tier_count) == (row.workflow, row.tier_count)
    assert state.value == row.state
    assert tiers == row.tiers
    assert [tier.ordinal for tier in session.tiers] == list(range(1, len(tiers) + 1))


def test_a_recorded_session_has_no_problems(reference: Path, row: Row) -> None:
    log = read_recorded(reference, row.name)
    assert all_problems(log) == []
    assert (log.snapshot().session.problem_count, log.trouble, log.snapshot().generation) == (0, None, 0)


def test_the_start_and_the_end_are_as_recorded(reference: Path, row: Row) -> None:
    events = recorded(log_of(reference / "dot-zig", row.name))
    session = read_recorded(reference, row.name).snapshot().session
    first, last = events[0], events[-1]
    assert (session.session_id, session.started_at) == (first["zig_session_id"], first["ts"])
    assert [session.workflow_path, session.cwd, session.prompt] == [
        first[name] for name in ("workflow_path", "cwd", "prompt")
    ]
    assert session.last_event_at == last["ts"]
    if last["type"] == "zig_session_ended":
        assert [session.status, session.duration_ms] == [last["status"], last["duration_ms"]]
        assert session.ended_at == last["ts"]


FIELDS_OF_A_STEP = {
    "step_started": ["zag_command", "zag_session_id", "model", "prompt_preview"],
    "step_completed": ["exit_code", "duration_ms", "saved_vars"],
    "step_skipped": ["reason"],
}


def test_steps_are_as_recorded(reference: Path, row: Row) -> None:
    session = read_recorded(reference, row.name).snapshot().session
    ordinal = 0
    for event in recorded(log_of(reference / "dot-zig", row.name)):
        ordinal += event["type"] == "tier_started"
        if event["type"] in FIELDS_OF_A_STEP:
            steps = session.steps_of(session.tiers[ordinal - 1])
            step = next(step for step in steps if step.name == event["step_name"])
            for name in FIELDS_OF_A_STEP[event["type"]]:
                value = getattr(step, name)
                assert (list(value) if isinstance(value, tuple) else value) == event[name]
            assert event["ts"] == (step.started_at if event["type"] == "step_started" else step.ended_at)


def test_output_counts_tokens_and_costs_are_those_of_the_recorded_lines(reference: Path, row: Row) -> None:
    log = read_recorded(reference, row.name)
    outputs: dict[tuple[int, str], list[Json]] = {}
    ordinal = 0
    for event in recorded(log_of(reference / "dot-zig", row.name)):
        ordinal += event["type"] == "tier_started"
        if event["type"] == "step_output":
            outputs.setdefault((ordinal, event["step_name"]), []).append(event)

    for step in log.snapshot().session.steps:
        events = outputs.pop((step.tier, step.name), [])
        texts = [event["line"] for event in events]
        assert texts_of(log, step) == texts
        assert step.lines == len(texts)
        assert step.stderr_lines == sum(event["stream"] == "stderr" for event in events)
        assert step.output_bytes == sum(len(text.encode()) for text in texts)
        assert step.last_output_at == (events[-1]["ts"] if events else None)
        assert step.usage == usage_of(texts)
    assert not outputs


def test_the_merged_output_is_the_recorded_lines_in_file_order(reference: Path, row: Row) -> None:
    log = read_recorded(reference, row.name)
    events = [event for event in recorded(log_of(reference / "dot-zig", row.name)) if event["type"] == "step_output"]
    output = log.output()
    lines = [output.line(number) for number in range(len(output))]
    assert [(line.step_name, line.text, line.time, line.is_stderr) for line in lines if line is not None] == [
        (event["step_name"], event["line"], event["ts"], event["stream"] == "stderr") for event in events
    ]
    session = log.snapshot().session
    assert session.lines == len(lines) == len(events)
    assert session.stderr_lines == sum(event["stream"] == "stderr" for event in events)
    assert session.output_bytes == sum(len(event["line"].encode()) for event in events)
    assert session.usage == usage_of([event["line"] for event in events])


def test_retries_are_attempts_of_one_run_and_their_tokens_add_up(reference: Path) -> None:
    build = steps_of(read_recorded(reference, "retry-then-success"))["build"]
    assert (build.attempt, build.occurrence, build.exit_code, build.saved_vars) == (3, 1, 0, ("artifact",))
    assert [(failed.number, failed.error, failed.exit_code, failed.lines) for failed in build.attempts] == [
        (1, "agent exec failed for step 'build': process exited with code 1", None, 19),
        (2, "agent exec failed for step 'build': rate limit reached, resets 2026-11-22T09:00:00Z", None, 39),
    ]
    assert build.attempts[1].failed_at == "2026-11-22T06:49:18.243946937+00:00"
    assert build.usage == Usage(43537 + 2416 + 36599, 5697 + 431 + 5290, Decimal("2.2426"))


def test_a_step_allowed_to_fail_keeps_its_error(reference: Path) -> None:
    types = steps_of(read_recorded(reference, "continue-on-failure"))["types"]
    assert (types.attempt, len(types.attempts), types.duration_ms) == (1, 1, None)
    assert types.attempts[0].error == "agent exec failed for step 'types': 14 errors"


def test_the_failed_step_of_a_failed_session_has_its_exit_code(reference: Path) -> None:
    log = read_recorded(reference, "failed-session")
    assert steps_of(log)["migrate"].exit_code == 1
    assert (log.snapshot().session.prompt or "").count("\n") == 2


def test_a_racer_that_never_ran_has_no_attempt_and_the_cancelled_one_has_no_end(reference: Path) -> None:
    steps = steps_of(read_recorded(reference, "race-group"))
    assert [steps[name].attempt for name in ("claude", "codex", "gemini", "ollama")] == [1, 1, 1, 0]
    assert steps["claude"].ended_at is None
    assert steps["ollama"].usage == Usage(None, None, None)


def test_each_pass_of_a_loop_is_an_occurrence_of_its_own(reference: Path) -> None:
    session = read_recorded(reference, "loop-generator-critic").snapshot().session
    runs = [step for step in session.steps if step.name == "generate"]
    assert [(run.occurrence, session.tier_of(run).pass_number, run.duration_ms) for run in runs] == [
        (1, 1, 500),
        (2, 2, 480),
        (3, 3, 513),
        (4, 4, 546),
    ]
    assert [run.usage.input_tokens for run in runs] == [33382, 51819, 71039, 3724]


def test_heartbeats_are_no_activity(reference: Path) -> None:
    session = read_recorded(reference, "quiet-with-heartbeats").snapshot().session
    assert session.last_heartbeat_at == "2026-11-22T06:49:49.148311719+00:00"
    assert session.last_activity_at == session.ended_at
    assert session.heartbeat_secs == 10


def test_the_killed_session_is_running_at_first_and_lost_thirty_seconds_after_its_last_sign(
    reference: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(log_of(reference / "dot-zig", "killed-mid-step"), tmp_path))
    modified = 1_795_330_200.0
    os.utime(path, (modified, modified))
    session = read_log(path).snapshot().session
    vitals = vitals_of(session, path.stat().st_mtime, grown=None, watched=modified)

    assert session_state(vitals, modified + 29.9) is SessionState.RUNNING
    assert session_state(vitals, modified + 30.0) is SessionState.LOST
    assert last_sign_of_life(vitals, modified + 3600) == modified
    assert state_of_step(session, "rewrite", SessionState.RUNNING) is StepState.RUNNING
    assert state_of_step(session, "rewrite", SessionState.LOST) is StepState.INTERRUPTED
    assert state_of_tier(session, session.tiers[-1], SessionState.RUNNING) is TierState.RUNNING
    assert session_elapsed_ms(session, SessionState.LOST, modified, modified + 3600) == round(
        (modified - (seconds(session.started_at) or 0)) * 1000
    )
