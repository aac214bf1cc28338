from pathlib import Path

import pytest

from tests.support.shipping import MACHINE
from zigtui.fleet.join import Join
from zigtui.fleet.ship.notes import Notes
from zigtui.fleet.ship.shipped_log import Kept

JOIN = Join("tls://ci.example.com:4222", MACHINE)


@pytest.mark.parametrize("is_below", [False, True], ids=["of all bases", "of one base"])
def test_notes_whose_file_was_deleted_are_written_again_even_if_they_are_the_same(
    tmp_path: Path, is_below: bool
) -> None:
    state, kept = tmp_path / "state", {str(tmp_path / "base" / "s1.jsonl"): Kept(1, 2, 3)}
    notes = Notes(state, JOIN)
    of_base = notes.below(str(tmp_path / "base")) if is_below else notes
    assert of_base.load() == {}
    for _ in range(2):
        of_base.save(kept.items())
        assert Notes(state, JOIN).load() == kept
        (state / "ship.json").unlink()
