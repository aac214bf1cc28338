"""The frames that are sent to the terminal leave there what Textual would draw anew, whatever has changed."""

import random
from pathlib import Path
from typing import NamedTuple

import pyte
import pytest
from rich.console import Console, RenderableType
from textual._compositor import Compositor, CompositorUpdate, LayoutUpdate
from textual._context import visible_screen_stack
from textual.screen import Screen
from textual.widget import Widget

from tests.support.bases import write_log
from tests.support.examples import amount
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import NOW, Clock, Shown, shown
from zigtui.system.colours import Colours
from zigtui.ui.app import ZigtuiApp
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.widgets.panel import Panel
from zigtui.ui.widgets.row_list import RowList

SIZES = [(80, 24), (60, 20), (120, 40), (160, 48), (40, 10)]
NAMES = [f"step-{number}" for number in range(60)]
KEYS = [*"jkvspueEFiTz0&wtD:yflnNgGb5", "enter", "enter", "escape", "escape", "tab", "slash", "space", "question_mark"]
KEYS += ["up", "down", "left", "right", "pageup", "pagedown", "home", "end", "plus", "minus", "vertical_line"]


class Cell(NamedTuple):
    """A cell of the terminal."""

    text: str
    colour: str
    background: str
    attributes: tuple[bool, ...]


class Display:
    """A terminal that gets the frames of an app."""

    def __init__(self, columns: int, lines: int) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.Stream(self._screen)
        self._console = Console(force_terminal=True, color_system="truecolor", legacy_windows=False)

    def resize(self, columns: int, lines: int) -> None:
        self._screen.resize(lines, columns)

    def show(self, frame: CompositorUpdate) -> None:
        self._stream.feed(frame.render_segments(self._console))

    @property
    def cells(self) -> list[list[Cell]]:
        columns, lines = range(self._screen.columns), range(self._screen.lines)
        rows = ([self._screen.buffer[y][x] for x in columns] for y in lines)
        return [[Cell(c.data, c.fg, c.bg, (c.bold, c.underscore, c.reverse)) for c in row] for row in rows]


def drawn_anew(screen: Shown) -> list[list[Cell]]:
    """What Textual draws on an empty terminal if no widget has anything drawn already."""
    app, compositor = screen.app, screen.app.screen._compositor
    visible = (*app._background_screens, app.screen)
    widgets = [widget for one in visible for widget in one.walk_children(Widget, with_self=True)]
    lists = [(rows, rows._drawn) for rows in widgets if isinstance(rows, RowList)]
    for widget in widgets:
        for part in (widget, widget._vertical_scrollbar, widget._horizontal_scrollbar):
            if part is not None:
                part._styles_cache.clear()
        if isinstance(widget, Panel):
            widget._lines_below.clear()
    for rows, _ in lists:
        rows._drawn, rows._prepared = {}, {}
    visible_screen_stack.set(app._background_screens)
    pieces = Compositor._render_chops(compositor, compositor.size.region, lambda y: True)
    for rows, drawn in lists:
        rows._drawn = drawn  # what the terminal displays, if a frame is still to come
    display = Display(*app.size)
    display.show(LayoutUpdate([line.values() for line in pieces], compositor.size.region))
    return display.cells


class Monkey:
    """Does anything to an app and to its logs."""

    def __init__(self, seed: int, screen: Shown, display: Display, path: Path, log: Log) -> None:
        self._chance = random.Random(seed)
        self._screen, self._display = screen, display
        self._path, self._log = path, log

    async def act(self) -> str:
        """Do something, and tell what."""
        chance, pilot, app = self._chance, self._screen.pilot, self._screen.app
        place = chance.randrange(app.size.width), chance.randrange(app.size.height)
        match chance.choice(["key"] * 8 + ["size", "click", "hover", "time", "append", "append"]):
            case "size":
                size = chance.choice(SIZES)
                self._display.resize(*size)
                await self._screen.resize(*size)
                return f"a size of {size}"
            case "click":
                await pilot.click(offset=place)
                return f"a click at {place}"
            case "hover":
                await pilot.hover(offset=place)
                return f"the mouse at {place}"
            case "time":
                clock = app.catalog.clock
                assert isinstance(clock, Clock)
                clock.now += chance.choice([1, 7, 40])
                self._show_changes()
                return "time"
            case "append":
                written = len(self._log.data)
                self._log.beat().says(chance.choice(NAMES), "x" * chance.randrange(90) + "漢字" * chance.randrange(3))
                append(self._path, self._log.data[written:], app.catalog.clock())
                self._show_changes()
                return "lines"
            case _:
                key = chance.choice(KEYS)
                await self._screen.press(key)
                return f"the key {key}"

    def _show_changes(self) -> None:
        self._screen.app.catalog.read_all()
        if isinstance(self._screen.app.screen, LiveScreen):
            self._screen.app.screen.show_changes()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(amount(12, 3)))
async def test_the_terminal_displays_what_would_be_drawn_anew(
    recorded: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log().wait(NOW - BEGAN - 100).start(1).tier(0, *NAMES)
    for name in NAMES:
        log.step(name)
    path = write_log(recorded, log, "1", modified=NOW)
    write_log(recorded, listener(40), "2", modified=BEGAN)
    display = Display(80, 24)
    show = ZigtuiApp._display

    def show_on_display(app: ZigtuiApp, screen: Screen[object], frame: RenderableType | None) -> None:
        if isinstance(frame, CompositorUpdate) and not app._batch_count:
            display.show(frame)
        show(app, screen, frame)

    monkeypatch.setattr(ZigtuiApp, "_display", show_on_display)
    colours = list(Colours)[-1 - seed % len(Colours)]
    async with shown(recorded, clock=Clock(), colours=colours, draws_frames=True) as screen:
        await screen.resize(80, 24)
        monkey = Monkey(seed, screen, display, path, log)
        for turn in range(amount(200, 40)):
            did = await monkey.act()
            try:
                await screen.wait_until(lambda: display.cells == drawn_anew(screen))
            except AssertionError as error:
                lines = enumerate(zip(display.cells, drawn_anew(screen), strict=True))
                wrong = [y for y, (displayed, drawn) in lines if displayed != drawn]
                raise AssertionError(f"after {did} in turn {turn}, lines {wrong} are outdated") from error
