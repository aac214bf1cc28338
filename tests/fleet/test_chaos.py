"""Whatever fails, the mirrored logs end equal to the originals. `tests.support.chaos` runs for longer."""

from pathlib import Path

import pytest

from tests.support.chaos import run_chaos


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "turns", "redacts"), [(1, 20, False), (2, 6, True)], ids=["as they are", "masked"])
def test_mirrored_logs_end_equal_to_the_originals(tmp_path: Path, seed: int, turns: int, redacts: bool) -> None:
    assert len(set(run_chaos(tmp_path, seed, turns, redacts=redacts))) == turns  # each kind once


@pytest.mark.slow
def test_mirrored_logs_end_equal_although_the_disk_was_full(tmp_path: Path) -> None:
    assert "fill_disk" in run_chaos(tmp_path, seed=4, turns=6, fills_disk=True)
