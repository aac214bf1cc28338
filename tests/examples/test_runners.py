"""The examples of runners, run as their users run them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import ROOT, user_environment
from tests.support.waiting import DEADLINE_SECS, wait_until
from tests.support.writers import only_log, read_events
from zigtui.reader import SessionState, read_session

EXAMPLES = ROOT / "examples"

FEW_PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""Only the plugins that the command names: to import all that are installed takes longer than the tests."""


@pytest.fixture(autouse=True)
def zigtui(home: Path) -> None:
    """The program, for scripts."""
    program = home / "bin" / "zigtui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m zigtui "$@"\n')
    program.chmod(0o700)


def run(home: Path, *command: str | Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = user_environment(home)
    path = f"{home}/bin{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        command,
        cwd=home,
        env={**environment, "PATH": path, "TMPDIR": "/tmp", **variables},
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECS,
        check=False,
    )


def steps(home: Path) -> dict[str, str]:
    """The state of each step."""
    snapshot = read_session(only_log(home))
    return {step.name: snapshot.step_state(step).value for step in snapshot.session.steps}


def test_the_runner_in_asyncio(home: Path) -> None:
    done = run(home, sys.executable, EXAMPLES / "asyncio_runner.py")
    assert (done.returncode, done.stdout, done.stderr) == (0, "won by near\n", "")
    assert read_session(only_log(home)).state is SessionState.SUCCEEDED
    succeeded = dict.fromkeys(("sources", "prices", "build", "near"), "succeeded")
    assert steps(home) == {**succeeded, "far": "cancelled"}
    assert sum(event["type"] == "step_failed" for event in read_events(only_log(home))) == 1


@pytest.mark.parametrize(
    ("variables", "code", "expected"),
    [
        ({}, 0, {"tests": "succeeded", "publish": "skipped", "cleanup": "succeeded"}),
        ({"BRANCH": "release"}, 0, {"tests": "succeeded", "publish": "succeeded", "cleanup": "succeeded"}),
        ({"TESTS": "exit 3"}, 3, {"tests": "failed", "cleanup": "succeeded", "runner": "failed"}),
    ],
    ids=["feature", "release", "failing tests"],
)
def test_the_pipeline_in_a_shell(home: Path, variables: dict[str, str], code: int, expected: dict[str, str]) -> None:
    done = run(home, "sh", EXAMPLES / "pipeline.sh", **variables)
    assert (done.returncode, done.stderr) == (code, "")
    state = SessionState.FAILED if code else SessionState.SUCCEEDED
    wait_until(lambda: read_session(only_log(home)).state is state)
    first = {"checkout": "succeeded", "lint": "succeeded", "types": "succeeded", "audit": "failed"}
    assert steps(home) == {**first, **expected}
    if code:  # the step that failed is named, although the cleanup after it succeeded
        failed = f"failed with exit code {code}"
        assert (
            read_session(only_log(home)).error
            == f"the script {failed} after step tests had failed: command 'sh' {failed}"
        )


def test_the_tests_of_a_project(home: Path) -> None:
    done = run(home, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", EXAMPLES / "pytest_project")
    assert done.returncode == 0, done.stdout
    assert steps(home) == {
        "test_tax_is_added[100-119]": "succeeded",
        "test_tax_is_added[0-0]": "succeeded",
        "test_prices_abroad": "skipped",
    }
    lines = [event["line"] for event in read_events(only_log(home)) if event["type"] == "step_output"]
    assert lines == ["the price is 100", "the price is 0"]
    assert read_events(only_log(home))[-2]["reason"] == "no prices abroad yet"


FAILING = """
import sys, pytest
def test_fails(): print("out"); print("err", file=sys.stderr); assert 1 == 2
def test_works(): pass
@pytest.fixture
def broken(): yield; raise ValueError("teardown")
def test_breaks(broken): pass
@pytest.mark.xfail
def test_expected(): assert False
"""


@pytest.mark.parametrize("options", [[], ["-p", "xdist", "-n2"]], ids=["alone", "xdist"])
def test_the_plugin_records_failures(home: Path, options: list[str]) -> None:
    (home / "test_a.py").write_text(FAILING)
    (home / "test_b.py").write_text("def test_works(): pass\n")
    done = run(home, sys.executable, "-m", "pytest", "-p", "writer.pytest_plugin", *options, **FEW_PLUGINS)
    assert done.returncode == 1
    snapshot = read_session(only_log(home))
    assert snapshot.state is SessionState.FAILED
    states = sorted((step.name.rpartition("::")[2], snapshot.step_state(step).value) for step in snapshot.session.steps)
    assert states == [
        ("test_breaks", "failed"),
        ("test_expected", "succeeded"),
        ("test_fails", "failed"),
        *[("test_works", "succeeded")] * 2,
    ]
    errors = [event["error"] for event in read_events(only_log(home)) if event["type"] == "step_failed"]
    assert sorted(error.splitlines()[0] for error in errors) == ["ValueError: teardown", "assert 1 == 2"]
    assert {"out", "err"} <= {event.get("line") for event in read_events(only_log(home))}


@pytest.mark.parametrize(
    ("test", "arguments", "error"),
    [
        ("import no_such_module\n", [], "test_a.py: ModuleNotFoundError: No module named 'no_such_module'"),
        ("def test_stops(): raise KeyboardInterrupt\n", [], "KeyboardInterrupt"),
        ("", ["test_b.py"], "pytest ended with exit code 4"),
    ],
)
def test_the_plugin_records_why_no_test_ran(home: Path, test: str, arguments: list[str], error: str) -> None:
    (home / "test_a.py").write_text(test)
    run(home, sys.executable, "-m", "pytest", "-p", "writer.pytest_plugin", *arguments, **FEW_PLUGINS)
    *_, failed, ended = read_events(only_log(home))
    assert (failed["error"].splitlines()[0], ended["status"]) == (error, "failure")


@pytest.mark.parametrize("option", ["--help", "--fixtures", "--collect-only"])
def test_the_plugin_records_only_runs(home: Path, option: str) -> None:
    run(home, sys.executable, "-m", "pytest", "-p", "writer.pytest_plugin", option, **FEW_PLUGINS)
    assert not (home / ".zig").exists()


@pytest.mark.parametrize("trouble", ["no place", "no home"])
def test_tests_run_if_they_cannot_be_recorded(home: Path, trouble: str) -> None:
    (home / ".zig").write_text("in the way")
    (home / "test_a.py").write_text("def test_works(): pass\n")
    variables = FEW_PLUGINS | ({"HOME": ""} if trouble == "no home" else {})
    assert run(home, sys.executable, "-m", "pytest", "-p", "writer.pytest_plugin", **variables).returncode == 0
