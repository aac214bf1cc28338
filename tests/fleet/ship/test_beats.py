import shutil
from pathlib import Path

import pytest

from zigtui.fleet.ship.beats import Beats
from zigtui.fleet.wire.messages import Beat


@pytest.mark.parametrize(
    ("size", "free", "shown"),
    [
        (9, 5, (9, 5)),
        (9, 12, (9, 9)),  # as with a quota
        (2**63 - 1, 2**63 - 1, (None, None)),  # a network file system without a limit
        (2**53, 2**53, (2**53, 2**53)),
        (2**53 + 1, 0, (None, None)),
    ],
)
def test_any_disk_makes_a_beat_that_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, free: int, shown: tuple[int | None, int | None]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: (size, 0, free))
    beat = Beats(str(tmp_path)).next(str(tmp_path), 3, 0)
    read = Beat.decoded(beat.headers, beat.payload)
    assert read == beat
    assert (read.disk_size, read.disk_free) == shown


def test_a_base_that_does_not_exist_yet_has_no_disk(tmp_path: Path) -> None:
    base = str(tmp_path / "none")
    beat = Beats(base).next(base, 3, 0)
    assert (beat.disk_size, beat.disk_free) == (None, None)


def test_beats_count_the_sessions_of_all_bases(tmp_path: Path) -> None:
    beats = Beats(str(tmp_path))
    assert beats.next("/other", 2, 100).disk_size is None  # the disk of the first base is not read for another one
    first = beats.next(str(tmp_path), 3, 5)
    assert (first.n, first.sessions, first.behind) == (2, 5, 105)
    assert first.disk_size
    other = beats.next("/other", 1, 0)
    assert (other.n, other.sessions, other.behind, other.disk_size) == (3, 4, 5, first.disk_size)
