"""The garbage collector, which examines everything only while the user types nothing."""

import gc
from collections.abc import Iterator

import pytest

from zigtui.ui.terminal.control import SystemTerminal

DUE = gc.get_threshold()[2] + 1


@pytest.fixture
def terminal() -> Iterator[SystemTerminal]:
    before = gc.get_threshold()
    gc.collect()
    terminal = SystemTerminal()
    terminal.settle()
    yield terminal
    gc.set_threshold(*before)
    gc.unfreeze()


class Kept:
    """In a circle, so that only the collector finds it."""

    alive = 0

    def __init__(self) -> None:
        self.itself = self
        Kept.alive += 1

    def __del__(self) -> None:
        Kept.alive -= 1


def old_garbage(collections: int) -> None:
    """Leave garbage that is old after some collections of the young."""
    kept = Kept()  # while the collector runs, it is no garbage
    for _ in range(collections):
        gc.collect(1)
    del kept


def test_garbage_is_not_collected_before_that_is_due(terminal: SystemTerminal) -> None:
    old_garbage(collections=2)
    before = Kept.alive
    terminal.tidy()
    assert Kept.alive == before == 1
    gc.collect()


def test_garbage_is_collected_while_nothing_is_typed(terminal: SystemTerminal) -> None:
    old_garbage(collections=DUE)
    assert Kept.alive == 1
    terminal.tidy()
    assert Kept.alive == 0


def test_the_collector_waits_for_that_but_not_for_ever(terminal: SystemTerminal) -> None:
    assert DUE < gc.get_threshold()[2] < 1000
