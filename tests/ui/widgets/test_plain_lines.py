"""Lines that Textual would draw alike, but in twice the time."""

from pathlib import Path

import pytest
from textual._styles_cache import StylesCache
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tests.support.screens import shown
from zigtui.ui.widgets.painted import Painted


@pytest.mark.parametrize("size", [(60, 20), (120, 40)], ids=str)
@pytest.mark.parametrize("keys", [(), ("v",), ("enter", "vertical_line", "T"), ("enter", "tab", "enter")], ids=str)
async def test_lines_are_those_of_textual(recorded: Path, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    async with shown(recorded, size=size) as screen:
        await screen.press(*keys)
        painted = [widget for widget in screen.app.screen.query(Painted) if widget.region]
        assert painted
        for widget in painted:
            region = widget.size.region
            assert widget.render_lines(region) == lines_of_textual(widget, region)


def lines_of_textual(widget: Widget, region: Region) -> list[Strip]:
    lines = []
    for line in StylesCache().render_widget(widget, region):
        for one in widget.app.get_line_filters():
            line = line.apply_filter(one, widget.background_colors[1])
        lines.append(line)
    return lines
