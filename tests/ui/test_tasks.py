"""What people open zigtui for, from the first screen to the result, with an upper bound for the number of keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.bases import session_id
from tests.support.clipboards import copied_texts
from tests.support.programs import program, report_of
from tests.support.screens import Clock, Shown, shown
from tests.support.terminal import Terminal
from tests.support.two_days import ERROR, HOUR, NOW, write_two_days
from zigtui.reader.catalog.project import Project
from zigtui.state.store import StateStore
from zigtui.ui.sessions.list_start import ListStart, ProjectScope

SHOP = ProjectScope("shop", [Project("src-shop")])


class User:
    """Presses keys, and counts them."""

    def __init__(self, screen: Shown) -> None:
        self.screen = screen
        self.keys = 0

    async def press(self, *keys: str) -> None:
        self.keys += len(keys)
        await self.screen.press(*keys)


@asynccontextmanager
async def user(base: Path, *, only_project: bool = False, store: StateStore | None = None) -> AsyncIterator[User]:
    """A user in the directory of the shop, at the first screen."""
    write_two_days(base)
    start = ListStart("", SHOP, only_project)
    async with shown(base, size=(120, 30), clock=Clock(NOW), start=start, store=store) as screen:
        yield User(screen)


def copied(screen: Shown, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that gets all that is written to the terminal."""
    written: list[str] = []
    monkeypatch.setattr(screen.app._driver, "write", written.append)
    return written


@pytest.mark.parametrize(("only_project", "most"), [(False, 8), (True, 7)], ids=["all", "project"])
async def test_finding_the_failed_deploy_of_yesterday_and_its_error(base: Path, only_project: bool, most: int) -> None:
    async with user(base, only_project=only_project) as person:
        await person.press(*([] if only_project else ["p"]), "slash", *"dep", "enter")
        await person.screen.wait_until(lambda: len(person.screen.rows) == 2)
        lines = person.screen.lines
        yesterday = next(number for number, line in enumerate(lines) if "yesterday" in line)
        assert "lock timeout" in lines[yesterday + 1]  # can be read here already
        await person.press("j", "enter")
        await person.screen.wait_for("while waiting for migration 0042")
        assert person.screen.lines[0].startswith(" deploy")
        assert "push" in person.screen.title
        assert person.keys <= most


@pytest.mark.parametrize("keys", [["slash", *"dep", "down", "enter"], ["e", "e", "e", "enter"]], ids=" ".join)
async def test_the_failed_deploy_of_yesterday_is_open_after_few_keys(base: Path, keys: list[str]) -> None:
    async with user(base) as person:
        await person.press("p", *keys)
        await person.screen.wait_for("while waiting for migration 0042")
        assert person.keys <= 7


async def test_which_step_is_stuck_and_since_when(base: Path) -> None:
    async with user(base) as person:
        assert "types quiet 10m" in person.screen.rows[0]
        await person.press("enter")
        await person.screen.wait_until(lambda: "types" in person.screen.text)
        stuck = next(row for row in person.screen.rows if "types" in row)
        assert "quiet 10m" in stuck
        await person.press("j", "j", "j", "i")
        await person.screen.wait_for("13:50:00")  # of the last output
        assert person.keys <= 5


async def test_copying_an_error_an_output_and_an_id(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    async with user(base) as person:
        await person.press("slash", *"lock", "enter")
        written = copied(person.screen, monkeypatch)
        for key, what in (("e", "error"), ("i", "id")):
            person.keys = 0
            await person.press("y", key)
            await person.screen.wait_for(f"Copied the {what}")
            assert person.keys <= 2
        assert copied_texts("".join(written)) == [ERROR, session_id(0)]
        await person.press("enter")
        await person.screen.wait_for("connecting")
        written.clear()
        person.keys = 0
        for key, what in (("e", "error"), ("o", "output"), ("i", "id")):
            await person.press("y", key)
            await person.screen.wait_for(f"Copied the {what}")
        assert person.keys <= 6
        assert copied_texts("".join(written)) == [ERROR, "connecting\nsrc/push.py:12: retrying", session_id(0)]


async def test_only_failed_ones_of_this_project_of_the_last_two_hours(base: Path) -> None:
    line = "state:failed project:shop since:2h"
    async with user(base) as person:
        await person.press("slash", *(key if key != " " else "space" for key in line), "enter")
        await person.screen.wait_until(lambda: len(person.screen.rows) == 1)
        assert "backup" in person.screen.rows[0]
        assert "1 of 8" in person.screen.lines[0]
        assert line in person.screen.lines[0]


async def test_what_is_new(base: Path, tmp_path: Path) -> None:
    stores = StateStore(tmp_path / "state"), StateStore(tmp_path / "state")
    async with shown(base, clock=Clock(NOW - 2 * HOUR), store=stores[0]):
        pass  # opened and left two hours ago
    async with user(base, store=stores[1]) as person:
        assert "3 new, 2 failed" in person.screen.lines[0]
        await person.press("u", "enter")
        await person.screen.wait_for("permission denied")
        assert person.screen.lines[0].startswith(" backup")
        assert person.keys <= 2


def test_reading_copying_paging_editing_and_saving_in_a_terminal(tmp_path: Path) -> None:
    write_two_days(tmp_path / ".zig")
    for name in ("less", "vi"):
        program(tmp_path, name)
    environment = {"PAGER": str(tmp_path / "less"), "EDITOR": str(tmp_path / "vi")}
    with Terminal(home=tmp_path, environment=environment) as terminal:
        terminal.wait_for("8 sessions")
        terminal.press("/lock\r")
        terminal.wait_for("1 of 8")
        terminal.press("\r")
        terminal.wait_for("while waiting for migration 0042")
        terminal.press("yo")
        terminal.wait_for("Copied the output")
        assert copied_texts(terminal.written.decode()) == ["connecting\nsrc/push.py:12: retrying"]
        for key, arguments in (("o", ["-R", "-+F"]), ("O", [])):
            terminal.press(key)
            terminal.wait_for("PROGRAM RUNS")
            words, content, _ = report_of(tmp_path)
            assert words[:-2] == arguments
            assert content.splitlines() == ["connecting", "src/push.py:12: retrying"]
            terminal.press("\n")
            terminal.wait_until(lambda: "PROGRAM" not in terminal.text and "connecting" in terminal.text)
        terminal.press(">\r")
        terminal.wait_for("Saved as")
        assert (
            tmp_path / f"deploy-{session_id(0)[:8]}-push.txt"
        ).read_text() == "connecting\nsrc/push.py:12: retrying\n"
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        assert terminal.has_settings_of_the_start
