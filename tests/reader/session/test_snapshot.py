"""A session at one moment: its progress, its active steps, and whether it is alive."""

import os
import pickle
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.bases import log_of
from tests.support.cases import each_case
from tests.support.logs import BEGAN, Log, log_at, log_file, read_log
from tests.support.recordings import ROWS, Row
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import SessionState, StepState, TierState
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot

AFTER = 4_000_000_000.0  # long after all that is recorded


def snapshot_of(path: Path, *, modified: float = BEGAN, project: str | None = "home-dev-src-shop") -> SessionSnapshot:
    os.utime(path, (modified, modified))
    return SessionLog(LogLocation(str(path), "/base", project)).read_all()


@dataclass(frozen=True)
class Extract:
    """The expected facts about a recorded session."""

    tiers_done: int
    passes: int
    active_steps: tuple[str, ...] = ()
    failed_step: str | None = None


EXTRACTS = {
    "sequential-success": Extract(3, 1),
    "parallel-fan-out": Extract(3, 1),
    "retry-then-success": Extract(2, 1),
    "continue-on-failure": Extract(2, 1),
    "failed-session": Extract(1, 1, failed_step="migrate"),
    "race-group": Extract(2, 1),
    "loop-generator-critic": Extract(3, 4),
    "skipped-steps": Extract(2, 1),
    "killed-mid-step": Extract(1, 1, active_steps=("rewrite",)),
    "quiet-with-heartbeats": Extract(1, 1),
    "hostile-text": Extract(0, 1, failed_step="日本語-إختبار"),
    "empty-session": Extract(0, 0),
    "wide-tier": Extract(1, 1),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_recorded_sessions_are_summed_up(reference: Path, tmp_path: Path, row: Row) -> None:
    path = log_of(reference / "dot-zig", row.name)
    copy = Path(shutil.copy(path, tmp_path))
    snapshot = snapshot_of(copy, project="home-dev-src-shop" if "projects" in path.parts else None).at(AFTER)
    session = snapshot.session
    extract = Extract(session.tiers_done, session.pass_number, session.active_steps, session.failed_step)
    assert extract == EXTRACTS[row.name]
    assert (session.workflow_name, session.tier_count) == (row.workflow, row.tier_count)
    assert snapshot.state == row.state
    assert snapshot.project_label == ("notes" if row.name == "quiet-with-heartbeats" else "shop")


def test_the_last_failure_explains_a_failed_session(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a", "b").step("b").fails("b").step("a").fails("a", 1).says("a", "again").fails("a", 2)
    snapshot = snapshot_of(log_file(tmp_path, log.end("failure").data))
    assert (snapshot.session.failed_step, snapshot.session.last_error) == ("a", "no luck with 2")
    assert snapshot.error == snapshot.listed().error == "no luck with 2"
    assert snapshot.failed_steps == 2


def test_a_step_that_succeeds_after_a_failure_has_not_failed(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").step("a").fails("a").says("a", "again").done("a").end()
    assert snapshot_of(log_file(tmp_path, log.data)).session.failed_step is None


def test_active_steps_are_those_under_way_in_the_order_of_their_tier(tmp_path: Path) -> None:
    log = (
        Log().start().tier(0, "a", "b", "c", "d").step("b").step("a").fails("b").says("b", "again").step("c").done("c")
    )
    session = snapshot_of(log_file(tmp_path, log.data)).session
    assert session.active_steps == ("a", "b")
    assert session.tiers_done == 0


@each_case(
    ("project", "cwd", "label"),
    [
        ("home-dev-src-shop", "/home/dev/src/shop", "shop"),
        ("home-dev-src-shop", "/home/dev/src/shop/deep/inside", "shop"),
        ("home-dev-my-shop", "/home/dev/my-shop/tests", "my-shop"),
        ("home-dev-my-shop", "/somewhere/else", "home-dev-my-shop"),
        ("home-dev-my-shop", None, "home-dev-my-shop"),
        ("C--src-shop", "C:\\src\\shop", "C--src-shop"),
        (None, "/home/dev/notes/", "notes"),
        (None, "/", ""),
        (None, None, ""),
    ],
)
def test_a_project_is_called_by_the_name_of_its_directory(
    tmp_path: Path, project: str | None, cwd: str | None, label: str
) -> None:
    log = Log().event("zig_session_started", workflow_name="w", workflow_path="w", cwd=cwd, prompt=None, tier_count=0)
    assert snapshot_of(log_file(tmp_path, log.data), project=project).project_label == label


def test_a_running_session_takes_until_now_and_a_lost_one_until_its_last_sign_of_life(tmp_path: Path) -> None:
    snapshot = snapshot_of(log_file(tmp_path, Log().start().data), modified=BEGAN + 7)
    snapshot = snapshot._replace(vitals=snapshot.vitals._replace(watched=BEGAN + 9))
    assert snapshot.at(BEGAN + 9).elapsed_ms == 9000
    assert snapshot.at(BEGAN + 7 + 30).state is SessionState.LOST
    assert snapshot.at(BEGAN + 5000).elapsed_ms == 7000


def test_a_session_that_ended_takes_as_long_as_recorded_or_as_its_times_give(tmp_path: Path) -> None:
    ended = Log().start().wait(60).end()
    assert snapshot_of(log_file(tmp_path, ended.data)).at(AFTER).elapsed_ms == 4321
    untold = Log().start().wait(60).event("zig_session_ended", status="success", duration_ms=None)
    assert snapshot_of(log_file(tmp_path, untold.data)).at(AFTER).elapsed_ms == 60_000


def test_what_was_read_of_a_log_stays_known_when_it_is_gone(tmp_path: Path) -> None:
    log = log_at(log_file(tmp_path, Log().start().end().data))
    log.read_all()
    Path(log.path).unlink()
    log.advance()
    snapshot = log.snapshot(BEGAN)
    assert (snapshot.state, snapshot.trouble) == (SessionState.SUCCEEDED, "the log is gone")


def test_a_log_of_which_nothing_could_be_read_is_unreadable(tmp_path: Path) -> None:
    log = log_at(tmp_path / "missing.jsonl")
    log.advance()
    assert log.snapshot(BEGAN).state is SessionState.UNREADABLE


def test_a_torn_end_is_a_problem_only_once_the_session_is_over(tmp_path: Path) -> None:
    snapshot = snapshot_of(log_file(tmp_path, Log().start().data + b'{"seq":2'))
    assert (snapshot.at(BEGAN).problems, snapshot.at(BEGAN).problem_count) == ((), 0)
    (torn,) = snapshot.at(AFTER).problems
    assert (torn.line, torn.kind, snapshot.at(AFTER).problem_count) == (2, "torn", 1)


def test_while_a_log_is_being_read_what_has_begun_was_running_then(tmp_path: Path) -> None:
    recorded = Log().start().tier(0, "a").step("a").says("a", *["x" * 1000] * 2000).end("failure")
    log = log_at(log_file(tmp_path, recorded.data))
    assert log.advance()
    half_read = log.snapshot(AFTER)
    (step,), (tier,) = half_read.session.steps, half_read.session.tiers
    assert half_read.state is SessionState.FAILED  # by its last events
    assert not half_read.is_complete
    assert (half_read.step_state(step), half_read.tier_state(tier)) == (StepState.RUNNING, TierState.RUNNING)
    assert half_read.step_elapsed_ms(step) == (step.lines) * 1000  # a second a line
    assert log.read_all().at(AFTER).step_state(step) is StepState.INTERRUPTED


def test_a_listed_snapshot_is_the_same_without_tiers_steps_and_texts(reference: Path, tmp_path: Path) -> None:
    log = read_log(Path(shutil.copy(log_of(reference / "dot-zig", "failed-session"), tmp_path)))
    snapshot = log.snapshot(AFTER)
    listed = snapshot.listed()
    assert log.listing(AFTER) == listed
    assert (listed.state, listed.elapsed_ms, listed.project_label) == ("failed", snapshot.elapsed_ms, "shop")
    assert (listed.session.failed_step, listed.session.last_error) == ("migrate", snapshot.session.last_error)
    assert (listed.session.tiers, listed.session.steps, listed.session.failures) == ((), (), ())
    assert snapshot.session.prompt is not None
    assert listed.session.prompt == " ".join(snapshot.session.prompt.split())
    assert len(pickle.dumps(listed)) < 2000  # with what all share


# Real processes

RUNNER = """
import sys
from writer import SessionCoordinator, SessionWriter
writer = SessionWriter.create(sys.argv[1], "runner.py", base=sys.argv[2])
with SessionCoordinator.start(writer) as session, session.tier(["work"]) as tier, tier.step("work") as step:
    for line in sys.stdin:
        step.output(line)
        print("recorded", flush=True)
"""


class Runner:
    """A process that records each line it reads from standard input."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def say(self, line: str) -> None:
        """Have a line recorded."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "recorded\n"


@pytest.fixture
def runners(tmp_path: Path) -> Iterator[list[Runner]]:
    """Two runners at work, named 0 and 1, that record below ``tmp_path / "base"``."""
    with ExitStack() as stack:
        started = []
        for name in ("0", "1"):
            command = [sys.executable, "-c", RUNNER, name, str(tmp_path / "base")]
            pipe = subprocess.PIPE
            process = subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, encoding="utf-8")
            stack.enter_context(process)
            stack.callback(process.kill)
            started.append(Runner(process))
        yield started


def test_a_killed_process_is_lost_when_three_heartbeats_are_missing_and_one_that_goes_on_is_not(
    tmp_path: Path, runners: list[Runner]
) -> None:
    passed = 0.0
    catalog = Catalog([str(tmp_path / "base")], clock=lambda: time.time() + passed)

    def states() -> dict[str, SessionState]:
        catalog.read_all()
        return {snapshot.session.workflow_name: snapshot.state for snapshot in catalog.sessions()}

    for runner in runners:
        runner.say("begun")
    assert states() == {"0": SessionState.RUNNING, "1": SessionState.RUNNING}
    runners[0].process.kill()
    runners[0].process.wait()
    assert states()["0"] is SessionState.RUNNING  # cannot be known yet
    for step in range(1, 11):  # read all the time
        passed = 3.0 * step
        states()
    passed = 31.0
    runners[1].say("still here")
    assert states() == {"0": SessionState.LOST, "1": SessionState.RUNNING}
    (lost,) = [snapshot for snapshot in catalog.sessions() if snapshot.session.workflow_name == "0"]
    assert lost.session.active_steps == ("work",)
    assert runners[1].process.stdin is not None
    runners[1].process.stdin.close()
    assert runners[1].process.wait() == 0
    assert states() == {"0": SessionState.LOST, "1": SessionState.SUCCEEDED}


def test_a_lost_session_that_writes_again_is_running_again(tmp_path: Path, runners: list[Runner]) -> None:
    passed = 0.0
    catalog = Catalog([str(tmp_path / "base")], clock=lambda: time.time() + passed)
    runners[0].say("begun")
    catalog.read_all()
    passed = 31.0

    def state() -> SessionState:
        catalog.read_all()
        (snapshot,) = [snapshot for snapshot in catalog.sessions() if snapshot.session.workflow_name == "0"]
        return snapshot.state

    assert state() is SessionState.LOST
    runners[0].say("back from sleep")
    assert state() is SessionState.RUNNING
