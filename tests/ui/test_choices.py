"""What the user chooses on a screen is there on the next one, and after the next start."""

import re
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import Log
from tests.support.screens import NOW, Shown, shown
from tests.support.terminal import Terminal
from zigtui.reader.catalog.project import Project
from zigtui.settings import Settings
from zigtui.state.choices import Choice, Choices
from zigtui.state.store import StateStore
from zigtui.system.colours import Colours
from zigtui.ui.output.lines.line_times import Times
from zigtui.ui.sessions.list_start import ListStart, ProjectScope
from zigtui.ui.sessions.order.sorting import Sort

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def log(base: Path) -> Path:
    return write_log(base, Log().start().tier(0, "a").step("a").says("a", "one").done("a").end(), "1", modified=NOW)


async def test_the_settings_decide_until_the_user_chooses(base: Path, log: Path) -> None:
    settings = Settings(wraps=False, times="since-start", theme="nord", shows_dividers=False)
    async with shown(base, opened=log, settings=settings) as screen:
        assert not screen.output.wrap
        assert screen.output.times is Times.SINCE_START
        assert screen.app.theme == "nord"
        assert "──" not in "".join(screen.output_lines)


async def test_what_is_chosen_is_there_after_the_next_start(base: Path, log: Path, tmp_path: Path) -> None:
    async with shown(base, opened=log, store=StateStore(tmp_path / "state")) as screen:
        await screen.press("w", "t", "D")
        screen.app.theme = "dracula"
        await screen.press("escape", "enter")  # another screen
        await screen.wait_until(lambda: not screen.output.wrap)
        assert screen.output.times is Times.CLOCK
    async with shown(base, opened=log, store=StateStore(tmp_path / "state")) as screen:
        assert not screen.output.wrap
        assert screen.output.times is Times.CLOCK
        assert screen.app.theme == "dracula"
        assert "──" not in "".join(screen.output_lines)
        await screen.press("w", "t", "t", "t", "D")
    assert set(StateStore(tmp_path / "state").load("choices")) == {"theme"}


def test_the_readme_names_the_keys_of_all_choices() -> None:
    keys = {"preview": "v", "wraps": "w", "times": "t", "shows_dividers": "D", "tree": "z", "sort": "s"}
    keys["only_project"] = "p"
    assert {name for name, value in vars(Choices(Settings())).items() if isinstance(value, Choice)} == {*keys, "theme"}
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    (named,) = re.findall("stays for the next start: the theme, and what the keys (.*?) change", text)
    assert sorted(re.findall("`(.)`", named)) == sorted(keys.values())


async def test_the_list_is_sorted_as_before_after_the_next_start(base: Path, log: Path, tmp_path: Path) -> None:
    def titles(screen: Shown) -> str:
        return next(line for line in screen.lines if "workflow" in line)  # with an arrow that shows the order

    seen: list[str] = []
    orders = [sort for sort in Sort if sort is not Sort.MACHINE]  # which is left out without several machines
    for _ in orders:
        async with shown(base, store=StateStore(tmp_path / "state"), size=(120, 12)) as screen:
            assert titles(screen) == (seen[-1] if seen else titles(screen))
            await screen.press("s")
            seen.append(titles(screen))
    assert len(set(seen)) == len(orders)


async def test_the_list_is_limited_to_the_project_as_before_after_the_next_start(
    base: Path, log: Path, tmp_path: Path
) -> None:
    start = ListStart("", ProjectScope("shop", [Project("src-shop")]))
    for was_limited in (False, True, False):
        async with shown(base, start=start, store=StateStore(tmp_path / "state")) as screen:
            assert ("in shop" in screen.lines[0]) is was_limited
            await screen.press("p")
            assert ("in shop" in screen.lines[0]) is not was_limited
    async with shown(base, store=StateStore(tmp_path / "state")) as screen:  # in a directory without a project
        assert len(screen.rows) == 1


async def test_a_terminal_of_few_colours_changes_no_theme(base: Path, tmp_path: Path) -> None:
    store = StateStore(tmp_path / "state")
    async with shown(base, colours=Colours.BASIC, settings=Settings(theme="nord"), store=store) as screen:
        assert screen.app.theme == "ansi-dark"
    assert store.load("choices") == {}


async def test_that_nothing_can_be_kept_is_one_passing_note(base: Path, log: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    async with shown(base, opened=log, store=StateStore(tmp_path / "state"), size=(150, 30)) as screen:
        await screen.press("w")
        await screen.wait_for("What you choose cannot be kept in")
        assert not screen.output.wrap


def test_what_cannot_be_kept_when_the_screen_is_closed_is_reported_in_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    base = tmp_path / ".zig"
    write_log(base, Log().start().end(), "1", modified=NOW)
    with Terminal(home=tmp_path, size=(150, 30), environment={"XDG_STATE_HOME": str(tmp_path / "state")}) as terminal:
        terminal.wait_for("1 session")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        assert "zigtui: what you choose cannot be kept in" in terminal.text
