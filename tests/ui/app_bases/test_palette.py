"""The commands of the palette."""

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from textual.command import CommandList
from textual.widgets import Input

from tests.support.bases import write_log
from tests.support.logs import Log
from tests.support.screens import Shown, shown
from zigtui.system.colours import Colours
from zigtui.ui.app_bases.palette import Palette


@pytest.fixture
def path(base: Path) -> Path:
    return write_log(base, Log().start().tier(0, "a").step("a").says("a", "hello").done("a").end(), "1")


@pytest.fixture
def directory(home_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    directory = home_directory / "pictures of [a] run"
    directory.mkdir()
    monkeypatch.chdir(directory)
    return directory


def only_file(directory: Path) -> Path:
    (path,) = directory.iterdir()
    return path


async def commands(screen: Shown, typed: str = "") -> list[str]:
    await screen.press("ctrl+p")
    await screen.wait_until(lambda: isinstance(screen.app.focused, Input))
    await screen.press(*typed)
    rows = screen.app.screen.query_one(CommandList)
    await screen.wait_until(lambda: rows.option_count and rows.display)
    return [str(rows.get_option_at_index(row).prompt).split("\n")[0] for row in range(rows.option_count)]


@pytest.mark.parametrize("opened", [False, True], ids=["list", "session"])
async def test_the_palette_has_the_commands_that_work_here(base: Path, path: Path, opened: bool) -> None:
    async with shown(base, opened=path if opened else None) as screen:
        assert sorted(await commands(screen)) == ["Quit", "Screenshot", "Theme"]


@pytest.mark.parametrize("colours", Colours)
async def test_a_screenshot_is_saved_in_the_working_directory(
    base: Path, path: Path, directory: Path, colours: Colours
) -> None:
    async with shown(base, opened=path, size=(200, 24), colours=colours) as screen:
        assert await commands(screen, "screensh") == ["Screenshot"]
        await screen.press("enter")
        await screen.wait_for("Saved as ")
        picture = only_file(directory)
        assert str(picture) in screen.text
        text = "".join(ElementTree.parse(picture).getroot().itertext())
        assert "hello" in text
        assert "Screenshot" not in text  # the palette is closed
        assert not isinstance(screen.app.screen, Palette)


async def test_a_screenshot_in_a_directory_that_is_gone_is_reported(base: Path, path: Path, directory: Path) -> None:
    shutil.rmtree(directory)
    async with shown(base) as screen:
        await commands(screen, "screensh")
        await screen.press("enter")
        await screen.wait_for("The picture could not be saved: ")


PANELS = {"keys": "question_mark", "choice": "y", "formats": "x"}


@pytest.mark.parametrize("panel", PANELS)
async def test_the_palette_opens_above_a_panel(base: Path, path: Path, directory: Path, panel: str) -> None:
    async with shown(base, opened=path) as screen:
        await screen.press(PANELS[panel])
        before = screen.text
        assert await commands(screen, "screensh") == ["Screenshot"]
        assert screen.lines[0] == before.splitlines()[0]  # of the session, below both
        assert screen.lines[-2:] == before.splitlines()[-2:]  # of the panel too
        for size in ((60, 20), (100, 20), (40, 3), (1, 1), (80, 24)):
            await screen.resize(*size)
            assert len(screen.lines) == size[1]
            assert {strip.cell_length for strip in screen.strips} == {size[0]}
        await screen.press("enter")
        await screen.wait_until(lambda: list(directory.iterdir()))
        assert screen.lines[0] == before.splitlines()[0]
        assert "Screenshot" not in screen.text
        text = "".join(ElementTree.parse(only_file(directory)).getroot().itertext())
        assert "esc" in text


async def test_a_theme_that_is_chosen_above_a_panel_is_that_of_all_screens(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        await screen.press("question_mark")
        assert await commands(screen, "theme") == ["Theme"]
        await screen.press("enter")
        await screen.wait_for("Search for themes")
        await screen.press(*"ansi-dark")
        await screen.wait_for("ansi-dark")
        await screen.press("enter")
        await screen.wait_until(lambda: screen.app.theme == "ansi-dark")
        await screen.press("escape")
        styled = screen.styled_text
        screen.app.theme = "textual-dark"
        screen.app.theme = "ansi-dark"
        await screen.pilot.pause()
        assert screen.styled_text == styled
