"""Fixtures of the tests of steps: a session below ``tmp_path``, its first tier, and a step that runs."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.steps import Run
from writer import SessionWriter, Step, Tier
from writer import _process as process
from writer import _process_async as process_async


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SessionWriter]:
    writer = SessionWriter.create("review", "review.zwf", base=tmp_path / "zig", cwd=tmp_path)
    yield writer
    writer.close()


@pytest.fixture
def tier(writer: SessionWriter) -> Iterator[Tier]:
    with writer.tier(["lint", "types"]) as tier:
        yield tier


@pytest.fixture
def step(tier: Tier) -> Step:
    step = tier.step("lint")
    step.__enter__()  # and never left: some tests close the log
    return step


def run_async(step: Step, argv: list[str], **options: Any) -> int:
    return asyncio.run(step.run_async(argv, **options))


@pytest.fixture(params=[Step.run, run_async], ids=["run", "run_async"])
def run(request: pytest.FixtureRequest) -> Run:
    """Both manners of running a process: called with the step first."""
    manner: Run = request.param
    return manner


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that do not end, and pipes that stay open, are waited for only shortly."""
    for module in (process, process_async):
        monkeypatch.setattr(module, "TERMINATE_SECS", 0.2)
        monkeypatch.setattr(module, "LINGER_SECS", 0.5)
