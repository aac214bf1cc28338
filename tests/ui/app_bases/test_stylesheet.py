"""The stylesheet, which applies rules only where something that they depend on has changed."""

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.css.stylesheet import Stylesheet
from textual.widgets import Input, Label

from tests.support.bases import write_log
from tests.support.logs import Log
from tests.support.screens import shown
from zigtui.ui.app_bases.stylesheet import QuickStylesheet

KEYS = ["tab", "T", "T", "z", "z", "vertical_line", "tab", "enter", "escape", "slash", "x", "escape", "i", "escape"]


@pytest.fixture
def path(base: Path) -> Path:
    log = Log().start().tier(0, "a", "b").step("a").says("a", "one").done("a").step("b")
    return write_log(base, log.event("step_failed", step_name="b", exit_code=2, attempt=1, error="boom"), "1")


def textual_sheet(app: App[None]) -> Stylesheet:
    """Textual's own, with the same rules."""
    sheet = app.stylesheet.copy()
    assert type(sheet) is Stylesheet
    return sheet


def differing(app: App[None], textual: Stylesheet) -> list[str]:
    """The widgets whose rules are others than those that Textual finds."""
    differ = []
    for node in [app, *(node for screen in app.screen_stack for node in screen.walk_children(with_self=True))]:
        before = node.styles.base.get_rules()
        textual.apply(node)
        if node.styles.base.get_rules() != before:
            differ.append(repr(node))
    return differ


async def test_every_widget_has_the_rules_that_textual_finds(base: Path, path: Path) -> None:
    async with shown(base, opened=path, size=(160, 48)) as screen:
        await screen.press("i", "escape", "vertical_line", "vertical_line")  # all rules are known
        textual = textual_sheet(screen.app)
        for key in KEYS:
            await screen.press(key)
            assert differing(screen.app, textual) == [], key
        for size in ((60, 20), (120, 12)):
            await screen.resize(*size)
            assert differing(screen.app, textual) == []


async def test_a_theme_changes_the_rules(base: Path, path: Path) -> None:
    async with shown(base, opened=path) as screen:
        screen.app.theme = "textual-light"
        await screen.pilot.pause()
        assert differing(screen.app, textual_sheet(screen.app)) == []


class Counting(Label):
    """Counts how often rules are applied."""

    applied = 0

    def notify_style_update(self) -> None:
        self.applied += 1
        super().notify_style_update()


class Coloured(App[None]):
    CSS = """
    Vertical { background: rgb(0,0,0); }
    Vertical.-lit { background: rgb(9,9,9); }
    Vertical:focus-within, .-shown Counting { text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.stylesheet = QuickStylesheet(variables=self.get_css_variables())

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Counting("text")
            yield Input(id="inside")
        yield Input(id="outside")


@pytest.mark.parametrize("name", ["-other", "Counting", "text"])
async def test_a_class_that_no_rule_names_changes_nothing(name: str) -> None:
    async with Coloured().run_test() as pilot:
        label = pilot.app.query_one(Counting)
        before = label.applied
        pilot.app.screen.set_class(True, name)
        assert label.applied == before


async def test_a_class_above_a_widget_changes_it_there_and_back() -> None:
    async with Coloured().run_test() as pilot:
        label = pilot.app.query_one(Counting)
        for is_shown in (True, False, True):
            pilot.app.screen.set_class(is_shown, "-shown")
            assert label.styles.text_style.bold is (True if is_shown else None)


async def test_the_focus_changes_the_widget_around_it() -> None:
    async with Coloured().run_test() as pilot:
        around = pilot.app.query_one(Vertical)
        for id_, is_bold in (("outside", None), ("inside", True), ("outside", None)):
            pilot.app.query_one(f"#{id_}").focus()
            await pilot.pause()
            assert around.styles.text_style.bold is is_bold


async def test_a_widget_learns_of_a_new_colour_behind_it() -> None:
    async with Coloured().run_test() as pilot:
        label = pilot.app.query_one(Counting)
        assert label.rich_style.bgcolor is not None
        before = label.rich_style.bgcolor.triplet
        pilot.app.query_one(Vertical).add_class("-lit")
        assert label.rich_style.bgcolor.triplet != before
