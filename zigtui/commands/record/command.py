"""``zigtui record``: record a program as a session, or the steps of a shell script."""

import click

from zigtui.commands.program.program_options import add_version_option
from zigtui.commands.record import script
from zigtui.commands.record.options import base_option

__all__ = ["RecordGroup", "command"]

_PROGRAM = "--"
"""The name by which the group finds the command that records a program; it cannot be typed."""


class RecordGroup(click.Group):
    """A group in which ``--`` stands before a program, whatever the name of the program is."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the options, and find out whether a program follows them."""
        rest = self.make_parser(ctx).parse_args(list(args))[1]
        begin = len(args) - len(rest)
        if rest and begin and args[begin - 1] == "--":
            args = [*args[: begin - 1], _PROGRAM, *rest]
            ctx.meta[_PROGRAM] = True
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first word names."""
        if ctx.meta.get(_PROGRAM):
            return _PROGRAM, record_program, args
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(f"{error.message.rstrip('.')}; put -- before a program to record", ctx) from None


@click.group(
    "record",
    cls=RecordGroup,
    invoke_without_command=True,
    subcommand_metavar="[COMMAND | -- PROGRAM] [ARGS]...",
)
@click.option("-w", "--workflow", metavar="NAME", help="The name of the session.  [default: that of the program]")
@base_option
@click.pass_context
def command(context: click.Context, workflow: str | None, base: str | None) -> None:
    """Record a program, or the steps of a shell script, as a session.

    The program runs as if it had been started without zigtui: with its output, keys, signals, window size and exit
    code. If it cannot be recorded, for example on a full disk, it runs all the same. The exit code is 127 if there is
    no such program, 126 if it cannot be run, and 128 plus the number of a signal that ends it. Ctrl-C that ends the
    program ends zigtui by SIGINT too, so that a script around it ends.

    \b
    zigtui record -- make -j4
    zigtui record -w nightly -- ./nightly.sh --all
    """
    if context.invoked_subcommand is None:
        raise click.UsageError("name a program after --, or a command; see zigtui help record")


class _ProgramCommand(click.Command):
    """A command that takes all words as they are."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse nothing."""
        ctx.params["arguments"] = args
        return []


@click.command(_PROGRAM, cls=_ProgramCommand, hidden=True)
@click.pass_context
def record_program(context: click.Context, arguments: list[str]) -> None:
    """Record a program as a session of one step."""
    from zigtui.commands.record.program import record
    from zigtui.commands.record.running import exit_like

    options = context.parent.params if context.parent is not None else {}
    exit_like(record(arguments, options["workflow"], options["base"]))


for _command in (script.start, script.step, script.tier, script.skip, script.end):
    command.add_command(add_version_option(_command))
add_version_option(command)
