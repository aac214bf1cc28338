"""Every public name of `writer`, used as runners and readers do.

This is not run: mypy and pyright check it, both in strict mode.
"""

import asyncio
import logging
import os
import re
import subprocess
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TextIO, assert_type

from writer import (
    EVENT_FIELDS,
    HEARTBEAT_SECS,
    LOG_SUFFIX,
    AttachedSession,
    EventType,
    OutputStream,
    Pass,
    PrunedSession,
    RemoteStep,
    SessionCoordinator,
    SessionError,
    SessionListener,
    SessionStatus,
    SessionWriter,
    Step,
    StepCancelledError,
    StepFailedError,
    StepTimeoutError,
    Tier,
    attach,
    current_step,
    default_base,
    find_repository,
    project_name,
    prune,
    session,
    sessions_directory,
    workspace_directories,
)
from writer.log_handler import SessionLogHandler


def create_sessions(directory: Path, link: os.PathLike[str]) -> list[SessionWriter]:
    """Text may be bytes or a path, and a directory a string."""
    return [
        SessionWriter.create("review", "review.zwf"),
        SessionWriter.create("review", "review.zwf", "Look at the diff", 2),
        SessionWriter.create("review", "review.zwf", traceback="full"),
        SessionWriter.create("review", "review.zwf", mask=["secret", b"bytes", re.compile("token-[0-9]+")]),
        SessionWriter.create(b"review", Path("review.zwf"), prompt=None, tier_count=0, base=str(directory), cwd=link),
    ]


def record_each_event(session: SessionWriter) -> None:
    session.tier_started(0, ["lint", b"types", Path("tests")])
    session.tier_started(tier_index=1, step_names=(name for name in ("a", "b")))
    session.step_started("lint", 0, "zig-review-lint", "run")
    session.step_started(
        step_name="lint",
        tier_index=0,
        zag_session_id="zig-review-lint",
        zag_command="run",
        model="opus",
        prompt_preview="Lint it",
    )
    session.step_output("lint", "stdout", "all clean")
    session.step_output(step_name="lint", stream=OutputStream.STDERR, line=b"one\ntwo")
    session.step_completed("lint", 0, 40)
    session.step_completed("lint", exit_code=0, duration_ms=40, saved_vars=["notes"])
    session.step_failed("lint", None, 1, "killed")
    session.step_failed("lint", exit_code=2, attempt=2, error="2 findings")
    session.step_skipped("types", reason="nothing to check")
    session.heartbeat()
    session.heartbeat(interval_secs=3)
    session.ended(SessionStatus.SUCCESS, 1200)
    session.ended("failure", duration_ms=1200)
    session.close()


def read_properties(session: SessionWriter, coordinator: SessionCoordinator, tier: Tier, step: Step) -> None:
    assert_type(session.session_id, str)
    assert_type(session.workflow_name, str)
    assert_type(session.log_path, Path)
    assert_type(session.is_open, bool)
    assert_type(session.is_finished, bool)
    assert_type(coordinator.writer, SessionWriter)
    assert_type(tier.index, int)
    assert_type(step.name, str)
    assert_type(step.attempt, int)


def run_a_session(session: SessionWriter) -> None:
    with SessionCoordinator.start(session, heartbeat_secs=3) as coordinator:
        assert_type(coordinator, SessionCoordinator)
        with coordinator.tier(["lint", "types"]) as tier, tier.step("lint") as step:
            assert_type(tier, Tier)
            assert_type(step, Step)
            step.output("all clean")
        with session.tier(["tests"], tier_index=7) as tier:
            tier.step("tests").skip("nothing to test")
    SessionCoordinator(session).finish()
    SessionCoordinator(session, heartbeat_secs=HEARTBEAT_SECS).finish("failure")


def handle_events(session: SessionWriter) -> None:
    with SessionListener.start(session, heartbeat_secs=3) as listener:
        assert_type(listener, SessionListener)
        assert_type(listener.pass_(), Pass)
        with listener.pass_() as current:
            with current.tier(["lint"]) as tier, tier.step("lint"):
                assert_type(tier, Tier)
            with listener.tier(["types"], tier_index=1):
                pass
        assert_type(current.error, Exception | None)
        if current.error is not None:
            raise current.error
    SessionListener(session).finish("failure")


