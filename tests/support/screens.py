"""Run the app in a test, which updates it by hand, and read its screen."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from textual._context import visible_screen_stack
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from tests.support.frames import Frames, drawn_when_read
from tests.support.styled_text import styled_text
from tests.support.waiting import until
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.project import Project
from zigtui.reader.location import LogLocation
from zigtui.reader.machines import Machines
from zigtui.settings import Settings
from zigtui.state.store import StateStore
from zigtui.system.colours import Colours
from zigtui.ui.app import ZigtuiApp
from zigtui.ui.feed import Feed
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.opened_at import OpenedAt
from zigtui.ui.output.failure_text import FailureText
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.run import make_app
from zigtui.ui.session.screen import SessionScreen
from zigtui.ui.session.tree.step_tree import StepTree
from zigtui.ui.sessions.list import SessionList
from zigtui.ui.sessions.list_start import ListStart
from zigtui.ui.terminal.control import NoTerminal
from zigtui.ui.widgets.bar import Bar
from zigtui.ui.widgets.prompt import Prompt

NOW = datetime(2026, 11, 22, 8, 50, tzinfo=UTC).timestamp()
"""The time of the frozen clock unless a test sets another: two hours after the sessions were recorded."""

LINES_ONLY = Settings(shows_dividers=False)
"""The settings of a test that is about lines of output, not about the dividers between them."""

SIZES = [(80, 24), (120, 40), (48, 20), (40, 10), (20, 5), (200, 60)]


class Clock:
    """A clock that stands still until a test sets it."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def location_of(catalog: Catalog, path: Path) -> LogLocation:
    """The location of a log in a catalog."""
    real = str(path.resolve())
    return next(summary.location for summary in catalog.sessions() if summary.location.path == real)


class SuspendableTerminal(NoTerminal):
    """A terminal whose program could be suspended, so that the key for that is there."""

    can_suspend = True


