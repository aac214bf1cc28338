"""At which addresses, and with which certificate, pages are served."""

import errno
import os
import re
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import click

from zigtui.commands.options.address import shown_address
from zigtui.reader.error_reasons import reason_of
from zigtui.system.loopback import is_loopback, name_of_host
from zigtui.web.site import Site

__all__ = ["check_network", "listening_fault", "site_at", "start_address", "tls_context"]

_ALL_ADDRESSES = ("0.0.0.0", "::")
_LAST_PORT = 65535
_PATH = re.compile(r"(/[\w~-][\w.~-]*)*/?", re.ASCII)  # which is the same with and without escapes


def check_network(host: str, cert: Path | None, key: Path | None, url: str | None, *, is_insecure: bool) -> None:
    """Refuse options that contradict each other, or that would show all sessions to a network.

    Raises:
        click.UsageError: if they do.
    """
    if key is not None and cert is None:
        raise click.UsageError("--key needs --cert")
    if not is_loopback(host) and cert is None and not is_insecure:
        raise click.UsageError(
            f"others can reach {host}, and could read all of it: give --cert and --key, or --insecure"
        )
    if url is not None:
        _check_url(url, is_insecure=is_insecure)


def _check_url(url: str, *, is_insecure: bool) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
        is_valid = parts.scheme in ("http", "https") and parts.port != 0 and _PATH.fullmatch(parts.path) is not None
    except ValueError:
        host, is_valid = None, False
    if host is None or not is_valid or parts.username is not None or parts.query or parts.fragment:
        raise click.UsageError(f"--url needs an address such as https://ci.example.com/zigtui/, not {url!r}")
    if parts.scheme == "http" and not (is_insecure or is_loopback(host)):
        raise click.UsageError(f"others could read all that passes through {url}: use https, or give --insecure")


def site_at(host: str, url: str | None, *, is_secure: bool) -> Site:
    """The addresses at which browsers reach a server on this machine."""
    return Site.listening_at(host, (socket.gethostname(), socket.getfqdn()), is_secure=is_secure, url=url)


def start_address(host: str, port: int, url: str | None, *, is_secure: bool) -> str:
    """The address to open. If the server listens at all addresses, it has the name of this machine."""
    if url is not None:
        return f"{url.rstrip('/')}/"
    name = name_of_host() if host in _ALL_ADDRESSES else host
    return f"{'https' if is_secure else 'http'}://{shown_address(name, port)}/"


def listening_fault(host: str, port: int, error: OSError) -> str:
    """Why a server cannot listen at an address, and what to do about it."""
    cause, other = f"{shown_address(host, port)}: {reason_of(error)}", "ADDRESS:PORT"
    number = errno.EADDRNOTAVAIL if error.errno is None else error.errno  # asyncio has no number for that
    if number == errno.EADDRINUSE:
        cause = f"port {port} is in use"
        other = shown_address(host, port + 1 if port < _LAST_PORT else port - 1)
    elif number > 0:  # not that of a name, whose text has no address in it
        cause = f"{shown_address(host, port)}: {os.strerror(number)}"
    return f"{cause}; choose another address with --listen {other}"


def tls_context(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
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
        fault = _fault_of_files(cert, key or cert, error)
        raise click.ClickException(f"the certificate and its key cannot be used: {fault}") from error
    return context


def _fault_of_files(cert: Path, key: Path, error: Exception) -> str:
    """Why a certificate and its key cannot be used. The library has the same error for most faults."""
    for file, kind in ((cert, "certificate"), (key, "private key")):
        try:
            content = file.read_bytes()
        except OSError as unread:
            return f"{reason_of(unread)}: {str(file)!r}"
        if re.search(rf"-----BEGIN [A-Z ]*{kind.upper()}-----".encode(), content) is None:
            hint = "; give --key" if kind == "private key" and file == cert else ""
            return f"there is no {kind} in {str(file)!r}{hint}"
    if b"ENCRYPTED" in content:
        return f"the key in {str(key)!r} has a password"
    if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
        return f"the key in {str(key)!r} is that of another certificate"
    return str(error)