def run_steps(tier: Tier) -> int:
    with tier.step("lint", command="plan", model="opus", prompt="Lint it", zag_session_id="zig-review-lint") as step:
        step.output(b"one\ntwo", stream="stderr")
        step.output("three", OutputStream.STDOUT)
        step.saved("notes", "findings")
        try:
            step.run(["ruff", "check", Path()])
        except StepFailedError as error:
            assert_type(error.exit_code, int | None)
            step.retry(error)
        step.retry("timeout", exit_code=124)
        step.skip("no more attempts")
        return step.run(("ruff", "check"), check=False, cwd="src", env={"CI": "1"}, stderr=subprocess.STDOUT)


def end_steps(tier: Tier) -> None:
    try:
        with tier.step("lint") as step:
            step.run(["ruff", "check"], timeout=600, grace=2.5, linger=0, background="kill")
            step.run(["server"], timeout=None, background="wait", pty=True, echo=True)
            step.cancel()
            step.cancel(b"not needed")
    except StepTimeoutError as error:
        assert_type(error.exit_code, int | None)
    except StepCancelledError:
        pass


def lint(step: Step) -> str:
    step.run(["ruff", "check"])
    return step.name


async def lint_async(step: Step) -> int:
    return await step.run_async(["ruff", "check"], timeout=60)


async def run_races(tier: Tier) -> None:
    assert_type(tier.race([(tier.step("lint"), lint), (tier.step("types"), lint)]), tuple[Step, str])
    assert_type(await tier.race_async([(tier.step("lint"), lint_async)]), tuple[Step, int])


async def run_steps_at_the_same_time(tier: Tier) -> tuple[int, int]:
    with tier.step("lint") as lint, tier.step("types") as types:
        return await asyncio.gather(lint.run_async(["ruff", "check"]), types.run_async(["mypy"], check=False))


def log_to_a_step(step: Step) -> logging.Handler:
    handlers = [
        SessionLogHandler(),
        SessionLogHandler(stream="stdout"),
        SessionLogHandler(step),
        SessionLogHandler(step, "stdout"),
        SessionLogHandler(step, OutputStream.STDERR),
    ]
    return handlers[0]


def print_to_a_step(step: Step) -> None:
    assert_type(current_step(), Step | None)
    assert_type(step.file(), TextIO)
    with step.file("stderr") as file, step.redirect():
        print("3 files", file=file)


def handle_errors(session: SessionWriter) -> str | None:
    try:
        session.heartbeat()
    except SessionError as error:
        assert_type(error.path, str | None)
        return error.path
    raise StepFailedError("2 findings", exit_code=2)


def add_to_a_session_of_another_process(address: str | None) -> None:
    attached: AttachedSession = attach()
    assert_type(attach(address), AttachedSession)
    with attached.tier(["upload"]) as tier, tier.step("upload") as step:
        handle: RemoteStep = step.remote()
        handle.output("3 files")


def record_and_prune(directory: Path) -> list[PrunedSession]:
    with session("review", __file__, base=directory, on_error="raise") as review:
        assert_type(review, SessionCoordinator)
    assert_type(prune(base=directory, older_than=timedelta(days=30), states=["succeeded"]), list[PrunedSession])
    return prune(keep=100, dry_run=False)


def find_logs(environ: Mapping[str, str], directory: str) -> list[str]:
    """The facts of the format, for readers."""
    base = default_base(environ)
    assert_type(base, str)
    assert_type(default_base(), str)
    assert_type(find_repository(directory), str | None)
    assert_type(project_name("/home/dev/shop"), str)
    workspaces: list[str] = workspace_directories(base)
    sessions: list[str] = [sessions_directory(workspace) for workspace in workspaces]
    return [name for directory in sessions for name in os.listdir(directory) if name.endswith(LOG_SUFFIX)]  # noqa: PTH208


def describe_events() -> dict[str, list[str]]:
    fields: dict[str, dict[str, str]] = EVENT_FIELDS
    assert_type(EventType("heartbeat"), EventType)
    heartbeat: str = EventType.HEARTBEAT
    status: str = SessionStatus.FAILURE
    stream: str = OutputStream.STDERR
    return {heartbeat: [*fields[heartbeat]], "words": [status, stream]}
