"""The application put together: which screens it has, and how it runs in a terminal."""

import gc
from functools import partial
from typing import TYPE_CHECKING

from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.location import LogLocation
from zigtui.settings import Settings
from zigtui.ui.terminal import NoTerminal, SystemTerminal, Terminal

if TYPE_CHECKING:
    from zigtui.ui.app import ZigtuiApp

__all__ = ["ScreenFailedError", "limit_exit_time", "make_app", "run_app"]

_END_SECS = 2.0


class ScreenFailedError(Exception):
    """An unexpected exception ended the application. It is the cause of this one."""


def make_app(
    catalog: Catalog,
    *,
    opened: LogLocation | None = None,
    settings: Settings | None = None,
    terminal: Terminal | None = None,
    watch: bool = True,
) -> "ZigtuiApp":
    """The application on the list of sessions.

    Args:
        catalog: the sessions; its clock is that of the screens.
        opened: a session to open first; the list is below it.
        settings: those of the user.
        terminal: that of the process; None if it is not the application's to use.
        watch: whether to keep the catalog up to date.
    """
    # Importing these takes most of the start, and `run_app` has something to do before.
    from zigtui.ui.app import ZigtuiApp
    from zigtui.ui.session.screen import SessionScreen
    from zigtui.ui.sessions.screen import SessionsScreen

    return ZigtuiApp(
        catalog,
        home=partial(SessionsScreen, open_session=SessionScreen),
        first=None if opened is None else partial(SessionScreen, location=opened),
        settings=settings or Settings(),
        terminal=terminal or NoTerminal(),
        watch=watch,
    )


def run_app(catalog: Catalog, *, opened: LogLocation | None = None, settings: Settings | None = None) -> int:
    """Run the application in the terminal until it ends.

    Args:
        catalog: the sessions.
        opened: a session to open first.
        settings: those of the user.

    Returns:
        The exit code: 128 and the signal's number if a signal ended it.

    Raises:
        ScreenFailedError: if the application failed. The terminal has been restored.
    """
    gc.disable()  # until the first screen is displayed, since what is made by then stays
    terminal = SystemTerminal()
    with terminal.held_signals():
        app = make_app(catalog, opened=opened, settings=settings, terminal=terminal)
        app.run()
    if app.failure is not None:
        raise ScreenFailedError(f"{type(app.failure).__name__} on the screen: {app.failure}") from app.failure
    return app.return_code or 0


def limit_exit_time(exit_code: int) -> None:
    """Let the interpreter take two seconds to end after `run_app`: a thread that reads a lost terminal never does."""
    SystemTerminal().end_within(_END_SECS, exit_code)
