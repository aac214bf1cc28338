import os
import shutil
import tracemalloc
from pathlib import Path

import pytest

from zigtui.fleet.ship.old_notes import OldNotes
from zigtui.fleet.ship.shipped_log import Kept


def never(path: str) -> bool:
    return False


def note(number: int) -> tuple[str, Kept]:
    return f"/base/logs/sessions/{number}.jsonl", Kept(number, 10, 20, 30, 40, "mask", 50)


def notes_in(path: Path, fleet: str = "fleet") -> dict[str, Kept]:
    """The notes that the next start finds, each of which can be got too."""
    notes = OldNotes(path, fleet)
    found = dict(notes)
    assert {name: notes.get(name) for name in found} == found
    return found


def test_the_last_note_about_each_log_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "state" / "old.jsonl"
    notes = OldNotes(path, "fleet")
    assert notes.get(note(1)[0]) is None
    notes.add([note(1), note(2)], never)
    newer = note(1)[0], Kept(9, 9, 9)
    notes.add([newer], never)
    assert dict(notes) == dict([newer, note(2)])
    assert notes.get(note(3)[0]) is None
    assert notes_in(path) == dict([newer, note(2)])
    assert notes_in(path, "another fleet") == {}
    assert path.stat().st_mode & 0o077 == 0


def test_notes_about_another_fleet_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    OldNotes(path, "one").add([note(1)], never)
    OldNotes(path, "two").add([note(2)], never)
    assert notes_in(path, "two") == dict([note(2)])
    assert notes_in(path, "one") == {}


def test_whatever_is_cut_off_costs_only_the_notes_in_it(tmp_path: Path) -> None:
    """A process that is killed while it writes leaves a part of a line."""
    path = tmp_path / "old.jsonl"
    OldNotes(path, "fleet").add([note(1), note(2)], never)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        left = notes_in(path)
        assert left == dict([note(1), note(2)][: max(0, whole[:size].count(b"\n") - 1)])
        OldNotes(path, "fleet").add([note(3)], never)
        assert notes_in(path) == left | dict([note(3)])


@pytest.mark.parametrize("content", [b"", b"\n", b"\x00\xff\n", b"[]\n", b'{"fleet":"fleet"}\n[[[\n\xff\n["x"]\n'])
def test_what_is_damaged_does_not_count(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "old.jsonl"
    path.write_bytes(content)
    assert notes_in(path) == {}
    OldNotes(path, "fleet").add([note(1)], never)
    assert notes_in(path) == dict([note(1)])


def test_notes_about_logs_that_are_gone_do_not_pile_up(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    notes = OldNotes(path, "fleet")
    for first in range(0, 20_000, 500):
        notes.add([note(number) for number in range(first, first + 500)], lambda name: name != note(7)[0])
    assert path.read_bytes().count(b"\n") < 3000
    assert note(7)[0] in notes_in(path)
    assert note(19_999)[0] in notes_in(path)
    assert note(1)[0] not in notes_in(path)


def test_a_note_takes_little_memory(tmp_path: Path) -> None:
    path, count = tmp_path / "old.jsonl", 5000
    OldNotes(path, "fleet").add(map(note, range(count)), never)
    tracemalloc.start()
    try:
        notes = OldNotes(path, "fleet")
        taken, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert notes.get(note(4999)[0]) == note(4999)[1]
    assert taken / count < 60
    assert most / count < 300


def test_a_path_that_is_not_utf_8_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    OldNotes(path, "fleet").add([("/base/\udcff.jsonl", Kept(1, 1, 1)), note(1)], never)
    assert notes_in(path) == dict([note(1)])


def test_what_cannot_be_written_is_told_and_what_cannot_be_read_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    notes = OldNotes(path, "fleet")
    notes.add([note(1)], never)
    path.unlink()
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        notes.add([note(2)], never)
    assert notes.get(note(1)[0]) is None
    assert dict(notes) == {}


@pytest.mark.parametrize("left", [None, 0, 20, 100])
def test_notes_are_kept_again_after_their_file_was_deleted_or_cut_off(tmp_path: Path, left: int | None) -> None:
    path = tmp_path / "state" / "old.jsonl"
    notes = OldNotes(path, "fleet")
    notes.add([note(1), note(2)], never)
    if left is None:
        shutil.rmtree(path.parent)
    else:
        os.truncate(path, left)
    notes.add([note(3)], never)
    assert note(3)[0] in dict(notes)
    assert notes_in(path) == dict(notes)


def test_what_is_no_line_of_a_file_is_neither_read_whole_nor_kept(tmp_path: Path) -> None:
    path, zeros = tmp_path / "old.jsonl", 4_000_000
    OldNotes(path, "fleet").add([note(1)], never)
    os.truncate(path, zeros)
    tracemalloc.start()
    try:
        notes = OldNotes(path, "fleet")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert dict(notes) == dict([note(1)])
    assert most < zeros / 4
    notes.add([note(2)], never)
    assert notes_in(path) == dict([note(1), note(2)])
    assert path.stat().st_size < zeros
