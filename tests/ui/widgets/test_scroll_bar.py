"""The scroll bar of a list looks like the one of Textual."""

from pathlib import Path

import pytest
from rich.segment import Segment
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log
from tests.support.screens import Clock, shown


def lines_of_textual(bar: ScrollBar) -> list[Strip]:
    options = bar.app.console.options.update(width=bar.size.width, height=bar.size.height)
    return [Strip(line) for line in bar.app.console.render_lines(bar.render(), options, pad=False)]


def visible(lines: list[Strip]) -> list[list[Segment]]:
    """The segments of lines. What a click does is part of their style."""
    return [list(line.simplify()) for line in lines]


@pytest.mark.parametrize("height", [10, 24, 48])
async def test_lines_are_those_of_textual(base: Path, height: int) -> None:
    log = Log().start(1).tier(0, *(f"step-{number}" for number in range(60)))
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(160, height)) as screen:
        bar = screen.tree.vertical_scrollbar
        assert type(bar) is not ScrollBar
        assert bar.region
        for key in ("home", "pagedown", *["down"] * height, "end"):
            await screen.press(key)
            assert visible(bar.render_lines(bar.size.region)) == visible(lines_of_textual(bar))
        await screen.pilot.hover(bar)
        assert bar.mouse_over
        assert visible(bar.render_lines(bar.size.region)) == visible(lines_of_textual(bar))


def test_textual_creates_the_bar_as_it_did() -> None:
    made = Widget.vertical_scrollbar.fget.__code__.co_names  # type: ignore[attr-defined]
    assert {"_vertical_scrollbar", "_start_widget", "scrollbar_size_vertical"} <= set(made), (
        "Textual creates scroll bars in another way: adapt QuickScrollView.vertical_scrollbar to it, or remove it, "
        "which costs only speed"
    )
