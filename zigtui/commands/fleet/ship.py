"""``zigtui ship``: send the sessions of this machine to the server of a fleet."""

import os
import re
import socket
import sys

import click

from zigtui.commands.fleet.errors import explained
from zigtui.commands.fleet.options import at_address, join_option, parse_rate
from zigtui.commands.fleet.ship_job import ShipJob
from zigtui.commands.options.base_option import base_option, bases_of
from zigtui.commands.options.option_values import complete_directory
from zigtui.commands.options.parse_times import parse_duration
from zigtui.commands.program.program_options import ProgramOptions, settings_of
from zigtui.fleet.join import RESERVED_NAMES, Join, JoinError, check_url, read_join
from zigtui.fleet.wire.names import check_machine
from zigtui.state.directory import state_directory
from zigtui.system.successor import replace_process

__all__ = ["command"]

_DAY_SECS = 86_400.0


@click.command("ship", short_help="Send the sessions of this machine to a server.")
@join_option
@click.option("--to", "url", metavar="URL", help="The server, in place of the one in the join token.")
@click.option("--as", "machine", metavar="NAME", help="The name of this machine, if there is no join token.")
@click.option(
    "--otlp",
    "receiver",
    is_flag=False,
    flag_value="",
    metavar="[URL]",
    help="Instead of logs, send the traces of sessions that end to a receiver of OpenTelemetry, such as"
    " http://localhost:4318.  [default: $OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, else"
    " $OTEL_EXPORTER_OTLP_ENDPOINT, else http://localhost:4318]",
)
@base_option
@click.option(
    "--since",
    "since_secs",
    type=parse_duration,
    metavar="DURATION",
    default="3d",
    help="Send sessions that have changed since then; older ones when a watcher asks for them.  [default: 3d]",
)
@click.option(
    "--project",
    metavar="DIR|NAME",
    shell_complete=complete_directory,
    help="Send only sessions of that project.",
)
@click.option(
    "--limit",
    "bytes_per_sec",
    type=parse_rate,
    metavar="RATE",
    help="Send older output at this rate at most, such as 10MB/s. New lines wait only for older ones of"
    " the same session.",
)
@click.option(
    "--redact",
    is_flag=True,
    help="Mask secrets, e-mail addresses and home directories in what is sent. Off by default.",
)
@click.option("--insecure", is_flag=True, help="Allow a connection to another machine that is not encrypted.")
@click.pass_context
def command(
    context: click.Context,
    join: str | None,
    url: str | None,
    machine: str | None,
    receiver: str | None,
    bases: tuple[str, ...],
    since_secs: float,
    project: str | None,
    bytes_per_sec: float | None,
    redact: bool,
    insecure: bool,
) -> None:
    """Send the sessions of this machine to the server of a fleet, live, until Ctrl-C.

    The logs are sent as they are, with the secrets that they may have, and the server keeps them for 7 days. A log that
    is a symbolic link is not sent. Runners are not affected: their logs are only read. While the server is away, zigtui
    ship waits, and then goes on where it stopped. It ends if the server refuses this machine at the start for 5
    seconds, or later for 10 minutes. Only one runs for each user.

    With --redact, secrets are masked before anything leaves this machine, as zigtui export does it: this lowers the
    risk, but misses secrets of unknown forms. Names of projects stay, and so does the length of each line. What was
    sent without it is sent again, masked.

    \b
    zigtui ship --join web-07.join
    zigtui ship --join web-07.join --project shop --limit 5MB/s
    zigtui ship --to nats://127.0.0.1:4222 --as web-07
    zigtui ship --otlp http://localhost:4318 --redact

    With --otlp, traces are sent instead, as zigtui export --format otlp writes them: of sessions once they have ended,
    and of the passes of listeners. For both, run zigtui ship twice. This needs the extra otlp. Headers, certificates
    and so on are those of the variables OTEL_EXPORTER_OTLP_...
    """
    if receiver is not None:
        if any(value is not None for value in (join, url, machine, bytes_per_sec)):
            raise click.UsageError("--otlp sends traces only; for --join, --to, --as or --limit run zigtui ship again")
        from zigtui.commands.fleet.traces import ship_traces

        ship_traces(
            receiver,
            bases_of(context, bases),
            since_secs=since_secs,
            project=project,
            redact=redact,
            insecure=insecure,
            stall_secs=settings_of(context).stall_secs,
        )
        return
    options = context.ensure_object(ProgramOptions)
    with explained():
        token = _token(join, url, machine, insecure=insecure)
        directories = bases_of(context, bases)
        job = ShipJob(
            join=token,
            bases=directories,
            state=os.fspath(state_directory()),
            since_secs=since_secs,
            projects=None if project is None else _projects_to_ship(project, directories),
            bytes_per_sec=bytes_per_sec,
            redact=redact,
            log_file=None if options.log_file is None else os.fspath(options.log_file),
            show_traceback=options.show_traceback,
        )
    replace_process("zigtui.commands.fleet.ship_process", job.encoded())
    from zigtui.commands.fleet.ship_process import ship  # which this process does not need, if it can be replaced

    sys.exit(ship(job))


def _projects_to_ship(value: str, bases: list[str]) -> set[str | None]:
    from zigtui.commands.fleet.shipped_projects import projects_to_ship  # slow to import

    return projects_to_ship(value, bases)


def _token(join: str | None, url: str | None, machine: str | None, *, insecure: bool) -> Join:
    """The server, and the machine that ships.

    Raises:
        JoinError: if the token or the URL is wrong, or if the connection would not be encrypted.
        WireError: if it is not the name of a machine.
        click.UsageError: if there is neither a token nor a URL.
    """
    if join is not None:
        token = read_join(join)
        if token.user in RESERVED_NAMES:
            raise JoinError("this is the token of a watcher, which ships nothing; make one with zigtui fleet add NAME")
        if machine not in (None, token.user):
            raise JoinError(f"the join token is that of {token.user!r}, not of {machine!r}")
    elif url is not None:
        token = Join(check_url(url), check_machine(machine or _host_name()))
        if token.is_encrypted:
            raise JoinError("an encrypted connection needs a join token: give --join")
    else:
        raise click.UsageError("give the file with the join token: --join FILE")
    return at_address(token, url, insecure=insecure)


def _host_name() -> str:
    """The name of this host, as a name of a machine."""
    return re.sub("[^a-z0-9-]", "-", socket.gethostname().partition(".")[0].lower())[:63]
