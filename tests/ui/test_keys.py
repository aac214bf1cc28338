"""The line of keys at the bottom, and the panel that tells them all."""

from pathlib import Path

import pytest
from textual.widgets import HelpPanel

from tests.ui.support import SIZES, log_of, shown
from zigtui.ui.screens.sessions import SessionsScreen
from zigtui.ui.widgets.key_bar import KeyBar


async def test_the_keys_are_told_and_all_of_them_by_a_question_mark(recorded: Path) -> None:
    async with shown(recorded, size=(120, 40), opened=log_of(recorded, "retry-then-success")) as screen:
        for key in ("/ search", "e failure", "f follow", "esc back", "? keys", "q quit", "^p palette"):
            assert key in screen.lines[-1]
        await screen.press("question_mark")
        assert screen.app.screen.query(HelpPanel)
        await screen.press("question_mark")
        await screen.wait_until(lambda: not screen.app.screen.query(HelpPanel))
        await screen.press("slash")
        assert "search" not in screen.lines[-1]
        assert "esc close" in screen.lines[-1]


async def test_escape_ends_a_search_before_it_goes_back_and_says_so(recorded: Path) -> None:
    async with shown(recorded, opened=log_of(recorded, "retry-then-success")) as screen:
        await screen.answer("/", "attempt")
        assert "esc end" in screen.lines[-1]
        await screen.press("escape")
        assert "esc back" in screen.lines[-1]
        await screen.press("escape")
        assert isinstance(screen.app.screen, SessionsScreen)


async def test_the_list_tells_its_keys_too(recorded: Path) -> None:
    async with shown(recorded) as screen:
        assert screen.lines[-1].split() == ["⏎", "open", "?", "keys", "q", "quit", "^p", "palette"]
        await screen.press("question_mark")
        assert screen.app.screen.query(HelpPanel)


@pytest.mark.parametrize("size", SIZES)
async def test_where_room_is_short_whole_keys_are_left_out_and_the_last_two_stay(
    recorded: Path, size: tuple[int, int]
) -> None:
    async with shown(recorded, size=size, opened=log_of(recorded, "retry-then-success")) as screen:
        told = [key.strip() for key in screen.lines[-1].split("  ") if key and key.strip() != "^p palette"]
        others = ["⏎ read", "tab pane", "esc back", "/ search", "e failure", "f follow"]
        kept = len(told) - 2
        assert told == [*others[:kept], "? keys", "q quit"]
        assert kept == len(others) or len("  ".join(["", *told, others[kept]])) > size[0] - 1


async def test_a_click_on_a_key_presses_it(recorded: Path) -> None:
    async with shown(recorded, opened=log_of(recorded, "retry-then-success")) as screen:
        before = screen.lines
        await screen.pilot.click(KeyBar, offset=(0, 0))  # beside the keys
        assert screen.lines == before
        await screen.pilot.click(KeyBar, offset=(screen.lines[-1].index("back"), 0))
        await screen.wait_until(lambda: isinstance(screen.app.screen, SessionsScreen))
