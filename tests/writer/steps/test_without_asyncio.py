"""What needs asyncio, called where another library runs the tasks: the error names what to use instead."""

from collections.abc import Coroutine
from typing import Any

import pytest

from writer import SessionWriter, Step, Tier


def run_elsewhere(coroutine: Coroutine[Any, Any, object]) -> None:
    """Begin a coroutine without an event loop of asyncio, as trio does."""
    try:
        coroutine.send(None)
    finally:
        coroutine.close()


def test_a_program(step: Step) -> None:
    with pytest.raises(RuntimeError, match=r"run_async needs asyncio; elsewhere call run in a thread: with trio by"):
        run_elsewhere(step.run_async(["true"]))


def test_a_race(tier: Tier) -> None:
    racers = [(tier.step(name), lambda step: step.run_async(["true"])) for name in ("here", "there")]
    with pytest.raises(RuntimeError, match=r"race_async needs asyncio; elsewhere call race in a thread: with trio by"):
        run_elsewhere(tier.race_async(racers))


def test_a_session() -> None:
    with pytest.raises(RuntimeError, match=r"create_async needs asyncio; elsewhere call create in a thread: with trio"):
        run_elsewhere(SessionWriter.create_async("review", "review.zwf"))
