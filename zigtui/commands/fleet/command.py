"""``zigtui fleet``: the server that brings the sessions of many machines together."""

import click

from zigtui.commands.fleet.machines import add, remove
from zigtui.commands.fleet.mirror import mirror
from zigtui.commands.fleet.purge import purge
from zigtui.commands.fleet.serve import serve
from zigtui.commands.fleet.status import status
from zigtui.commands.program.program_options import add_version_option

__all__ = ["command"]


@click.group("fleet", invoke_without_command=True, short_help="Bring the sessions of many machines together.")
@click.pass_context
def command(context: click.Context) -> None:
    """Bring the sessions of many machines together, by a server of your own.

    The server is a buffer: the logs stay on the machines, and what the server loses is sent again. Install zigtui with
    the extra fleet, and on the server with fleet-server too: pip install 'zigtui[fleet,fleet-server]'.

    \b
    zigtui fleet serve --listen 0.0.0.0:4222              on the server
    zigtui fleet add web-07 -o web-07.join                there too, once for each machine
    zigtui ship --join web-07.join                        on the machine
    zigtui --fleet prod --join watch.join                 where sessions are watched
    """
    if context.invoked_subcommand is None:
        raise click.UsageError(f"name a command: {', '.join(command.commands)}; zigtui help fleet describes them")


for _command in (serve, add, remove, status, mirror, purge):
    command.add_command(add_version_option(_command))
