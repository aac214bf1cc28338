"""Whatever fails, the mirrored logs end equal to the originals. `tests.support.chaos` runs for longer."""

from pathlib import Path

import pytest

from tests.support.chaos import run_chaos


@pytest.mark.slow
def test_mirrored_logs_end_equal_to_the_originals(tmp_path: Path) -> None:
    run_chaos(tmp_path, seed=1, turns=12)
