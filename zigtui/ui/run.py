"""Assemble the application from its screens, and run it in a terminal."""

import gc
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, TypedDict, Unpack

from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation
from zigtui.settings import Settings
from zigtui.state.store import StateStore
from zigtui.system.colours import Colours, colours_of
from zigtui.system.standard_streams import note
from zigtui.ui.sessions.list_start import ListStart
from zigtui.ui.terminal.control import NoTerminal, SystemTerminal, Terminal

if TYPE_CHECKING:
    from zigtui.ui.app import ZigtuiApp
    from zigtui.ui.feed import Feed
    from zigtui.ui.live_screen import LiveScreen, LiveWidget, ScreenContext
    from zigtui.ui.opened_at import OpenedAt
    from zigtui.ui.sessions.kept_place import Keep

__all__ = ["AppOptions", "ScreenFailedError", "limit_exit_time", "make_app", "run_app"]

_END_SECS = 2.0


class ScreenFailedError(Exception):
    """An unexpected exception ended the application. The ``__cause__`` is that exception."""


class AppOptions(TypedDict, total=False):
    """What the application begins with. All of it may be left out.

    Attributes:
        opened: a session to open first, on top of the list.
        opened_at: where to open it; by default at the end, or at the failure of a failed session.
        start: the filter and the project of the list at the start; by default, the filter of the settings.
        settings: the user's settings.
        store: where what the user chooses is kept; by default, it is kept only as long as the program runs.
        feed: mirrors the logs of other machines.
    """

    opened: LogLocation | None
    opened_at: "OpenedAt | None"
    start: ListStart | None
    settings: Settings | None
    store: StateStore | None
    feed: "Feed | None"


def make_app(
    catalog: Catalog,
    *,
    terminal: Terminal | None = None,
    colours: Colours = Colours.FULL,
    watch: bool = True,
    **options: Unpack[AppOptions],
) -> "ZigtuiApp":
    """Create the application on the list of sessions.

    Args:
        catalog: the sessions. The screens use its clock.
        terminal: the terminal of the process; None if the application must not control it.
        colours: the colours of the terminal.
        watch: whether to keep the catalog up to date.
        options: see `AppOptions`.
    """
    from zigtui.ui.app import ZigtuiApp  # it takes most of the start-up time, and `run_app` has work to do before

    settings, opened = options.get("settings") or Settings(), options.get("opened")
    opened_at, terminal = options.get("opened_at"), terminal or NoTerminal()
    return ZigtuiApp(
        catalog,
        home=partial(_home, start=options.get("start") or ListStart(settings.filter), keep=terminal.keep_list),
        first=None if opened is None else partial(_session_screen, location=opened, opened_at=opened_at),
        prepare=_import_screens,
        settings=settings,
        store=options.get("store"),
        terminal=terminal,
        colours=colours,
        watch=watch,
        feed=options.get("feed"),
    )


# Each screen is imported when it is displayed, or soon after the first one: that saves a tenth of the start-up time.


def _home(context: "ScreenContext", start: ListStart, keep: "Keep") -> "LiveScreen":
    from zigtui.ui.sessions.screen import SessionsScreen

    return SessionsScreen(
        context,
        open_session=_session_screen,
        make_preview=_preview,
        make_machines=_machines_screen,
        start=start,
        keep=keep,
    )


def _session_screen(
    context: "ScreenContext", location: LogLocation, opened_at: "OpenedAt | None" = None
) -> "LiveScreen":
    from zigtui.ui.session.screen import SessionScreen

    return SessionScreen(context, location, opened_at)


def _machines_screen(context: "ScreenContext", choose: Callable[[str], object]) -> "LiveScreen":
    from zigtui.ui.machines.screen import MachinesScreen

    return MachinesScreen(context, choose)


def _preview(context: "ScreenContext", location: LogLocation) -> "LiveWidget":
    from zigtui.ui.session.preview import SessionPreview

    return SessionPreview(context, location)


def _import_screens() -> None:
    screens = ("zigtui.ui.session.preview", "zigtui.ui.session.screen", "zigtui.ui.sessions.screen")
    for name in (*screens, "zigtui.reader.filter.session_filter"):
        import_module(name)


def run_app(catalog: Catalog, terminal: SystemTerminal | None = None, **options: Unpack[AppOptions]) -> int:
    """Run the application in the terminal until it ends.

    Args:
        catalog: the sessions.
        terminal: the terminal, such as one in a browser; None for the one on standard input.
        options: see `AppOptions`.

    Returns:
        The exit code: 128 plus the signal's number if a signal ended the application.

    Raises:
        ScreenFailedError: if the application failed. The terminal has been restored.
    """
    gc.disable()  # until the first screen is displayed, since objects created by then are kept
    terminal = terminal or SystemTerminal(options.get("settings"))
    with terminal.held_signals():
        app = make_app(catalog, terminal=terminal, colours=colours_of(), **options)
        app.run(size=terminal.size)
    store = options.get("store")
    if store is not None and (trouble := store.take_trouble()):  # with what was kept when the screen was closed
        note(f"zigtui: {trouble[:1].lower()}{trouble[1:]}")
    if app.failure is not None:
        raise ScreenFailedError(f"{type(app.failure).__name__} on the screen: {app.failure}") from app.failure
    if app.return_code is None:
        raise ScreenFailedError("the screen ended without a reason")
    return app.return_code


def limit_exit_time(exit_code: int) -> None:
    """Give the interpreter two seconds to exit after `run_app`: a thread that reads a lost terminal never ends."""
    SystemTerminal().end_within(_END_SECS, exit_code)
