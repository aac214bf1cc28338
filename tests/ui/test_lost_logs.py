"""A log that is removed or replaced while its session is on the screen."""

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.bases import log_of, write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import NOW, Clock, Shown, shown
from tests.support.waiting import DEADLINE_SECS
from zigtui.reader.lines import output_index as output
from zigtui.reader.lines.tail import open_log
from zigtui.ui.sessions.screen import SessionsScreen

NOBODY = 65534


def past() -> Log:
    """A session of two steps that is over."""
    log = Log().start(2).tier(0, "a").step("a").says("a", *(f"old line {number}" for number in range(100))).done("a")
    return log.tier(1, "b").step("b").says("b", "old end").done("b").end()


def other() -> Log:
    """Another session, shorter, still running."""
    return Log().start(1).tier(0, "x").step("x").says("x", "new line")


def assert_nothing_is_left(screen: Shown) -> None:
    """Nothing of `past` is on the screen."""
    assert "old" not in screen.text
    assert not any(row.split()[1] in ("a", "b") for row in screen.rows)


async def test_a_log_that_is_deleted_is_said_to_be_gone_and_its_session_stays_to_look_at(base: Path) -> None:
    path = write_log(base, past(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        header = screen.lines[0]
        path.unlink()
        await screen.changed()
        assert "the log is gone" in screen.text
        assert "✔ succeeded" in screen.text
        for part in ("ended", "4.3s"):
            assert (part in header) == (part in screen.lines[0])
        await screen.press("tab", "g", "j", "pagedown", "w", "G")
        await screen.press("escape")
        assert isinstance(screen.app.screen, SessionsScreen)
        assert "No sessions yet" in screen.text


async def test_a_running_session_whose_log_is_deleted_keeps_its_last_sign_of_life(base: Path) -> None:
    path = write_log(base, other(), "1", modified=BEGAN + 60)
    async with shown(base, opened=path, clock=Clock(BEGAN + 60)) as screen:
        path.unlink()
        await screen.changed()
        assert "1970" not in screen.text
        assert "1m00s" in screen.lines[0]


async def test_lines_that_cannot_be_read_any_more_are_said_to_be_gone(base: Path) -> None:
    path = write_log(base, past(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        path.unlink()
        await screen.changed()
        await screen.choose(2)
        assert "(can no longer be read)" in screen.output_lines[0]
        assert "old line" not in "".join(screen.output_lines)


async def test_a_log_that_comes_back_is_shown_again(base: Path) -> None:
    path = write_log(base, past(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        path.unlink()
        await screen.changed()
        write_log(base, other(), "1", modified=NOW)
        await screen.changed()
        assert "the log is gone" not in screen.text
        assert "new line" in screen.text
        assert_nothing_is_left(screen)


async def test_a_log_that_is_moved_away_and_back_goes_on_where_it_was(base: Path) -> None:
    path = write_log(base, other(), "1", modified=NOW)
    async with shown(base, opened=path, size=(120, 30)) as screen:
        await screen.choose(2)
        path.rename(path.with_name("away"))
        await screen.changed()
        assert "the log is gone" in screen.text
        append(path.with_name("away"), Log().says("x", "written meanwhile").data, modified=NOW)
        path.with_name("away").rename(path)
        await screen.changed()
        assert "the log is gone" not in screen.text
        await screen.wait_for("written meanwhile")
        assert [line.strip() for line in screen.output_lines[1:3]] == ["new line", "written meanwhile"]
        assert screen.tree.cursor == 2


@pytest.mark.parametrize("in_place", [True, False], ids=["rewritten", "replaced"])
async def test_a_log_that_becomes_another_one_is_shown_as_that_one(base: Path, in_place: bool) -> None:
    path = write_log(base, past(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await screen.choose(4)
        if not in_place:
            path.rename(base / "away")
        write_log(base, other(), "1", modified=NOW)
        await screen.changed()
        assert_nothing_is_left(screen)
        assert "new line" in screen.text
        assert "● running" in screen.lines[0]
        append(path, Log().says("x", "and one more").data, modified=NOW)
        await screen.changed()
        assert "and one more" in screen.text


async def test_a_log_that_is_emptied_shows_nothing_until_it_is_written_again(base: Path) -> None:
    path = write_log(base, past(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await screen.choose(4)
        write_log(base, b"", "1", modified=NOW)
        await screen.changed()
        assert_nothing_is_left(screen)
        assert [row.split()[:3] for row in screen.rows] == [["≡", "All", "output"]]
        write_log(base, other(), "1", modified=NOW)
        await screen.changed()
        assert "new line" in screen.text


async def test_what_the_tree_points_at_is_what_is_shown_after_a_log_was_written_anew(base: Path) -> None:
    path = write_log(base, past(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await screen.choose(4)
        path.write_bytes(past().data.replace(b"success", b"failure"))
        await screen.changed()
        assert "✘ failed" in screen.lines[0]
        pointed_at = screen.rows[screen.tree.cursor].split()[1]
        assert screen.title.split()[0] == pointed_at


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Make a file unreadable in the block, even if the tests run as root: the process changes its user meanwhile."""
    path.chmod(0o000)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        path.chmod(0o600)


async def test_a_log_that_can_no_longer_be_read_is_reported_and_is_displayed_again_when_it_can() -> None:
    with tempfile.TemporaryDirectory() as directory:  # pytest's own may be entered by its owner only
        os.chmod(directory, 0o755)  # noqa: PTH101  # a Path is not for asynchronous functions
        base = Path(directory)
        path = write_log(base, past(), "1", modified=NOW)
        async with shown(base, opened=path) as screen:
            append(path, Log().says("b", "said in secret").data, NOW + 1)
            with locked(path):
                await screen.changed()
                assert "Permission denied" in screen.text
                assert "✔ succeeded" in screen.lines[0]
                await screen.choose(2)
                assert "(can no longer be read)" in screen.output_lines[0]
            await screen.choose(0)
            await screen.changed()
            assert "Permission denied" not in screen.text
            assert "said in secret" in screen.text


@pytest.mark.parametrize("kind", ["directory", "pipe"])
async def test_another_file_instead_of_a_log_is_reported_and_the_log_may_come_back(base: Path, kind: str) -> None:
    path = write_log(base, past(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        path.unlink()
        if kind == "directory":
            path.mkdir()
        else:
            os.mkfifo(path)
        await screen.changed()
        assert "not a regular file" in screen.text
        await screen.choose(2)
        assert "(can no longer be read)" in screen.output_lines[0]
        path.rmdir() if kind == "directory" else path.unlink()
        write_log(base, other(), "1", modified=NOW)
        await screen.changed()
        assert "new line" in screen.text


async def test_a_whole_base_that_goes_leaves_an_empty_home(base: Path) -> None:
    write_log(base, past(), "1", modified=NOW)
    async with shown(base) as screen:
        shutil.move(base, base.with_name("away"))
        await screen.changed()
        assert "No sessions yet" in screen.text
        shutil.move(base.with_name("away"), base)
        await screen.changed()
        assert screen.rows[0].startswith("  ✔ flow")


async def test_a_disk_that_hangs_stops_neither_the_keys_nor_the_end(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()

    def hanging(path: str) -> int:
        answers.wait(DEADLINE_SECS)
        return open_log(path)

    async with shown(recorded, opened=log_of(recorded, "retry-then-success"), size=(100, 30)) as screen:
        monkeypatch.setattr(output, "open_log", hanging)
        await screen.choose(2)
        await screen.wait_until(lambda: "the disk does not answer" in screen.text)
        await screen.press("slash", *"summary", "enter")
        await screen.press("escape", "n", "e", "colon", *"10", "enter")
        await screen.choose(0)
        await screen.choose(2)
        answers.set()
        await screen.wait_until(lambda: "Session completed" in screen.text)


async def test_the_screen_can_be_left_while_the_disk_hangs(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    async with shown(recorded, opened=log_of(recorded, "retry-then-success"), size=(100, 30)) as screen:
        monkeypatch.setattr(output, "open_log", lambda path: answers.wait(DEADLINE_SECS) and open_log(path))
        await screen.choose(2)
        await screen.press("escape")
        assert isinstance(screen.app.screen, SessionsScreen)
    answers.set()
