"""The command line of ``zigtui``: the options of the program, its commands and its exit code.

To add a command, write a module with an attribute ``command`` and add a line to `COMMANDS`.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import click

from zigtui.commands.options.base_option import base_option, bases_of, fleet_option
from zigtui.commands.options.filter_options import filter_option, since_option, state_option, typed_filter
from zigtui.commands.options.option_values import complete_directory
from zigtui.commands.options.wait_option import wait_option
from zigtui.commands.program.command_group import CommandGroup, InterruptedByUserError, asks_for_help
from zigtui.commands.program.failures import report_failure
from zigtui.commands.program.program_options import ProgramOptions, add_program_options, add_version_option, settings_of
from zigtui.commands.shells import prepare_completion
from zigtui.exit_codes import ExitCode
from zigtui.reader.session.model.session import SessionState
from zigtui.settings import Settings
from zigtui.system.standard_streams import OutputError, code_despite, drop_output, flush_notes, note, prepare_streams

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "check": "zigtui.commands.check",
    "config": "zigtui.commands.config",
    "demo": "zigtui.commands.demo.command",
    "export": "zigtui.commands.export.command",
    "fleet": "zigtui.commands.fleet.command",
    "help": "zigtui.commands.help",
    "list": "zigtui.commands.list",
    "listen": "zigtui.commands.listen",
    "metrics": "zigtui.commands.metrics.command",
    "prune": "zigtui.commands.prune",
    "record": "zigtui.commands.record.command",
    "serve": "zigtui.commands.serve.command",
    "ship": "zigtui.commands.fleet.ship",
    "show": "zigtui.commands.show",
}
"""The modules of the commands. Each is imported when its command is used."""

_OF_SCREEN = ("active", "project", "filter_text", "states", "since", "step", "at", "waits")
"""The options that only the screen has, or that commands have as well."""

_WITHOUT_FLEET = ("demo", "fleet", "prune", "record", "ship")
"""Commands that do not read sessions. Most of them would write into the mirror of the fleet, or send what is in it."""

_WITHOUT_SETTINGS = ("config", "help", "record")
"""Commands that a fault in the user's file must not stop: they help to correct it, or run a program in any case."""


