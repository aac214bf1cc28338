"""What the directory of a server keeps."""

from typing import Annotated

import msgspec

from zigtui.fleet.join import DEFAULT_PORT, JoinError, check_url
from zigtui.system.loopback import name_of_host

__all__ = [
    "DEFAULT_STORE_BYTES",
    "MIN_STORE_BYTES",
    "DirectoryError",
    "Fleet",
    "Keys",
    "Machine",
    "check_encrypted",
    "check_listen",
    "local_url",
    "url_of",
]

DEFAULT_STORE_BYTES = 24 * 1024**3
"""The most that the streams may take on the disk by default."""

MIN_STORE_BYTES = 64 * 1024**2
"""The least that the streams need on the disk."""

_LOCAL = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # where a server that listens on every address is reached


class DirectoryError(Exception):
    """The directory of a server cannot be used. The text is safe to show."""


class Machine(msgspec.Struct, frozen=True):
    """A machine of the fleet.

    Attributes:
        key: its public key.
        added: when it was added, in seconds since the epoch.
    """

    key: str
    added: int


class Fleet(msgspec.Struct, frozen=True):
    """What the server is configured from.

    Attributes:
        listen: the address to listen on, ``host:port``.
        url: the URL by which machines and watchers reach the server.
        store_bytes: the most that the streams may take on the disk.
        watcher: the public key of the watcher.
        admin: the public key of the server's own commands.
        machines: the machines, by name.
        revision: grows with each change.
    """

    listen: str
    url: str = ""
    store_bytes: Annotated[int, msgspec.Meta(ge=1)] = DEFAULT_STORE_BYTES
    watcher: str = ""
    admin: str = ""
    machines: dict[str, Machine] = msgspec.field(default_factory=dict)
    revision: int = 0


class Keys(msgspec.Struct, frozen=True):
    """What proves who the server and its own users are.

    Attributes:
        ca: the certificate of the authority, in PEM.
        ca_key: the private key of the authority, in base64.
        watcher: the seed of the watcher.
        admin: the seed of the server's own commands.
    """

    ca: str
    ca_key: str
    watcher: str
    admin: str


def check_listen(address: str) -> str:
    """Return an address to listen on as ``host:port``.

    Raises:
        JoinError: if it is none.
    """
    try:
        return check_url(f"tls://{address}").removeprefix("tls://")
    except JoinError:
        raise JoinError(f"{address!r} is not an address to listen on, such as 0.0.0.0:{DEFAULT_PORT}") from None


def check_encrypted(url: str) -> str:
    """Return the URL by which others reach the server, with its port. The server accepts only encrypted connections.

    Raises:
        JoinError: if it is none, or not encrypted.
    """
    checked = check_url(url)
    if not checked.startswith("tls://"):
        raise JoinError(f"the URL must begin with tls://, since all connections are encrypted: {url!r}")
    return checked


def url_of(listen: str) -> str:
    """The URL by which others reach a server that listens on an address."""
    host, _, port = listen.rpartition(":")
    return check_url(f"tls://{name_of_host()}:{port}") if host in _LOCAL else f"tls://{listen}"


def local_url(listen: str) -> str:
    """The URL by which this machine reaches a server that listens on an address."""
    host, _, port = listen.rpartition(":")
    return f"tls://{_LOCAL.get(host, host)}:{port}"