class Shown:
    """An app that runs without a terminal, and what it shows."""

    def __init__(self, app: ZigtuiApp, pilot: Pilot[None], frames: Frames | None = None) -> None:
        self.app = app
        self.pilot = pilot
        self._frames = frames or Frames()

    @property
    def strips(self) -> list[Strip]:
        """The lines of the screen as they are drawn, with the screens that are visible behind it."""
        visible_screen_stack.set(self.app._background_screens)
        return self.app.screen._compositor.render_strips(self.app.size)

    @property
    def lines(self) -> list[str]:
        """The lines of the screen as text, without the spaces at their ends."""
        return [strip.text.rstrip() for strip in self.strips]

    @property
    def text(self) -> str:
        """The screen as text."""
        return "\n".join(self.lines)

    @property
    def styled_text(self) -> str:
        """The screen as text, and its colours."""
        variables = self.app.theme_variables
        return styled_text(self.strips, variables["foreground"], variables["background"])

    @property
    def sessions(self) -> SessionList:
        """The list of sessions."""
        return self.app.screen.query_one(SessionList)

    @property
    def tree(self) -> StepTree:
        """The tree of the session on the screen."""
        return self.app.screen.query_one(StepTree)

    @property
    def output(self) -> OutputView:
        """The output on the screen."""
        return self.app.screen.query_one(OutputView)

    @property
    def title(self) -> str:
        """The line above the output, which names the step or tier."""
        return self.app.screen.query_one("OutputPane .title", Bar).render_line(0).text.strip()

    @property
    def about(self) -> str:
        """The line below the title."""
        return self.app.screen.query_one("OutputPane .title", Bar).render_line(1).text.strip()

    @property
    def failure(self) -> list[str]:
        """The rows of the error below them."""
        text = self.app.screen.query_one(FailureText)
        return [text.render_line(y).text.rstrip().removeprefix(" ") for y in range(text.size.height)]

    @property
    def found(self) -> str:
        """The line below the output: the progress of a search or a note; empty if there is neither."""
        bar = self.app.screen.query_one("OutputPane .found", Bar)
        return bar.render_line(0).text.strip() if bar.display else ""

    @property
    def prompt(self) -> str | None:
        """The text in the prompt, None if it is closed."""
        prompt = self.app.screen.query_one(Prompt)
        return prompt.query_one(Input).value if prompt.is_open else None

    @property
    def matches(self) -> list[tuple[str, bool]]:
        """The highlighted matches in the output, and whether each is in the line of the current match."""
        kinds = {
            self.output.paint("paint--match").bgcolor: False,
            self.output.paint("paint--match-current").bgcolor: True,
        }
        return [
            (segment.text, kinds[segment.style.bgcolor])
            for y in range(self.output.size.height)
            for segment in self.output.render_line(y).crop(0, self.output.size.width - 1)  # without the scroll bar
            if segment.style is not None and segment.style.bgcolor in kinds
        ]

    @property
    def selected(self) -> str:
        """The text that is selected in the output; empty if there is none."""
        reader = self.output.selection.reader()
        return "" if reader is None else reader(1_000_000)

    @property
    def output_lines(self) -> list[str]:
        """The lines of the output with labels and gutters, without the scroll bar."""
        output = self.output
        return [output.render_line(y).text[:-1].rstrip() for y in range(output.size.height)]

    @property
    def reported(self) -> list[tuple[str, str]]:
        """The rows of an output of several steps: the name of the step, and the text after the column of names."""
        width = self.output.line_gutter.label
        reported: list[tuple[str, str]] = []
        for row in "\n".join(self.output_lines).rstrip().split("\n"):
            name = row[:width].strip() or (reported[-1][0] if reported else "")  # a name stands where it changes
            reported.append((name, row[width:]))
        return reported

    @property
    def rows(self) -> list[str]:
        """The rows of the list or the tree on the screen, without headings."""
        rows = self.tree if isinstance(self.app.screen, SessionScreen) else self.sessions
        lines = range(min(rows.line_count(), rows.size.height))
        top = rows.scroll_offset.y
        return [rows.render_line(y).text.rstrip() for y in lines if rows.row_at(y + top) is not None]

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until they have been handled."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size, and wait until the screen is laid out for it.

        From now on each frame is drawn: some come before the widgets know their sizes.
        """
        self._frames.are_drawn = True
        await self.pilot.resize_terminal(width, height)
        await self.wait_until(lambda: self.app.size == self.app.screen._compositor.size == (width, height))
        await self.pilot.pause()

    async def answer(self, sign: str, text: str) -> None:
        """Open the prompt by its key, type a text and press Enter."""
        await self.press({"/": "slash", "&": "ampersand"}.get(sign, "colon"))
        self.app.screen.query_one(Prompt).query_one(Input).value = text
        await self.press("enter")

    async def search(self, text: str) -> None:
        """Search for a text, and wait until the search is complete."""
        await self.answer("/", text)
        await self.searched()

    async def searched(self) -> None:
        """Wait until the search is complete and the screen shows what it found."""
        await self.show_changes()
        await self.wait_until(lambda: not any(worker.is_running for worker in self.app.workers))
        await self.wait_until(lambda: not any(thread.name == "search" for thread in threading.enumerate()))
        await self.show_changes()

    async def filter_lines(self, text: str) -> None:
        """Filter the lines of the output, and wait until the filter is complete."""
        await self.answer("&", text)
        await self.filtered()

    async def filtered(self) -> None:
        """Wait until the filter is complete and the screen shows the lines it has left."""
        await self.show_changes()
        await self.wait_until(lambda: not any(thread.name == "filter" for thread in threading.enumerate()))
        await self.show_changes()

    async def wait_until(self, condition: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        for pause in until(condition, lambda: self.text):
            await self.pilot.pause()
            await asyncio.sleep(pause)

    async def wait_for(self, text: str) -> None:
        """Wait until a text is on the screen."""
        for pause in until(lambda: text in self.text, lambda: f"{self.text}\n(no {text!r} on it)"):
            await self.pilot.pause()
            await asyncio.sleep(pause)

    async def changed(self) -> None:
        """Let the catalog read what is new, and the screen show it."""
        self.app.catalog.read_all()
        await self.show_changes()

    async def show_changes(self) -> None:
        """Let the screen show the catalog at once: the app itself would wait for the next frame."""
        screen = self.app.screen
        assert isinstance(screen, LiveScreen)
        screen.show_changes()
        await self.pilot.pause()

    async def open(self, path: Path) -> None:
        """Open a session from the list."""
        row = self.sessions.find(location_of(self.app.catalog, path))
        assert row is not None
        self.sessions.move_cursor(row)
        await self.press("enter")
        await self.wait_until(lambda: isinstance(self.app.screen, SessionScreen))
        await self.app.workers.wait_for_complete()
        await self.changed()

    async def choose(self, row: int) -> None:
        """Put the cursor of the tree on a row, and wait until its output is shown."""
        self.tree.move_cursor(row)
        await self.pilot.pause()


@asynccontextmanager
async def shown(
    *bases: Path,
    size: tuple[int, int] = (80, 24),
    opened: Path | None = None,
    opened_at: OpenedAt | None = None,
    clock: Callable[[], float] | None = None,
    settings: Settings | None = None,
    start: ListStart | None = None,
    projects: Sequence[Project] | None = None,
    store: StateStore | None = None,
    terminal: NoTerminal | None = None,
    colours: Colours = Colours.FULL,
    draws_frames: bool = False,
    machines: Machines | None = None,
    feed: Feed | None = None,
) -> AsyncIterator[Shown]:
    """An app on these bases, with everything read and nothing watched; with a session opened if one is named."""
    catalog = Catalog([str(base) for base in bases], projects=projects, clock=clock or Clock(), machines=machines)
    catalog.read_all()
    location = location_of(catalog, opened) if opened is not None else None
    app = make_app(
        catalog,
        opened=location,
        opened_at=opened_at,
        settings=settings,
        start=start,
        store=store,
        terminal=terminal or SuspendableTerminal(),
        colours=colours,
        watch=False,
        feed=feed,
    )
    with drawn_when_read() as frames:
        frames.are_drawn |= draws_frames
        async with app.run_test(size=size) as pilot:
            screen = Shown(app, pilot, frames)
            if opened is not None:
                await screen.wait_until(lambda: isinstance(app.screen, SessionScreen))
            else:
                await screen.wait_until(lambda: bool(app.screen.query(SessionList)))
            await pilot.app.workers.wait_for_complete()
            await screen.changed()
            yield screen
