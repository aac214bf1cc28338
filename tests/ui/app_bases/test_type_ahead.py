"""Keys that are typed faster than the screens open: each takes effect on what the keys before it have opened."""

import re
from pathlib import Path

import pytest
from textual.events import Paste
from textual.widgets import Input

from tests.support.bases import write_log
from tests.support.logs import Log
from tests.support.screens import LINES_ONLY, Shown, shown
from tests.support.terminal import Terminal
from zigtui.ui.app_bases.palette import Palette
from zigtui.ui.keys_screen import KeysScreen
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.sessions.screen import SessionsScreen


@pytest.fixture
def path(base: Path) -> Path:
    lines = [f"line {number}" for number in range(1, 200)]
    return write_log(base, Log().start().tier(0, "a", "b").step("a").says("a", *lines).done("a").end(), "1")


def type_at_once(screen: Shown, *typed: str) -> None:
    """Type keys, and paste what begins with an equals sign, all in the same instant."""
    for key in typed:
        if key.startswith("="):
            screen.app.post_message(Paste(key[1:]))
        else:
            screen.app.simulate_key(key)


async def test_keys_behind_enter_go_to_the_session_that_it_opens(base: Path, path: Path) -> None:
    async with shown(base) as screen:
        type_at_once(screen, "enter", "t", "slash", *"lin", "=e 1", "7", "enter", "w")
        await screen.wait_until(lambda: isinstance(screen.app.screen, SessionScreen) and not screen.output.wrap)
        await screen.searched()
        assert screen.output.times
        assert "line 17" in screen.found
        assert screen.prompt is None


async def test_keys_behind_escape_go_to_the_list(base: Path, path: Path) -> None:
    write_log(base, Log().start().end(), "2")
    async with shown(base) as screen:
        screen.sessions.move_cursor(0)
        type_at_once(screen, *["enter", "escape"] * 3, "G")
        await screen.wait_until(lambda: isinstance(screen.app.screen, SessionsScreen) and screen.sessions.cursor == 1)


async def test_keys_behind_enter_in_the_tree_go_to_the_output(base: Path, path: Path) -> None:
    async with shown(base, settings=LINES_ONLY, opened=path) as screen:
        type_at_once(screen, "enter", "g", "j", "j")
        await screen.wait_until(lambda: screen.output.top_line == 2)
        assert screen.tree.cursor == 0


async def test_keys_behind_the_enter_of_a_prompt_do_not_go_into_the_prompt(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        type_at_once(screen, "colon", *"120", "enter", "t", "tab", "tab", "j", "j")
        await screen.wait_until(lambda: screen.output.top_line == 121)
        assert screen.output.times
        assert screen.prompt is None


async def test_a_prompt_takes_edits_and_pastes_in_the_order_in_which_they_were_typed(base: Path, path: Path) -> None:
    keys = [
        "slash",
        *"axb",
        "left",
        "backspace",
        "home",
        "=1 ",
        "end",
        "=2",
        "shift+home",
        "delete",
        "=line 3",
        "enter",
    ]
    async with shown(base, opened=path) as screen:
        type_at_once(screen, *keys, "enter", "n")
        await screen.searched()
        await screen.wait_until(lambda: "line 3" in screen.found)
        assert screen.prompt is None


async def test_a_text_that_was_given_up_does_not_come_back(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        type_at_once(screen, "slash", *"abc", "=d", "escape", "slash", *"ef")
        await screen.wait_until(lambda: screen.prompt == "ef")


async def test_a_prompt_stays_open_for_the_keys_behind_an_enter_that_was_refused(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        type_at_once(screen, "colon", *"5x", "enter", "backspace", "0", "enter", "j")
        await screen.wait_until(lambda: screen.output.top_line == 50)


async def test_keys_go_to_the_panels_that_they_open(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        type_at_once(screen, "question_mark", "j", "question_mark", "question_mark")
        await screen.wait_until(lambda: isinstance(screen.app.screen, KeysScreen))
        type_at_once(screen, "q", "ctrl+p", *"th", "=em", "e")
        await screen.wait_until(lambda: isinstance(screen.app.screen, Palette))
        await screen.wait_until(lambda: screen.app.screen.query_one(Input).value == "theme")


@pytest.mark.parametrize("closing", ["i", "z", "escape", "=pasted"], ids=["choice", "other", "escape", "paste"])
async def test_keys_behind_the_one_that_closes_a_choice_go_to_the_screen_below(
    base: Path, path: Path, closing: str
) -> None:
    write_log(base, Log().start().end(), "2")
    async with shown(base) as screen:
        screen.sessions.move_cursor(0)
        type_at_once(screen, "y", closing, *(["escape"] if closing.startswith("=") else []), "j")
        await screen.wait_until(lambda: screen.sessions.cursor == 1)
        assert isinstance(screen.app.screen, SessionsScreen)


async def test_control_c_does_not_wait(base: Path, path: Path) -> None:
    async with shown(base) as screen:
        type_at_once(screen, *["enter", "escape"] * 5, "ctrl+c")
        await screen.wait_until(lambda: screen.app.return_code == 130)


@pytest.mark.parametrize("opened", [False, True], ids=["from the list", "before the screen is there"])
def test_keys_typed_ahead_in_a_terminal(base: Path, path: Path, tmp_path: Path, opened: bool) -> None:
    with Terminal(*(["1"] if opened else []), "--base", base, home=tmp_path) as terminal:
        if not opened:
            terminal.wait_for("1 session")
        terminal.press("t/line 17\rn" if opened else "\rt/line 17\rn")
        terminal.wait_for("of 11")
        assert re.search(r"\d\d:\d\d:\d\d a +line 17", terminal.text)
        terminal.press(":50\rj?q:x\r\x7f120\rj")
        terminal.wait_until(lambda: "line 121" in terminal.text and "line 120" not in terminal.text)
        terminal.press(":50\rq")
        assert terminal.wait_for_exit() == 0
