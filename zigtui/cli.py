"""The command line: bare it opens the screen, with a word it speaks on a plain terminal."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from zigtui import __version__
from zigtui.commands.options import (
    base_option,
    bases_of,
    logs_of,
    moment_of,
    only_project,
    seconds_of,
    wanted_session,
)
from zigtui.reader.model import SessionState

__all__ = ["main"]

_INTERRUPTED = 130
_STATES = [state.value for state in SessionState]


class SessionOrCommand(click.Group):
    """A group whose first word may also be a session, which is then opened."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take a word that is no command for a session to open."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            return "open", open_session, args
        return super().resolve_command(ctx, args)


@click.group(
    cls=SessionOrCommand,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="[SESSION | COMMAND [ARGS]...]",
)
@base_option
@click.option("--active", is_flag=True, help="Open the session that lives and wrote last.")
@click.option("--project", metavar="DIR", help="Only sessions of the project that DIR belongs to.")
@click.version_option(__version__, prog_name="zigtui", message="%(prog)s %(version)s")
@click.pass_context
def zigtui(context: click.Context, bases: tuple[str, ...], active: bool, project: str | None) -> None:
    """Watch zig workflow sessions.

    Without a command the screen opens on all sessions, live ones first. SESSION opens that one: an id, the beginning
    of one, or a workflow's name for its newest session.

    \b
    zigtui                    all sessions
    zigtui deploy             the newest session of the workflow deploy
    zigtui --active           what runs now
    zigtui list --state failed --since 1d
    """
    if context.invoked_subcommand is None:
        from zigtui.commands.screen import open_screen

        open_screen(bases_of(context, bases), active=active, project=project)


@click.command("open", hidden=True)
@click.argument("session")
@base_option
@click.pass_context
def open_session(context: click.Context, session: str, bases: tuple[str, ...]) -> None:
    """Open the screen on a session."""
    from zigtui.commands.screen import open_screen

    root = context.find_root().params
    open_screen(bases_of(context, bases), session=session, active=root["active"], project=root["project"])


@zigtui.command("list")
@base_option
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="In this state; may be repeated.")
@click.option("--workflow", metavar="GLOB", help="Of workflows whose name fits the pattern.")
@click.option("--project", metavar="DIR", help="Of the project that DIR belongs to.")
@click.option("--since", type=moment_of, metavar="WHEN", help="Started since then: 2h, 3d, 2026-11-01.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="At most N sessions.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def list_command(
    context: click.Context,
    bases: tuple[str, ...],
    states: tuple[str, ...],
    workflow: str | None,
    project: str | None,
    since: float | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List sessions, newest first.

    \b
    zigtui list --limit 20
    zigtui list --state failed --workflow 'deploy*' --since 7d
    zigtui list --json | jq -r 'select(.state == "running") | .id'
    """
    from zigtui.commands.list import Wanted, list_sessions

    wanted = Wanted(frozenset(map(SessionState, states)), workflow, since, limit)
    list_sessions(only_project(logs_of(bases_of(context, bases)), project), wanted, as_json=as_json)


@zigtui.command()
@click.argument("session", required=False)
@base_option
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.pass_context
def show(context: click.Context, session: str | None, bases: tuple[str, ...], as_json: bool) -> None:
    """Show the tiers, steps, attempts and errors of a session; of the newest one by default.

    \b
    zigtui show
    zigtui show 1842 --json
    """
    from zigtui.commands.reading import read_session
    from zigtui.commands.show import show_session

    found = wanted_session(logs_of(bases_of(context, bases)), session)
    show_session(read_session(found.place, found.facts), as_json=as_json)


@zigtui.command()
@click.argument("session", required=False)
@base_option
@click.option("--latest", is_flag=True, help="The newest session; the default.")
@click.option("--active", is_flag=True, help="The session that lives and wrote last.")
@click.option("--json", "as_json", is_flag=True, help="The events as recorded, JSON lines.")
@click.option("--step", "steps", multiple=True, metavar="NAME", help="Only events of this step; may be repeated.")
@click.option("--timestamps", is_flag=True, help="Begin each line with its time.")
@click.option("--no-follow", is_flag=True, help="Stop at the end of the log.")
@click.option("--tail", type=click.IntRange(min=0), metavar="N", help="Begin with the last N lines.")
@click.option("--exit-status", is_flag=True, help="Exit with 1 if the session failed, with 3 if it was lost.")
@click.option("--timeout", type=seconds_of, metavar="DURATION", help="Give up after 90s, 15m, 2h; exit with 3.")
@click.option("--raw", is_flag=True, help="Do not make text safe for the terminal.")
@click.pass_context
def listen(context: click.Context, /, session: str | None, bases: tuple[str, ...], **options: Any) -> None:
    """Print a session as text and follow it to its end, as zig listen does.

    \b
    zigtui listen --active
    zigtui listen deploy --exit-status --timeout 1h     in a CI step
    zigtui listen 1842 --step build --tail 50
    """
    from zigtui.commands.listen import Listening
    from zigtui.commands.listen import listen as listen_to
    from zigtui.commands.options import active_session

    if session is not None and (options["latest"] or options["active"]):
        raise click.UsageError("name a session, or ask for --latest or --active, not both")
    logs = logs_of(bases_of(context, bases))
    found = active_session(logs) if options["active"] else wanted_session(logs, session)
    how = Listening(
        as_json=options["as_json"],
        steps=frozenset(options["steps"]),
        timestamps=options["timestamps"],
        follows=not options["no_follow"],
        tail=options["tail"],
        mirrors_status=options["exit_status"],
        timeout=options["timeout"],
        is_safe=sys.stdout.isatty() and not options["raw"],
    )
    sys.exit(listen_to(found.place.path, how))


@zigtui.command()
@click.argument("logs", nargs=-1, metavar="SESSION|FILE...")
@base_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a log.")
@click.pass_context
def check(context: click.Context, logs: tuple[str, ...], bases: tuple[str, ...], as_json: bool) -> None:
    """Check whether logs are sound: a line per problem, exit code 1 if there are any.

    \b
    zigtui check              the newest session
    zigtui check deploy
    zigtui check some.jsonl other.jsonl
    """
    from zigtui.commands.check import check_logs
    from zigtui.commands.reading import read_file, read_session

    views = []
    for log in logs or (None,):
        if log is not None and Path(log).is_file():
            views.append(read_file(log))
        else:
            found = wanted_session(logs_of(bases_of(context, bases)), log)
            views.append(read_session(found.place, found.facts))
    sys.exit(0 if check_logs(views, as_json=as_json) else 1)


@zigtui.command()
@click.option("--base", type=click.Path(path_type=Path, file_okay=False), help="Record here, and keep it.")
@click.option("--speed", type=click.FloatRange(min=0.1), default=1.0, show_default=True, help="How fast it runs.")
def demo(base: Path | None, speed: float) -> None:
    """Run a small workflow of real processes and watch it.

    It takes about half a minute and records into a temporary directory. Without a terminal the session is printed
    as text.
    """
    from zigtui.commands.demo import demo as run_demo

    sys.exit(run_demo(base.absolute() if base is not None else None, speed, on_screen=sys.stdout.isatty()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the command line names, and exit with its code."""
    try:
        zigtui.main(arguments, standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        click.echo(f"zigtui: {error.format_message()}", err=True)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has enough. Point it elsewhere, or the interpreter complains when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        click.echo(f"zigtui: {error.strerror or error}: {error.filename or ''}".rstrip(": "), err=True)
        sys.exit(1)
