"""A monkey at a real terminal finds no way to make zigtui fail. `tests.support.monkey` can also be run for hours."""

from pathlib import Path

import pytest

from tests.support.examples import amount
from tests.support.monkey import Monkey


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_that_a_monkey_does_makes_zigtui_fail(tmp_path: Path, seed: int) -> None:
    Monkey(seed, tmp_path).run(amount(250, usual=100))