def _check_target(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        from zigtui.reader.user_input.jump_target import JumpTargetError, check_target

        try:
            check_target(value)
        except JumpTargetError as error:
            raise click.BadParameter(str(error)) from None
    return value


def _session_options(command: Callable[..., Any]) -> Callable[..., Any]:
    step = click.option("--step", metavar="NAME", help="Open the session at its step NAME; NAME#2 is the second run.")
    at = click.option(
        "--at",
        metavar="TIME|LINE|%",
        callback=_check_target,
        help="Open the session at a time or a line: 14:03, +5m, -90s, 1200 or 50%.",
    )
    return step(at(wait_option(command)))


@click.group(
    cls=CommandGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="[SESSION | COMMAND [ARGS]...]",
)
@base_option
@fleet_option
@click.option(
    "--join",
    metavar="FILE",
    help="The watcher's join token, for the first --fleet NAME; it is kept. - for standard input.",
)
@click.option("--active", is_flag=True, help="Open the live session that wrote last.")
@click.option(
    "--project",
    metavar="DIR|NAME",
    shell_complete=complete_directory,
    help="Show only sessions of that project.",
)
@filter_option
@state_option
@since_option
@_session_options
@add_program_options
@click.pass_context
def zigtui(
    context: click.Context,
    bases: tuple[str, ...],
    fleet: str | None,
    join: str | None,
    active: bool,
    project: str | None,
    filter_text: str | None,
    states: tuple[list[SessionState], ...],
    since: str | None,
    step: str | None,
    at: str | None,
    waits: bool,
) -> None:
    """Watch zig workflow sessions.

    Without a command, the screen opens on all sessions, live ones first. SESSION opens one session: give its id or the
    beginning of it, the name of a workflow for its newest session, or the path of a log. Commands take a SESSION in the
    same form, and the newest one by default. A log in the working directory takes precedence over a workflow of the
    same name.

    \b
    zigtui                    all sessions
    zigtui deploy             the newest session of the workflow deploy
    zigtui --active           the live session that wrote last
    zigtui deploy --wait      the next session of the workflow deploy, unless one runs now
    zigtui --state failed --since 2h --project .
    zigtui --fleet prod       the sessions of all machines of the fleet prod
    zigtui list --state failed --since 1d
    zigtui help list          the options of a command
    """
    if join is not None and (fleet is None or context.invoked_subcommand not in (None, open_session.name)):
        raise click.UsageError("--join is for the screen: zigtui --fleet NAME --join FILE")
    if fleet is not None and context.invoked_subcommand in _WITHOUT_FLEET and not asks_for_help(context):
        raise click.UsageError(f"{context.invoked_subcommand} takes no --fleet: it is for the screen and for reading")
    if context.invoked_subcommand is None:
        _open_screen(context, bases_of(context, bases), session=None, step=step, at=at, waits=waits)
    elif context.invoked_subcommand != open_session.name and (misplaced := _misplaced(context)):
        raise click.UsageError(misplaced)
    elif context.invoked_subcommand not in _WITHOUT_SETTINGS and not asks_for_help(context):
        settings_of(context)  # a fault in the user's file is reported by every command, not only by those that need it


def _misplaced(context: click.Context) -> str:
    """What is wrong with an option of the screen before the name of a command; ``""`` if there is none."""
    name = str(context.invoked_subcommand)
    command = context.command.get_command(context, name) if isinstance(context.command, click.Group) else None
    of_command = {option for parameter in (command.params if command else ()) for option in parameter.opts}
    for parameter in context.command.params:
        option = parameter.opts[0]
        if parameter.name in _OF_SCREEN and context.params[parameter.name] not in (None, False, ()):
            if option in of_command:
                return f"put {option} after the name of the command: zigtui {name} {option} …"
            return f"{name} takes no {option}: it is for the screen (zigtui help {name} has the options of {name})"
    return ""


@click.command("open", hidden=True)
@click.argument("session")
@base_option
@_session_options
@click.pass_context
def open_session(
    context: click.Context, session: str, bases: tuple[str, ...], step: str | None, at: str | None, waits: bool
) -> None:
    """Open the screen on a session."""
    if context.find_root().params["active"]:
        raise click.UsageError("name a session, or use --active: only one of them")
    root = context.find_root().params
    step, at, waits = step or root["step"], at or root["at"], waits or root["waits"]
    _open_screen(context, bases_of(context, bases), session=session, step=step, at=at, waits=waits)


for _command in (zigtui, open_session):
    add_version_option(_command)
assert isinstance(zigtui, CommandGroup)
zigtui.modules = COMMANDS
zigtui.opens = open_session
zigtui.without_fleet = _WITHOUT_FLEET


def _open_screen(
    context: click.Context, bases: list[str], *, session: str | None, step: str | None, at: str | None, waits: bool
) -> None:
    from zigtui.commands.screen import open_screen
    from zigtui.debug_log import record_warnings

    options = context.ensure_object(ProgramOptions)
    record_warnings(options.log_file)
    root = context.find_root().params
    open_it = partial(
        open_screen,
        bases,
        options.settings,
        session=session,
        active=root["active"],
        project=root["project"],
        filter_text=typed_filter(root["filter_text"], root["states"], root["since"]),
        step=step,
        at=at,
        waits=waits,
    )
    if root["fleet"] is None:
        open_it()
    else:
        from zigtui.commands.fleet.watched import watched_fleet

        with watched_fleet(root["fleet"], root["join"]) as fleet:
            open_it(feed=fleet, machines=fleet)


def main(arguments: Sequence[str] | None = None, settings: Settings | None = None) -> None:
    """Run the command that the command line names, and exit with its code.

    Args:
        arguments: the command line without the program's name; by default, that of the process.
        settings: the settings to use; by default, those of the user's file.
    """
    prepare_streams()
    prepare_completion()
    code = _run(arguments, ProgramOptions(settings))
    try:  # here and not at exit, where a failure would change the exit code
        flush_notes()
        sys.stdout.flush()
    except OutputError as error:
        code = code_despite(error, code)
    except KeyboardInterrupt:
        drop_output()
        code = ExitCode.INTERRUPTED
    if code:
        sys.exit(code)


def _run(arguments: Sequence[str] | None, options: ProgramOptions) -> int:
    """Run the command that the command line names, report its errors, and return its exit code."""
    try:
        zigtui.main(arguments, "zigtui", standalone_mode=False, obj=options)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ExitCode.OK
    except click.ClickException as error:
        note(f"zigtui: {zigtui.message_of(error)}")
        return ExitCode.USAGE
    except (InterruptedByUserError, click.Abort, KeyboardInterrupt):
        drop_output()
        return ExitCode.INTERRUPTED
    except OutputError as error:
        return code_despite(error, ExitCode.OK)
    except Exception as error:
        return report_failure(error, options.log_file, show_traceback=options.show_traceback)
    return ExitCode.OK
