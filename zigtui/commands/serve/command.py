"""``zigtui serve``: display the screen in browsers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zigtui.commands.options.address import parse_address
from zigtui.commands.options.base_option import base_option, bases_of, fleet_option, named_bases
from zigtui.commands.options.file_name import FileName
from zigtui.commands.options.filter_options import filter_option, typed_filter
from zigtui.commands.options.parse_times import parse_duration
from zigtui.commands.program.ending_signals import run_until_signal
from zigtui.commands.program.extras import needs_extra
from zigtui.commands.program.program_options import ProgramOptions, settings_of
from zigtui.commands.serve.network import check_network, listening_fault, site_at, start_address, tls_context
from zigtui.commands.serve.request import ScreenRequest
from zigtui.debug_log import record_warnings
from zigtui.reader.catalog.find import copies_of
from zigtui.reader.catalog.scan.locations import list_all
from zigtui.reader.error_reasons import reason_of
from zigtui.state.directory import state_directory
from zigtui.system.standard_streams import note

if TYPE_CHECKING:
    from zigtui.ui.feed import Feed

__all__ = ["command"]

_DEFAULT_LISTEN = "127.0.0.1:8765"
_FILE = FileName(dir_okay=False, path_type=Path)
_CHECK_SECS = 1.0


@click.command("serve", short_help="Display the screen in browsers.")
@base_option
@fleet_option
@click.option("--join", metavar="FILE", help="The watcher's join token, for the first --fleet NAME; it is kept.")
@filter_option
@click.option(
    "--listen",
    "address",
    type=parse_address,
    default=_DEFAULT_LISTEN,
    metavar="ADDRESS:PORT",
    help=f"The address to listen at. Another than this machine's own needs --cert.  [default: {_DEFAULT_LISTEN}]",
)
@click.option("--cert", type=_FILE, metavar="FILE", help="The certificate for TLS, with those of its issuers.")
@click.option("--key", type=_FILE, metavar="FILE", help="The key of the certificate.  [default: in the same file]")
@click.option(
    "--insecure", is_flag=True, help="Allow any address without TLS. Others in the network can then read all of it."
)
@click.option(
    "--url",
    metavar="URL",
    help="How browsers reach the server through a proxy, with the path that it passes on: https://ci.example.com/zig/.",
)
@click.option(
    "--token-file",
    type=_FILE,
    metavar="FILE",
    help="The file with the token, created if there is none.  [default: serve.token in the user's state directory]",
)
@click.option(
    "--max-users",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    metavar="NUMBER",
    help="How many screens may be open at once.",
)
@click.option(
    "--idle",
    "idle_secs",
    type=parse_duration,
    default="12h",
    show_default=True,
    metavar="DURATION",
    help="Close a screen that was not used for so long, such as 30m or 12h.",
)
@click.pass_context
def command(
    context: click.Context,
    bases: tuple[str, ...],
    fleet: str | None,
    join: str | None,
    filter_text: str | None,
    address: tuple[str, int],
    cert: Path | None,
    key: Path | None,
    insecure: bool,
    url: str | None,
    token_file: Path | None,
    max_users: int,
    idle_secs: float,
) -> None:
    """Display the screen in browsers, to several people at once, until Ctrl-C.

    The address that is printed has a token. Those who have it may see all sessions, with all that they have printed,
    and nothing else: there is no shell, no pager, no editor and no file is written but the debug log. What the keys
    save is downloaded. The address of a session can be shared with others who have the token. The token stays the same
    until its file is removed and the server starts again.

    This needs the extra web: pip install 'zigtui[web]'. The pages load nothing from elsewhere.

    \b
    zigtui serve
    zigtui serve --fleet prod                               the sessions of all machines of a fleet
    zigtui serve --listen 0.0.0.0:8765 --cert server.pem --key server.key
    zigtui serve --url https://ci.example.com/zigtui/       behind a proxy
    """
    settings_of(context)
    host, port = address
    check_network(host, cert, key, url, is_insecure=insecure)
    is_secure = cert is not None
    with needs_extra():
        from zigtui.web.access import Access
        from zigtui.web.server import ScreenServer

    log_file = context.ensure_object(ProgramOptions).log_file
    record_warnings(log_file)
    token = _token(token_file)
    request = ScreenRequest([], typed_filter(filter_text) or "", None if log_file is None else log_file.absolute())
    site = site_at(host, url, is_secure=is_secure)

    def report(actual_port: int) -> None:
        start = start_address(host, actual_port, url, is_secure=is_secure)
        note(
            f"zigtui: serving {start}?token=" + (token if token_file is None else f"…, with the token in {token_file}")
        )

    with _served_bases(context, bases, fleet, join) as (served, feed):
        server = ScreenServer(
            site,
            Access(token, site, port),
            replace(request, bases=served, fleet=None if feed is None else feed.name).command,
            partial(_find, served),
            max_users,
            idle_secs,
            lambda line: note(f"zigtui: screen: {line}"),
        )
        try:
            run_until_signal(server.run(host, port, tls_context(cert, key), report, partial(_wait_for_refusal, feed)))
        except OSError as error:
            raise click.ClickException(listening_fault(host, port, error)) from error


@contextmanager
def _served_bases(
    context: click.Context, bases: tuple[str, ...], fleet: str | None, join: str | None
) -> "Iterator[tuple[list[str], Feed | None]]":
    """The bases to serve, and the fleet, if there is one. Its logs are mirrored until the block is left."""
    fleet = fleet or context.find_root().params["fleet"]
    if fleet is None and join is not None:
        raise click.UsageError("--join needs --fleet")
    if fleet is None:
        yield bases_of(context, bases), None
        return
    from zigtui.commands.fleet.watched import watched_fleet

    with watched_fleet(fleet, join) as mirrored:
        yield list(dict.fromkeys([mirrored.root, *named_bases(context, bases)])), mirrored


async def _wait_for_refusal(feed: "Feed | None") -> None:
    """Wait until the server of the fleet refuses to send anything, and report problems with the mirror meanwhile."""
    import asyncio  # which most commands do not need

    reported: list[str] = []
    while feed is None or feed.refusal is None:
        notices = [] if feed is None else [*feed.notices]
        for notice in notices:
            if notice not in reported:
                note(f"zigtui: {notice}")
        reported = notices
        await asyncio.sleep(_CHECK_SECS)


def _token(file: Path | None) -> str:
    """The token of the file, or of the one in the state directory.

    Raises:
        click.ClickException: if it has none that can be used.
    """
    from zigtui.web.token import TokenError, kept_token

    path = file or state_directory() / "serve.token"
    try:
        return kept_token(path)
    except TokenError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{reason_of(error)}: {str(path)!r}") from error


def _find(bases: list[str], name: str) -> str | None:
    """The path of the log of the session with an id, or with a machine and an id: see `copies_of`.

    Pages have the machine of a mirrored session in their address, so that no copy on another machine is opened by it.
    Of several copies, that of this machine is taken, else the newest one.
    """
    machine, _, session_id = name.rpartition("/")
    copies = [
        (location.machine is None, facts.modified, location.path)
        for location, facts in copies_of(list_all(bases), session_id, machine or None)
    ]
    return max(copies)[2] if copies else None
