"""``zigtui serve``: display the screen in browsers."""

import socket
import ssl
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import click

from zigtui.commands.options.address import parse_address, shown_address
from zigtui.commands.options.base_option import base_option, bases_of
from zigtui.commands.options.file_name import FileName
from zigtui.commands.options.filter_options import filter_option, typed_filter
from zigtui.commands.options.parse_times import parse_duration
from zigtui.commands.program.ending_signals import run_until_signal
from zigtui.commands.program.program_options import ProgramOptions, settings_of
from zigtui.commands.serve.request import ScreenRequest
from zigtui.debug_log import record_warnings
from zigtui.reader.catalog.scan.locations import list_all
from zigtui.reader.error_reasons import reason_of
from zigtui.standard_streams import note
from zigtui.state.directory import state_directory

__all__ = ["command"]

_DEFAULT_LISTEN = "127.0.0.1:8765"
_FILE = FileName(dir_okay=False, path_type=Path)


@click.command("serve", short_help="Display the screen in browsers.")
@base_option
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
    "--insecure", is_flag=True, help="Listen without TLS at any address. Others in the network can read all of it."
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

    The address that is printed has a token. Whoever has it may see all sessions, with all that they have printed, and
    nothing else: there is no shell, no pager, no editor and no file is written. What the keys save is downloaded. The
    address of a session can be shared with others who have the token. The token stays the same until its file is
    removed and the server starts again.

    This needs the extra web: pip install 'zigtui[web]'. The pages load nothing from elsewhere.

    \b
    zigtui serve
    zigtui serve --listen 0.0.0.0:8765 --cert server.pem --key server.key
    zigtui serve --url https://ci.example.com/zigtui/       behind a proxy
    """
    settings_of(context)
    host, port = address
    _check(host, cert, key, insecure, url)
    try:
        from zigtui.web.access import Access
        from zigtui.web.server import ScreenServer
        from zigtui.web.site import Site
        from zigtui.web.token import TokenError, kept_token
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("aiohttp", "textual_serve"):
            raise
        raise click.ClickException("this needs the extra web: pip install 'zigtui[web]'") from error

    options = context.ensure_object(ProgramOptions)
    record_warnings(options.log_file)
    token_path = token_file or state_directory() / "serve.token"
    try:
        token = kept_token(token_path)
    except (TokenError, OSError) as error:
        reason = str(error) if isinstance(error, TokenError) else f"{reason_of(error)}: {str(token_path)!r}"
        raise click.ClickException(reason) from error
    log_file = None if options.log_file is None else str(options.log_file.absolute())
    bases_served = bases_of(context, bases)
    text = typed_filter(filter_text) or ""
    site = Site.listening_at(host, (socket.gethostname(), socket.getfqdn()), is_secure=cert is not None, url=url)

    def command_of(path: str | None, size: tuple[int, int]) -> list[str]:
        return ScreenRequest(bases_served, path, text, size, log_file).command()

    server = ScreenServer(
        site,
        Access(token, site, port),
        command_of,
        partial(_find, bases_served),
        max_users,
        idle_secs,
        lambda line: note(f"zigtui: screen: {line}"),
    )

    def report(actual_port: int) -> None:
        start = url or f"{'https' if cert else 'http'}://{_name(host, actual_port)}/"
        shown = "" if token_file is not None else f"?token={token}"
        note(f"zigtui: serving {start.rstrip('/')}/{shown}" + ("" if shown else f"?token=…, with that of {token_file}"))

    try:
        run_until_signal(server.run(host, port, _tls(cert, key), report))
    except OSError as error:
        raise click.ClickException(f"cannot listen at {shown_address(host, port)}: {reason_of(error)}") from error


def _check(host: str, cert: Path | None, key: Path | None, insecure: bool, url: str | None) -> None:
    """Refuse options that contradict each other, or that would show all sessions to a network.

    Raises:
        click.UsageError: if they do.
    """
    from zigtui.web.site import is_loopback

    if key is not None and cert is None:
        raise click.UsageError("--key needs --cert")
    if not is_loopback(host) and cert is None and not insecure:
        raise click.UsageError(
            f"others can reach {host}, and could read all of it: give --cert and --key, or --insecure"
        )
    if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise click.UsageError(f"--url needs an address such as https://ci.example.com/zigtui/, not {url!r}")


def _tls(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """The certificate and its key; None without.

    Raises:
        click.ClickException: if they cannot be used.
    """
    if cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key, password=lambda: "")  # else the library asks for one on the terminal
    except (OSError, ValueError) as error:  # among them those of TLS
        raise click.ClickException(f"the certificate and its key cannot be used: {error}") from error
    return context


def _find(bases: list[str], session_id: str) -> str | None:
    """The path of the log of the session with an id: the newest one, if there are copies."""
    logs = [(facts.modified, location.path) for location, facts in list_all(bases) if location.session_id == session_id]
    return max(logs)[1] if logs else None


def _name(host: str, port: int) -> str:
    """The address of a server for people elsewhere, who can reach it by its name."""
    return f"{socket.getfqdn()}:{port}" if host in ("0.0.0.0", "::") else shown_address(host, port)
