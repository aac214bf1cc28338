"""The options that the commands of a fleet share."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from zigtui.commands.options.file_name import FileName
from zigtui.commands.options.option_values import complete_directory
from zigtui.fleet.join import WATCHER, Join, JoinError, check_url, is_local, read_join
from zigtui.fleet.server.directory import ServerDirectory

__all__ = [
    "at_address",
    "directory_option",
    "join_option",
    "parse_rate",
    "server_directory",
    "watcher_at",
    "watcher_join",
]

Command = Callable[..., Any]

_RATE = re.compile(r"(\d+(?:\.\d+)?) *([kmg]?)b?(?:/s)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


def directory_option(command: Command) -> Command:
    """Add ``--dir`` to a command: the directory of the server."""
    return click.option(
        "--dir",
        "directory",
        type=FileName(file_okay=False),
        metavar="DIR",
        shell_complete=complete_directory,
        help="The directory of the server.  [default: fleet in the data directory of zigtui]",
    )(command)


def join_option(command: Command) -> Command:
    """Add ``--join`` to a command: the file with a join token."""
    return click.option(
        "--join",
        metavar="FILE",
        help="The file with the join token; - for standard input.",
    )(command)


def server_directory(path: str | None) -> ServerDirectory:
    """The directory of the server that the option names, or the default one."""
    if path is not None:
        return ServerDirectory(Path(path).absolute())
    from platformdirs import user_data_path  # which most commands do not need

    return ServerDirectory(user_data_path("zigtui", appauthor=False) / "fleet")


def watcher_join(join: str | None, directory: str | None) -> Join:
    """The join token of the watcher: that of the file, else that of the server on this machine.

    Raises:
        DirectoryError: if there is no such server.
        JoinError: if the file has no join token, or that of a machine.
    """
    if join is None:
        return server_directory(directory).watcher_join()
    watcher = read_join(join)
    if watcher.user != WATCHER:
        raise JoinError(
            f"this is the token of the machine {watcher.user}; the watcher's is in watch.join on the server"
        )
    return watcher


def at_address(join: Join, url: str | None, *, insecure: bool | None = None) -> Join:
    """A join token with another address of the server, if one is given.

    Args:
        join: the token.
        url: the address; None to keep that of the token.
        insecure: whether the command was allowed to connect to another machine without encryption; None if it has no
            option for that.

    Raises:
        JoinError: if the address is none, or if the connection would not be encrypted.
    """
    if url is not None:
        join = msgspec.structs.replace(join, url=check_url(url))
    if not (join.is_encrypted or insecure or is_local(join.url)):
        way_out = "" if insecure is None else "; if that is meant, add --insecure"
        raise JoinError(f"{join.url} is not encrypted, and not on this machine{way_out}")
    return join


def watcher_at(url: str | None, join: str | None, directory: str | None) -> Join:
    """Who connects as the watcher, and to which server.

    Args:
        url: the address of the server; None for that of the token.
        join: the file with the token; None for that of the server on this machine.
        directory: the directory of that server; None for the default one.

    Raises:
        DirectoryError: if there is no token.
        JoinError: if there is a wrong one, or a wrong address.
    """
    if url is not None and join is None and directory is None:
        address = Join(check_url(url), WATCHER)
        if not address.is_encrypted:
            return at_address(address, None)
    return at_address(watcher_join(join, directory), url)


def parse_rate(value: str) -> float:
    """Convert a rate such as ``10MB/s`` to bytes in a second.

    Raises:
        click.BadParameter: if the value is not a rate, or is 0.
    """
    match = _RATE.fullmatch(value.strip())
    rate = float(match[1]) * _UNITS[match[2].lower()] if match is not None else 0.0
    if not rate:
        raise click.BadParameter(f"{value!r} is no rate, such as 500KB/s or 10MB/s")
    return rate
