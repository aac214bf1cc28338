"""Whatever fails, the mirrored logs end equal to the originals. `tests.support.chaos` runs for longer."""

from pathlib import Path

import pytest

from tests.support.chaos import run_chaos


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_mirrored_logs_end_equal_to_the_originals(tmp_path: Path, seed: int) -> None:
    run_chaos(tmp_path, seed, turns=12)
