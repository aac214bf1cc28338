"""What is typed and pasted into prompts, the palette among them, at any size."""

from pathlib import Path

import pytest
from textual.events import Click, Paste
from textual.widgets import Input

from tests.support.bases import write_log
from tests.support.logs import Log
from tests.support.screens import Shown, shown
from zigtui.settings import Settings
from zigtui.ui.app_bases.palette import Palette
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.widgets.key_bar import KeyBar
from zigtui.ui.widgets.notices import Notices
from zigtui.ui.widgets.pasting import LONGEST_TEXT

PASTES = [  # the text, what becomes of it, and the note, which stays for a while
    ("disk full", "disk full", ""),
    ("disk full\n", "disk full", ""),
    ("a\tb", "a b", ""),
    ("\n  \nfirst\nsecond\n", "first", "Only the first line was pasted"),
    ("x" * 1_000_000, "x" * LONGEST_TEXT, "cut off"),
    ("\n \n", "", "Nothing was pasted"),
]


@pytest.fixture
def path(base: Path) -> Path:
    return write_log(base, Log().start().tier(0, "a").step("a").says("a", "hello").done("a").end(), "1")


def notes(screen: Shown) -> str:
    (below,) = (each for each in screen.app.screen_stack if isinstance(each, LiveScreen))
    return below.query_one(KeyBar).note + str(below.query_one(Notices).content)


@pytest.mark.parametrize("prompt", ["/", "palette"])
async def test_a_paste_is_taken_as_far_as_it_fits_and_the_rest_is_reported(base: Path, path: Path, prompt: str) -> None:
    async with shown(base, opened=path) as screen:
        await screen.press("ctrl+p" if prompt == "palette" else prompt)
        await screen.wait_until(lambda: isinstance(screen.app.focused, Input))
        line = screen.app.focused
        assert isinstance(line, Input)
        for pasted, expected, note in PASTES:
            line.value = ""
            screen.app.post_message(Paste(pasted))
            wanted = (expected, True)
            await screen.wait_until(lambda: (line.value, note in notes(screen)) == wanted)  # noqa: B023  # called here
            assert bool(notes(screen)) == bool(note)


async def test_a_paste_into_a_prompt_that_is_full_is_reported(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        await screen.press("/")
        line = screen.app.focused
        assert isinstance(line, Input)
        for text in ("x" * (LONGEST_TEXT - 2), "123", "4"):
            screen.app.post_message(Paste(text))
        await screen.wait_until(lambda: line.value.endswith("x12") and "cut off" in notes(screen))


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (20, 9)], ids=str)
async def test_a_note_covers_neither_the_prompt_nor_what_is_above_it(
    base: Path, path: Path, size: tuple[int, int]
) -> None:
    async with shown(base, opened=path, size=size) as screen:
        await screen.press("/", *"text")
        await screen.wait_for(" / text")
        before = screen.lines
        screen.app.post_message(Paste("one\ntwo"))
        await screen.wait_for("Only the first")
        prompt = next(row for row, line in enumerate(screen.lines) if " / textone" in line)
        assert screen.lines[0] == before[0]
        keys = before[-1].removesuffix("^p palette").strip()
        assert keys in screen.lines[-1] or screen.lines[-1].strip().startswith("Only the first")
        assert "Only the first" not in "".join(screen.lines[: prompt + 1])


@pytest.mark.parametrize("size", [(60, 20), (80, 24)], ids=str)
async def test_a_short_note_moves_nothing(base: Path, path: Path, size: tuple[int, int]) -> None:
    async with shown(base, opened=path, size=size) as screen:
        await screen.wait_for("? keys")
        before = screen.lines
        await screen.press("y", "p")
        await screen.wait_for("Copied the log path")
        assert screen.lines[:-1] == before[:-1]
        assert screen.lines[-1].startswith(" Copied the log path")
        await screen.press("y", "i")
        await screen.wait_for("Copied the id")
        assert screen.lines[:-1] == before[:-1]
        assert "? keys  q quit" in screen.lines[-1]
        at = screen.lines[-1].index("? keys")
        await screen.pilot.click(KeyBar, offset=(at, 0))
        await screen.wait_for("esc close")


async def test_a_note_disappears_by_itself(base: Path, path: Path) -> None:
    async with shown(base, opened=path, settings=Settings(note_secs=1)) as screen:
        await screen.press("/")
        screen.app.post_message(Paste("one\ntwo"))
        await screen.wait_for("Only the first")
        await screen.wait_until(lambda: "Only the first" not in screen.text)


@pytest.mark.parametrize("size", [(80, 24), (40, 3), (1, 1)], ids=str)
async def test_no_key_of_the_palette_fails(base: Path, path: Path, size: tuple[int, int]) -> None:
    keys = ["pagedown", "pageup", "down", "up", "ctrl+home", "ctrl+end", "home", "end", "pagedown"]
    async with shown(base, opened=path, size=size) as screen:
        for typed in ("", "no such name"):
            for open_palette in (screen.app.action_command_palette, screen.app.search_themes):
                open_palette()
                await screen.wait_until(lambda: isinstance(screen.app.focused, Input))
                for key in [*keys, *typed, *keys]:
                    screen.app.simulate_key(key)  # without waiting for the list
                await screen.press(*keys)
                await screen.press("escape", "escape")


async def test_the_palette_can_be_closed_before_its_search_begins(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        for typed in ("a", "theme"):
            await screen.press("ctrl+p", *typed)
            palette = screen.app.screen
            assert isinstance(palette, Palette)
            palette._gather_commands("quit")
            await palette.dismiss()
        await screen.press("ctrl+p")
        await screen.wait_until(lambda: isinstance(screen.app.focused, Input))
        assert screen.app.failure is None


async def test_a_click_outside_a_smaller_window_does_no_harm(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        await screen.press("ctrl+p")
        palette = screen.app.screen
        await screen.resize(10, 3)
        palette.post_message(Click(palette, 29, 12, 0, 0, 1, shift=False, meta=False, ctrl=False))
        await screen.press("escape")
        assert screen.app.failure is None


async def test_a_click_beside_the_palette_closes_it(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        await screen.press("ctrl+p")
        await screen.pilot.click(offset=(1, 22))
        await screen.wait_until(lambda: not isinstance(screen.app.screen, Palette))


@pytest.mark.parametrize("sign", ["/", "&", ":", ">"])
@pytest.mark.parametrize("text", ["", "hello", "/("])
async def test_a_click_elsewhere_closes_a_prompt(base: Path, path: Path, sign: str, text: str) -> None:
    async with shown(base, opened=path, size=(120, 24)) as screen:
        await screen.press({"/": "slash", "&": "ampersand", ":": "colon", ">": "greater_than_sign"}[sign])
        await screen.wait_until(lambda: screen.prompt is not None)
        line = screen.app.focused
        assert isinstance(line, Input)
        line.value = text
        await screen.pilot.click(screen.tree, offset=(5, 2))
        await screen.wait_until(lambda: screen.prompt is None)
        await screen.pilot.pause()
        assert screen.app.focused is screen.tree
        assert ("hello" in screen.found) is (sign == "/" and text == "hello")
        await screen.press("z")  # a command again
        assert not screen.tree.display
