"""The command line: bare it opens the screen, with a word it speaks on a plain terminal."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import click

from zigtui import __version__
from zigtui.commands.options import (
    base_option,
    bases_of,
    complete_session,
    logs_of,
    moment_of,
    only_project,
    seconds_of,
    session_of,
)
from zigtui.commands.session_or_command import InterruptedByUserError, OutputClosedError, SessionOrCommand
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.model import SessionState

__all__ = ["main"]

_INTERRUPTED = 130
_TROUBLE = 2  # of the disk, say; 1 means that a session failed
_STATES = [state.value for state in SessionState]


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
    of one, a workflow's name for its newest session, or the path of a log.

    \b
    zigtui                    all sessions
    zigtui deploy             the newest session of the workflow deploy
    zigtui --active           what runs now
    zigtui list --state failed --since 1d
    """
    if context.invoked_subcommand is None:
        from zigtui.commands.screen import open_screen

        open_screen(bases_of(context, bases), active=active, project=project)
    elif context.invoked_subcommand != open_session.name and (active or project is not None):
        raise click.UsageError("--active and --project are the screen's here; give a command its own, behind it")


@click.command("open", hidden=True)
@click.argument("session")
@base_option
@click.pass_context
def open_session(context: click.Context, session: str, bases: tuple[str, ...]) -> None:
    """Open the screen on a session."""
    from zigtui.commands.screen import open_screen

    root = context.find_root().params
    open_screen(bases_of(context, bases), session=session, active=root["active"], project=root["project"])


zigtui.opens = open_session


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
    logs = logs_of(context, bases, needs_sessions=False)
    list_sessions(only_project(logs, project), wanted, as_json=as_json)


@zigtui.command()
@click.argument("session", required=False, shell_complete=complete_session)
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

    found = session_of(context, bases, session)
    show_session(read_session(found.location), as_json=as_json)


@zigtui.command()
@click.argument("session", required=False, shell_complete=complete_session)
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

    if (session is not None) + options["latest"] + options["active"] > 1:
        raise click.UsageError("name a session, or ask for --latest, or for --active: one of them")
    found = active_session(logs_of(context, bases)) if options["active"] else session_of(context, bases, session)
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
    sys.exit(listen_to(found.location.path, how))


@zigtui.command()
@click.argument("logs", nargs=-1, metavar="[SESSION|FILE]...", shell_complete=complete_session)
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
    from zigtui.commands.check import check_logs, view_to_check

    views = [view_to_check(context, bases, log) for log in logs or (None,)]
    is_sound = check_logs(views, as_json=as_json)
    sys.stdout.flush()  # here, where it is known what a broken pipe means
    sys.exit(0 if is_sound else 1)


@zigtui.command()
@click.argument("session", required=False, shell_complete=complete_session)
@base_option
@click.option("--format", "report_format", type=click.Choice(["md", "html", "json", "text"]), required=True)
@click.option("-o", "--output", type=click.File("w", encoding="utf-8", lazy=True), default="-", metavar="FILE")
@click.option(
    "--redact/--no-redact",
    default=None,
    help="Mask secrets and personal paths in every text.  [default: yes for md and html]",
)
@click.pass_context
def export(
    context: click.Context,
    session: str | None,
    bases: tuple[str, ...],
    report_format: str,
    output: IO[str],
    redact: bool | None,
) -> None:
    """Write a report of a session to send to somebody.

    \b
    zigtui export --format md                     for a pull request or an issue
    zigtui export deploy --format html -o deploy.html
    """
    from zigtui.commands.export.export import export as export_report
    from zigtui.commands.reading import read_session

    view = read_session(session_of(context, bases, session).location)
    if redact is None:
        redact = report_format in ("md", "html")
    elif not redact:
        click.echo("zigtui: not redacted: secrets that the session printed are in the report", err=True)
    export_report(view, report_format, output.write, redact=redact)


@zigtui.command()
@click.option("--base", type=click.Path(path_type=Path, file_okay=False), help="Record here, and keep it.")
@click.option("--speed", type=click.FloatRange(min=0.1), default=1.0, show_default=True, help="How fast it runs.")
def demo(base: Path | None, speed: float) -> None:
    """Run a small workflow of real processes and watch it.

    It takes about half a minute and records into a temporary directory. Without a terminal the session is printed
    as text. When a signal ends it the exit code is 128 and the signal's number: 130 after Ctrl-C, 143 after SIGTERM.
    """
    from zigtui.commands.demo.demo import demo as run_demo

    sys.exit(run_demo(base.absolute() if base is not None else None, speed, on_screen=sys.stdout.isatty()))


@zigtui.command("help")
@click.argument("command", required=False, shell_complete=lambda context, _, typed: _commands(typed))
@click.pass_context
def help_command(context: click.Context, command: str | None) -> None:
    """Explain a command, as its --help does, or all of this.

    \b
    zigtui help
    zigtui help list
    """
    root = context.find_root()
    if command is None:
        click.echo(root.get_help())
        return
    explained = zigtui.get_command(root, command)
    if explained is None:
        raise click.UsageError(f"there is no command {command!r}{zigtui.nearest(command)}")
    with click.Context(explained, info_name=command, parent=root) as its_context:
        click.echo(explained.get_help(its_context))


def _commands(typed: str) -> list[str]:
    return [name for name in zigtui.commands if name.startswith(typed)]


def _discard_output() -> None:
    """Point standard output elsewhere, or the interpreter complains when it flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the command line names, and exit with its code."""
    if sys.stdout is None:  # closed by whoever started us
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # until the end
    try:
        zigtui.main(arguments, "zigtui", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        click.echo(f"zigtui: {zigtui.with_hint(error)}", err=True)
        sys.exit(max(error.exit_code, _TROUBLE))  # click's 1, for files, is ours for failed sessions
    except (InterruptedByUserError, click.Abort, KeyboardInterrupt):
        sys.exit(_INTERRUPTED)
    except (OutputClosedError, BrokenPipeError):
        _discard_output()
    except OSError as error:
        told = f"zigtui: {error.strerror or error}: {error.filename or ''}".rstrip(": ")
        click.echo(safe_plain(told), err=True)
        sys.exit(_TROUBLE)
