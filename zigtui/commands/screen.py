"""Open the screen, when the program is run without a command."""

import os
import sys
from pathlib import Path
from typing import TextIO

import click

from writer import find_repository
from zigtui.commands.options.base_option import listed_logs
from zigtui.commands.options.project_option import projects_named
from zigtui.commands.options.wait import find_or_wait
from zigtui.commands.reading.observation_file import ObservationFile
from zigtui.commands.reading.read_log import check_may_be_log
from zigtui.exit_codes import ExitCode
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.catalog.project import Project, of_projects, projects_here
from zigtui.reader.catalog.scan.locations import Logs
from zigtui.reader.location import LogLocation
from zigtui.reader.machines import Machines
from zigtui.reader.session.observations import Observations
from zigtui.reader.text.safe_text import safe_short
from zigtui.settings import Settings
from zigtui.state.store import StateStore
from zigtui.system.colours import can_display_screen
from zigtui.ui.feed import Feed

__all__ = ["open_screen"]

_LONGEST_TERM = 40  # characters


def open_screen(
    bases: list[str],
    settings: Settings,
    *,
    session: str | None = None,
    active: bool = False,
    project: str | None = None,
    filter_text: str | None = None,
    step: str | None = None,
    at: str | None = None,
    waits: bool = False,
    feed: Feed | None = None,
    machines: Machines | None = None,
) -> None:
    """Open the screen on all sessions, or on one.

    Args:
        bases: the base directories; they need not exist yet.
        settings: the settings of the screen.
        session: the session to open; see `zigtui.reader.catalog.find.choose_session`.
        active: whether to open the live session that wrote last.
        project: a directory or a name; only the sessions of that project are displayed. None displays all.
        filter_text: the filter of the list; None for the one of the settings.
        step: the step to open the session at; see `zigtui.ui.opened_at.OpenedAt`.
        at: the jump target to open it at; see `zigtui.reader.user_input.jump_target.jump_steps`.
        waits: whether to wait for the session if it does not exist yet.
        feed: mirrors the logs of other machines into a base.
        machines: the machines that it mirrors.

    Raises:
        click.UsageError: if there is no terminal that can display the screen, or no such session, or its file is not a
            log.
        SystemExit: when the screen is closed.
    """
    if (step is not None or at is not None or waits) and session is None and not active:
        raise click.UsageError("name a session for --step, --at and --wait, or use --active")
    _check_terminal()
    wanted = None if project is None else projects_named(project, listed_logs(bases))

    def list_logs() -> Logs:
        return listed_logs(bases) if wanted is None else of_projects(listed_logs(bases), wanted)

    opened: LogLocation | None = None
    if active or session is not None:
        found = find_or_wait(session, bases, list_logs, active=active, waits=waits)
        opened = None if found is None else found.location
        if found is not None and found.workflow_name is None:
            check_may_be_log(found.location)

    from zigtui.ui.opened_at import OpenedAt
    from zigtui.ui.run import limit_exit_time, run_app
    from zigtui.ui.sessions.list_start import ListStart, ProjectScope

    shown_bases = bases if opened is None else list(dict.fromkeys([*bases, opened.base]))
    kept = ObservationFile()
    observations = Observations(kept.load, kept.add)
    catalog = Catalog(
        shown_bases, projects=wanted, stall_secs=settings.stall_secs, observations=observations, machines=machines
    )
    opened_at = None if step is None and at is None else OpenedAt(step or "", at or "")
    projects = wanted or projects_here()
    scope = ProjectScope(_project_name(project or "", projects[0]), projects) if projects else None
    start = ListStart(settings.filter if filter_text is None else filter_text, scope, project is not None)
    return_code = run_app(
        catalog, opened=opened, opened_at=opened_at, start=start, settings=settings, store=StateStore(), feed=feed
    )
    limit_exit_time(return_code)
    sys.exit(return_code)


def _project_name(value: str, project: Project) -> str:
    """The name of a project for the header, given the value of the option ``--project``; empty without it."""
    if Path(value).is_dir():
        repository = find_repository(os.path.realpath(value))
        return Path(os.path.realpath(value) if repository is None else repository).name
    return Path(value).name or project.name or ""


def _check_terminal() -> None:
    """Check that the screen can be drawn.

    Raises:
        click.UsageError: if there is no terminal that can display it.
        SystemExit: if standard error is no terminal. The reason goes to standard output, where it can be read.
    """
    if not (_is_terminal(sys.stdout) and _is_terminal(sys.stdin)):
        raise click.UsageError("the screen needs a terminal; see zigtui --help for commands that need none")
    if not can_display_screen():
        term = safe_short(os.environ.get("TERM", ""), _LONGEST_TERM)
        raise click.UsageError(
            f"the screen cannot be displayed on this terminal (TERM is {term}); try zigtui list or zigtui listen"
        )
    if not _is_terminal(sys.stderr):
        click.echo("zigtui: the screen is drawn on standard error, which is no terminal here")
        sys.exit(ExitCode.USAGE)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()  # None if it is closed
